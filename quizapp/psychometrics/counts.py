"""What item statistics are worked out from: whole numbers that attempts are added to.

A mark is a fraction of a point. It is counted in whole grains of 1/3,603,600 point, so that
halves, thirds, … sixteenths and hundredths of a point are exact; anything finer is rounded to the
nearest grain, once, before it is added. From there on nothing is rounded: what was added can be
taken away again, in any order, and sums are exact.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction

#: Grains of a point: the least number that 1 to 16 and 100 divide.
GRAIN = 3_603_600
#: The bands that the score on the rest of a quiz is sorted into, by its share; for thirds.
BANDS = 40
#: Seconds from which the next bin of times begins. Longer than the last is away from the desk.
TIME_BINS: tuple[int, ...] = (
    *(0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60),
    *(80, 100, 120, 150, 200, 300, 400, 600),
)
#: In place of an option: nothing was chosen; or one row for each attempt, whatever it chose.
NONE_CHOSEN, EVERYBODY = -1, -2


class Cohort(IntEnum):
    """Which attempts: a learner's first at the quiz, or a later one."""

    FIRST = 1
    LATER = 2


class Kind(IntEnum):
    """What a row counts.

    MARK: `value` is the mark, `amount` the sum of the rests, `most` of what could be earned.
    REST: `value` is the total without the item. CHOICE: `value` is the option, `band` the band
    of the rest, `amount` the sum of the rests. TIME: `value` is the bin, `amount` milliseconds.
    """

    MARK = 1
    REST = 2
    CHOICE = 3
    TIME = 4


@dataclass(slots=True)
class Tally:
    """How many, and what belongs to them together."""

    n: int = 0
    amount: int = 0
    most: int = 0

    def add(self, n: int, amount: int = 0, most: int = 0) -> None:
        self.n += n
        self.amount += amount
        self.most += most


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """What is counted of one item: by mark, by rest, by option and band, by bin of time."""

    marks: dict[int, Tally] = field(default_factory=dict)
    rests: dict[int, int] = field(default_factory=dict)
    choices: dict[tuple[int, int], Tally] = field(default_factory=dict)
    times: dict[int, Tally] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Return how many attempts had the item."""
        return sum(tally.n for tally in self.marks.values())

    def count(self, kind: int, place: tuple[int, int], tally: Tally) -> None:
        """Add what is counted of one kind at a value and a band."""
        value, _ = place
        if kind == Kind.REST:
            self.rests[value] = self.rests.get(value, 0) + tally.n
            return
        if kind == Kind.CHOICE:
            mine = self.choices.setdefault(place, Tally())
        else:
            mine = (self.marks if kind == Kind.MARK else self.times).setdefault(value, Tally())
        mine.add(tally.n, tally.amount, tally.most)


@dataclass(frozen=True, slots=True)
class Totals:
    """How many attempts came to each total.

    :param most: the sum of what all of them could reach.
    """

    counts: Mapping[int, int]
    most: int = 0

    @property
    def n(self) -> int:
        return sum(self.counts.values())


def merged(counts: Iterable[ItemCounts]) -> ItemCounts:
    """Return what several counts come to: of revisions, or of first and later attempts."""
    whole = ItemCounts()
    for one in counts:
        for value, tally in one.marks.items():
            whole.count(Kind.MARK, (value, 0), tally)
        for value, n in one.rests.items():
            whole.count(Kind.REST, (value, 0), Tally(n))
        for place, tally in one.choices.items():
            whole.count(Kind.CHOICE, place, tally)
        for value, tally in one.times.items():
            whole.count(Kind.TIME, (value, 0), tally)
    return whole


def grains(points: Fraction) -> int:
    """Return points in whole grains, rounded to the nearest."""
    return round(points * GRAIN)


def band(rest: int, most: int) -> int:
    """Return the band, 0 to `BANDS`, of a score on the rest out of `most`; below 0 is band 0."""
    return min(max(rest * BANDS // most, 0), BANDS) if most > 0 else 0


def time_bin(seconds: float) -> int:
    """Return the number of the bin that a time falls into, from 0."""
    return bisect_right(TIME_BINS, seconds) - 1
