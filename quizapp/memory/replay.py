"""Rebuilding a memory from the log of its reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Rating


@dataclass(frozen=True, slots=True)
class Event:
    """One review as the log keeps it: the rating, its moment (aware), the seed it was given."""

    rating: Rating
    at: datetime
    seed: int


def replay(
    events: Iterable[Event],
    *,
    clock: LearnerClock,
    settings: MemorySettings,
    start: MemoryState = NEW_STATE,
) -> MemoryState:
    """Return the state that these reviews, in this order, lead to.

    Equal to having reviewed live if clock and settings were the same throughout; with
    others it is the state as it would have become under them.

    :param start: where to begin; after a reset, or from a state that is trusted.
    """
    state = start
    for event in events:
        state = review(
            state, event.rating, now=event.at, clock=clock, settings=settings, seed=event.seed
        )
    return state
