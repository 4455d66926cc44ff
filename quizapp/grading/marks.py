"""Marks: exact sums of grades times points; rounded only to be shown."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """Points earned out of points that could be earned, exact.

    Points are below 0 where certain mistakes cost more than the rest earned.

    :raises ValueError: they are not points <= most, or most is below 0.
    """

    points: Fraction
    most: Fraction
    _share: Fraction | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.points <= self.most or self.most < 0:
            raise ValueError(f"A mark is at most {self.most}, not {self.points}.")

    @property
    def share(self) -> Fraction:
        """Return the share of the points earned; 0 when there were none to earn."""
        if self._share is None:  # asked again and again of a mark that a class shares
            share = self.points / self.most if self.most else Fraction(0)
            object.__setattr__(self, "_share", share)
            return share
        return self._share

    @property
    def percent(self) -> int:
        """Return whole percent, rounded down: a mark below the pass mark never reads as on it."""
        return math.floor(self.share * 100)

    def passes(self, pass_mark_percent: int | None) -> bool | None:
        """Return whether the mark reaches the pass mark, exactly; None where there is none."""
        if pass_mark_percent is None:
            return None
        points, most = self.points, self.most
        if not most:
            return pass_mark_percent <= 0
        # In whole numbers: a gradebook asks thousands of marks.
        needed = pass_mark_percent * most.numerator * points.denominator
        return points.numerator * most.denominator * 100 >= needed

    def __str__(self) -> str:
        """Return "7.5 of 10"."""
        return f"{self.points_shown} of {self.most_shown}"

    @property
    def points_shown(self) -> str:
        return show(self.points)

    @property
    def most_shown(self) -> str:
        return show(self.most)


def slot_mark(share: Fraction, max_mark: Fraction, most: Fraction = Fraction(1)) -> Mark:
    """Return what a slot worth `max_mark` earns for a share of it, out of `most` such shares."""
    return Mark(share * max_mark, most * max_mark)


def total(marks: Iterable[Mark]) -> Mark:
    """Return the exact sum: three thirds of one point are one point."""
    marks = tuple(marks)
    most = sum((mark.most for mark in marks), Fraction(0))
    return Mark(sum((mark.points for mark in marks), Fraction(0)), most)


def mean_of_shares(marks: Iterable[Mark]) -> Fraction | None:
    """Return the exact mean of the shares of marks; None of none."""
    # Marks of a class are thousands, out of few different numbers: whole numbers are added up by
    # these, and a fraction is made of each sum instead of each mark.
    sums: Counter[tuple[int, int, int]] = Counter()
    number = 0
    for mark in marks:
        number += 1
        points, most = mark.points, mark.most
        sums[most.numerator, most.denominator, points.denominator] += points.numerator
    if not number:
        return None
    shares = (
        Fraction(points * below, above * part)
        for (above, below, part), points in sums.items()
        if above
    )
    return sum(shares, Fraction(0)) / number


def points_to_pass(most: Fraction, pass_mark_percent: int) -> Fraction:
    """Return the fewest points that pass."""
    return most * pass_mark_percent / 100


def show(points: Fraction) -> str:
    """Return points with at most two decimals and no idle zeros: "9", "7.5", "0.33".

    Halves go up, and what is negative reads "−0.5".
    """
    hundredths = math.floor(abs(points) * _HUNDREDTHS + Fraction(1, 2))
    whole, rest = divmod(hundredths, _HUNDREDTHS)
    decimals = f".{rest:02}".rstrip("0").rstrip(".")
    sign = "−" if points < 0 and hundredths else ""
    return f"{sign}{whole:,}{decimals}"
