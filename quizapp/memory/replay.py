"""Rebuilding a memory from the log of its reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Weights
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


@dataclass(frozen=True, slots=True)
class Moved:
    """The learner gave a fact another day.

    :param found: the state that it was in; where a memory comes to this in another one, a review
        that had led to it was taken back since, and the move with it. :param due_at: aware.
    """

    found: MemoryState
    due_at: datetime | None

    def applied(self, state: MemoryState) -> MemoryState:
        """Return the state with the date that it was given."""
        met = (state.reps, state.last_review_at) == (self.found.reps, self.found.last_review_at)
        return replace(state, due_at=self.due_at) if met else state


def replay(events: Iterable[Event | Moved], *, start: MemoryState = NEW_STATE) -> MemoryState:
    """Return the state that these reviews and moves, in this order, lead to, as when made live.

    A review finds its memory told in its own weights (`told_in`), and leaves it so.

    :param start: where to begin: a state that is trusted.
    """
    state, done = start, list[Event]()
    for event in events:
        if isinstance(event, Moved):
            state = event.applied(state)
            continue
        state = told_in(event.settings.weights, state, done, start)
        state = _apply(state, event)
        done.append(event)
    return state


def told_in(
    weights: Weights | None, state: MemoryState, done: Sequence[Event], start: MemoryState
) -> MemoryState:
    """Return a state told in weights.

    Where those of its last review were others, stability and difficulty are worked out anew from
    all its reviews, as if they had been made by these. Phase and date stay.

    :param done: the reviews that have led to `state` from `start`.
    """
    if not done or done[-1].settings.weights == weights:
        return state
    other, anew = start, dict[int, MemorySettings]()
    for event in done:
        held = event.settings
        if id(held) not in anew:  # Most reviews share theirs, and making them costs most.
            anew[id(held)] = replace(held, weights=weights)
        other = _apply(other, replace(event, settings=anew[id(held)]))
    return replace(state, stability=other.stability, difficulty=other.difficulty)


def _apply(state: MemoryState, event: Event) -> MemoryState:
    rules: dict[str, Any] = {"now": event.at, "clock": event.clock, "settings": event.settings}
    if event.days is not None:
        return repeat(state, event.rating, days=event.days, known=event.known, **rules)
    return review(state, event.rating, seed=event.seed, known=event.known, **rules)
