"""Days on which nothing is expected of a learner: weekdays of rest, and pauses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DaysOff:
    """When a learner rests.

    :param rest_days: weekdays, Monday is 0. :param pauses: first and last day of each.
    """

    rest_days: Collection[int] = ()
    pauses: tuple[tuple[date, date], ...] = ()

    def is_paused(self, day: date) -> bool:
        """Return whether a pause covers the day: nothing is asked on it."""
        return any(first <= day <= last for first, last in self.pauses)

    def covers(self, day: date) -> bool:
        """Return whether nothing is expected on the day; what is due can be asked for all that."""
        return day.weekday() in self.rest_days or self.is_paused(day)


NO_DAYS_OFF = DaysOff()


def streak_until(day: date, active: Collection[date], off: DaysOff, *, earliest: date) -> int:
    """Return how many active days lie in a row up to `day`; days off neither count nor break it.

    :param day: may be without activity yet: then the row ends the day before.
    :param earliest: no day before it is looked at.
    """
    length = int(day in active)
    day -= _DAY
    while day >= earliest and (day in active or off.covers(day)):
        length, day = length + (day in active), day - _DAY
    return length
