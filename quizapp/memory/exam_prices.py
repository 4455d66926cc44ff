"""What a second of each day before an exam is worth.

Minutes before an exam are scarce, and on some days scarcer than on others. Each day to come has a
price: the recall on the day of the exam that one of its seconds earns elsewhere. At given prices
every fact can be planned by itself, from the last day back (`tables`); prices move until what
the facts ask of each day fits into it (`settle`).

This is Lagrangian relaxation of a restless bandit: Whittle (1988), "Restless Bandits: Activity
Allocation in a Changing World", Journal of Applied Probability 25A. Choices are smoothed a
little, so that equal facts do not all ask for the same day.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from quizapp.memory.expected import Pace, expected
from quizapp.memory.model import Weights

#: Days before the exam that are told apart; others are reckoned with the nearest. The first is
#: the day itself, on which nothing is studied.
# fmt: off
LAYERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40, 49, 60, 74, 90, 110, 135,
          165, 200, 245, 300, 366)
# fmt: on
MAXIMUM_DAYS = LAYERS[-1]
#: After a review, the next one may come so many layers later.
_STEPS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17)
#: Memories are told apart by stability, in equal ratios, and by difficulty, in equal steps.
_LEAST, _SIZES, _RATIO = 0.1, 22, 0.43
_DIFFICULTIES = (1.0, 3.25, 5.5, 7.75, 10.0)
_WIDTH = len(_DIFFICULTIES)
#: Of facts that are met for the first time, this share is known at once.
FIRST_RECALLED = 0.6
#: Choices are told apart down to what so many seconds are worth, and within these limits of recall.
_TOLERANCE_SECONDS, _LEAST_TOLERANCE, _MOST_TOLERANCE = 1.9, 0.002, 0.03
_FIRST_PRICE, _LEAST_PRICE = 0.004, 1e-6
#: What moves less than this share of a fact is left out.
_DUST = 1e-4

#: What an answer leads to: for each of four memories its share and place, in pairs of
#: neighbours of which the first place is told; last, the seconds that it takes.
Row = tuple[float, float, int, float, float, int, float]
Values = list[list[float]]
Shares = list[list[tuple[int, list[float]]]]


@dataclass(frozen=True, slots=True)
class Card:
    """One fact before an exam.

    :param stability: days; None if it was never met, as is `difficulty`.
    :param days: since it was last asked; 0 for today, on which it is not asked again.
    """

    fact_id: int
    stability: float | None = None
    difficulty: float | None = None
    days: int = 0


class Grid:
    """The memories that are told apart, and what an answer does to each."""

    def __init__(self, weights: Weights | None, pace: Pace) -> None:
        self.model, self.pace = expected(weights), pace
        sizes = [_LEAST * math.exp(_RATIO * size) for size in range(_SIZES)]
        self._states = [(size, difficulty) for size in sizes for difficulty in _DIFFICULTIES]
        #: Recall on the day of the exam by layer of the last review and memory.
        self.left = [[self.model.recall(days, size) for size, _ in self._states] for days in LAYERS]
        known, unknown = self.model.first(recalled=True), self.model.first(recalled=False)
        self._first = self._row(FIRST_RECALLED, known, unknown, pace.new_seconds)
        self._rows: dict[int, list[Row]] = {}

    def rows(self, days: int) -> list[Row]:
        """Return what an answer leads to so many days after the last, for each memory."""
        found = self._rows.get(days)
        if found is None:
            found = self._rows[days] = [self.row(*state, days) for state in self._states]
        return found

    def row(self, stability: float, difficulty: float, days: int) -> Row:
        """Return what an answer leads to so many days after the last."""
        model, pace = self.model, self.pace
        p = model.recall(days, stability)
        good = model.recalled(stability, difficulty, p)
        bad = model.forgotten(stability, difficulty, p)
        return self._row(
            p,
            (good, model.difficulty_after(difficulty, recalled=True)),
            (bad, model.difficulty_after(difficulty, recalled=False)),
            p * pace.review_seconds + (1 - p) * pace.lapse_seconds,
        )

    def asked(self, card: Card, later: int = 0) -> Row:
        """Return what asking a fact leads to, so many days from today."""
        if card.stability is None or card.difficulty is None:
            return self._first
        return self.row(card.stability, card.difficulty, card.days + later)

    def unasked(self, card: Card, later: int) -> float:
        """Return the chance of recall in so many days, if it is not asked before."""
        return self.model.recall(card.days + later, card.stability) if card.stability else 0.0

    @staticmethod
    def _row(p: float, good: tuple[float, float], bad: tuple[float, float], seconds: float) -> Row:
        (i, x), (j, y) = _place(*good), _place(*bad)
        return p * (1 - x), p * x, i, (1 - p) * (1 - y), (1 - p) * y, j, seconds


@dataclass(frozen=True, slots=True)
class Group:
    """So many facts that are like one. :param options: layers at which to ask it next."""

    count: float
    unasked: float
    options: list[tuple[int, Row]]


@dataclass(frozen=True, slots=True)
class Settled:
    """Prices at which every day holds what is asked of it.

    :param prices: by layer. :param values: of a memory at each layer, net of the prices of
        what it will ask for. :param recalled: facts recalled on the day, by all this.
    """

    prices: tuple[float, ...]
    values: Values
    recalled: float


@lru_cache(maxsize=16)
def grid(weights: Weights | None, pace: Pace) -> Grid:
    """Return the grid for weights and a pace."""
    return Grid(weights, pace)


def tolerance(prices: Sequence[float]) -> float:
    """Return by how much recall a choice may be worse and still be taken by some.

    Where time is worth little, little decides.
    """
    usual = sum(prices[1:]) / max(1, len(prices) - 1)
    return min(max(_TOLERANCE_SECONDS * usual, _LEAST_TOLERANCE), _MOST_TOLERANCE)


def layer_of(days_left: int) -> int:
    """Return the lowest layer that is not nearer to the exam: that of today."""
    return bisect_left(LAYERS, days_left)


def later_layers(today: int) -> list[int]:
    """Return the layers that are considered for the next time after one."""
    return [today - step for step in _STEPS if today > step]


def worth(row: Row, values: Sequence[float]) -> float:
    """Return the value of an answer, given those of the memories that it may lead to."""
    a, b, i, c, d, j, _ = row
    return a * values[i] + b * values[i + _WIDTH] + c * values[j] + d * values[j + _WIDTH]


def blended(values: Values, days_left: int) -> list[float]:
    """Return the values of memories asked so many days before the exam, from both layers around."""
    above = layer_of(days_left)
    far, near = LAYERS[above], LAYERS[above - 1]
    share = (days_left - near) / (far - near)
    pairs = zip(values[above - 1], values[above], strict=True)
    return [low + (high - low) * share for low, high in pairs]


def group(chart: Grid, card: Card, count: float, days_left: int) -> Group:
    """Return so many facts like `card`, with what may be done with them from today on."""
    today = layer_of(days_left)
    options = [(today, chart.asked(card))] if card.days or card.stability is None else []
    for layer in later_layers(today):
        options.append((layer, chart.asked(card, days_left - LAYERS[layer])))
    return Group(count, chart.unasked(card, days_left), options)


def settle(
    chart: Grid,
    groups: Sequence[Group],
    *,
    days_left: int,
    seconds: float,
    start: Sequence[float] = (),
    rounds: int,
) -> Settled:
    """Return the prices at which the days up to the exam hold what is asked of them.

    :param seconds: of each day. :param start: prices to begin with, by layer.
    """
    today = layer_of(days_left)
    room = _room(days_left, seconds)
    prices = [*start[: today + 1], *[_FIRST_PRICE] * (today + 1 - len(start))]
    for done in range(rounds):
        step = 0.15 if start else 0.5 / (1 + done / 4)
        values, shares = tables(chart, prices, today)
        values[today] = blended(values, days_left)
        wanted, _ = _wanted(chart, groups, prices, values, shares)
        for layer in range(1, today + 1):
            excess = min(max(wanted[layer] / room[layer] - 1, -1), 1) if room[layer] else 0
            prices[layer] = max(_LEAST_PRICE, prices[layer] * math.exp(step * excess))
    values, shares = tables(chart, prices, today)
    spent = [*values[:today], blended(values, days_left)]
    _, worth_all = _wanted(chart, groups, prices, spent, shares)
    # What was paid for time is not lost: it is recall that the time earned elsewhere.
    paid = sum(price * space for price, space in zip(prices, room, strict=True))
    return Settled(tuple(prices), values, worth_all + paid)


def tables(chart: Grid, prices: Sequence[float], top: int) -> tuple[Values, Shares]:
    """Return the value of each memory when asked at each layer, and at which it is asked next.

    :param top: the highest layer.
    """
    near = tolerance(prices)
    values: Values = []
    shares: Shares = []
    for layer in range(top + 1):
        later = later_layers(layer)
        options = [chart.left[layer]]
        for target in later:
            after, price = values[target], prices[target]
            options.append(
                [
                    a * after[i]
                    + b * after[i + _WIDTH]
                    + c * after[j]
                    + d * after[j + _WIDTH]
                    - price * seconds
                    for a, b, i, c, d, j, seconds in chart.rows(LAYERS[layer] - LAYERS[target])
                ]
            )
        value, chosen = _mixed(options, near)
        values.append(value)
        shares.append(list(zip(later, chosen[1:], strict=True)))
    return values, shares


def _mixed(options: list[list[float]], near: float) -> tuple[list[float], list[list[float]]]:
    """Return the value of choosing among options, and the share of each, for each memory."""
    best = [max(values) for values in zip(*options, strict=True)]
    odds = [
        [math.exp((value - top) / near) for value, top in zip(option, best, strict=True)]
        for option in options
    ]
    total = [sum(chances) for chances in zip(*odds, strict=True)]
    chosen = [[odd / all_ for odd, all_ in zip(row, total, strict=True)] for row in odds]
    value = [0.0] * len(best)
    for option, share in zip(options, chosen, strict=True):
        value = [v + o * s for v, o, s in zip(value, option, share, strict=True)]
    return value, chosen


def _room(days_left: int, seconds: float) -> list[float]:
    """Return the seconds that there are at each layer: those of the days that are nearest to it."""
    today = layer_of(days_left)
    room = [0.0] * (today + 1)
    room[today] = seconds
    for days in range(1, days_left):
        above = min(layer_of(days), today - 1)
        nearer = above > 1 and days - LAYERS[above - 1] < LAYERS[above] - days
        room[above - 1 if nearer else above] += seconds
    return room


def _wanted(
    chart: Grid, groups: Sequence[Group], prices: Sequence[float], values: Values, shares: Shares
) -> tuple[list[float], float]:
    """Return the seconds that are asked of each layer, and the value of it all net of prices."""
    top = len(prices) - 1
    near = tolerance(prices)
    wanted, total = [0.0] * (top + 1), 0.0
    mass = [[0.0] * len(chart.left[0]) for _ in prices]
    for one in groups:
        worths = [worth(row, values[k]) - prices[k] * row[-1] for k, row in one.options]
        best = max(one.unasked, *worths) if worths else one.unasked
        odds = [math.exp((value - best) / near) for value in worths]
        rest = math.exp((one.unasked - best) / near)
        scale = one.count / (rest + sum(odds))
        total += scale * rest * one.unasked
        for (layer, row), odd, value in zip(one.options, odds, worths, strict=True):
            total += scale * odd * value
            wanted[layer] += _moved(mass[layer], row, scale * odd)
    for layer in range(top, 1, -1):
        live = [(i, amount) for i, amount in enumerate(mass[layer]) if amount > _DUST]
        for target, share in shares[layer]:
            rows, to = chart.rows(LAYERS[layer] - LAYERS[target]), mass[target]
            wanted[target] += sum([_moved(to, rows[i], x * share[i]) for i, x in live])
    return wanted, total


def _moved(to: list[float], row: Row, amount: float) -> float:
    """Add what an answer to so many facts leads to; return the seconds that it takes."""
    if amount < _DUST:
        return 0.0
    a, b, i, c, d, j, seconds = row
    to[i] += amount * a
    to[i + _WIDTH] += amount * b
    to[j] += amount * c
    to[j + _WIDTH] += amount * d
    return amount * seconds


def _place(stability: float, difficulty: float) -> tuple[int, float]:
    """Return the first of the two places between which a memory lies, and the second's share."""
    at = max(math.log(stability / _LEAST) / _RATIO, 0.0)
    size = min(int(at), _SIZES - 2)
    step = _DIFFICULTIES[1] - _DIFFICULTIES[0]
    nearest = min(max(int((difficulty - 1) / step + 0.5), 0), _WIDTH - 1)
    return size * _WIDTH + nearest, min(at - size, 1.0)
