"""Quarters of an hour, which the days and hours of every time zone are made of.

Clocks everywhere differ from UTC by a multiple of fifteen minutes. What is counted by the quarter
can therefore be put together by anybody's days afterwards, and a change of zone recounts nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from quizapp.memory.days import LearnerClock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE = timedelta(0)
QUARTER = timedelta(minutes=15)
#: So many are a day of UTC, and so many an hour.
A_DAY, AN_HOUR = 96, 4
#: Quarters, ascending, and what is added to those from there on.
Shifts = tuple[tuple[int, int], ...]


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


@lru_cache(maxsize=4096)
def day_shifts(clock: LearnerClock, first: date, last: date) -> Shifts:
    """Return from which quarter on one adds how many, so that days are whole 96ths of the sum.

    The sum divided by 96 is the ordinal of the learner's day, from `first` to `last`.
    """
    begin = first_quarter(clock, first)
    found = [(begin, A_DAY * first.toordinal() - begin)]
    for ordinal in range(first.toordinal() + 1, last.toordinal() + 2):
        following = first_quarter(clock, date.fromordinal(ordinal))
        shift = A_DAY * ordinal - following
        if shift != found[-1][1]:
            # Of a day longer than 96 quarters, the rest goes by what follows.
            found.append((min(following, begin + A_DAY), shift))
        begin = following
    return tuple(found)


@lru_cache(maxsize=4096)
def clock_shifts(zone: str, first: int, last: int) -> Shifts:
    """Return from which quarter on clocks of a zone are how many quarters ahead of UTC."""
    info = ZoneInfo(zone)

    def ahead(quarter: int) -> int:
        return (start_of_quarter(quarter).astimezone(info).utcoffset() or _NONE) // QUARTER

    found = [(first, ahead(first))]
    for begin in range(first, last + 1, A_DAY):
        if ahead(begin + A_DAY) == found[-1][1]:
            continue
        for quarter in range(begin + 1, begin + A_DAY + 1):
            if ahead(quarter) != found[-1][1]:
                found.append((quarter, ahead(quarter)))
    return tuple(found)
