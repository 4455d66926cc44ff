"""Exact sums over histograms of whole numbers: means, variances, covariances.

Variances and covariances divide by n − 1. They come as fractions of whole numbers, so that a small
difference of two large sums loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

Histogram = Mapping[int, int]


def size(values: Histogram) -> int:
    """Return how many values there are."""
    return sum(values.values())


def total(values: Histogram) -> int:
    return sum(value * n for value, n in values.items())


def mean(values: Histogram) -> Fraction | None:
    """Return the mean; None of nothing."""
    n = size(values)
    return Fraction(total(values), n) if n else None


def variance(values: Histogram) -> Fraction | None:
    """Return the variance; None of fewer than two values."""
    return covariance_from(
        size(values),
        total(values),
        total(values),
        sum(value * value * n for value, n in values.items()),
    )


def covariance_from(n: int, first: int, second: int, products: int) -> Fraction | None:
    """Return the covariance of n pairs from their sums; None of fewer than two pairs."""
    return Fraction(n * products - first * second, n * (n - 1)) if n > 1 else None


def largest_covariance(first: Histogram, second: Histogram) -> Fraction | None:
    """Return the covariance that two sets of n values would have, were both in order of size.

    It is the largest that any pairing of them has. None of fewer than two.
    """
    ours, theirs = sorted(first.items()), sorted(second.items())
    products = place = 0
    left = theirs[0][1] if theirs else 0
    for value, n in ours:
        wanted = n
        while wanted:
            if not left:
                place += 1
                left = theirs[place][1]
            taken = min(wanted, left)
            products += value * theirs[place][0] * taken
            wanted -= taken
            left -= taken
    return covariance_from(size(first), total(first), total(second), products)


def median(values: Histogram) -> Fraction | None:
    """Return the middle value, or the mean of the two in the middle."""
    n, seen = size(values), 0
    if not n:
        return None
    wanted = ((n - 1) // 2, n // 2)
    found: list[int] = []
    for value, count in sorted(values.items()):
        seen += count
        while len(found) < 2 and wanted[len(found)] < seen:
            found.append(value)
    return Fraction(sum(found), 2)


def central(values: Histogram, power: int) -> Fraction:
    """Return the mean of the distances from the mean to a power."""
    n, summed = size(values), total(values)
    # n times the distance is whole, so the sum is too.
    parts = sum((value * n - summed) ** power * count for value, count in values.items())
    return Fraction(parts, n ** (power + 1))
