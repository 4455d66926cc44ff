"""What a learner missed lately, to go over once more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Rating
from quizapp.models import Fact, Memory, Review
from quizapp.policy import Actor
from quizapp.queries.queue_counts import (
    COURSE,
    IN_TOPIC,
    LEARNER,
    MET,
    first_id_at,
    parameters,
)
from quizapp.queries.scope import Scope

_SINCE = sa.bindparam("since_id", type_=sa.BigInteger)
_AFTER = sa.bindparam("after_id", type_=sa.BigInteger)


@dataclass(frozen=True, slots=True)
class Missed:
    """The fact to go over now, and how many there are with it.

    :param miss_id: the review that missed it last; None where nothing is left.
    """

    fact_id: int | None
    miss_id: int | None
    left: int


def missed_counts(since: Any) -> Any:
    """Return a query of the facts in play that were missed, each with its last miss.

    :param since: SQL for the id from which reviews count; so only those are read.
    """
    # Plus nothing: to group by the column itself, SQLite would walk the whole log by fact.
    fact_id = Review.fact_id + 0
    last = (
        sa.select(fact_id.label("fact_id"), sa.func.max(Review.id).label("miss_id"))
        .where(
            Review.learner_id == LEARNER,
            Review.course_id == COURSE,
            Review.id >= since,
            Review.undone_at.is_(None),
            Review.rating == Rating.AGAIN.value,
        )
        .group_by(fact_id)
        .subquery()
    )
    return (
        sa.select(last.c.fact_id, last.c.miss_id)
        .join(Memory, sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == last.c.fact_id))
        .join(Fact, Fact.id == last.c.fact_id)
        .where(MET, IN_TOPIC)
    )


def _select() -> Any:
    found = missed_counts(_SINCE).subquery()
    return (
        sa.select(found.c.fact_id, found.c.miss_id, sa.func.count().over().label("left"))
        .where(found.c.miss_id > _AFTER)
        .order_by(found.c.miss_id)
        .limit(1)
    )


_SELECT = _select()


def missed_since(clock: LearnerClock, now: datetime, days: int) -> int:
    """Return the id from which the reviews of the last so many days are; 1 is today."""
    return first_id_at(clock.start_of(clock.day_of(now) - timedelta(days=days - 1)))


def next_missed(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    scope: Scope,
) -> Missed:
    """Return what was missed longest ago of what the sitting has not gone over yet."""
    bound = parameters(actor, course_id, clock, now, scope) | {
        "since_id": missed_since(clock, now, scope.missed),
        "after_id": scope.after,
    }
    row = session.execute(_SELECT, bound).one_or_none()
    return Missed(row.fact_id, row.miss_id, row.left) if row else Missed(None, None, 0)
