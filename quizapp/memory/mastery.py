"""How far a fact has come, in one word for progress pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from quizapp.memory.state import Phase

#: Days of stability from which a fact counts as mature; Anki draws the line at the same interval.
MATURE_FROM_DAYS = 21.0


class Level(StrEnum):
    """Never met, in steps (again), in review, and in review for the long term."""

    NEW = "new"
    LEARNING = "learning"
    YOUNG = "young"
    MATURE = "mature"


class Strength(Protocol):
    """What says how far a memory has come: a `MemoryState` does; stability is in days."""

    @property
    def phase(self) -> Phase: ...

    @property
    def stability(self) -> float | None: ...


def level(state: Strength) -> Level:
    """Return how far the fact has come."""
    if state.phase is Phase.NEW:
        return Level.NEW
    if state.phase is not Phase.REVIEW or state.stability is None:
        return Level.LEARNING
    return Level.MATURE if state.stability >= MATURE_FROM_DAYS else Level.YOUNG
