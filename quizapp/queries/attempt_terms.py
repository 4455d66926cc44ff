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
from quizapp.queries.attempt_marks import GradedSlot

#: Quiz, cohort, total.
TotalKey = tuple[int, int, int]
#: Quiz, revision, cohort, kind, value, band.
ItemKey = tuple[int, int, int, int, int, int]
_Key = TypeVar("_Key")
#: As plain numbers: these stand in the keys of every attempt.
_MARK, _REST, _CHOICE, _TIME = map(int, (Kind.MARK, Kind.REST, Kind.CHOICE, Kind.TIME))
#: A response that came sooner after another was saved with it, and tells no time.
_LEAST_SECONDS = 0.5


@dataclass(slots=True)
class Terms:
    """What attempts add, by what they are added to; a negative `n` takes away."""

    totals: dict[TotalKey, Tally] = field(default_factory=dict)
    items: dict[ItemKey, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """Which attempt is counted where; `started_at` is when its first slot began."""

    quiz_id: int
    number: int
    started_at: datetime

    @property
    def cohort(self) -> Cohort:
        return Cohort.FIRST if self.number == 1 else Cohort.LATER


@dataclass(frozen=True, slots=True)
class Earned:
    """What one slot says of its item, whoever the learner is.

    :param mark: in grains, as `most`; 0 of 0 while a person has yet to mark it.
    :param chosen: the options by index; None where there are none to choose from.
    """

    revision_id: int
    mark: int
    most: int
    chosen: tuple[int, ...] | None
    waits: bool


#: What a slot earned, and when its response was last saved.
CountedSlot = tuple[Earned, datetime | None]


def earned(slot: GradedSlot) -> Earned:
    """Return what a graded slot says of its item."""
    return Earned(
        slot.laid.revision_id,
        grains(slot.mark.points),
        grains(slot.mark.most),
        chosen_options(slot),
        slot.waits,
    )


def add_attempt(
    terms: Terms, attempt: CountedAttempt, slots: Sequence[CountedSlot], sign: int = 1
) -> None:
    """Add what a submitted attempt adds, or with sign −1 take it away.

    :param slots: in their order. While one of their answers waits for a person the attempt has no
        total, and adds nothing yet. A question that was dropped counts for nobody: it has no terms.
    """
    if any(slot.waits for slot, _ in slots):
        return
    total, most = sum(slot.mark for slot, _ in slots), sum(slot.most for slot, _ in slots)
    cohort, items = int(attempt.cohort), terms.items
    _count(terms.totals, (attempt.quiz_id, cohort, total), sign, 0, sign * most)
    times = _times([saved_at for _, saved_at in slots], attempt.started_at)
    for position, (slot, _) in enumerate(slots):
        if not slot.most:
            continue
        rest = total - slot.mark
        item = (attempt.quiz_id, slot.revision_id, cohort)
        # Twice asked in one attempt, by a fixed slot and a draw, a question is counted twice.
        _count(items, (*item, _MARK, slot.mark, 0), sign, sign * rest, sign * slot.most)
        _count(items, (*item, _REST, rest, 0), sign)
        if slot.chosen is not None:
            group = band(rest, most - slot.most)
            for option in (EVERYBODY, *(slot.chosen or (NONE_CHOSEN,))):
                _count(items, (*item, _CHOICE, option, group), sign, sign * rest)
        if (seconds := times.get(position)) is not None:
            spent = sign * round(seconds * 1000)
            _count(items, (*item, _TIME, time_bin(seconds), 0), sign, spent)


def chosen_options(slot: GradedSlot) -> tuple[int, ...] | None:
    """Return the options that were chosen, by index; None where there are none to choose from."""
    if not slot.type.review(slot.content, None):
        return None
    if slot.response is None:
        return ()
    chosen = slot.type.dump_response(slot.response)["choice"]
    # Of a statement "true" is the first option.
    return (int(not chosen),) if isinstance(chosen, bool) else tuple(chosen)


def _times(saved: Sequence[datetime | None], started_at: datetime) -> dict[int, float]:
    """Return the seconds spent on slots, by position: each since the one answered before it.

    One that took longer than the last bin was left alone meanwhile, and tells no time.

    :param saved: when each slot was last saved, in their order.
    """
    order = sorted((saved_at, position) for position, saved_at in enumerate(saved) if saved_at)
    found, before = {}, started_at
    for saved_at, position in order:
        seconds = (saved_at - before).total_seconds()
        if _LEAST_SECONDS <= seconds <= TIME_BINS[-1]:
            found[position] = seconds
        before = saved_at
    return found


def _count(mine: dict[_Key, Tally], key: _Key, n: int, amount: int = 0, most: int = 0) -> None:
    if (tally := mine.get(key)) is None:
        mine[key] = Tally(n, amount, most)
    else:
        # Not by a method: it is done a hundred times for an attempt of twenty questions.
        tally.n += n
        tally.amount += amount
        tally.most += most
