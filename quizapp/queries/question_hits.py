"""What an instructor's filter finds among very many questions: how many, and which to page by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Question, QuestionText, Status
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
    order_of,
    page_of,
    place_of,
    read_in_order,
    with_place,
)

#: Nobody pages through more; counting them all would take as long as the rest of the page.
MOST_COUNTED = 10_000
#: So many texts are looked up one by one as soon as all of a large course are read in a row.
_MOST_LOOKED_UP = 15_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many; when there are more than `MOST_COUNTED`, that many and `is_capped`."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_capped else ''}"


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found: one page of ids in order. `counts` has every status, `total` the one shown."""

    ids: list[int]
    counts: dict[Status, Count]
    whole: Count
    total: Count
    page: int
    pages: int


def find_questions(session: Session, *, course_id: int, wanted: QuestionFilter) -> Hits:
    """Return which questions of a course are on the page asked for, and how many fit."""
    hits, counts = _found(session, course_id, wanted)
    whole = _sum(counts)
    total = whole if wanted.status is None else counts[wanted.status]
    pages = max(1, -(-total.number // PAGE_SIZE))
    page = min(max(wanted.page, 1), pages)
    start = (page - 1) * PAGE_SIZE
    if total.is_capped or hits is None:
        led = hits is not None and _is_led(session, course_id, wanted, hits, start)
        ids = _sorted(session, course_id, wanted, start) if led else None
        ids = ids or read_in_order(session, course_id, wanted, page)
    else:
        ids = page_of(hits, wanted, page)
    return Hits(ids, counts, whole, total, page, pages)


def _found(
    session: Session, course_id: int, wanted: QuestionFilter
) -> tuple[Sequence[Any] | None, dict[Status, Count]]:
    """Return what fits, as far as it is counted, and the counts; None where nothing was read."""
    if not wanted.is_narrowed:
        counts = _counts(session, course_id)
        if wanted.status is None or not _is_worth_gathering(counts, wanted):
            return None, counts
        return _gathered(session, course_id, wanted, with_status=True), counts
    hits = _gathered(session, course_id, wanted)
    if len(hits) <= MOST_COUNTED:
        return hits, _counted(hits)
    counts = _counted(hits, is_capped=True)
    if wanted.status is not None:
        hits = _gathered(session, course_id, wanted, with_status=True)
        counts[wanted.status] = _count(len(hits))
    return hits, counts


def _is_worth_gathering(counts: dict[Status, Count], wanted: QuestionFilter) -> bool:
    """Return whether all of a status are read sooner than a page of them in order.

    In order, others are read too: as many for each as the course has for each of the status.
    """
    mine = counts[wanted.status] if wanted.status else _sum(counts)
    if mine.is_capped:
        return False
    whole = sum(10 * MOST_COUNTED if one.is_capped else one.number for one in counts.values())
    return mine.number**2 <= wanted.page * PAGE_SIZE * whole


def _is_led(
    session: Session, course_id: int, wanted: QuestionFilter, hits: Sequence[Any], start: int
) -> bool:
    """Return whether the texts are better all read, and sorted, than looked up in the order.

    What the first hits took to be found tells how many would be looked up before the page.
    """
    if not leads_by_text(wanted) or not start:
        return False
    last = max(hit.id for hit in hits)
    passed = session.scalar(
        sa.select(sa.func.count()).where(
            QuestionText.course_id == course_id, QuestionText.question_id <= last
        )
    )
    return start * (passed or 0) > _MOST_LOOKED_UP * len(hits)


def _sorted(session: Session, course_id: int, wanted: QuestionFilter, start: int) -> list[int]:
    """Return the ids of one page, all that fit being read and sorted by the database."""
    found = _by_text(sa.select(Question.id), course_id, wanted)
    conditions = chosen(course_id, replace(wanted, text="", author_id=None), in_order=True)
    ordered = found.where(*conditions).order_by(*order_of(wanted.sort))
    return list(session.scalars(ordered.limit(PAGE_SIZE).offset(start)))


def _gathered(
    session: Session, course_id: int, wanted: QuestionFilter, *, with_status: bool = False
) -> Sequence[Any]:
    """Return id, status and place of what fits; one more than is counted, if there are more.

    What is looked for is read once: to count it, to order it and to cut the page out of it.
    """
    found = sa.select(Question.id, Question.status, place_of(wanted.sort).label("place"))
    rest, is_rare = wanted, with_status and _is_rare(session, course_id, wanted.status)
    is_led = leads_by_text(wanted) and not is_rare
    if is_led:
        found = _by_text(found, course_id, wanted)
        rest = replace(wanted, text="", author_id=None)
    else:
        found = with_place(found.select_from(Question), course_id, wanted.sort)
    conditions = (chosen if with_status else fits)(course_id, rest, in_order=is_led)
    return session.execute(found.where(*conditions).limit(MOST_COUNTED + 1)).all()


def _by_text(found: sa.Select[Any], course_id: int, wanted: QuestionFilter) -> sa.Select[Any]:
    """Return a query of questions whose texts lead, so that they are read in the order they lie."""
    of_question = sa.and_(
        QuestionText.course_id == course_id, QuestionText.question_id == Question.id
    )
    found = found.select_from(QuestionText).join(Question, of_question)
    found = found.where(*text_holds(wanted.text))
    if wanted.author_id is not None:
        found = found.where(is_by(wanted.author_id))
    if wanted.sort is not Sort.STEM:
        found = with_place(found, course_id, wanted.sort)
    return found


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
