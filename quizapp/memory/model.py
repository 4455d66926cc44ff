"""The FSRS-6 model: what an answer does to a memory, and how a memory fades.

The three-component model of memory (difficulty, stability, retrievability) is
Wozniak's; FSRS is Ye, Su & Cao (2022), "A Stochastic Shortest Path Algorithm for
Optimizing Spaced Repetition Scheduling", KDD '22, here in its sixth revision.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import fsrs_rs_python

from quizapp.memory.state import MemoryState, Rating

Weights = tuple[float, ...]

DEFAULT_WEIGHTS: Weights = tuple(fsrs_rs_python.DEFAULT_PARAMETERS)
#: The model clips its last weight, the decay of the forgetting curve, into this range.
_DECAY_RANGE = (0.1, 0.8)
#: Decimals that are kept, as in Anki: both go on from the kept figures, so that a schedule stays
#: the same in both, and a card that is exchanged loses nothing.
_STABILITY_PLACES, _DIFFICULTY_PLACES = 4, 3
_SINGLE = struct.Struct("f")
#: Stability is the time after which this chance of recall is left.
_RECALL_AT_STABILITY = 0.9


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rating would make of a memory.

    :param stability: days, to 4 decimals. :param difficulty: 1 to 10, to 3 decimals.
    :param interval: days until recall falls to the desired retention, by the memory as the
        model has it; not rounded.
    """

    stability: float
    difficulty: float
    interval: float


def outcomes(
    state: MemoryState, *, elapsed_days: int, retention: float, weights: Weights | None
) -> Mapping[Rating, Outcome]:
    """Return what each of the four ratings would make of `state`.

    :param elapsed_days: whole days since the last review; 0 for the same day.
    :param retention: chance of recall to schedule for, above 0 and below 1.
    :raises ValueError: one of them is none. The library takes a retention of 0 or 1.2 and gives
        intervals without end or sense.
    """
    if type(elapsed_days) is not int or elapsed_days < 0:
        raise ValueError(f"Days since a review are counted from 0, not {elapsed_days!r}.")
    if not 0 < retention < 1:
        raise ValueError(f"A retention lies between 0 and 1, unlike {retention!r}.")
    memory = None
    if state.stability is not None and state.difficulty is not None:
        memory = fsrs_rs_python.MemoryState(state.stability, state.difficulty)
    nexts = _engine(weights or DEFAULT_WEIGHTS).next_states(memory, retention, elapsed_days)
    by_rating = {
        Rating.AGAIN: nexts.again,
        Rating.HARD: nexts.hard,
        Rating.GOOD: nexts.good,
        Rating.EASY: nexts.easy,
    }
    return {
        rating: kept(after.memory.stability, after.memory.difficulty, after.interval)
        for rating, after in by_rating.items()
    }


def kept(stability: float, difficulty: float, interval: float) -> Outcome:
    """Return an outcome with the decimals that are kept of it."""
    return Outcome(
        _rounded(stability, _STABILITY_PLACES), _rounded(difficulty, _DIFFICULTY_PLACES), interval
    )


def recall_after(elapsed_days: float, stability: float, weights: Weights | None) -> float:
    """Return the chance of recall, 0 to 1, `elapsed_days` (0 or more) after a review.

    The power curve of FSRS-6, with decay w20 and a factor that makes it 0.9 at the
    stability: R(t, S) = (1 + f·t/S)^(−w20), f = 0.9^(−1/w20) − 1.
    :raises ValueError: time runs backwards, or the stability (days) is not positive.
    """
    if not (elapsed_days >= 0 and stability > 0):
        raise ValueError(f"No memory is {elapsed_days!r} days old and {stability!r} days stable.")
    low, high = _DECAY_RANGE
    decay = min(max((weights or DEFAULT_WEIGHTS)[-1], low), high)
    factor = _RECALL_AT_STABILITY ** (-1 / decay) - 1
    recall: float = (1 + factor * elapsed_days / stability) ** -decay
    return recall


def single(number: float) -> float:
    """Return the number of single precision next to `number`: what the model reckons in."""
    (nearest,) = _SINGLE.unpack(_SINGLE.pack(number))
    return float(nearest)


def _rounded(number: float, places: int) -> float:
    """Return `number` (positive) with so many decimals, halves up.

    The product is rounded to single precision first, which is what the model and Anki reckon
    in: from some 1,700 days of stability on that decides.
    """
    factor: float = 10**places
    return math.floor(single(number * factor) + 0.5) / factor


@lru_cache(maxsize=256)
def _engine(weights: Weights) -> fsrs_rs_python.FSRS:
    return fsrs_rs_python.FSRS(list(weights))
