"""Choosing among the days that chance may give: those on which less is due, and no rest days.

The rules are Anki's (its load balancer, facts only): intervals up to 90 days, never beyond the
spread of chance, a day's weight falls with the square of what is due on it and with the length of
the interval, days of the week have percentages. Unlike there, what counts is how much more is due
on a day than on the emptiest in reach, which evens out full days as well as empty ones; a day of
rest on which nothing is due yet is avoided too, and percentages between are kept as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from quizapp.errors import Invalid, Problem

#: Longer intervals are spread wide enough by chance.
MAXIMUM_BALANCED_DAYS = 90
_COUNT_POWER = _LENGTH_POWER = 2


@dataclass(frozen=True, slots=True)
class Load:
    """What is due on a learner's days to come, and how much of a day each weekday is.

    :param today: the learner's day; intervals count from it.
    :param due_counts: facts due by day, 0 where none is told.
    :param easy_days: percentages, Monday to Sunday.
    :raises Invalid: a count is negative or not whole, or its day is none.
    """

    today: date
    due_counts: Mapping[date, int]
    easy_days: Sequence[int]

    def __post_init__(self) -> None:
        for day, count in self.due_counts.items():
            if type(day) is not date or type(count) is not int or count < 0:
                message = "What is due is told as whole numbers, 0 or more, by day."
                raise Invalid([Problem("due_counts", message)])


def choose(low: int, high: int, *, load: Load, chance: float) -> int:
    """Return one of the days from `low` to `high`, the less is due on it the likelier.

    :param chance: in [0, 1); the same chance and load give the same day.
    """
    days = range(low, high + 1)
    dates = [load.today + timedelta(days=number) for number in days]
    counts = [load.due_counts.get(day, 0) for day in dates]
    free = _free(counts, [load.easy_days[day.weekday()] / 100 for day in dates])
    least = min(count for count, is_free in zip(counts, free, strict=True) if is_free)
    weights = [
        (1 + count - least) ** -_COUNT_POWER * number**-_LENGTH_POWER if is_free else 0.0
        for number, count, is_free in zip(days, counts, free, strict=True)
    ]
    sums = list(accumulate(weights))
    return days[bisect_right(sums, chance * sums[-1])]


def _free(counts: Sequence[int], shares: Sequence[float]) -> list[bool]:
    """Return which days have not had their share yet; all of them if every day had it.

    An easy day's share is its percentage of what the other days in reach carry.
    """
    all_counts, all_shares = sum(counts), sum(shares)
    free = [
        share == 1 or (count + 1) * (all_shares - share) <= share * (all_counts - count + 1)
        for count, share in zip(counts, shares, strict=True)
    ]
    # A day of rest has no share; among days of rest one is as good as another.
    free = [is_free and share > 0 for is_free, share in zip(free, shares, strict=True)]
    return free if any(free) else [True] * len(free)
