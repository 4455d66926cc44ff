"""What a learner chose for one course."""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import MemorySettings
from quizapp.models import MemorySetting

DEFAULTS = MemorySettings()
_SELECT = sa.select(MemorySetting.desired_retention, MemorySetting.new_per_day).where(
    MemorySetting.learner_id == sa.bindparam("learner_id"),
    MemorySetting.course_id == sa.bindparam("course_id"),
)


@lru_cache(maxsize=256)
def settings_of(desired_retention: float | None, new_per_day: int | None) -> MemorySettings:
    """Return the settings that a stored row means; None, as an outer join gives it, is the default.

    :raises Invalid: the row is damaged.
    """
    if desired_retention is None or new_per_day is None:
        return DEFAULTS
    return MemorySettings(desired_retention=desired_retention, new_per_day=new_per_day)


def memory_settings(session: Session, *, learner_id: int, course_id: int) -> MemorySettings:
    """Return how a learner's facts of one course are scheduled."""
    values = {"learner_id": learner_id, "course_id": course_id}
    row = session.execute(_SELECT, values).one_or_none()
    return settings_of(row.desired_retention, row.new_per_day) if row else DEFAULTS
