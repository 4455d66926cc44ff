"""What comes next in a study session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import retrievability
from quizapp.memory.state import MemoryState


class Kind(StrEnum):
    """What to take from next."""

    LEARNING = "learning"
    REVIEW = "review"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact that could be asked."""

    fact_id: int
    state: MemoryState


@dataclass(frozen=True, slots=True)
class Counts:
    """What is waiting and what the learner has done today.

    :param learning_due: steps whose time has come.
    :param learning_soon: steps due later, but so soon that they may come early.
    :param reviews_due: facts in review that are due and that the daily limit still allows.
    :param new_left: new facts that the daily limit still allows and that exist.
    :param reviews_done: facts in review that were asked today.
    :param new_done: new facts begun today.
    :raises ValueError: one of them is negative.
    """

    learning_due: int = 0
    learning_soon: int = 0
    reviews_due: int = 0
    new_left: int = 0
    reviews_done: int = 0
    new_done: int = 0

    def __post_init__(self) -> None:
        waiting = (self.learning_due, self.learning_soon, self.reviews_due, self.new_left)
        if min(*waiting, self.reviews_done, self.new_done) < 0:
            raise ValueError("Counts cannot be negative.")


def is_due(state: MemoryState, *, now: datetime) -> bool:
    """Return whether the fact should be asked by now; a new fact is never due."""
    return state.due_at is not None and state.due_at <= now


def order_reviews(
    candidates: Sequence[Candidate],
    *,
    now: datetime,
    clock: LearnerClock,
    weights: tuple[float, ...] | None = None,
) -> list[Candidate]:
    """Return the candidates, likeliest forgotten first; equals in order of their id.

    Whoever stops early has then saved what was most in danger.
    """

    def danger(candidate: Candidate) -> tuple[float, int]:
        recall = retrievability(candidate.state, now=now, clock=clock, weights=weights)
        return recall, candidate.fact_id

    return sorted(candidates, key=danger)


def next_kind(counts: Counts) -> Kind | None:
    """Return what to ask next, or None when the learner is done for now.

    Steps come first, for their time is short. New facts are spread evenly among the
    day's reviews; steps not yet due come last.
    """
    if counts.learning_due:
        return Kind.LEARNING
    if counts.new_left and (not counts.reviews_due or _is_new_behind(counts)):
        return Kind.NEW
    if counts.reviews_due:
        return Kind.REVIEW
    return Kind.LEARNING if counts.learning_soon else None


def _is_new_behind(counts: Counts) -> bool:
    """Return whether new facts have got less far through their day than reviews have.

    The k-th of n stands at (k + ½)/n of the day, so that neither kind begins or ends
    it alone; cross-multiplied, to stay in whole numbers.
    """
    all_new = counts.new_done + counts.new_left
    all_reviews = counts.reviews_done + counts.reviews_due
    new_at = (2 * counts.new_done + 1) * all_reviews
    review_at = (2 * counts.reviews_done + 1) * all_new
    return new_at < review_at
