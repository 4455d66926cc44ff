"""Keeping what is searched of questions, and by what those like them are found, in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.craft.duplicates import stem_words
from quizapp.models import (
    Base,
    Question,
    QuestionFigure,
    QuestionPair,
    QuestionText,
    Revision,
    StemWord,
)
from quizapp.models.listing import STEM_START
from quizapp.questions.folding import fold
from quizapp.questions.searching import searched_words, with_number
from quizapp.services.item_figures import refresh_standing

_BATCH = 500
# Through the table: nothing of it is ever held as an object.
_TEXTS, _WORDS, _FIGURES, _PAIRS = (
    Base.metadata.tables[one.__tablename__]
    for one in (QuestionText, StemWord, QuestionFigure, QuestionPair)
)
_Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """What is stored of one question: its row of texts, and those of the words of its stem."""

    text: _Row
    words: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """What is searched of a question, but for its number.

    :param prefix, size: of `bank.craft.duplicates.StemWords`.
    """

    stem_start: str
    words: str
    prefix: frozenset[int]
    size: int

    def row(self, *, course_id: int, question_id: int, author_id: int | None) -> IndexRow:
        """Return what `store_index` stores."""
        place: _Row = {"course_id": course_id, "question_id": question_id}
        text = {
            "stem_start": self.stem_start,
            "author_id": author_id,
            "text": with_number(self.words, question_id),
        }
        words = ({**place, "size": self.size, "word": word} for word in sorted(self.prefix))
        return IndexRow({**place, **text}, tuple(words))


def searched_of(stem: str, key: str, type_name: str, content: Mapping[str, Any]) -> Searched:
    """Return what is searched of a question that may not be stored yet."""
    of_stem = stem_words(type_name, stem)
    return Searched(
        fold(stem)[:STEM_START],
        searched_words(key, type_name, content),
        frozenset(of_stem.prefix),
        of_stem.size,
    )


def index_questions(session: Session, question_ids: Sequence[int]) -> None:
    """Work out anew what is searched of these questions, by their current revisions.

    And by which words those like them are found, and how they stand: both hang on the revision.

    Whoever stores a question or a revision calls it in the same transaction. What does not
    exist is passed over.
    """
    session.flush()  # the revisions are read with Core
    for start in range(0, len(question_ids), _BATCH):
        some = question_ids[start : start + _BATCH]
        store_index(session, some, index_rows(session, some))


def index_rows(session: Session, question_ids: Sequence[int]) -> list[IndexRow]:
    """Return what is searched of these questions; nothing is written, so nothing is locked."""
    found = session.execute(_WRITTEN, {"ids": list(question_ids)})
    return [
        searched_of(row.stem, row.key, row.type, row.content).row(
            course_id=row.course_id, question_id=row.id, author_id=row.author_id
        )
        for row in found
    ]


def store_index(session: Session, question_ids: Sequence[int], rows: Sequence[IndexRow]) -> None:
    """Store what `index_rows` returned of these questions in place of what was there."""
    _replace(session, _TEXTS, question_ids, [row.text for row in rows])
    _replace(session, _WORDS, question_ids, [word for row in rows for word in row.words])
    refresh_standing(session, question_ids)


def move_index(session: Session, question_ids: Sequence[int], *, course_id: int) -> None:
    """Let questions be found in the hidden course that they were moved to, and not where they were.

    Nobody types a question like them there: that they are like others is forgotten.
    """
    for table in (_TEXTS, _FIGURES):
        moved = sa.update(table).where(table.c.question_id.in_(question_ids))
        session.execute(moved.values(course_id=course_id))
    for column in (_WORDS.c.question_id, _PAIRS.c.first_id, _PAIRS.c.second_id):
        session.execute(sa.delete(column.table).where(column.in_(question_ids)))


def _replace(session: Session, table: sa.Table, ids: Sequence[int], rows: list[_Row]) -> None:
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        session.execute(sa.delete(table).where(table.c.question_id.in_(some)))
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
