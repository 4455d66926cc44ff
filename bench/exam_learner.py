"""A simulated learner before an exam, and the ways of studying that are compared.

The learner's memory follows weights of its own; whoever plans sees answers only, and reckons with
the model's. Time is what a day has: the last card may not go beyond it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from quizapp.memory.expected import Expected, Pace
from quizapp.memory.model import DEFAULT_WEIGHTS

#: How far weights differ from the scheduler's: deviation of the logarithm of each.
_SPREAD, _FIRST_SPREAD, _DECAY_SPREAD = 0.15, 0.4, 0.1
#: Of facts met for the first time, so many are known on the first day's first question.
FIRST_RECALLED = 0.6
RETENTION = 0.9
SWEEP_DAYS = 7


@dataclass(slots=True)
class Card:
    """A fact: what the scheduler believes of it, and how it is (`true_…`); 0 before it is met."""

    id: int
    stability: float = 0.0
    difficulty: float = 0.0
    true_stability: float = 0.0
    true_difficulty: float = 0.0
    last_day: int = 0
    due_day: int = 0

    @property
    def is_new(self) -> bool:
        return not self.stability


#: Which cards to ask today, the first first. Arguments: cards, today, days left.
Policy = Callable[[Sequence[Card], int, int], Iterator[Card]]


def true_weights(chance: Random) -> tuple[float, ...]:
    """Return the weights of one learner."""
    spreads = [_FIRST_SPREAD] * 4 + [_SPREAD] * 16 + [_DECAY_SPREAD]
    return tuple(
        weight * math.exp(chance.gauss(0, spread))
        for weight, spread in zip(DEFAULT_WEIGHTS, spreads, strict=True)
    )


class Learner:
    """One learner's days up to an exam."""

    def __init__(self, facts: int, days: int, pace: Pace, seed: int) -> None:
        self._chance = Random(seed)  # noqa: S311
        self.truth = Expected(true_weights(self._chance))
        self.belief = Expected(None)
        self.cards = [Card(number) for number in range(facts)]
        self.days, self.pace = days, pace

    def study(self, policy: Policy, seconds: float) -> float:
        """Return the mean recall on the day of the exam."""
        for today in range(self.days):
            self._study_day(policy, today, seconds)
        return self.recall(self.days)

    def recall(self, day: int) -> float:
        known = [card for card in self.cards if not card.is_new]
        total = sum(self.truth.recall(day - c.last_day, c.true_stability) for c in known)
        return total / len(self.cards)

    def _study_day(self, policy: Policy, today: int, seconds: float) -> None:
        # The most that a card may take: what would not fit is not begun.
        for card in policy(self.cards, today, self.days - today):
            most = self.pace.new_seconds if card.is_new else self.pace.lapse_seconds
            if seconds < most:
                break
            seconds -= self._ask(card, today)

    def _ask(self, card: Card, today: int) -> float:
        pace = self.pace
        if card.is_new:
            recalled, cost = self._chance.random() < FIRST_RECALLED, pace.new_seconds
            card.stability, card.difficulty = self.belief.first(recalled=recalled)
            card.true_stability, card.true_difficulty = self.truth.first(recalled=recalled)
        else:
            days = today - card.last_day
            true_recall = self.truth.recall(days, card.true_stability)
            recalled = self._chance.random() < true_recall
            cost = pace.review_seconds if recalled else pace.lapse_seconds
            believed = self.belief.recall(days, card.stability)
            card.stability, card.difficulty = _after(
                self.belief, card.stability, card.difficulty, believed, recalled
            )
            card.true_stability, card.true_difficulty = _after(
                self.truth, card.true_stability, card.true_difficulty, true_recall, recalled
            )
        card.last_day = today
        card.due_day = today + max(1, round(self.belief.interval(card.stability, RETENTION)))
        return cost


def _after(
    model: Expected, stability: float, difficulty: float, recall: float, recalled: bool
) -> tuple[float, float]:
    grown = model.recalled if recalled else model.forgotten
    after = grown(stability, difficulty, recall)
    return after, model.difficulty_after(difficulty, recalled=recalled)


def plain(cards: Sequence[Card], today: int, _left: int) -> Iterator[Card]:
    """Ask what is due, the likeliest forgotten first, then new facts."""
    yield from _due(cards, today)
    yield from [card for card in cards if card.is_new]


def new_first(cards: Sequence[Card], today: int, _left: int) -> Iterator[Card]:
    """Ask new facts while there are any, then what is due."""
    due = _due(cards, today)
    yield from [card for card in cards if card.is_new]
    yield from due


def sweep(cards: Sequence[Card], today: int, left: int) -> Iterator[Card]:
    """Study plainly; in the last week go through everything that was met, the weakest first."""
    if left > SWEEP_DAYS:
        yield from plain(cards, today, left)
        return
    met = [card for card in cards if not card.is_new and today - card.last_day > 0]
    swept = [c for c in met if c.last_day < today + left - SWEEP_DAYS]
    belief = Expected(None)
    yield from sorted(swept, key=lambda c: belief.recall(today - c.last_day, c.stability))
    yield from plain(cards, today, left)


class Greedy:
    """Ask what gains the most recall on the day of the exam for its time, one step ahead."""

    def __init__(self, pace: Pace) -> None:
        self._model, self._pace = Expected(None), pace

    def __call__(self, cards: Sequence[Card], today: int, left: int) -> Iterator[Card]:
        gains = [(self._gain(card, today, left), card.id) for card in cards]
        ordered = sorted(gains, reverse=True)
        yield from [cards[number] for gain, number in ordered if gain > 0]

    def _gain(self, card: Card, today: int, left: int) -> float:
        model, pace = self._model, self._pace
        if card.is_new:
            known, not_known = model.first(recalled=True)[0], model.first(recalled=False)[0]
            after = FIRST_RECALLED * model.recall(left, known)
            after += (1 - FIRST_RECALLED) * model.recall(left, not_known)
            return after / pace.new_seconds
        days = today - card.last_day
        if not days:
            return 0.0
        p = model.recall(days, card.stability)
        good = model.recalled(card.stability, card.difficulty, p)
        bad = model.forgotten(card.stability, card.difficulty, p)
        after = p * model.recall(left, good) + (1 - p) * model.recall(left, bad)
        gained = after - model.recall(days + left, card.stability)
        return gained / (p * pace.review_seconds + (1 - p) * pace.lapse_seconds)


def _due(cards: Sequence[Card], today: int) -> list[Card]:
    due = [card for card in cards if not card.is_new and card.due_day <= today]
    belief = Expected(None)
    return sorted(due, key=lambda card: belief.recall(today - card.last_day, card.stability))
