"""How much there is to do for a retention, and which one asks least for what it keeps.

Cards are grouped by stability, difficulty and the day that they are due. What a group asks for
within so many days is not simulated but reckoned, from the shortest span up: a review leads to one
of two memories with the chance that the model gives, and those ask for what is left of the time
(`_Table`). The tables know no cards, so that they serve every learner with the same weights.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from quizapp.memory.expected import GREATEST_STABILITY, Expected, Pace, expected
from quizapp.memory.model import Weights
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS, RETENTION_RANGE

#: Days that advice looks ahead; which retention is best shows over a longer time only.
HORIZON_DAYS, LONG_DAYS = 90, 365
#: The retentions to choose from, in percent.
PERCENTS = range(round(RETENTION_RANGE[0] * 100), round(RETENTION_RANGE[1] * 100) + 1)
_LEAST, _SIZES, _RATIO = 0.3, 28, 0.3
_DIFFICULTIES = (1.0, 4.0, 7.0, 10.0)
_WIDTH = len(_DIFFICULTIES)
#: Up to this day due days are told apart; from then on so many are taken together.
_NEAR_DAYS, _FAR_DAYS = 14, 4
#: Of facts that are met for the first time, this share is known at once.
_FIRST_RECALLED = 0.6
#: Percent between the retentions that are tried first for the best.
_STRIDE = 4

#: Shares and first places of the two pairs of memories that an answer may lead to.
_Row = tuple[float, float, int, float, float, int]
_Values = list[list[float]]


class Quantity(Enum):
    """What is reckoned: reviews, the seconds of all that is asked, facts known at the end."""

    REVIEWS = 1
    SECONDS = 2
    KNOWN = 3


@dataclass(frozen=True, slots=True)
class Load:
    """What is expected a day, on average. :param reviews: new facts not counted."""

    reviews: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Group:
    """So many cards that are about alike.

    :param due_in: days; 0 for today and before. :param elapsed: days since the last review when
        they are due, or today if that is past.
    """

    count: float
    stability: float
    difficulty: float
    due_in: int
    elapsed: float


@dataclass(frozen=True, slots=True)
class Collection:
    """A learner's cards, grouped. :param unmet: facts not begun. :param new_per_day: of those."""

    groups: tuple[Group, ...]
    unmet: int
    new_per_day: int

    @property
    def count(self) -> float:
        return sum(one.count for one in self.groups) + self.unmet


