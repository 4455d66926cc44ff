"""The pauses that a learner has set."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days_off import DaysOff
from quizapp.memory.settings import MemorySettings
from quizapp.models import Pause


def pauses(session: Session, *, learner_id: int, course_id: int) -> tuple[tuple[date, date], ...]:
    """Return first and last day of every pause in a course, past ones too, in their order."""
    found: Any = session.execute(
        sa.select(Pause.first_day, Pause.last_day)
        .where(Pause.learner_id == learner_id, Pause.course_id == course_id)
        .order_by(Pause.first_day)
    )
    return tuple((row.first_day, row.last_day) for row in found)


def days_off(
    session: Session, *, learner_id: int, course_id: int, settings: MemorySettings
) -> DaysOff:
    """Return the days on which nothing was or is expected of the learner in a course."""
    return DaysOff(settings.rest_days, pauses(session, learner_id=learner_id, course_id=course_id))


def pause_ahead(found: tuple[tuple[date, date], ...], today: date) -> tuple[date, date] | None:
    """Return the pause that goes on or is to come; None if none is."""
    return next((pause for pause in found if pause[1] >= today), None)
