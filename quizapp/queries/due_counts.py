"""How much is due on days to come, for balancing the days that a rating may give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import sqlalchemy as sa

from quizapp.memory.days import LearnerClock
from quizapp.models import Memory
from quizapp.models.base import Instant
from quizapp.queries.compiled import Compiled

_INSTANTS = {name: sa.bindparam(name, type_=Instant) for name in ("begins", "ends")}
# Reviews are due at the first moment of a day, so that there are few groups.
_DUE = Compiled(
    sa.select(Memory.due_at, sa.func.count().label("facts"))
    .where(
        Memory.learner_id == sa.bindparam("learner_id"),
        Memory.course_id == sa.bindparam("course_id"),
        Memory.due_at >= _INSTANTS["begins"],
        Memory.due_at < _INSTANTS["ends"],
        Memory.fact_id != sa.bindparam("fact_id"),
        Memory.is_suspended.is_(False),
    )
    .group_by(Memory.due_at)
)


def due_counts(
    connection: sa.Connection,
    *,
    learner_id: int,
    course_id: int,
    fact_id: int,
    clock: LearnerClock,
    days: tuple[date, date] | None,
) -> Mapping[date, int] | None:
    """Return how many other facts of the course are due on each of these days of the learner.

    Facts that were put aside do not count.

    :param fact_id: what is being asked; it is not counted.
    :param days: the first and the last, as `scheduler.balanced_days` gave them; None, where
        nothing need be known, is answered by None and asks nothing.
    """
    if days is None:
        return None
    values = {
        "learner_id": learner_id,
        "course_id": course_id,
        "fact_id": fact_id,
        "begins": clock.start_of(days[0]),
        "ends": clock.start_of(days[1] + timedelta(days=1)),
    }
    due: Counter[date] = Counter()
    for row in _DUE.rows(connection, values):
        due[clock.day_of(row.due_at)] += row.facts
    return due