def grouped(
    cards: Iterable[tuple[float, float, int, int]], *, unmet: int, new_per_day: int
) -> Collection:
    """Return cards in groups.

    :param cards: stability, difficulty, days until due (negative if past), and days from the last
        review until due.
    """
    found: dict[tuple[int, int, int], list[float]] = {}
    log, least = math.log, _LEAST
    for stability, difficulty, due_in, interval in cards:
        late = due_in if due_in < 0 else 0
        day = due_in - late
        if day > _NEAR_DAYS:
            day = _NEAR_DAYS + (day - _NEAR_DAYS + _FAR_DAYS // 2) // _FAR_DAYS * _FAR_DAYS
        size = int(log(stability / least) / _RATIO) if stability > least else 0
        key = (size, int(difficulty / 2), day)
        one = found.get(key)
        if one is None:
            one = found[key] = [0.0, 0.0, 0.0, 0.0]
        one[0] += 1
        one[1] += stability
        one[2] += difficulty
        one[3] += interval - late
    groups = tuple(
        Group(n, stability / n, difficulty / n, key[2], elapsed / n)
        for key, (n, stability, difficulty, elapsed) in found.items()
    )
    return Collection(groups, unmet, new_per_day)


class Workload:
    """What a learner's cards ask for, at whatever retention."""

    def __init__(self, collection: Collection, *, weights: Weights | None, pace: Pace) -> None:
        self._collection, self._weights, self._pace = collection, weights, pace
        model = expected(weights)
        self._next = [
            (replace(one, count=one.count * share), *_row(model, one.stability, near, one.elapsed))
            for one in collection.groups
            for near, share in _neighbours(one.difficulty)
        ]
        self._first = _row_to(
            _FIRST_RECALLED, model.first(recalled=True), model.first(recalled=False)
        )

    def load(self, percent: int) -> Load:
        """Return what the next 90 days ask for if this retention is aimed for from now on."""
        reviews = self._total(Quantity.REVIEWS, percent, HORIZON_DAYS)
        seconds = self._total(Quantity.SECONDS, percent, HORIZON_DAYS)
        return Load(reviews / HORIZON_DAYS, seconds / HORIZON_DAYS / 60)

    def best_percent(self) -> int:
        """Return the retention with the least work for each fact remembered in a year."""

        def price(percent: int) -> float:
            known = self._total(Quantity.KNOWN, percent, LONG_DAYS)
            return self._total(Quantity.SECONDS, percent, LONG_DAYS) / known if known else 0.0

        about = min(PERCENTS[::_STRIDE], key=price)
        near = range(about - _STRIDE + 1, about + _STRIDE)
        return min((one for one in near if one in PERCENTS), key=price)

    def _total(self, quantity: Quantity, percent: int, days: int) -> float:
        """Return what all cards together come to within so many days."""
        table = _table(self._weights, self._pace, percent)
        after, good = table.after(quantity, days)
        total = self._of_new(quantity, after)
        for one, p, row in self._next:
            left = days - one.due_in
            if left > 0:
                own = table.own(quantity, p)
                total += one.count * (own + _worth(row, good[left - 1], after[left - 1]))
            elif quantity is Quantity.KNOWN:
                total += one.count * table.recall(max(one.elapsed + left, 0), one.stability)
        return total

    def _of_new(self, quantity: Quantity, after: Sequence[Sequence[float]]) -> float:
        own = self._pace.new_seconds if quantity is Quantity.SECONDS else 0.0
        left, total = self._collection.unmet, 0.0
        for values in reversed(after):
            count = min(left, self._collection.new_per_day)
            left -= count
            total += count * (own + _worth(self._first, values, values))
        return total


class _Table:
    """What memories ask for after a review, by days left; made as far as it is asked for."""

    def __init__(self, weights: Weights | None, pace: Pace, retention: float) -> None:
        self._model, self._pace = expected(weights), pace
        self.recall = self._model.recall
        states = [
            (_LEAST * math.exp(_RATIO * size), difficulty)
            for size in range(_SIZES)
            for difficulty in _DIFFICULTIES
        ]
        self._sizes = [stability for stability, _ in states]
        spans = [self._interval(stability, retention) for stability in self._sizes]
        floors = self._floors(states, spans, retention)
        self._spans = [_parts(span) for span in spans]
        #: After a right answer a fact waits longer than Hard would have had it wait.
        self._good_spans = [
            _parts(max(span, floor)) for span, floor in zip(spans, floors, strict=True)
        ]
        self._longer = [n for n, floor in enumerate(floors) if floor > spans[n]]
        rows = [_row(self._model, *state, span) for state, span in zip(states, spans, strict=True)]
        self._chances, self._rows = [p for p, _ in rows], [row for _, row in rows]
        #: For each memory by days left: after a review, after a right answer, and with a review
        #: to come at once.
        self._after: dict[Quantity, _Values] = {one: [] for one in Quantity}
        self._good: dict[Quantity, _Values] = {one: [] for one in Quantity}
        self._asked: dict[Quantity, _Values] = {one: [] for one in Quantity}

    def own(self, quantity: Quantity, p: float) -> float:
        """Return what a review itself comes to that is recalled with a chance of `p`."""
        if quantity is Quantity.SECONDS:
            return p * self._pace.review_seconds + (1 - p) * self._pace.lapse_seconds
        return 1.0 if quantity is Quantity.REVIEWS else 0.0

    def after(self, quantity: Quantity, days: int) -> tuple[_Values, _Values]:
        """Return what each memory comes to by days left, 0 to `days` less 1.

        First after a first day or a wrong answer, then after a right one.
        """
        after, asked = self._after[quantity], self._asked[quantity]
        own = [self.own(quantity, p) for p in self._chances]
        for left in range(len(after), days):
            unasked = [0.0] * len(own)
            if quantity is Quantity.KNOWN:
                unasked = [self.recall(left, stability) for stability in self._sizes]
            row = [
                (asked[left - whole][state] if whole <= left else none) * (1 - part)
                + (asked[left - whole - 1][state] if whole < left else none) * part
                for state, ((whole, part), none) in enumerate(
                    zip(self._spans, unasked, strict=True)
                )
            ]
            good = list(row)
            for state in self._longer:
                span = self._good_spans[state]
                good[state] = _waited(asked, left, state, span, unasked[state])
            after.append(row)
            self._good[quantity].append(good)
            asked.append(
                [
                    one + a * good[i] + b * good[i + _WIDTH] + c * row[j] + d * row[j + _WIDTH]
                    for one, (a, b, i, c, d, j) in zip(own, self._rows, strict=True)
                ]
            )
        return after[:days], self._good[quantity][:days]

    def _floors(
        self, states: Sequence[tuple[float, float]], spans: Sequence[float], retention: float
    ) -> list[float]:
        """Return the least days after a right answer: one more than Hard would have given.

        What the answer was given at is found backwards, from the grid of what it led to.
        """
        floors = [0.0] * len(states)
        for column in range(_WIDTH):
            led: list[tuple[float, float]] = []
            for n in range(column, len(states), _WIDTH):
                p = self.recall(spans[n], states[n][0])
                good = self._model.recalled(*states[n], p)
                hard = self._model.hard(*states[n], p)
                led.append((good, float(round(self._interval(hard, retention)) + 1)))
            for n in range(column, len(states), _WIDTH):
                at = min(bisect_left(led, (states[n][0], 0.0)), len(led) - 1)
                floors[n] = led[at][1]
        return floors

    def _interval(self, stability: float, retention: float) -> float:
        return min(max(self._model.interval(stability, retention), 1.0), MAXIMUM_INTERVAL_DAYS)


@lru_cache(maxsize=64)
def _table(weights: Weights | None, pace: Pace, percent: int) -> _Table:
    return _Table(weights, pace, percent / 100)


def _row(model: Expected, stability: float, difficulty: float, days: float) -> tuple[float, _Row]:
    """Return the chance that a review is recalled, and what it leads to."""
    p = model.recall(days, stability)
    good = model.recalled(stability, difficulty, p)
    bad = model.forgotten(stability, difficulty, p)
    return p, _row_to(
        p,
        (good, model.difficulty_after(difficulty, recalled=True)),
        (bad, model.difficulty_after(difficulty, recalled=False)),
    )


def _row_to(p: float, good: tuple[float, float], bad: tuple[float, float]) -> _Row:
    (i, x), (j, y) = _place(*good), _place(*bad)
    return p * (1 - x), p * x, i, (1 - p) * (1 - y), (1 - p) * y, j


def _worth(row: _Row, good: Sequence[float], bad: Sequence[float]) -> float:
    a, b, i, c, d, j = row
    return a * good[i] + b * good[i + _WIDTH] + c * bad[j] + d * bad[j + _WIDTH]


def _neighbours(difficulty: float) -> list[tuple[float, float]]:
    """Return the difficulties of the grid around one, each with its share."""
    step = _DIFFICULTIES[1] - _DIFFICULTIES[0]
    at = min(max((difficulty - 1) / step, 0.0), _WIDTH - 1.0)
    low = min(int(at), _WIDTH - 2)
    shares = ((_DIFFICULTIES[low], 1 - (at - low)), (_DIFFICULTIES[low + 1], at - low))
    return [(near, share) for near, share in shares if share > 0]


def _parts(span: float) -> tuple[int, float]:
    """Return whole days, and the chance of one more: chance gives days about the span."""
    return int(span), span - int(span)


def _waited(
    asked: _Values, left: int, state: int, span: tuple[int, float], unasked: float
) -> float:
    """Return what a memory comes to whose next review falls on one of two days."""
    whole, part = span
    first = asked[left - whole][state] if whole <= left else unasked
    second = asked[left - whole - 1][state] if whole < left else unasked
    return first * (1 - part) + second * part


def _place(stability: float, difficulty: float) -> tuple[int, float]:
    """Return the first of the two places between which a memory lies, and the second's share."""
    at = max(math.log(min(stability, GREATEST_STABILITY) / _LEAST) / _RATIO, 0.0)
    size = min(int(at), _SIZES - 2)
    step = _DIFFICULTIES[1] - _DIFFICULTIES[0]
    nearest = min(max(int((difficulty - 1) / step + 0.5), 0), _WIDTH - 1)
    return size * _WIDTH + nearest, min(at - size, 1.0)
