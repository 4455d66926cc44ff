"""Keeping what is searched of questions in step with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.craft.duplicates import stem_words
from quizapp.models import Base, Question, QuestionText, Revision, StemWord
from quizapp.models.listing import STEM_START
from quizapp.questions.folding import fold
from quizapp.questions.searching import searched_text
from quizapp.services.item_figures import refresh_standing

_BATCH = 500
# Through the table: nothing of it is ever held as an object.
_TEXTS, _WORDS = (Base.metadata.tables[one.__tablename__] for one in (QuestionText, StemWord))


def index_questions(session: Session, question_ids: Sequence[int]) -> None:
    """Work out anew what is searched of these questions, by their current revisions.

    And by which words those like them are found, and how they stand: both hang on the revision.

    Whoever stores a question or a revision calls it in the same transaction. What does not
    exist is passed over.
    """
    session.flush()  # the revisions are read with Core
    for start in range(0, len(question_ids), _BATCH):
        some = question_ids[start : start + _BATCH]
        written = session.execute(_WRITTEN, {"ids": list(some)}).all()
        _replace(session, _TEXTS, some, [_row(found) for found in written])
        _replace(session, _WORDS, some, [row for found in written for row in _words(found)])
    refresh_standing(session, question_ids)


def _replace(
    session: Session, table: sa.Table, ids: Sequence[int], rows: list[dict[str, object]]
) -> None:
    session.execute(sa.delete(table).where(table.c.question_id.in_(ids)))
    if rows:
        session.execute(sa.insert(table), rows)


_WRITTEN = (
    sa.select(
        Question.id,
        Question.course_id,
        Question.key,
        Question.stem,
        Revision.type,
        Revision.content,
        Revision.author_id,
    )
    .join(
        Revision,
        sa.and_(Revision.question_id == Question.id, Revision.number == Question.current_number),
    )
    .where(Question.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Question.id)
)


def _row(found: Any) -> dict[str, object]:
    return {
        "course_id": found.course_id,
        "question_id": found.id,
        "stem_start": fold(found.stem)[:STEM_START],
        "author_id": found.author_id,
        "text": searched_text(found.id, found.key, found.type, found.content),
    }


def _words(found: Any) -> list[dict[str, object]]:
    of_stem = stem_words(found.type, found.stem)
    place = {"course_id": found.course_id, "question_id": found.id, "size": of_stem.size}
    return [{**place, "word": word} for word in set(of_stem.prefix)]
