"""A course's questions as its instructors list them; quick with a hundred thousand of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Fact, Question, Status, Topic
from quizapp.policy import Actor, require_instructor
from quizapp.queries.passages import CitedPassage, citations_for

PAGE_SIZE = 25
#: Nobody pages through more; counting them all would take as long as the rest of the page.
MOST_COUNTED = 10_000


class Sort(StrEnum):
    """The orders of the list; each can be read off an index."""

    EDITED = "edited"
    NEWEST = "newest"
    OLDEST = "oldest"


_ORDERS: dict[Sort, tuple[Any, ...]] = {
    Sort.EDITED: (Question.updated_at.desc(), Question.id.desc()),
    Sort.NEWEST: (Question.id.desc(),),
    Sort.OLDEST: (Question.id,),
}


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """What to list; "" and None do not filter.

    :param text: words in the stem or the key, whatever their case.
    :param topic_id: of the fact that a question tests. :param type_name: a key of `TYPES`.
    :param tag: as it is stored. :param page: 1 for the first; one beyond the last gives the last.
    """

    text: str = ""
    topic_id: int | None = None
    type_name: str = ""
    status: Status | None = None
    sort: Sort = Sort.EDITED
    page: int = 1
    tag: str = ""

    @property
    def is_narrowed(self) -> bool:
        return bool(self.text or self.topic_id is not None or self.type_name or self.tag)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question in the list; `citation` is the first of its fact."""

    id: int
    key: str
    stem: str
    type: str
    status: Status
    topic: str
    fact_id: int
    updated_at: datetime
    citation: CitedPassage | None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many; when there are more than `MOST_COUNTED`, that many and `is_capped`."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_capped else ''}"


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic to filter by or to put a fact into."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class QuestionList:
    """One page of the list. `counts` has every status, `total` the one that is shown."""

    rows: tuple[QuestionRow, ...]
    counts: dict[Status, Count]
    whole: Count
    total: Count
    page: int
    pages: int
    topics: tuple[TopicChoice, ...]


def list_questions(
    session: Session, *, actor: Actor, course_id: int, wanted: QuestionFilter
) -> QuestionList:
    """Return one page of a course's questions and how many there are of each status.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    conditions = _conditions(course_id, wanted)
    counts = _counts(session, conditions)
    whole = _sum(counts)
    total = whole if wanted.status is None else counts[wanted.status]
    pages = max(1, -(-total.number // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    return QuestionList(
        rows=_rows(session, conditions, wanted, page),
        counts=counts,
        whole=whole,
        total=total,
        page=page,
        pages=pages,
        topics=topic_choices(session, course_id),
    )


def topic_choices(session: Session, course_id: int) -> tuple[TopicChoice, ...]:
    """Return a course's topics in their order."""
    rows = session.execute(
        sa.select(Topic.id, Topic.title)
        .where(Topic.course_id == course_id)
        .order_by(Topic.position, Topic.id)
    )
    return tuple(TopicChoice(*row) for row in rows)


def holds_words(text: str) -> sa.ColumnElement[bool]:
    """Return the condition that a question's stem or its key in the bank holds this text."""
    # Escaped: an instructor who looks for "100 %" means the sign.
    return sa.or_(
        Question.stem.icontains(text, autoescape=True),
        Question.key.icontains(text, autoescape=True),
    )


def _conditions(course_id: int, wanted: QuestionFilter) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = [Question.course_id == course_id]
    if wanted.text:
        conditions.append(holds_words(wanted.text))
    if wanted.topic_id is not None:
        of_topic = sa.select(Fact.id).where(Fact.topic_id == wanted.topic_id)
        conditions.append(Question.fact_id.in_(of_topic))
    if wanted.type_name:
        conditions.append(Question.type == wanted.type_name)
    if wanted.tag:
        # As the list is written: the quotation marks tell a tag from longer ones.
        written = sa.cast(Question.tags, sa.Text)
        conditions.append(written.contains(json.dumps(wanted.tag), autoescape=True))
    return conditions


def _counts(session: Session, conditions: list[sa.ColumnElement[bool]]) -> dict[Status, Count]:
    capped = [
        sa.select(sa.func.count())
        .select_from(
            sa.select(Question.id)
            .where(*conditions, Question.status == status)
            .limit(MOST_COUNTED + 1)
            .subquery()
        )
        .scalar_subquery()
        for status in Status
    ]
    numbers = session.execute(sa.select(*capped)).one()
    return {status: _count(number) for status, number in zip(Status, numbers, strict=True)}


def _count(number: int) -> Count:
    return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)


def _sum(counts: dict[Status, Count]) -> Count:
    number = sum(count.number for count in counts.values())
    capped = _count(number)
    return Count(capped.number, capped.is_capped or any(c.is_capped for c in counts.values()))


def _rows(
    session: Session,
    conditions: list[sa.ColumnElement[bool]],
    wanted: QuestionFilter,
    page: int,
) -> tuple[QuestionRow, ...]:
    if wanted.status is not None:
        conditions = [*conditions, Question.status == wanted.status]
    order = _ORDERS[wanted.sort]
    # The page's ids first: only they need their topics.
    ids = (
        sa.select(Question.id)
        .where(*conditions)
        .order_by(*order)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    rows = session.execute(
        sa.select(Question.id, Question.key, Question.stem, Question.type, Question.status)
        .add_columns(Topic.title, Question.fact_id, Question.updated_at, Question.tags)
        .join(ids, ids.c.id == Question.id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .order_by(*order)
    ).all()
    cited = citations_for(session, {row.fact_id for row in rows})
    return tuple(
        QuestionRow(
            id=row.id,
            key=row.key,
            stem=row.stem,
            type=row.type,
            status=row.status,
            topic=row.title,
            fact_id=row.fact_id,
            updated_at=row.updated_at,
            citation=next(iter(cited.get(row.fact_id, ())), None),
            tags=tuple(row.tags),
        )
        for row in rows
    )
