"""Keeping what is searched of questions in step with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Base, Question, QuestionText, Revision
from quizapp.models.listing import STEM_START
from quizapp.questions.folding import fold
from quizapp.questions.searching import searched_text, searched_words, with_number

_BATCH = 500
#: A row of the table, by its columns.
IndexRow = dict[str, object]
# Through the table: nothing of it is ever held as an object.
_TABLE = Base.metadata.tables[QuestionText.__tablename__]


def index_questions(session: Session, question_ids: Sequence[int]) -> None:
    """Work out anew what is searched of these questions, by their current revisions.

    Whoever stores a question or a revision calls it in the same transaction. What does not
    exist is passed over.
    """
    session.flush()  # the revisions are read with Core
    for start in range(0, len(question_ids), _BATCH):
        some = question_ids[start : start + _BATCH]
        store_index(session, some, index_rows(session, some))


def index_rows(session: Session, question_ids: Sequence[int]) -> list[IndexRow]:
    """Return what is searched of these questions; nothing is written, so nothing is locked."""
    return [_row(found) for found in session.execute(_WRITTEN, {"ids": list(question_ids)})]


def store_index(session: Session, question_ids: Sequence[int], rows: list[IndexRow]) -> None:
    """Store what `index_rows` returned of these questions in place of what was there."""
    for start in range(0, len(question_ids), _BATCH):
        some = question_ids[start : start + _BATCH]
        session.execute(sa.delete(_TABLE).where(_TABLE.c.question_id.in_(some)))
    if rows:
        session.execute(sa.insert(_TABLE), rows)


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched of a question, but for its number."""

    stem_start: str
    words: str

    def row(self, *, course_id: int, question_id: int, author_id: int | None) -> IndexRow:
        """Return the row that `store_index` stores."""
        return {
            "course_id": course_id,
            "question_id": question_id,
            "stem_start": self.stem_start,
            "author_id": author_id,
            "text": with_number(self.words, question_id),
        }


def searched_of(stem: str, key: str, type_name: str, content: Mapping[str, Any]) -> Searched:
    """Return what is searched of a question that may not be stored yet."""
    return Searched(fold(stem)[:STEM_START], searched_words(key, type_name, content))


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


def _row(found: sa.Row[tuple[object, ...]]) -> IndexRow:
    return {
        "course_id": found.course_id,
        "question_id": found.id,
        "stem_start": fold(found.stem)[:STEM_START],
        "author_id": found.author_id,
        "text": searched_text(found.id, found.key, found.type, found.content),
    }
