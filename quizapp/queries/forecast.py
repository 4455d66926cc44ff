"""How many cards come due on each of the next days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.days_off import DaysOff
from quizapp.models import Fact, Memory
from quizapp.models.base import Instant
from quizapp.policy import Actor
from quizapp.queries.queue_counts import MET, Waiting, parameters


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """One day ahead: `due` as things stand and `new`, both within the learner's daily limits.

    What a day has no room for, and what falls into a pause, stands under the next.
    """

    day: date
    due: int
    new: int
    is_paused: bool = False

    @property
    def cards(self) -> int:
        return self.due + self.new


# Reviews are due at the first moment of a day, so that there are few groups.
_DUE = (
    sa.select(Memory.due_at, sa.func.count().label("cards"))
    .join(Fact, Fact.id == Memory.fact_id)
    .where(MET, Memory.due_at < sa.bindparam("until", type_=Instant))
    .group_by(Memory.due_at)
)


def due_by_day(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    days: int,
) -> Counter[date]:
    """Return how many cards come due on each of the next days; what is overdue is today's."""
    today = clock.day_of(now)
    until = clock.start_of(today + timedelta(days=days))
    bound = parameters(actor, course_id, clock, now) | {"until": until}
    due: Counter[date] = Counter()
    for row in session.execute(_DUE, bound):
        due[max(today, clock.day_of(row.due_at))] += row.cards
    return due


def forecast(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    waiting: Waiting,
    off: DaysOff,
    now: datetime,
    days: int,
) -> tuple[ForecastDay, ...]:
    """Return the next days from today on.

    Nobody knows how the reviews to come will be rated: only what is due by now is counted. With a
    plan for an exam, today is what is left of the plan: just what the queue serves.
    """
    due = due_by_day(session, actor=actor, course_id=course_id, clock=clock, now=now, days=days)
    return forecast_of(due, waiting=waiting, off=off, today=clock.day_of(now), days=days)


def forecast_of(
    due: Mapping[date, int], *, waiting: Waiting, off: DaysOff, today: date, days: int
) -> tuple[ForecastDay, ...]:
    """Return the same from what `due_by_day` gave."""
    unmet, carried, found = waiting.unmet, 0, []
    for ahead in range(days):
        day = today + timedelta(days=ahead)
        carried += due.get(day, 0)
        paused = off.is_paused(day)
        reviews, new = (0, 0) if paused else _limits(waiting, ahead)
        asked, begun = min(carried, reviews), min(unmet, new)
        if not ahead and waiting.planned is not None and not paused:
            # A plan takes reviews before they are due, and leaves others for later.
            asked = waiting.to_review + waiting.to_relearn
        carried, unmet = max(0, carried - asked), unmet - begun
        found.append(ForecastDay(day, asked, begun, paused))
    return tuple(found)


def _limits(waiting: Waiting, ahead: int) -> tuple[int, int]:
    """Return how many cards that are due, and how many new ones, a day has room for."""
    settings, counts = waiting.settings, waiting.counts
    if ahead:
        return settings.reviews_per_day, settings.new_per_day
    # Steps know no limit, and those of later today are on their way.
    left = max(0, settings.reviews_per_day - counts.reviews_done)
    return left + waiting.to_relearn, counts.new_left
