"""Rows that make up a course, of any table, for a copy of the whole: no person stands in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Base,
    Citation,
    Course,
    Fact,
    Media,
    MediaBytes,
    Passage,
    Question,
    Quiz,
    Revision,
    Slot,
    Source,
    Term,
    Topic,
)
from quizapp.queries.own_rows import Chunk, read_rows


def _sources(course_id: int) -> Any:
    return sa.select(Source.id).where(Source.course_id == course_id)


def _facts(course_id: int) -> Any:
    return sa.select(Fact.id).where(Fact.course_id == course_id)


def _questions(course_id: int) -> Any:
    return sa.select(Question.id).where(Question.course_id == course_id)


def _quizzes(course_id: int) -> Any:
    return sa.select(Quiz.id).where(Quiz.course_id == course_id, ~Quiz.is_practice)


#: Which rows of a table are a course's, in the order in which they are read with profit.
_PARTS: Mapping[str, Callable[[int], sa.ColumnElement[bool]]] = {
    "course": lambda course: Course.id == course,
    "topic": lambda course: Topic.course_id == course,
    "source": lambda course: Source.course_id == course,
    "passage": lambda course: Passage.source_id.in_(_sources(course)),
    "fact": lambda course: Fact.course_id == course,
    "citation": lambda course: Citation.fact_id.in_(_facts(course)),
    "question": lambda course: Question.course_id == course,
    "revision": lambda course: Revision.question_id.in_(_questions(course)),
    "quiz": lambda course: Quiz.id.in_(_quizzes(course)),
    "slot": lambda course: Slot.quiz_id.in_(_quizzes(course)),
    "term": lambda course: Term.course_id == course,
    "media": lambda course: Media.course_id == course,
}
COURSE_TABLES = tuple(_PARTS)


def course_rows(
    session: Session, *, table: str, course_id: int, after: Sequence[Any] | None, most: int
) -> Chunk:
    """Return some rows of a table that make up a course, without who wrote them."""
    found = Base.metadata.tables[table]
    return read_rows(
        session,
        found,
        [_PARTS[table](course_id)],
        left_out={"author_id"},
        courses=[course_id],
        after=after,
        most=most,
    )


def course_media(session: Session, *, course_id: int) -> dict[str, str]:
    """Return the names of a course's pictures and sounds, as its texts have them, with digests."""
    rows = session.execute(
        sa.select(Media.digest, Media.suffix).where(Media.course_id == course_id)
    )
    return {f"{row.digest}.{row.suffix}": row.digest for row in rows}


def media_bytes(session: Session, digest: str) -> bytes:
    """Return what a file holds."""
    found = sa.select(MediaBytes.data).where(MediaBytes.digest == digest)
    return bytes(session.execute(found).scalar_one())
