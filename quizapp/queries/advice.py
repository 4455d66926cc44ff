"""What a learner's own cards would ask for at other retentions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.workload import Workload
from quizapp.policy import Actor, require_learner
from quizapp.queries.exams import collection
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.pace import pace


@dataclass(frozen=True, slots=True)
class Advice:
    """A learner's cards to reckon with. :param percent: the retention aimed for now."""

    workload: Workload
    percent: int


def advice(session: Session, *, actor: Actor, course_id: int, now: datetime) -> Advice:
    """Return what the learner's cards of a course ask for.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    keys = {"learner_id": actor.id, "course_id": course_id}
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    settings = rules_in_force(session, **keys).settings
    cards = collection(
        session,
        actor=actor,
        course_id=course_id,
        clock=clock,
        new_per_day=settings.new_per_day,
        now=now,
    )
    usual = pace(session, **keys, clock=clock, today=clock.day_of(now))
    workload = Workload(cards, weights=settings.weights, pace=usual)
    return Advice(workload, round(settings.desired_retention * 100))
