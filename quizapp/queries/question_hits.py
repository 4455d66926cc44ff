"""What an instructor's filter finds among very many questions: how many, and which to page by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Question, QuestionFigure, QuestionText, Status
from quizapp.queries.question_filters import (
    QuestionFilter,
    chosen,
    fits,
    has_quality,
    is_by,
    leads_by_figure,
    leads_by_text,
    text_holds,
)
from quizapp.queries.question_orders import (
    PAGE_SIZE,
    needs_of,
    page_of,
    place_of,
    read_in_order,
)

#: Nobody pages through more; counting them all would take as long as the rest of the page.
MOST_COUNTED = 10_000
#: From this page on so many are gathered, if no more fit.
_DEEP, _MOST_GATHERED = 40, 25_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many; when there are more than `MOST_COUNTED`, that many and `is_capped`."""

    number: int
    is_capped: bool = False

    def __str__(self) -> str:
        return f"{self.number:,}{'+' if self.is_capped else ''}"


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found: one page of ids. `counts` has every status, `total` the one shown."""

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
    if hits is None:
        ids = read_in_order(session, course_id, wanted, page)
    else:
        ids = page_of(hits, wanted, page)
    return Hits(ids, counts, whole, total, page, pages)


def _found(
    session: Session, course_id: int, wanted: QuestionFilter
) -> tuple[Sequence[Any] | None, dict[Status, Count]]:
    """Return all that fits, or None where it is better read in order; and the counts."""
    if not wanted.is_narrowed:
        counts = _counts(session, course_id)
        if not _is_worth_gathering(counts, wanted):
            return None, counts
        return _gathered(session, course_id, wanted, MOST_COUNTED, with_status=True), counts
    # Far down, the texts of all that is before would be looked up in order: sooner all at once.
    is_slow = leads_by_text(wanted) or wanted.topic_id is not None
    is_deep = is_slow and wanted.page > _DEEP
    most = _MOST_GATHERED if is_deep else MOST_COUNTED
    hits = _gathered(session, course_id, wanted, most)
    is_whole = len(hits) <= most
    counts = _counted(hits, is_whole=is_whole)
    if is_whole or wanted.status is None:
        return (hits if is_whole else None), counts
    hits = _gathered(session, course_id, wanted, MOST_COUNTED, with_status=True)
    counts[wanted.status] = _count(len(hits))
    return (hits if len(hits) <= MOST_COUNTED else None), counts


def _is_worth_gathering(counts: dict[Status, Count], wanted: QuestionFilter) -> bool:
    """Return whether all of a status are read sooner than a page of them in order.

    In order, others are read too: as many for each as the course has for each of the status.
    """
    if wanted.status is None or counts[wanted.status].is_capped:
        return False
    whole = sum(10 * MOST_COUNTED if one.is_capped else one.number for one in counts.values())
    return counts[wanted.status].number ** 2 <= wanted.page * PAGE_SIZE * whole


def _gathered(
    session: Session,
    course_id: int,
    wanted: QuestionFilter,
    most: int,
    *,
    with_status: bool = False,
) -> Sequence[Any]:
    """Return id, status and place of what fits; one more than the most, if there are more.

    What is looked for is read once: to count it, to order it and to cut the page out of it.
    """
    # As they are stored: making a status and an instant of each would take as long as the rest.
    status = sa.type_coerce(Question.status, sa.String)
    found = sa.select(Question.id, status.label("status"), place_of(wanted.sort).label("place"))
    rest, lead = replace(wanted, quality=None), cast(Any, None)
    if leads_by_text(wanted) and not (with_status and _is_rare(session, course_id, wanted)):
        # The texts lead, so that they are read in the order in which they lie.
        lead, rest = QuestionText, replace(rest, text="", author_id=None)
        found = found.where(*text_holds(wanted.text))
        if wanted.author_id is not None:
            found = found.where(is_by(wanted.author_id))
    elif leads_by_figure(wanted):
        lead = QuestionFigure
    found = _joined(found, course_id, wanted, lead)
    if wanted.quality is not None:
        found = found.where(*has_quality(course_id, wanted.quality))
    conditions = (chosen if with_status else fits)(course_id, rest, in_order=lead is QuestionText)
    return session.execute(found.where(*conditions).limit(most + 1)).all()


def _joined(found: sa.Select[Any], course_id: int, wanted: QuestionFilter, lead: Any) -> Any:
    """Return a query of questions with what it needs beside them, the lead first."""
    found = found.select_from(lead or Question)
    if lead is not None:
        of_course = sa.and_(lead.course_id == course_id, lead.question_id == Question.id)
        found = found.join(Question, of_course)
    for one in needs_of(wanted):
        if one is not lead:
            # Not the number of the course: SQLite would begin with what is only looked up here.
            same = sa.and_(one.course_id == Question.course_id, one.question_id == Question.id)
            found = found.join(one, same)
    return found


def _is_rare(session: Session, course_id: int, wanted: QuestionFilter) -> bool:
    """Return whether so few have the status that their texts are better read one by one."""
    of_status = [Question.course_id == course_id, Question.status == wanted.status]
    return (session.scalar(sa.select(_number(of_status))) or 0) <= MOST_COUNTED


def _counted(hits: Sequence[Any], *, is_whole: bool) -> dict[Status, Count]:
    numbers = Counter(status for _, status, _ in hits)
    if is_whole:
        return {status: _count(numbers[status]) for status in Status}
    return {status: Count(min(numbers[status], MOST_COUNTED), True) for status in Status}


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
