"""What a person set, for the settings pages."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import MemorySettings
from quizapp.models import MemorySetting, Review
from quizapp.policy import Actor


@dataclass(frozen=True, slots=True)
class StudySettings:
    """How a learner studies one course; `desired_retention` is a chance from 0 to 1."""

    desired_retention: float
    new_per_day: int


def study_settings(session: Session, *, actor: Actor, course_id: int) -> StudySettings:
    """Return what the learner chose for a course, or the defaults."""
    row = session.execute(
        sa.select(MemorySetting.desired_retention, MemorySetting.new_per_day).where(
            MemorySetting.learner_id == actor.id, MemorySetting.course_id == course_id
        )
    ).one_or_none()
    if row is not None:
        return StudySettings(row.desired_retention, row.new_per_day)
    defaults = MemorySettings()
    return StudySettings(defaults.desired_retention, defaults.new_per_day)


def reviews_kept(session: Session, *, actor: Actor) -> int:
    """Return how many reviews a learner has that were not undone."""
    counted = sa.select(sa.func.count()).where(
        Review.learner_id == actor.id, Review.undone_at.is_(None)
    )
    return session.scalar(counted) or 0
