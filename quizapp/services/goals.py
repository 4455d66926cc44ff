"""Setting a goal for the day."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.goals import Goal
from quizapp.models import DailyGoal
from quizapp.policy import Actor, require_learner


def set_goal(
    session: Session, *, actor: Actor, course_id: int, goal: Goal | None, now: datetime
) -> None:
    """Aim for so much on each day in a course from now on, or for nothing in particular.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    session.execute(
        sa.delete(DailyGoal).where(
            DailyGoal.learner_id == actor.id, DailyGoal.course_id == course_id
        )
    )
    if goal is not None:
        session.execute(
            sa.insert(DailyGoal).values(
                learner_id=actor.id,
                course_id=course_id,
                unit=goal.unit,
                amount=goal.amount,
                set_at=now,
            )
        )
