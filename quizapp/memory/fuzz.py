"""Rounding an interval to whole days, with a little seeded chance.

Facts learnt together would otherwise come back together for years. The width grows
with the interval as in Anki, so that a schedule looks the same in both.
"""

from __future__ import annotations

import math
from hashlib import blake2b

#: (from days, to days, share of that stretch that the spread grows by).
_BANDS = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.10), (20.0, math.inf, 0.05))
_BASE_SPREAD_DAYS = 1.0


def chance(seed: int, reps: int) -> float:
    """Return a number in [0, 1) that depends on nothing but the arguments, on any machine."""
    digest = blake2b(f"{seed}/{reps}".encode(), digest_size=8).digest()
    # 53 bits are what a float holds; more could round up to 1.0.
    return float((int.from_bytes(digest, "big") >> 11) / 2**53)


def spread(days: float) -> float:
    """Return by how many days an interval may move either way: 0 under 2.5 days, then 1 and up."""
    if days < _BANDS[0][0]:
        return 0.0
    grown = sum(share * max(0.0, min(days, to) - start) for start, to, share in _BANDS)
    return _BASE_SPREAD_DAYS + grown


def bounds(interval: float, *, minimum: int, maximum: int) -> tuple[int, int]:
    """Return the least and the greatest of the days that chance may pick for `interval`.

    Within the limits, `maximum` being the stronger one; where they move the interval, chance is
    spread about where they leave it.
    """
    minimum = min(minimum, maximum)
    interval = min(max(interval, minimum), maximum)
    width = spread(interval)
    low = _clamp(_round(interval - width), minimum, maximum)
    high = _clamp(_round(interval + width), minimum, maximum)
    return low, high


def whole_days(interval: float, *, minimum: int, maximum: int, chance: float | None) -> int:
    """Return `interval` in whole days within the limits, `maximum` being the stronger one.

    :param chance: in [0, 1), picks among the days of `bounds`; None only rounds.
    """
    if chance is None:
        return _clamp(_round(interval), min(minimum, maximum), maximum)
    low, high = bounds(interval, minimum=minimum, maximum=maximum)
    return low + math.floor(chance * (1 + high - low))


def least_after(interval: float, last: int, *, maximum: int) -> int:
    """Return the fewest days that chance may make of `interval` for a card that had `last`.

    What grows in the model grows by a day at least; what chance could have given again is not
    given shorter; only what truly shrank (for its weights or retention changed) is left free.
    """
    if _round(interval) > last:
        return last + 1
    return last if last <= bounds(interval, minimum=1, maximum=maximum)[1] else 0


def _round(days: float) -> int:
    # Halves go up; round() would send 2.5 and 3.5 to even numbers.
    return math.floor(days + 0.5)


def _clamp(days: int, minimum: int, maximum: int) -> int:
    return min(max(days, minimum), maximum)
