"""The figures of a whole quiz, and the weights of its items in it.

Formulas: docs.moodle.org, "Quiz statistics calculations"; skewness and kurtosis by k-statistics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.psychometrics import moments
from quizapp.psychometrics.counts import GRAIN, Totals
from quizapp.psychometrics.items import ItemFigures


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """What the totals of a quiz say; None is a figure that they cannot say.

    :param most: points that could be reached, on average. :param mean: points, as `median`,
        `sd` and `standard_error`, which is the margin of one total.
    :param alpha: Cronbach's, at most 1 and perhaps below 0; Moodle calls it the coefficient of
        internal consistency. None where attempts were asked different questions.
    :param error_ratio: √(1 − alpha): the share of the spread that is chance. Above 1 where
        alpha is below 0. :param error_doubt: the standard error of the standard error's square, as
        a share of it.
    """

    n: int
    most: float
    mean: float | None
    median: float | None
    sd: float | None
    skewness: float | None
    kurtosis: float | None
    alpha: float | None
    error_ratio: float | None
    standard_error: float | None
    items: int = 0
    error_doubt: float | None = None


@dataclass(frozen=True, slots=True)
class Weight:
    """How much of a quiz an item is: as its points say, and as it turned out.

    :param effective: None where it pulls against the rest.
    """

    intended: float | None
    effective: float | None


def quiz_figures(
    totals: Totals, items: Sequence[ItemFigures], *, grain: int = GRAIN
) -> QuizFigures:
    """Return the figures of a quiz from its totals and its items."""
    counts = {total: n for total, n in totals.counts.items() if n}
    n = moments.size(counts)
    mean, middle, spread = moments.mean(counts), moments.median(counts), moments.variance(counts)
    sd = None if spread is None else math.sqrt(spread) / grain
    alpha = _alpha(totals, items, None if spread is None else float(spread) / grain**2)
    ratio = None if alpha is None else math.sqrt(max(0.0, 1 - alpha))
    skewness, kurtosis = _skewness(counts), _kurtosis(counts)
    doubt = None
    if sd and alpha is not None and skewness is not None and kurtosis is not None:
        doubt = _error_doubt(n, items, sd, sd * sd * (1 - alpha), (skewness, kurtosis))
    return QuizFigures(
        n=n,
        most=totals.most / n / grain if n else 0.0,
        mean=None if mean is None else float(mean) / grain,
        median=None if middle is None else float(middle) / grain,
        sd=sd,
        skewness=skewness,
        kurtosis=kurtosis,
        alpha=alpha,
        error_ratio=ratio,
        standard_error=None if ratio is None or sd is None else sd * ratio,
        items=len(items),
        error_doubt=doubt,
    )


def weights(items: Sequence[ItemFigures]) -> tuple[Weight, ...]:
    """Return the weight of each item among all of them."""
    points = sum(item.max_mark for item in items)
    pulls = [
        math.sqrt(item.with_total) if item.with_total is not None and item.with_total >= 0 else None
        for item in items
    ]
    together = sum(pull for pull in pulls if pull is not None)
    return tuple(
        Weight(
            item.max_mark / points if points else None,
            None if pull is None or not together else pull / together,
        )
        for item, pull in zip(items, pulls, strict=True)
    )


def _alpha(totals: Totals, items: Sequence[ItemFigures], spread: float | None) -> float | None:
    """Return Cronbach's alpha; KR-20 where every mark is all or nothing."""
    number = len(items)
    variances = [item.variance for item in items]
    if number < 2 or not spread or any(item.n != totals.n for item in items):
        return None
    own = math.fsum(variance for variance in variances if variance is not None)
    return number / (number - 1) * (1 - own / spread)


def _error_doubt(
    n: int,
    items: Sequence[ItemFigures],
    sd: float,
    squared_error: float,
    shape: tuple[float, float],
) -> float | None:
    """Return how unsure the square of the standard error is, as a share of it.

    It is the mean over students of (k q − t²)/(k − 1), with t how far a total lies from the mean,
    q the sum of the squared distances of its k marks, and so is as sure as these vary little. q is
    taken apart into what follows the total, what follows its square, and what is each item's own.

    :param shape: skewness and kurtosis of the totals; of few they say little, so they count as n
        of n + 20, the others those of the normal distribution.
    """
    number, spread = len(items), sd * sd
    skewness, kurtosis = (value * n / (n + 20) for value in shape)
    squares = (2 + kurtosis) * spread * spread
    known = [(i.lean, i.with_total or 0.0, i.variance, i.unleaned) for i in items if i.variance]
    if squares <= 0 or squared_error <= 0:
        return None
    # Of what leans with the marks, so much follows the total; the rest of each leans apart from it.
    common = sum(lean * with_total for lean, with_total, _, _ in known) / spread
    bent = own = 0.0
    for lean, with_total, variance, unleaned in known:
        with_square = with_total * with_total * lean / variance
        bent += (lean - common) * with_square / squares
        left = variance - with_total * with_total / spread - with_square * with_square / squares
        own += (lean - common) ** 2 * max(0.0, left) + unleaned
    straight = number * common
    varies = (1 - number * bent) ** 2 * squares + straight * straight * spread
    varies -= 2 * (1 - number * bent) * straight * skewness * sd**3
    whole = max(0.0, varies + number * number * own) / (number - 1) ** 2
    return math.sqrt(whole / (n - 1)) / squared_error


def _skewness(counts: moments.Histogram) -> float | None:
    n = moments.size(counts)
    if n < 3 or not (second := moments.central(counts, 2)):
        return None
    k2 = n * second / (n - 1)
    k3 = n * n * moments.central(counts, 3) / ((n - 1) * (n - 2))
    return math.copysign(math.sqrt(k3 * k3 / k2**3), k3)


def _kurtosis(counts: moments.Histogram) -> float | None:
    n = moments.size(counts)
    if n < 4 or not (second := moments.central(counts, 2)):
        return None
    k2 = n * second / (n - 1)
    inner = (n + 1) * moments.central(counts, 4) - 3 * (n - 1) * second**2
    return float(n * n * inner / ((n - 1) * (n - 2) * (n - 3)) / k2**2)
