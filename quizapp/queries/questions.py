"""A course's questions as its instructors list them; quick with a hundred thousand of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Fact, Question, QuestionFigure, QuestionText, Status, Topic
from quizapp.policy import Actor, require_instructor
from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.standing import Standing, flags_in
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.question_filters import (
    QuestionFilter,
    Sort,
    chosen,
    fits,
    is_by,
    leads_by_text,
    text_holds,
)
from quizapp.queries.question_orders import (
    PAGE_SIZE,
    page_of,
    place_of,
    read_in_order,
    with_place,
)

#: Nobody pages through more; counting them all would take as long as the rest of the page.
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class RowFigure:
    """How a question did over all its uses, as the job that works it out found it.

    :param facility, discrimination: None where too few answers tell it.
    :param flags: what the item analysis says of the version asked now, the worst first.
    """

    answers: int
    facility: float | None
    discrimination: float | None
    standing: Standing
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question in the list; `citation` is the first of its fact.

    `figure` is None for one that was never asked, or not counted yet.
    """

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
    figure: RowFigure | None = None


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
    hits, counts = _found(session, course_id, wanted)
    whole = _sum(counts)
    total = whole if wanted.status is None else counts[wanted.status]
    pages = max(1, -(-total.number // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    if hits is None:
        ids = read_in_order(session, course_id, wanted, page)
    else:
        ids = page_of(hits, wanted, page)
    return QuestionList(
        rows=_rows(session, ids),
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


def _found(
    session: Session, course_id: int, wanted: QuestionFilter
) -> tuple[Sequence[Any] | None, dict[Status, Count]]:
    """Return all that fits, or None where it is better read in order; and the counts."""
    if not wanted.is_narrowed:
        counts = _counts(session, course_id)
        if wanted.status is None or counts[wanted.status].is_capped:
            return None, counts
        # In order, a rare status would be looked for in the whole course.
        return _gathered(session, course_id, wanted, with_status=True), counts
    hits = _gathered(session, course_id, wanted)
    if len(hits) <= MOST_COUNTED:
        return hits, _counted(hits)
    counts = _counted(hits, is_capped=True)
    if wanted.status is None:
        return None, counts
    hits = _gathered(session, course_id, wanted, with_status=True)
    counts[wanted.status] = _count(len(hits))
    return (hits if len(hits) <= MOST_COUNTED else None), counts


def _gathered(
    session: Session, course_id: int, wanted: QuestionFilter, *, with_status: bool = False
) -> Sequence[Any]:
    """Return id, status and place of what fits; one more than is counted, if there are more.

    What is looked for is read once: to count it, to order it and to cut the page out of it.
    """
    found = sa.select(Question.id, Question.status, place_of(wanted.sort).label("place"))
    rest, is_rare = wanted, with_status and _is_rare(session, course_id, wanted.status)
    if leads_by_text(wanted) and not is_rare:
        # The texts lead, so that they are read in the order in which they lie.
        found = found.select_from(QuestionText).join(
            Question,
            sa.and_(QuestionText.course_id == course_id, QuestionText.question_id == Question.id),
        )
        found = found.where(*text_holds(wanted.text))
        if wanted.author_id is not None:
            found = found.where(is_by(wanted.author_id))
        rest = replace(wanted, text="", author_id=None)
        if wanted.sort is not Sort.STEM:
            found = with_place(found, course_id, wanted.sort)
    else:
        found = with_place(found.select_from(Question), course_id, wanted.sort)
    conditions = chosen(course_id, rest) if with_status else fits(course_id, rest)
    return session.execute(found.where(*conditions).limit(MOST_COUNTED + 1)).all()


def _is_rare(session: Session, course_id: int, status: Status | None) -> bool:
    """Return whether so few have a status that their texts are better read one by one."""
    of_status = [Question.course_id == course_id, Question.status == status]
    return (session.scalar(sa.select(_number(of_status))) or 0) <= MOST_COUNTED


def _counted(hits: Sequence[Any], *, is_capped: bool = False) -> dict[Status, Count]:
    numbers = Counter(hit.status for hit in hits)
    return {status: Count(min(numbers[status], MOST_COUNTED), is_capped) for status in Status}


def _counts(session: Session, course_id: int) -> dict[Status, Count]:
    capped = [_number([Question.course_id == course_id, Question.status == one]) for one in Status]
    numbers = session.execute(sa.select(*capped)).one()
    return {status: _count(number) for status, number in zip(Status, numbers, strict=True)}


def _number(conditions: list[sa.ColumnElement[bool]]) -> sa.ScalarSelect[int]:
    found = sa.select(Question.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _count(number: int) -> Count:
    return Count(min(number, MOST_COUNTED), number > MOST_COUNTED)


def _sum(counts: dict[Status, Count]) -> Count:
    number = sum(count.number for count in counts.values())
    capped = _count(number)
    return Count(capped.number, capped.is_capped or any(c.is_capped for c in counts.values()))


def _rows(session: Session, ids: list[int]) -> tuple[QuestionRow, ...]:
    """Return the rows of a page, in the order of their ids there."""
    rows = session.execute(
        sa.select(Question.id, Question.key, Question.stem, Question.type, Question.status)
        .add_columns(Topic.title, Question.fact_id, Question.updated_at, Question.tags)
        .add_columns(QuestionFigure.answers, QuestionFigure.facility)
        .add_columns(QuestionFigure.discrimination, QuestionFigure.standing, QuestionFigure.flags)
        .outerjoin(QuestionFigure, QuestionFigure.question_id == Question.id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Question.id.in_(ids))
    ).all()
    cited = citations_for(session, {row.fact_id for row in rows})
    place = {question_id: n for n, question_id in enumerate(ids)}
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
            figure=_figure(row),
        )
        for row in sorted(rows, key=lambda row: place[row.id])
    )


def _figure(row: Any) -> RowFigure | None:
    if row.answers is None:
        return None
    known = (row.answers, row.facility, row.discrimination)
    return RowFigure(*known, Standing(row.standing), flags_in(row.flags))
