"""What recall a learner aims for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.policy import Actor, require_learner
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services.memory_rules import keep_rules


def aim_for(
    session: Session, *, actor: Actor, course_id: int, retention: float, now: datetime
) -> None:
    """Schedule the learner's cards of a course for another recall from now on.

    :param retention: 0.70 to 0.97.
    :raises Invalid: it is not. :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    held = rules_in_force(session, learner_id=actor.id, course_id=course_id).settings
    chosen = replace(held, desired_retention=retention)
    keep_rules(session, actor=actor, course_id=course_id, settings=chosen, now=now)
