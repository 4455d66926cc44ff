"""Spreading what piled up while a learner was away over the days to come."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

#: What waits is spread when it is more than so many usual days' work …
BEHIND_DAYS = 3
#: … and more than this, which is done in one sitting.
_ONE_SITTING = 20
#: Over how many days a learner can choose to spread it.
CHOICES = (3, 5, 7, 10, 14, 21, 30)


def is_behind(waiting: int, usual: int) -> bool:
    """Return whether more waits than three days' work, and so should be spread.

    :param usual: cards on a usual day of the learner's.
    """
    return waiting > max(BEHIND_DAYS * usual, _ONE_SITTING)


def default_days(waiting: int, usual: int) -> int:
    """Return over how many days to spread: each brings at most as much again as a usual one.

    One of `CHOICES`; the longest where even that is not enough.
    """
    return next((days for days in CHOICES if waiting <= days * usual), CHOICES[-1])


def shares(waiting: int, loads: Sequence[int | None]) -> list[int]:
    """Return how much of what waits each day gets, so that the days come out as even as can be.

    :param loads: what is due anyway on today and each of the days to come; None for a day off,
        which gets nothing.
    :raises ValueError: all days are off.
    """
    found = [0] * len(loads)
    totals = [(load, day) for day, load in enumerate(loads) if load is not None]
    if not totals:
        raise ValueError("There is no day to spread over.")
    heapq.heapify(totals)
    for _ in range(waiting):
        load, day = totals[0]
        found[day] += 1
        heapq.heapreplace(totals, (load + 1, day))
    return found
