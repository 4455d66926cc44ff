"""What is left of the plan for a learner's day before an exam: the queue asks that and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.state import Phase
from quizapp.models import Exam, Fact, Memory
from quizapp.models.base import Instant

_LEARNER = sa.bindparam("learner_id", type_=sa.Integer)
_COURSE = sa.bindparam("course_id", type_=sa.Integer)
_TODAY = sa.bindparam("today", type_=sa.Date)

#: The ids that today's plan has, as a column of another statement; NULL without a plan.
PLANNED = (
    sa.select(Exam.facts)
    .where(
        Exam.learner_id == _LEARNER,
        Exam.course_id == _COURSE,
        Exam.planned_on == _TODAY,
        Exam.day > _TODAY,
    )
    .scalar_subquery()
)
_LEFT = (
    sa.select(Fact.id, Memory.phase)
    .outerjoin(Memory, sa.and_(Memory.learner_id == _LEARNER, Memory.fact_id == Fact.id))
    .where(
        Fact.course_id == _COURSE,
        Fact.id.in_(sa.bindparam("planned", expanding=True)),
        sa.or_(
            Memory.last_review_at.is_(None),
            Memory.last_review_at < sa.bindparam("today_start", type_=Instant),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Planned:
    """What is left: ids in the order to ask them, and how many of them are new or known."""

    facts: tuple[int, ...]
    new: int

    @property
    def reviews(self) -> int:
        return len(self.facts) - self.new


def left_of_plan(
    session: Session, planned: Sequence[int] | None, bound: Mapping[str, Any], *, where: Any
) -> Planned | None:
    """Return what is left of today's plan, or None if there is none.

    :param planned: what `PLANNED` gave. :param bound: what the conditions bind.
    :param where: the condition that a fact can be asked, by the tables `fact` and `memory`.
    """
    if planned is None:
        return None
    rows = session.execute(_LEFT.where(where), {**bound, "planned": planned}).all()
    new = {row.id: row.phase is None or row.phase == Phase.NEW for row in rows}
    facts = tuple(fact_id for fact_id in planned if fact_id in new)
    return Planned(facts, sum(new.values()))
