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
    """One review as the log keeps it, with the rules that it was made by.

    :param at: aware. :param seed: as it was given to the scheduler.
    :param days: the interval that it gave (`scheduler.given_days`); None for a pause, and in
        logs that do not tell: then chance gives the days again, and balance has no say.
    """

    rating: Rating
    at: datetime
    seed: int
    clock: LearnerClock
    settings: MemorySettings
    days: int | None = None


def replay(events: Iterable[Event], *, start: MemoryState = NEW_STATE) -> MemoryState:
    """Return the state that these reviews, in this order, lead to: what it was when made live.

    :param start: where to begin: a state that is trusted.
    """
    state = start
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: MemoryState, event: Event) -> MemoryState:
    rating, now, clock, settings = event.rating, event.at, event.clock, event.settings
    if event.days is not None:
        return repeat(state, rating, days=event.days, now=now, clock=clock, settings=settings)
    return review(state, rating, now=now, clock=clock, settings=settings, seed=event.seed)
