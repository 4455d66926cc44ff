"""What can be studied besides what waits: ahead of time, and what was missed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.models import Fact, Memory
from quizapp.models.base import Instant
from quizapp.policy import Actor
from quizapp.queries.missed import missed_counts, missed_since
from quizapp.queries.queue_counts import (
    ASKED_NOW,
    IN_TOPIC,
    MET,
    REVIEW_NOW,
    STEP_NOW,
    parameters,
)
from quizapp.queries.scope import Scope

#: How far ahead, and how far back, in days.
AHEAD = (1, 3, 7)
MISSED = (1, 7)


@dataclass(frozen=True, slots=True)
class Offers:
    """How many cards each sitting has, by its days: by `AHEAD`, and by `MISSED`."""

    ahead: dict[int, int] = field(default_factory=dict)
    missed: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any((*self.ahead.values(), *self.missed.values()))


def _end(days: int) -> Any:
    return sa.bindparam(f"end_{days}", type_=Instant)


def _count(condition: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _select() -> Any:
    ahead = (
        sa.select(
            _count(STEP_NOW).label("steps"),
            *(_count(sa.and_(REVIEW_NOW, Memory.due_at < _end(n))).label(f"a{n}") for n in AHEAD),
        )
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, IN_TOPIC, ASKED_NOW)
        .subquery()
    )
    missed = (
        sa.select(sa.func.count())
        .select_from(missed_counts(sa.bindparam(f"since_{n}", type_=sa.BigInteger)).subquery())
        .scalar_subquery()
        .label(f"m{n}")
        for n in MISSED
    )
    return sa.select(*ahead.c, *missed)


_SELECT = _select()


def offers(
    session: Session, *, actor: Actor, course_id: int, clock: LearnerClock, now: datetime
) -> Offers:
    """Return how many cards each of the other sittings would ask now: what their queues serve."""
    bound = parameters(actor, course_id, clock, now, Scope(ahead=max(AHEAD)))
    today = clock.day_of(now)
    bound |= {f"end_{n}": clock.start_of(today + timedelta(days=n + 1)) for n in AHEAD}
    bound |= {f"since_{n}": missed_since(clock, now, n) for n in MISSED}
    row: Any = session.execute(_SELECT, bound).one()._mapping
    return Offers(
        ahead={n: row["steps"] + row[f"a{n}"] for n in AHEAD},
        missed={n: row[f"m{n}"] for n in MISSED},
    )
