"""When weekly letters go out: in the learner's morning, once a week, never at night."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from quizapp.memory.days import LearnerClock

#: The hour of the learner's wall at which letters go out.
HOUR = 8
#: One that is late waits for the next morning unless it is day: from this hour to before that one.
_DAYTIME = range(7, 21)
#: Between two letters lie so many days at least, however late the first one was.
_APART = timedelta(days=3)
_DAY = timedelta(days=1)


def next_letter(zone: str, weekday: int, *, after: datetime) -> datetime:
    """Return the first moment after `after` that is HOUR o'clock on a weekday; Monday is 0."""
    morning = LearnerClock(zone, HOUR)
    day = after.astimezone(ZoneInfo(zone)).date()
    day += (weekday - day.weekday()) % 7 * _DAY
    while morning.start_of(day) <= after:
        day += 7 * _DAY
    return morning.start_of(day)


def letter_after(zone: str, weekday: int, *, sent_at: datetime) -> datetime:
    """Return when the letter after one that went out then is due."""
    return next_letter(zone, weekday, after=sent_at + _APART)


def is_daytime(zone: str, now: datetime) -> bool:
    """Return whether it is day where the learner is, so that a letter that is late may go out."""
    return now.astimezone(ZoneInfo(zone)).hour in _DAYTIME


def next_morning(zone: str, now: datetime) -> datetime:
    """Return the next time at which it is HOUR o'clock there, today or tomorrow."""
    morning = LearnerClock(zone, HOUR)
    day = now.astimezone(ZoneInfo(zone)).date()
    start = morning.start_of(day)
    return start if start > now else morning.start_of(day + _DAY)
