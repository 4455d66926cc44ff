"""The FSRS-6 model in closed form, for expectations over very many answers.

`model` asks the library, once for each answer that a learner gives. Planning asks a hundred
thousand times and needs neither its rounding nor its four ratings: an answer is either right, as
after Good, or wrong, as after Again with its step on the same day. Compared with the library in
tests/unit/memory/test_expected.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from quizapp.memory.model import DEFAULT_WEIGHTS, Weights

#: The library keeps stabilities within these days.
LEAST_STABILITY, GREATEST_STABILITY = 0.001, 36_500.0
_AGAIN, _GOOD, _EASY = 1, 3, 4
_RECALL_AT_STABILITY = 0.9


@dataclass(frozen=True, slots=True)
class Pace:
    """What an answer costs: seconds for a review that is recalled, one that is not, a new fact.

    What follows on the same day, the steps, is included.
    """

    review_seconds: float = 8.0
    lapse_seconds: float = 16.0
    new_seconds: float = 20.0


class Expected:
    """What answers do to memories under one set of weights; all figures are real numbers."""

    def __init__(self, weights: Weights | None) -> None:
        w = self._w = weights or DEFAULT_WEIGHTS
        self.decay = min(max(w[20], 0.1), 0.8)
        self.factor = _RECALL_AT_STABILITY ** (-1 / self.decay) - 1
        self._growth = math.exp(w[8])
        self._most_kept = math.exp(-w[17] * w[18])
        self._easy_difficulty = w[4] - math.exp(w[5] * (_EASY - 1)) + 1

    def recall(self, days: float, stability: float) -> float:
        """Return the chance of recall so many days after a review."""
        chance: float = (1 + self.factor * days / stability) ** -self.decay
        return chance

    def interval(self, stability: float, retention: float) -> float:
        """Return the days, not rounded, until recall falls to `retention`."""
        days: float = stability / self.factor * (retention ** (-1 / self.decay) - 1)
        return days

    def recalled(self, stability: float, difficulty: float, recall: float) -> float:
        """Return the stability after a right answer given at a chance of `recall`."""
        w = self._w
        gain = (
            self._growth
            * (11 - difficulty)
            * stability ** -w[9]
            * (math.exp(w[10] * (1 - recall)) - 1)
        )
        grown: float = stability * (1 + gain)
        return min(grown, GREATEST_STABILITY)

    def hard(self, stability: float, difficulty: float, recall: float) -> float:
        """Return the stability after a right answer that came hard."""
        gained = self.recalled(stability, difficulty, recall) - stability
        return stability + self._w[15] * gained

    def forgotten(self, stability: float, difficulty: float, recall: float) -> float:
        """Return the stability after a wrong answer, and a right one on the same day."""
        w = self._w
        left = (
            w[11]
            * difficulty ** -w[12]
            * ((stability + 1) ** w[13] - 1)
            * math.exp(w[14] * (1 - recall))
        )
        return self.again_that_day(min(left, stability * self._most_kept))

    def again_that_day(self, stability: float) -> float:
        """Return the stability after a right answer on the day of another."""
        w = self._w
        stability = max(stability, LEAST_STABILITY)
        growth: float = math.exp(w[17] * w[18]) * stability ** -w[19]
        return stability * max(1.0, growth)

    def difficulty_after(self, difficulty: float, *, recalled: bool) -> float:
        """Return the difficulty after a right answer, or a wrong one and a right one after it."""
        w = self._w
        if not recalled:
            difficulty += 2 * w[6] * (10 - difficulty) / 9
            difficulty = self._reverted(difficulty)
        return self._reverted(difficulty)

    def first(self, *, recalled: bool) -> tuple[float, float]:
        """Return stability and difficulty after the first day of a fact."""
        rating = _GOOD if recalled else _AGAIN
        difficulty = self._w[4] - math.exp(self._w[5] * (rating - 1)) + 1
        stability = self.again_that_day(self._w[rating - 1])
        return stability, self._reverted(min(max(difficulty, 1.0), 10.0))

    def _reverted(self, difficulty: float) -> float:
        w7 = self._w[7]
        return min(max(w7 * self._easy_difficulty + (1 - w7) * difficulty, 1.0), 10.0)


@lru_cache(maxsize=64)
def expected(weights: Weights | None) -> Expected:
    """Return the model under `weights`; None for its own."""
    return Expected(weights)
