"""Margins: where a figure lies, 95 times of 100, if other learners like these had come."""

from __future__ import annotations

import math
from dataclasses import dataclass

from quizapp.psychometrics.distributions import f_quantile, normal_quantile
from quizapp.psychometrics.items import ItemFigures
from quizapp.psychometrics.quizzes import QuizFigures

LEVEL = 0.95
_Z = normal_quantile((1 + LEVEL) / 2)
#: Fewer answers than this say nothing; fewer than the other are provisional.
ENOUGH, SETTLED = 10, 30
#: A standard error of something, as a share of it, from which nothing can be said of it.
_LOST = 4.0


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def excludes(self, value: float) -> bool:
        return not self.low <= value <= self.high


def wilson(share: float, n: float) -> Interval:
    """Return Wilson's score interval of a share of n answers (Wilson 1927)."""
    middle = share + _Z * _Z / (2 * n)
    half = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    below = 1 + _Z * _Z / n
    return Interval(max(0.0, (middle - half) / below), min(1.0, (middle + half) / below))


@dataclass(frozen=True, slots=True)
class Answers:
    """Right and wrong answers that would tell as much about a facility as the marks do.

    :param share: of them that are right; :param n: how many, not whole.
    :param low: the facility that no right one stands for, 0 unless marks can be lost.
    """

    share: float
    n: float
    low: float

    def place(self, facility: float) -> float:
        """Return the share of right answers that a facility is."""
        return min(max((facility - self.low) / (1 - self.low), 0.0), 1.0)


def answers(item: ItemFigures) -> Answers | None:
    """Return what the marks of an item are worth in right and wrong answers; None of fewer than 2.

    Partial marks spread less than right and wrong, so each says more: there are n u(1−u) / v
    answers, with u the facility, v the variance of the shares. v is taken with one more answer
    that spreads as right and wrong do, so that a few equal marks are not taken for certainty. Where
    all are right or wrong, there are n.
    """
    if item.facility is None or item.n < 2:
        return None
    # Certainty can cost marks: what can be earned begins below nothing then.
    low = min(0.0, item.lowest)
    share = min(max((item.facility - low) / (1 - low), 0.0), 1.0)
    whole = share * (1 - share)
    if whole <= 0 or item.variance is None:
        return Answers(share, item.n, low)
    own = item.variance * (item.n - 1) / item.n / (item.max_mark * (1 - low)) ** 2
    return Answers(share, item.n * whole * (item.n + 1) / (item.n * own + whole), low)


def facility(item: ItemFigures) -> Interval | None:
    """Return the margin of a facility: Wilson's, of `answers`."""
    worth = answers(item)
    if worth is None:
        return None
    margin, width = wilson(worth.share, worth.n), 1 - worth.low
    return Interval(worth.low + margin.low * width, worth.low + margin.high * width)


def correlation(value: float | None, n: int) -> Interval | None:
    """Return the margin of a correlation by Fisher's z (Fisher 1921); None of fewer than 4."""
    if value is None or n < 4:
        return None
    if abs(value) >= 1:
        return Interval(value, value)
    middle, half = math.atanh(value), _Z / math.sqrt(n - 3)
    return Interval(math.tanh(middle - half), math.tanh(middle + half))


def efficiency(item: ItemFigures) -> Interval | None:
    """Return the margin of a discriminative efficiency: that of the correlation, in its scale.

    The efficiency is the correlation over the largest one that the same marks could have.
    """
    margin = correlation(item.discrimination, item.n)
    if margin is None or not item.discrimination or item.efficiency is None:
        return None
    scale = item.efficiency / item.discrimination
    return Interval(margin.low * scale, margin.high * scale)


def alpha(quiz: QuizFigures) -> Interval | None:
    """Return the margin of Cronbach's alpha (Feldt 1965).

    It takes marks for normal and questions for alike. Right and wrong spread less at the ends than
    the normal distribution, so it holds a little more often than it says. Margins without these
    assumptions (van Zyl, Neudecker and Nel 2000; Maydeu-Olivares, Coffman and Hartmann 2007) need
    every pair of questions or every student, and the latter holds too seldom in a small class.
    """
    if quiz.alpha is None or quiz.n < 2:
        return None
    first, second = quiz.n - 1, (quiz.n - 1) * (quiz.items - 1)
    over, tail = 1 - quiz.alpha, (1 - LEVEL) / 2
    return Interval(
        1 - over * f_quantile(1 - tail, first, second), 1 - over * f_quantile(tail, first, second)
    )


def standard_error(quiz: QuizFigures) -> Interval | None:
    """Return the margin of the standard error of a total, on the scale of logarithms.

    It is not as unsure as alpha: where a class spreads more by chance, both the spread and alpha
    are greater, and say the same of the error. None where it could be fifty times as much.
    """
    if quiz.standard_error is None or quiz.error_doubt is None or quiz.error_doubt > _LOST:
        return None
    half = _Z * quiz.error_doubt / 2
    return Interval(quiz.standard_error * math.exp(-half), quiz.standard_error * math.exp(half))


def mean(quiz: QuizFigures) -> Interval | None:
    """Return the margin of the mean total, by Student's t."""
    if quiz.mean is None or quiz.sd is None:
        return None
    half = math.sqrt(f_quantile(LEVEL, 1, quiz.n - 1) / quiz.n) * quiz.sd
    return Interval(quiz.mean - half, quiz.mean + half)


def spread(quiz: QuizFigures) -> Interval | None:
    """Return the margin of the standard deviation, wider where totals have long tails.

    On the scale of logarithms of the variance, after Bonett (2006). The kurtosis of a few totals
    says little, so it counts as n of n + 10 estimates, the others that of the normal distribution.
    """
    if quiz.sd is None or quiz.kurtosis is None:
        return None
    n = quiz.n
    own = (quiz.kurtosis * n / (n + 10) + 2 + 3 / n) / (n - 1)
    half = _Z * math.sqrt(max(own, 0.0)) / 2
    return Interval(quiz.sd * math.exp(-half), quiz.sd * math.exp(half))
