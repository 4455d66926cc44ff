"""One learner's memory of one fact, as a value."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Rating(IntEnum):
    """How well a fact came back; the numbers are FSRS' own."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4

    @property
    def label(self) -> str:
        return self.name.capitalize()


class Phase(StrEnum):
    """Where a fact stands: met never, in first steps, in spaced review, in steps after a lapse."""

    NEW = "new"
    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


@dataclass(frozen=True, slots=True)
class MemoryState:
    """What the model believes about one learner's memory of one fact.

    :param step: index of the (re)learning step being waited for; None in other phases.
    :param stability: days until the chance of recall falls to 0.9; None when new.
    :param difficulty: 1.0 (easy) to 10.0 (hard); None when new.
    :param due_at: when to ask again, UTC; None when new.
    :param last_review_at: UTC; None when new.
    :param reps: reviews so far.
    :param lapses: times that a fact in review was forgotten.
    :raises ValueError: the parts contradict each other or a number is out of range.
    """

    phase: Phase
    step: int | None
    stability: float | None
    difficulty: float | None
    due_at: datetime | None
    last_review_at: datetime | None
    reps: int
    lapses: int

    def __post_init__(self) -> None:
        if self.reps < 0 or self.lapses < 0:
            raise ValueError("Reviews and lapses are counts and cannot be negative.")
        in_steps = self.phase in (Phase.LEARNING, Phase.RELEARNING)
        if in_steps != (self.step is not None) or (self.step is not None and self.step < 0):
            raise ValueError(f"A memory in phase {self.phase} cannot be at step {self.step}.")
        if self.phase is Phase.NEW:
            self._check_new()
        else:
            self._check_met()

    def _check_new(self) -> None:
        told = (self.stability, self.difficulty, self.due_at, self.last_review_at)
        if any(value is not None for value in told):
            raise ValueError("A new memory has no stability, difficulty or times yet.")

    def _check_met(self) -> None:
        stability, difficulty = self.stability, self.difficulty
        if stability is None or not (math.isfinite(stability) and stability > 0):
            raise ValueError(f"Stability must be a positive number of days, not {stability}.")
        if difficulty is None or not 1 <= difficulty <= 10:
            raise ValueError(f"Difficulty must be from 1 to 10, not {difficulty}.")
        for name, at in (("due_at", self.due_at), ("last_review_at", self.last_review_at)):
            if at is None or at.utcoffset() != timedelta(0):
                raise ValueError(f"{name} must be a time in UTC, not {at}.")

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `from_json` reads back; times in ms since 1970, UTC.

        Floats stay exact. Times lose what is finer than a millisecond; the scheduler
        makes none.
        """
        return {
            "phase": self.phase.value,
            "step": self.step,
            "stability": self.stability,
            "difficulty": self.difficulty,
            "due_at": _to_ms(self.due_at),
            "last_review_at": _to_ms(self.last_review_at),
            "reps": self.reps,
            "lapses": self.lapses,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> MemoryState:
        """Return the state that `to_json` wrote.

        :raises ValueError: it is damaged.
        """
        try:
            return cls(
                phase=Phase(stored["phase"]),
                step=stored["step"],
                stability=stored["stability"],
                difficulty=stored["difficulty"],
                due_at=_from_ms(stored["due_at"]),
                last_review_at=_from_ms(stored["last_review_at"]),
                reps=stored["reps"],
                lapses=stored["lapses"],
            )
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"The stored memory is damaged: {error!r}.") from error


NEW_STATE = MemoryState(
    phase=Phase.NEW,
    step=None,
    stability=None,
    difficulty=None,
    due_at=None,
    last_review_at=None,
    reps=0,
    lapses=0,
)


def _to_ms(at: datetime | None) -> int | None:
    # Integer division of timedeltas: timestamp() is a float and loses milliseconds far from 1970.
    return None if at is None else (at - _EPOCH) // _MILLISECOND


def _from_ms(ms: int | None) -> datetime | None:
    return None if ms is None else _EPOCH + ms * _MILLISECOND
