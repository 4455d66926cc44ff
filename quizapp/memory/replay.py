"""Rebuilding a memory from the log of its reviews."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    :param known: the chance that the response was no guess; None if it cannot have been one.
    """

    rating: Rating
    at: datetime
    seed: int
    clock: LearnerClock
    settings: MemorySettings
    days: int | None = None
    known: float | None = None


def replay(events: Iterable[Event], *, start: MemoryState = NEW_STATE) -> MemoryState:
    """Return the state that these reviews, in this order, lead to: what it was when made live.

    :param start: where to begin: a state that is trusted.
    """
    state = start
    for event in events:
        state = _apply(state, event)
    return state


def _apply(state: MemoryState, event: Event) -> MemoryState:
    rules: dict[str, Any] = {"now": event.at, "clock": event.clock, "settings": event.settings}
    if event.days is not None:
        return repeat(state, event.rating, days=event.days, known=event.known, **rules)
    return review(state, event.rating, seed=event.seed, known=event.known, **rules)
