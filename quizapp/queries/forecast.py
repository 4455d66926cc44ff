"""How many cards come due on each of the next days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.models import Fact, Memory
from quizapp.models.base import Instant
from quizapp.policy import Actor
from quizapp.queries.queue_counts import MET, Waiting, parameters


@dataclass(frozen=True, slots=True)
class ForecastDay:
    """One day ahead: `due` as things stand, `new` at the learner's daily limit."""

    day: date
    due: int
    new: int

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


def forecast(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    waiting: Waiting,
    now: datetime,
    days: int,
) -> tuple[ForecastDay, ...]:
    """Return the next days from today on; what is overdue stands under today.

    Nobody knows how the reviews to come will be rated: only what is due by now is counted.
    """
    today = clock.day_of(now)
    until = clock.start_of(today + timedelta(days=days))
    bound = parameters(actor, course_id, clock, now) | {"until": until}
    due: Counter[date] = Counter()
    for row in session.execute(_DUE, bound):
        due[max(today, clock.day_of(row.due_at))] += row.cards
    return tuple(
        ForecastDay(day, due[day], new)
        for day, new in zip(
            (today + timedelta(days=n) for n in range(days)),
            _new_by_day(waiting, days),
            strict=True,
        )
    )


def _new_by_day(waiting: Waiting, days: int) -> list[int]:
    """Return how many new facts each day brings until they are used up."""
    left, counts = waiting.unmet, []
    for ahead in range(days):
        limit = waiting.settings.new_per_day if ahead else waiting.counts.new_left
        counts.append(min(limit, left))
        left -= counts[-1]
    return counts
