"""Facts that are forgotten again and again: they need mending, not more repetition.

The rule is Anki's: a fact is a leech at so many lapses, and its learner is told again at every
half as many more, rounded up, for as long as nothing was done about it.
"""

from __future__ import annotations

from quizapp.errors import Invalid, Problem
from quizapp.memory.state import MemoryState


def is_leech(lapses: int, *, threshold: int) -> bool:
    """Return whether a fact with so many lapses is one.

    :param threshold: lapses from which it is; 0 calls no fact one.
    :raises Invalid: a number is negative or not whole.
    """
    _check(lapses, threshold)
    return 0 < threshold <= lapses


def is_told(lapses: int, *, threshold: int) -> bool:
    """Return whether the learner hears of it at just this lapse.

    With a threshold of 8 that is at lapses 8, 12, 16, …; with 5 at 5, 8, 11, ….
    :raises Invalid: a number is negative or not whole.
    """
    half = max(1, -(-threshold // 2))
    return is_leech(lapses, threshold=threshold) and (lapses - threshold) % half == 0


def became_leech(before: MemoryState, after: MemoryState, *, threshold: int) -> bool:
    """Return whether this review is a lapse at which the learner hears of a leech."""
    return after.lapses > before.lapses and is_told(after.lapses, threshold=threshold)


def _check(lapses: int, threshold: int) -> None:
    for name, number in (("lapses", lapses), ("leech_threshold", threshold)):
        if isinstance(number, bool) or not isinstance(number, int) or number < 0:
            raise Invalid([Problem(name, "Give a whole number, 0 or more.")])
