"""Rebuilding a memory from the log of its reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import repeat, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Rating


@dataclass(frozen=True, slots=True)
class Event:
    """One review as the log keeps it: the rating, its moment (aware), the seed it was given.

    :param days: the interval that it gave (`scheduler.given_days`); None for a pause, and in
        logs that do not tell: then chance gives the days again, and balance has no say.
    """

    rating: Rating
    at: datetime
    seed: int
    days: int | None = None


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
        state = _apply(state, event, clock, settings)
    return state


def _apply(
    state: MemoryState, event: Event, clock: LearnerClock, settings: MemorySettings
) -> MemoryState:
    if event.days is not None:
        return repeat(
            state, event.rating, days=event.days, now=event.at, clock=clock, settings=settings
        )
    return review(
        state, event.rating, now=event.at, clock=clock, settings=settings, seed=event.seed
    )
