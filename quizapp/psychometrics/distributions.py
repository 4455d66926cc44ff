"""The distributions that margins are read from; the standard library has the normal one alone."""

from __future__ import annotations

import math
from statistics import NormalDist

_NORMAL = NormalDist()
_MOST_TERMS = 500
_TINY = 1e-300
_ENOUGH = 3e-16


def normal_quantile(share: float) -> float:
    """Return the value below which a share, between 0 and 1, of the normal distribution lies."""
    return _NORMAL.inv_cdf(share)


def normal_below(value: float) -> float:
    """Return the share of the normal distribution below a value, exact far out too."""
    return math.erfc(-value / math.sqrt(2)) / 2


def beta_below(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function, the share of Beta(a, b) below x.

    By its continued fraction (Abramowitz and Stegun 26.5.8), evaluated as Lentz does.
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    # It converges fast on this side of the mean alone.
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    log_front = a * math.log(x) + b * math.log1p(-x) - math.log(a)
    log_front += math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return math.exp(log_front) * _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction 1/(1 + d1/(1 + d2/(1 + …)))."""
    lower = 1 / ((1 - (a + b) * x / (a + 1)) or _TINY)
    upper, value = 1.0, lower
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for step in (even, odd):
            lower = 1 / ((1 + step * lower) or _TINY)
            upper = (1 + step / upper) or _TINY
            value *= lower * upper
        if abs(lower * upper - 1) < _ENOUGH:
            break
    return value


def f_quantile(share: float, first: float, second: float) -> float:
    """Return the value below which a share, between 0 and 1, of the F distribution lies."""
    x = _beta_quantile(share, first / 2, second / 2)
    return second * x / (first * (1 - x)) if x < 1 else math.inf


def _beta_quantile(share: float, a: float, b: float) -> float:
    """Return the value below which a share of Beta(a, b) lies.

    By Newton's steps, and by halves where one leads out of what is left to search.
    """
    low, high, x = 0.0, 1.0, a / (a + b)
    log_scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    for _ in range(200):
        away = beta_below(x, a, b) - share
        low, high = (low, x) if away > 0 else (x, high)
        density = math.exp(log_scale + (a - 1) * math.log(x) + (b - 1) * math.log1p(-x))
        step = x - away / density if density > _TINY else math.nan
        nearer = step if low < step < high else (low + high) / 2
        # So near the last digits that the next step is of rounding alone.
        if abs(nearer - x) <= 4e-16 * x or nearer in (low, high):
            return nearer
        x = nearer
    return x


def t_above(value: float, degrees: float) -> float:
    """Return the share of Student's t distribution above a value."""
    tail = beta_below(degrees / (degrees + value * value), degrees / 2, 0.5) / 2
    return tail if value > 0 else 1 - tail
