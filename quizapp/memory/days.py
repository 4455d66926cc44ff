"""A learner's days: they begin at the learner's hour, in the learner's time zone.

FSRS counts whole days as the learner lives them. Periods of 24 hours count another
number on about every third review, and go wrong twice a year when clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from quizapp.errors import Invalid, Problem

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class LearnerClock:
    """Turns instants into a learner's days and back.

    :param zone: IANA name, such as "Europe/London".
    :param day_start_hour: 0 to 23; what is studied before it belongs to the day before.
    :raises Invalid: the zone is unknown or the hour is out of range.
    """

    zone: str
    day_start_hour: int

    def __post_init__(self) -> None:
        problems = []
        try:
            _zone_info(self.zone)
        except (KeyError, ValueError, OSError, TypeError):
            message = f"There is no time zone “{self.zone}”. Choose one such as Europe/London."
            problems.append(Problem("timezone", message))
        if isinstance(self.day_start_hour, bool) or self.day_start_hour not in range(24):
            problems.append(Problem("day_start_hour", "Choose a full hour from 0 to 23."))
        if problems:
            raise Invalid(problems)

    def day_of(self, instant: datetime) -> date:
        """Return the day that `instant` belongs to: the last one begun by then.

        :raises ValueError: `instant` has no time zone.
        """
        if instant.utcoffset() is None:
            raise ValueError("Give a time with a time zone.")
        local = instant.astimezone(_zone_info(self.zone)).replace(tzinfo=None)
        day = (local - timedelta(hours=self.day_start_hour)).date()
        # The wall clock alone misleads where it is put back across the start of the day:
        # the day would begin, end, and begin again.
        while instant >= self.start_of(day + _DAY):
            day += _DAY
        return day

    def start_of(self, day: date) -> datetime:
        """Return the first instant of `day`, in UTC.

        Where clocks skip the hour, that is the moment they jump; where the hour comes
        twice, its first coming.
        """
        return _start_of(self.zone, self.day_start_hour, day)

    def days_between(self, earlier: datetime, later: datetime) -> int:
        """Return how many days began after `earlier`, up to `later`; negative if reversed."""
        return (self.day_of(later) - self.day_of(earlier)).days


@lru_cache(maxsize=1024)
def _zone_info(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


@lru_cache(maxsize=16384)
def _start_of(zone: str, hour: int, day: date) -> datetime:
    wall = datetime.combine(day, time(hour), tzinfo=_zone_info(zone))
    start = wall.astimezone(UTC)
    if start.astimezone(wall.tzinfo).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return start
    return _jump(_zone_info(zone), wall.replace(fold=1).astimezone(UTC), start)


def _jump(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the moment in (before, after], to the second, at which the offset changes."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
