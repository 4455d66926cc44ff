"""The figures of one item, as Moodle's quiz statistics define them.

Formulas: docs.moodle.org, "Quiz statistics calculations". Moodle gives percentages; here they
are shares. The rest is the total without the item.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from quizapp.psychometrics import moments
from quizapp.psychometrics.counts import GRAIN, TIME_BINS, ItemCounts


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What the counts of an item say; None is a figure that they cannot say.

    :param n: attempts that had it. :param max_mark: points, on average.
    :param facility: mean mark as a share of the most. :param sd: of the mark, in points.
    :param discrimination: Pearson correlation of the mark with the rest, −1 to 1.
    :param efficiency: the covariance with the rest as a share of the largest that the same marks
        could have. :param with_total: covariance of the mark with the total, in points².
    :param variance: of the mark, in points². :param lowest: the lowest mark as a share of the
        most, 0 unless marks can be lost.
    :param seconds: median time spent, to the middle of a bin.
    :param lean: what a squared distance from the mean grows by with each point of the mark: 1 − 2p
        where a share p gets one point and the others none. :param unleaned: the variance of the
        squared distances that is left, 0 there.
    """

    n: int
    max_mark: float
    facility: float | None
    sd: float | None
    discrimination: float | None
    efficiency: float | None
    covariance: float | None
    largest_covariance: float | None
    with_total: float | None
    variance: float | None
    lowest: float
    seconds: float | None
    lean: float = 0.0
    unleaned: float = 0.0

    @property
    def sd_share(self) -> float | None:
        """Return the standard deviation as a share of the most."""
        return self.sd / self.max_mark if self.sd is not None and self.max_mark else None


def item_figures(counts: ItemCounts, *, grain: int = GRAIN) -> ItemFigures:
    """Return the figures of an item.

    :param grain: how many units of the counts are a point.
    """
    marks = {mark: tally.n for mark, tally in counts.marks.items() if tally.n}
    rests = {rest: n for rest, n in counts.rests.items() if n}
    n, most = moments.size(marks), sum(tally.most for tally in counts.marks.values())
    products = sum(mark * tally.amount for mark, tally in counts.marks.items())
    with_rest = moments.covariance_from(n, moments.total(marks), moments.total(rests), products)
    own, others = moments.variance(marks), moments.variance(rests)
    largest = moments.largest_covariance(marks, rests)
    both = None if with_rest is None or own is None else with_rest + own
    per_point = 1 / grain**2
    lean, unleaned = _lean(marks, grain)
    return ItemFigures(
        n=n,
        max_mark=most / n / grain if n else 0.0,
        facility=moments.total(marks) / most if most else None,
        sd=_root(own, grain),
        discrimination=correlation(with_rest, own, others),
        efficiency=float(with_rest / largest) if with_rest is not None and largest else None,
        covariance=_scaled(with_rest, per_point),
        largest_covariance=_scaled(largest, per_point),
        with_total=_scaled(both, per_point),
        variance=_scaled(own, per_point),
        lowest=min([0, *marks]) * n / most if most else 0.0,
        seconds=_median_time(counts),
        lean=lean,
        unleaned=unleaned,
    )


def correlation(
    together: Fraction | None, own: Fraction | None, others: Fraction | None
) -> float | None:
    """Return a covariance over the root of both variances; None where one of them is 0."""
    if together is None or not own or not others:
        return None
    # The root of one exact fraction, and not of two rounded factors.
    share = float(together * together / (own * others))
    return math.copysign(math.sqrt(share), together)


def _lean(marks: moments.Histogram, grain: int) -> tuple[float, float]:
    n = moments.size(marks)
    if n < 2 or len(marks) < 2:
        return 0.0, 0.0
    mean = moments.total(marks) / n
    away = [((mark - mean) / grain, count) for mark, count in marks.items()]
    second, third, fourth = (sum(d**power * count for d, count in away) / n for power in (2, 3, 4))
    lean = third / second
    return lean, max(0.0, fourth - second * second - lean * third)


def _root(variance: Fraction | None, grain: int) -> float | None:
    return None if variance is None else math.sqrt(variance) / grain


def _scaled(value: Fraction | None, factor: float) -> float | None:
    return None if value is None else float(value) * factor


def _median_time(counts: ItemCounts) -> float | None:
    middle = moments.median({place: tally.n for place, tally in counts.times.items() if tally.n})
    if middle is None:
        return None
    first = int(middle)
    ends = TIME_BINS[first : first + 2]
    return sum(ends) / len(ends)
