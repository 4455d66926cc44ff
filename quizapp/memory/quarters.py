"""Quarters of an hour, which the days and hours of every time zone are made of.

Clocks everywhere differ from UTC by a multiple of fifteen minutes. What is counted by the quarter
can therefore be put together by anybody's days afterwards, and a change of zone recounts nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from quizapp.memory.days import LearnerClock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
#: So many are a day of UTC, and so many an hour.
A_DAY, AN_HOUR = 96, 4


def quarter_of(instant: datetime) -> int:
    """Return the number of the quarter that `instant` (aware) lies in, counted from 1970, UTC."""
    return (instant - _EPOCH) // QUARTER


def start_of_quarter(quarter: int) -> datetime:
    """Return its first instant, in UTC."""
    return _EPOCH + quarter * QUARTER


def first_quarter(clock: LearnerClock, day: date) -> int:
    """Return the first quarter that belongs to the learner's `day`.

    A quarter belongs to the day that its first instant belongs to.
    """
    return -((_EPOCH - clock.start_of(day)) // QUARTER)


class LocalHours:
    """Says at which hour of the wall clock a quarter began; made for quarters in their order."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._day = -1
        self._offset: int | None = None

    def of(self, quarter: int) -> int:
        """Return 0 to 23."""
        day = quarter // A_DAY
        if day != self._day:
            first, next_first = (self._offset_at(one * A_DAY) for one in (day, day + 1))
            self._day, self._offset = day, first if first == next_first else None
        # On the two days of a year when clocks change, every quarter is looked up.
        offset = self._offset_at(quarter) if self._offset is None else self._offset
        return (quarter + offset) // AN_HOUR % 24

    def _offset_at(self, quarter: int) -> int:
        """Return by how many quarters clocks are ahead of UTC."""
        offset = start_of_quarter(quarter).astimezone(self._zone).utcoffset()
        return (offset or timedelta(0)) // QUARTER
