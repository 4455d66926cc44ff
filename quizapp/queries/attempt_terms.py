"""What one attempt adds to the statistics of its quiz: a few whole numbers for each slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from quizapp.psychometrics.counts import (
    EVERYBODY,
    NONE_CHOSEN,
    TIME_BINS,
    Cohort,
    Kind,
    Tally,
    band,
    grains,
    time_bin,
)
from quizapp.queries.attempt_marks import GradedSlot, waiting_in

#: Quiz, cohort, total.
TotalKey = tuple[int, int, int]
#: Quiz, revision, cohort, kind, value, band.
ItemKey = tuple[int, int, int, int, int, int]
_Key = TypeVar("_Key")
#: A response that came sooner after another was saved with it, and tells no time.
_LEAST_SECONDS = 0.5


@dataclass(slots=True)
class Terms:
    """What attempts add, by what they are added to; a negative `n` takes away."""

    totals: dict[TotalKey, Tally] = field(default_factory=dict)
    items: dict[ItemKey, Tally] = field(default_factory=dict)

    def add(self, other: Terms, sign: int = 1) -> None:
        """Add what another attempt adds, or with sign −1 take it away."""
        for total, tally in other.totals.items():
            _count(self.totals, total, tally, sign)
        for item, tally in other.items.items():
            _count(self.items, item, tally, sign)


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """Which attempt is counted where; `started_at` is when its first slot began."""

    quiz_id: int
    number: int
    started_at: datetime

    @property
    def cohort(self) -> Cohort:
        return Cohort.FIRST if self.number == 1 else Cohort.LATER


def terms_of(attempt: CountedAttempt, slots: Sequence[GradedSlot]) -> Terms:
    """Return what a submitted attempt adds.

    While one of its answers waits for a person it has no total, and adds nothing yet. A question
    that was dropped counts for nobody, and has no terms.
    """
    terms = Terms()
    if waiting_in(slots):
        return terms
    marks = [(grains(slot.mark.points), grains(slot.mark.most)) for slot in slots]
    total, most = sum(mark for mark, _ in marks), sum(reach for _, reach in marks)
    cohort = attempt.cohort
    terms.totals[attempt.quiz_id, cohort, total] = Tally(1, most=most)
    times = _times(slots, attempt.started_at)
    for slot, (mark, reach) in zip(slots, marks, strict=True):
        if not reach:
            continue
        rest, others = total - mark, most - reach
        item = (attempt.quiz_id, slot.laid.revision_id, cohort)
        # Twice asked in one attempt, by a fixed slot and a draw, a question is counted twice.
        _count(terms.items, (*item, Kind.MARK, mark, 0), Tally(1, rest, reach))
        _count(terms.items, (*item, Kind.REST, rest, 0), Tally(1))
        if (chosen := chosen_options(slot)) is not None:
            group = band(rest, others)
            for option in (EVERYBODY, *(chosen or (NONE_CHOSEN,))):
                _count(terms.items, (*item, Kind.CHOICE, option, group), Tally(1, rest))
        if (seconds := times.get(slot.position)) is not None:
            spent = Tally(1, round(seconds * 1000))
            _count(terms.items, (*item, Kind.TIME, time_bin(seconds), 0), spent)
    return terms


def chosen_options(slot: GradedSlot) -> tuple[int, ...] | None:
    """Return the options that were chosen, by index; None where there are none to choose from."""
    if not slot.type.review(slot.content, None):
        return None
    if slot.response is None:
        return ()
    chosen = slot.type.dump_response(slot.response)["choice"]
    # Of a statement "true" is the first option.
    return (int(not chosen),) if isinstance(chosen, bool) else tuple(chosen)


def _times(slots: Sequence[GradedSlot], started_at: datetime) -> dict[int, float]:
    """Return the seconds spent on slots, by position: each since the one answered before it.

    One that took longer than the last bin was left alone meanwhile, and tells no time.
    """
    order = sorted((slot.saved_at, slot.position) for slot in slots if slot.saved_at)
    found, before = {}, started_at
    for saved_at, position in order:
        seconds = (saved_at - before).total_seconds()
        if _LEAST_SECONDS <= seconds <= TIME_BINS[-1]:
            found[position] = seconds
        before = saved_at
    return found


def _count(mine: dict[_Key, Tally], key: _Key, tally: Tally, sign: int = 1) -> None:
    mine.setdefault(key, Tally()).add(sign * tally.n, sign * tally.amount, sign * tally.most)
