"""A learner's exam in a course, and the cards to plan it with."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.exam_prices import Card
from quizapp.memory.workload import Collection, grouped
from quizapp.models import Exam, Fact, Memory, User
from quizapp.policy import Actor, require_learner
from quizapp.queries.queue_counts import ASKABLE, COURSE, LEARNER


@dataclass(frozen=True, slots=True)
class ExamView:
    """What a learner studies for.

    :param outlook: as it was stored; None before the first plan.
    :param has_cards: there is something to plan with.
    """

    day: date
    target: float
    minutes: int
    planned_on: date | None
    outlook: Mapping[str, Any] | None
    has_cards: bool = True


_KNOWN = sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == Fact.id)
_NOT_ASIDE = sa.or_(Memory.is_suspended.is_(None), Memory.is_suspended.is_(False))
_CARDS = (
    sa.select(Fact.id, Memory.stability, Memory.difficulty, Memory.last_review_at, Memory.due_at)
    .outerjoin(Memory, _KNOWN)
    .where(Fact.course_id == COURSE, ASKABLE, _NOT_ASIDE)
    .order_by(Fact.position, Fact.id)
)
_MINE = sa.select(
    Exam.day,
    Exam.target,
    Exam.minutes,
    Exam.planned_on,
    Exam.outlook,
    _CARDS.order_by(None).exists().label("has_cards"),
).where(Exam.learner_id == LEARNER, Exam.course_id == COURSE)
#: A learner's day is at most two behind that of UTC, and an exam to come is after it.
_STILL_TO_COME = timedelta(days=1)


def exam_view(session: Session, *, actor: Actor, course_id: int) -> ExamView | None:
    """Return the exam that the learner set in a course, whether to come or past.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    bound = {"learner_id": actor.id, "course_id": course_id}
    row = session.execute(_MINE, bound).one_or_none()
    return ExamView(*row) if row else None


def exam_cards(
    session: Session, *, actor: Actor, course_id: int, clock: LearnerClock, now: datetime
) -> tuple[Card, ...]:
    """Return every fact that the learner could be asked; new ones in the order of the course."""
    rows = session.execute(_CARDS, {"learner_id": actor.id, "course_id": course_id}).all()
    ages = days_since((row.last_review_at for row in rows), clock, clock.day_of(now))
    return tuple(
        Card(row.id, row.stability, row.difficulty, age)
        for row, age in zip(rows, ages, strict=True)
    )


def collection(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    new_per_day: int,
    now: datetime,
) -> Collection:
    """Return the learner's cards of a course in groups, to reckon their work with."""
    today = clock.day_of(now)
    rows = session.execute(_CARDS, {"learner_id": actor.id, "course_id": course_id}).all()
    unmet = sum(row.stability is None for row in rows)
    return grouped(_met(rows, clock, today), unmet=unmet, new_per_day=new_per_day)


def unplanned(session: Session, *, now: datetime) -> list[tuple[int, int]]:
    """Return learner and course of every exam to come that has no plan for the learner's day."""
    rows = session.execute(
        sa.select(
            Exam.learner_id,
            Exam.course_id,
            Exam.day,
            Exam.planned_on,
            User.timezone,
            User.day_start_hour,
        )
        .join(User, User.id == Exam.learner_id)
        .where(Exam.day >= (now - _STILL_TO_COME).date())
        .order_by(Exam.learner_id, Exam.course_id)
    )
    found = []
    for row in rows:
        today = LearnerClock(row.timezone, row.day_start_hour).day_of(now)
        if row.day > today and row.planned_on != today:
            found.append((row.learner_id, row.course_id))
    return found


def _met(rows: Any, clock: LearnerClock, today: date) -> Iterator[tuple[float, float, int, int]]:
    days: dict[datetime, int] = {}
    met = [row for row in rows if row.stability is not None]
    ages = days_since((row.last_review_at for row in met), clock, today)
    for row, age in zip(met, ages, strict=True):
        # Reviews are due at the first moment of a day: few moments, asked for often.
        due_in = days.get(row.due_at)
        if due_in is None:
            due_in = days[row.due_at] = (clock.day_of(row.due_at) - today).days
        yield row.stability, row.difficulty, due_in, max(0, due_in + age)


def days_since(reviewed: Iterable[datetime | None], clock: LearnerClock, today: date) -> list[int]:
    """Return how many of the learner's days ago each of these moments was; 0 for none.

    They are looked up among the first moments of days: to ask the clock for each takes ten times
    as long, and there may be thousands.
    """
    moments = list(reviewed)
    known = [at for at in moments if at is not None]
    if not known:
        return [0] * len(moments)
    first = clock.day_of(min(known))
    starts = [clock.start_of(first + timedelta(days=n)) for n in range((today - first).days + 1)]
    return [0 if at is None else len(starts) - bisect_right(starts, at) for at in moments]
