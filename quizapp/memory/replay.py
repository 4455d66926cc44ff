"""Rebuilding a memory from the log of its reviews."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import Any, Literal

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


class AsLogged(Enum):
    """Stands for the weights that the last review was made by."""

    WEIGHTS = auto()


def replay(
    events: Iterable[Event | Moved],
    *,
    start: MemoryState = NEW_STATE,
    weights: Weights | Literal[AsLogged.WEIGHTS] | None = AsLogged.WEIGHTS,
) -> MemoryState:
    """Return the state that these reviews and moves, in this order, lead to, as when made live.

    A state is always told in the weights in force: where they change, stability and difficulty
    are worked out anew from all reviews before, as if they had been made by the new weights.
    Phases and dates stay.

    :param start: where to begin: a state that is trusted.
    :param weights: in force now.
    """
    state, done = start, list[Event]()
    for event in events:
        if isinstance(event, Moved):
            state = event.applied(state)
            continue
        state = _told_in(event.settings.weights, state, done, start)
        state = _apply(state, event)
        done.append(event)
    return state if weights is AsLogged.WEIGHTS else _told_in(weights, state, done, start)


def _told_in(
    weights: Weights | None, state: MemoryState, done: Sequence[Event], start: MemoryState
) -> MemoryState:
    if not done or done[-1].settings.weights == weights:
        return state
    other = start
    for event in done:
        other = _apply(other, replace(event, settings=replace(event.settings, weights=weights)))
    return replace(state, stability=other.stability, difficulty=other.difficulty)


def _apply(state: MemoryState, event: Event) -> MemoryState:
    rules: dict[str, Any] = {"now": event.at, "clock": event.clock, "settings": event.settings}
    if event.days is not None:
        return repeat(state, event.rating, days=event.days, known=event.known, **rules)
    return review(state, event.rating, seed=event.seed, known=event.known, **rules)
