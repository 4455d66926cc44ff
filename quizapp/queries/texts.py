"""A course's texts as its instructors list and edit them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import passage_digest
from quizapp.errors import NotFound
from quizapp.models import Challenge, Citation, Fact, Passage, Source, Status
from quizapp.policy import Actor, require_instructor

_NO_PASSAGE = "There is no such paragraph in this course."
#: So much of a paragraph is listed, and so many of each text.
_OPENING = 160
_LISTED = 40


@dataclass(frozen=True, slots=True)
class PassageRow:
    """One paragraph in the list: `cited` and `lost` count citations of facts in use."""

    id: int
    locator: str
    heading: str
    opening: str
    cited: int
    lost: int


@dataclass(frozen=True, slots=True)
class TextRow:
    """A source with its first paragraphs; `total` counts all that it has."""

    id: int
    title: str
    passages: tuple[PassageRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class StoredText:
    """A paragraph as it stands; `sha256` is of what it says.

    `is_edited`: the course's files state something else, and were there first.
    """

    id: int
    source_id: int
    source_title: str
    key: str
    heading: str
    locator: str
    text: str
    note: str
    sha256: str
    is_from_files: bool
    is_edited: bool
    is_pointed_at: bool


@dataclass(frozen=True, slots=True)
class StoredSource:
    """What is said of a text, and all of its paragraphs in order.

    :param is_removable: nothing points at any of its paragraphs.
    """

    id: int
    title: str
    author: str
    year: str
    licence: str
    note: str
    is_from_files: bool
    is_removable: bool
    paragraphs: tuple[PassageChoice, ...]


@dataclass(frozen=True, slots=True)
class PassageChoice:
    """A paragraph to choose from a menu."""

    id: int
    label: str


def course_texts(session: Session, *, actor: Actor, course_id: int) -> tuple[TextRow, ...]:
    """Return the texts of a course in the order of its files.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    in_use = sa.and_(Fact.id == Citation.fact_id, Fact.status != Status.RETIRED)
    counted = (
        sa.select(
            Citation.passage_id,
            sa.func.count().label("cited"),
            sa.func.count(Citation.lost_at).label("lost"),
        )
        .join(Fact, in_use)
        .where(Fact.course_id == course_id)
        .group_by(Citation.passage_id)
        .subquery()
    )
    order = (Passage.position, Passage.id)
    numbered = (
        sa.select(Passage.id, Passage.source_id, Passage.locator, Passage.heading)
        .add_columns(sa.func.substr(Passage.text, 1, _OPENING + 1).label("text"))
        .add_columns(
            sa.func.row_number().over(partition_by=Passage.source_id, order_by=order).label("place")
        )
        .add_columns(sa.func.count().over(partition_by=Passage.source_id).label("total"))
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
        .subquery()
    )
    first = sa.and_(numbered.c.source_id == Source.id, numbered.c.place <= _LISTED)
    rows = session.execute(
        sa.select(Source.id.label("source_id"), Source.title, numbered.c.id, numbered.c.locator)
        .add_columns(numbered.c.heading, numbered.c.text, numbered.c.total)
        .add_columns(counted.c.cited, counted.c.lost)
        .outerjoin(numbered, first)
        .outerjoin(counted, counted.c.passage_id == numbered.c.id)
        .where(Source.course_id == course_id)
        .order_by(Source.id, numbered.c.place)
    )
    return tuple(
        _text(list(group)) for _, group in groupby(rows, key=lambda row: int(row.source_id))
    )


def stored_text(session: Session, *, actor: Actor, course_id: int, passage_id: int) -> StoredText:
    """Return a paragraph of a course.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Passage.source_id, Source.title, Passage.key, Passage.heading, Passage.locator)
        .add_columns(Passage.text, Passage.note, Passage.bank_sha256)
        .add_columns(is_pointed_at(course_id).label("is_pointed_at"))
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_PASSAGE)
    sha256 = passage_digest(row.heading, row.locator, row.text, row.note)
    return StoredText(
        id=passage_id,
        source_id=row.source_id,
        source_title=row.title,
        key=row.key,
        heading=row.heading,
        locator=row.locator,
        text=row.text,
        note=row.note,
        sha256=sha256,
        is_from_files=row.bank_sha256 is not None,
        is_edited=row.bank_sha256 not in (None, sha256),
        is_pointed_at=row.is_pointed_at,
    )


def stored_source(
    session: Session, *, actor: Actor, course_id: int, source_id: int
) -> StoredSource:
    """Return what is said of a text of a course, with its paragraphs to choose from.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such text.
    """
    require_instructor(actor, course_id)
    source = session.execute(
        sa.select(
            Source.id, Source.title, Source.author, Source.year, Source.licence, Source.note
        ).where(Source.id == source_id, Source.course_id == course_id)
    ).one_or_none()
    if source is None:
        raise NotFound("There is no such text in this course.")
    rows = session.execute(
        sa.select(Passage.id, Passage.locator, Passage.heading, Passage.bank_sha256)
        .add_columns(is_pointed_at(course_id).label("is_pointed_at"))
        .where(Passage.source_id == source_id)
        .order_by(Passage.position, Passage.id)
    ).all()
    return StoredSource(
        **source._mapping,
        is_from_files=any(row.bank_sha256 is not None for row in rows),
        is_removable=not any(row.is_pointed_at for row in rows),
        paragraphs=tuple(PassageChoice(row.id, _label(row)) for row in rows),
    )


def is_pointed_at(course_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a citation or a challenge points at a paragraph of a course."""
    challenged = sa.exists().where(
        # The course first: by it they are found without looking at those of all courses.
        Challenge.course_id == course_id,
        Challenge.passage_id == Passage.id,
    )
    return sa.or_(sa.exists().where(Citation.passage_id == Passage.id), challenged)


def passage_choices(session: Session, *, actor: Actor, course_id: int) -> tuple[PassageChoice, ...]:
    """Return the paragraphs of a course for a menu, in their order.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(Passage.id, Passage.locator, Passage.heading)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
        .order_by(Source.id, Passage.position, Passage.id)
    )
    return tuple(PassageChoice(row.id, _label(row)) for row in rows)


def _label(row: Any) -> str:
    return f"{row.locator} {row.heading}".strip()


def _text(rows: list[Any]) -> TextRow:
    first = rows[0]
    return TextRow(first.source_id, first.title, tuple(_rows(iter(rows))), first.total or 0)


def _rows(group: Iterator[Any]) -> Iterator[PassageRow]:
    for row in group:
        if row.id is not None:  # a source without paragraphs
            whole = len(row.text) <= _OPENING
            text = row.text if whole else f"{row.text.rpartition(' ')[0] or row.text} …"
            yield PassageRow(row.id, row.locator, row.heading, text, row.cited or 0, row.lost or 0)
