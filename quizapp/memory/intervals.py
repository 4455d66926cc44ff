"""Intervals in words, as short as a button."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Phase

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
#: The last day told in days, in weeks and in months: "34 days", "5 weeks", … "12 months".
_DAYS_UNTIL, _WEEKS_UNTIL, _MONTHS_UNTIL = 34, 70, 364
_DAYS_A_MONTH, _DAYS_A_YEAR = 30.4375, 365.25


def label(seconds: float) -> str:
    """Return a wait in words: "now", "10 min", "2 h", "3 days"; under a minute is "1 min"."""
    if seconds <= 0:
        return "now"
    minutes = max(1, _round(seconds / _MINUTE))
    if minutes < 60:
        return f"{minutes} min"
    hours = _round(seconds / _HOUR)
    if hours < 24:
        return f"{hours} h"
    return label_days(_round(seconds / _DAY))


def label_days(days: int) -> str:
    """Return a number of days in words: "24 days", "6 weeks", "3 months", "1.5 years"."""
    if days <= 0:
        return "now"
    if days <= _DAYS_UNTIL:
        return _counted(days, "day")
    if days <= _WEEKS_UNTIL:
        return _counted(_round(days / 7), "week")
    if days <= _MONTHS_UNTIL:
        return _counted(_round(days / _DAYS_A_MONTH), "month")
    return _counted(_round(days / _DAYS_A_YEAR * 10) / 10, "year")


def label_due(now: datetime, due_at: datetime, clock: LearnerClock, phase: Phase) -> str:
    """Return in words how long until a state is due.

    In review the learner's days are counted: at 23:00, tomorrow is "1 day", not 5 hours.
    """
    if phase is Phase.REVIEW:
        return label_days(clock.days_between(now, due_at))
    return label((due_at.astimezone(UTC) - now.astimezone(UTC)).total_seconds())


def _counted(number: float, unit: str) -> str:
    return f"{number:g} {unit}" if number == 1 else f"{number:g} {unit}s"


def _round(number: float) -> int:
    return math.floor(number + 0.5)
