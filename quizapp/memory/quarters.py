"""Quarters of an hour, which the days and hours of every time zone are made of.

Clocks everywhere differ from UTC by a multiple of fifteen minutes. What is counted by the quarter
can therefore be put together by anybody's days afterwards, and a change of zone recounts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain
from zoneinfo import ZoneInfo

from quizapp.memory.days import LearnerClock

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONE, _DAY = timedelta(0), timedelta(days=1)
QUARTER = timedelta(minutes=15)
#: So many are a day of UTC, and so many an hour.
A_DAY, AN_HOUR = 96, 4
#: Clocks are looked at for about a year at once.
_BLOCK = 365 * A_DAY
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


def day_shifts(clock: LearnerClock, first: date, last: date) -> Shifts:
    """Return from which quarter on one adds how many, so that days are whole 96ths of the sum.

    The sum divided by 96 is the ordinal of the learner's day, from `first` to `last`.
    """
    years = (_days_of_year(clock, year) for year in range(first.year, last.year + 1))
    return _joined(years, first_quarter(clock, first), first_quarter(clock, last + _DAY))


def clock_shifts(zone: str, first: int, last: int) -> Shifts:
    """Return from which quarter on clocks of a zone are how many quarters ahead of UTC."""
    blocks = range(first // _BLOCK, last // _BLOCK + 1)
    return _joined((_clocks_of_block(zone, block) for block in blocks), first, last)


# Whole years are worked out, once for all learners of a zone: asking the clock for each day of
# ten years takes 15 ms, and which days a page asks for changes every day.
@lru_cache(maxsize=4096)
def _days_of_year(clock: LearnerClock, year: int) -> Shifts:
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    begin = first_quarter(clock, date.fromordinal(first))
    found = [(begin, A_DAY * first - begin)]
    for ordinal in range(first + 1, last + 2):
        following = first_quarter(clock, date.fromordinal(ordinal))
        shift = A_DAY * ordinal - following
        if shift != found[-1][1]:
            # Of a day longer than 96 quarters, the rest goes by what follows.
            found.append((min(following, begin + A_DAY), shift))
        begin = following
    return tuple(found)


@lru_cache(maxsize=4096)
def _clocks_of_block(zone: str, block: int) -> Shifts:
    info = ZoneInfo(zone)

    def ahead(quarter: int) -> int:
        return (start_of_quarter(quarter).astimezone(info).utcoffset() or _NONE) // QUARTER

    first = block * _BLOCK
    found = [(first, ahead(first))]
    for begin in range(first, first + _BLOCK, A_DAY):
        if ahead(begin + A_DAY) == found[-1][1]:
            continue
        for quarter in range(begin + 1, begin + A_DAY + 1):
            if ahead(quarter) != found[-1][1]:
                found.append((quarter, ahead(quarter)))
    return tuple(found)


def _joined(parts: Iterable[Shifts], first: int, last: int) -> Shifts:
    """Return what holds from one quarter to another, told in parts that follow each other."""
    found: list[tuple[int, int]] = []
    for begin, shift in chain.from_iterable(parts):
        if begin <= first:
            found = [(first, shift)]
        elif begin <= last and shift != found[-1][1]:
            found.append((begin, shift))
    return tuple(found)
