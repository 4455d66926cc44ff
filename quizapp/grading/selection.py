"""Choosing what an attempt asks: fixed questions, and draws by lot that a seed repeats."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from quizapp.questions.orders import keep_locked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be asked, and the fact it tests.

    :param is_met: the learner had this question in an earlier attempt.
    """

    question_id: int
    fact_id: int
    is_met: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One slot of a quiz: ask `count` of the candidates, each for `max_mark` points.

    A fixed question is a place with one candidate. `is_fixed` places choose first.
    """

    candidates: tuple[Candidate, ...]
    count: int
    max_mark: Fraction
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Picked:
    """A question that the attempt asks."""

    question_id: int
    fact_id: int
    max_mark: Fraction


def select(places: Sequence[Place], *, seed: int) -> tuple[Picked, ...]:
    """Return the questions to ask, in the order of the places.

    No fact is asked twice: two forms of one fact would give each other away, and there is
    one memory to review. Fixed questions come first; among draws no place stays empty that
    another choice of facts could have filled. What the learner has met before is asked again
    only when nothing else is left. A pool that is too small gives what it has.
    """
    # Chance here picks questions; nothing secret hangs on it.
    chance = Random(f"select {seed}")  # noqa: S311
    lots = [_Lot.shuffled(place, chance) for place in places]
    owners: dict[int, int] = {}
    for is_wary in (True, False):
        for lot in lots:
            lot.is_wary = is_wary and not lot.is_fixed
        for index in sorted(range(len(lots)), key=lambda index: not lots[index].is_fixed):
            while lots[index].taken < lots[index].count and _claim(index, lots, owners):
                lots[index].taken += 1
    return tuple(
        Picked(candidate.question_id, candidate.fact_id, lot.max_mark)
        for index, lot in enumerate(lots)
        for candidate in lot.candidates
        if owners.get(candidate.fact_id) == index
    )


def option_order(
    count: int, *, seed: int, slot: int, locked: Collection[int] = ()
) -> tuple[int, ...]:
    """Return an order to show `count` options in; another for each seed and slot.

    :param slot: the place in the attempt, from 0.
    :param locked: the indexes of options that keep their place.
    :return: `order[shown position]` is the index of the option; () for no options.
    """
    order = list(range(count))
    Random(f"options {seed} {slot}").shuffle(order)  # noqa: S311
    return keep_locked(order, locked)


@dataclass(slots=True)
class _Lot:
    """A place with its candidates in the order of chance, one for each fact.

    :param taken: how many facts it has. :param is_wary: it takes none that was met before.
    """

    candidates: list[Candidate]
    count: int
    max_mark: Fraction
    is_fixed: bool
    taken: int = 0
    is_wary: bool = False

    @property
    def wanted(self) -> Iterator[Candidate]:
        """Yield what may be taken now."""
        return (one for one in self.candidates if not (self.is_wary and one.is_met))

    @classmethod
    def shuffled(cls, place: Place, chance: Random) -> _Lot:
        by_fact: dict[int, list[Candidate]] = {}
        for candidate in sorted(place.candidates, key=lambda one: one.question_id):
            by_fact.setdefault(candidate.fact_id, []).append(candidate)
        # One form of each fact, so that a fact with many forms is not drawn more often.
        candidates = [chance.choice(_unmet(forms)) for forms in by_fact.values()]
        chance.shuffle(candidates)
        return cls(candidates, place.count, place.max_mark, place.is_fixed)


def _unmet(forms: list[Candidate]) -> list[Candidate]:
    return [form for form in forms if not form.is_met] or forms


def _claim(index: int, lots: Sequence[_Lot], owners: dict[int, int]) -> bool:
    """Give one more fact to a lot, moving others to facts of their own where that helps.

    Kuhn (1955), with lots that take several facts: breadth first over the lots from which a
    fact would have to be won, until one of them finds a free fact.
    """
    came_from: dict[int, tuple[int, int]] = {}  # lot → (the lot that takes from it, the fact)
    reached, queue = {index}, [index]
    for lot in queue:
        for candidate in lots[lot].wanted:
            owner = owners.get(candidate.fact_id)
            if owner is None:
                _hand_over(candidate.fact_id, lot, came_from, owners)
                return True
            if owner not in reached and not lots[owner].is_fixed:
                reached.add(owner)
                came_from[owner] = (lot, candidate.fact_id)
                queue.append(owner)
    return False


def _hand_over(
    fact: int, lot: int, came_from: dict[int, tuple[int, int]], owners: dict[int, int]
) -> None:
    """Give `fact` to `lot`, and what `lot` gives up to the lot it was reached from, and so on."""
    while True:
        owners[fact] = lot
        if lot not in came_from:
            return
        lot, fact = came_from[lot]


def question_order(picked: Sequence[Picked], *, seed: int) -> tuple[Picked, ...]:
    """Return what was picked in an order of chance; another for each seed."""
    order = list(picked)
    Random(f"questions {seed}").shuffle(order)  # noqa: S311
    return tuple(order)
