"""How much there is to do for a retention, and which one asks least for what it keeps.

Cards are grouped by stability, difficulty and the day that they are due. What a group asks for
within so many days is not simulated but reckoned, from the shortest span up: a review leads to one
of two memories with the chance that the model gives, and those ask for what is left of the time
(`_Table`). The tables know no cards, so that they serve every learner with the same weights.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache

from quizapp.memory import fuzz
from quizapp.memory.expected import GREATEST_STABILITY, Expected, Pace, expected
from quizapp.memory.model import Weights
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS, RETENTION_RANGE

#: Days that advice looks ahead; which retention is best shows over a longer time only.
HORIZON_DAYS, LONG_DAYS = 90, 365
#: The retentions to choose from, in percent.
PERCENTS = range(round(RETENTION_RANGE[0] * 100), round(RETENTION_RANGE[1] * 100) + 1)
_LEAST, _SIZES, _RATIO = 0.3, 19, 0.45
_DIFFICULTIES = (1.0, 4.0, 7.0, 9.0, 10.0)
_WIDTH = len(_DIFFICULTIES)
#: Up to this day due days are told apart; from then on so many are taken together.
_NEAR_DAYS, _FAR_DAYS = 10, 8
#: Of facts that are met for the first time, this share is known at once.
_FIRST_RECALLED = 0.6
#: Percent between the retentions that are tried first for the best.
_STRIDE = 3
#: Chances over which an interval is averaged.
_CHANCES = (0.1, 0.3, 0.5, 0.7, 0.9)

#: Shares and first places of the two pairs of memories that an answer may lead to.
_Row = tuple[float, float, int, float, float, float, float, int]
_Values = list[list[complex]]


class Pair(Enum):
    """Two figures that are reckoned at once, as the parts of complex numbers.

    They are only ever added and weighted, and that takes hardly longer for two than for one.
    """

    LOAD = "reviews and seconds"
    YIELD = "seconds and facts known at the end"


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
            (one, one.count * share, p, row)
            for one in collection.groups
            for p, row, share in _blended(model, one.stability, one.difficulty, one.elapsed)
        ]
        self._first = _row_to(
            _FIRST_RECALLED, model.first(recalled=True), model.first(recalled=False)
        )

    def load(self, percent: int) -> Load:
        """Return what the next 90 days ask for if this retention is aimed for from now on."""
        total = self._total(Pair.LOAD, percent, HORIZON_DAYS) / HORIZON_DAYS
        return Load(total.real, total.imag / 60)

    def best_percent(self) -> int:
        """Return the retention with the least work for each fact remembered in a year."""

        @cache
        def price(percent: int) -> float:
            total = self._total(Pair.YIELD, percent, LONG_DAYS)
            return total.real / total.imag if total.imag else 0.0

        # It falls up to the best and rises from there on: upwards until it rises, then between.
        about = PERCENTS[0]
        while about + _STRIDE in PERCENTS and price(about + _STRIDE) < price(about):
            about += _STRIDE
        near = range(about - _STRIDE + 1, about + _STRIDE)
        return min((one for one in near if one in PERCENTS), key=price)

    def _total(self, pair: Pair, percent: int, days: int) -> complex:
        """Return what all cards together come to within so many days."""
        table = _table(self._weights, self._pace, percent)
        after, good = table.after(pair, days)
        total = self._of_new(pair, after)
        for one, count, p, row in self._next:
            left = days - one.due_in
            if left > 0:
                own = table.own(pair, p)
                total += count * (own + _worth(row, good[left - 1], after[left - 1]))
            elif pair is Pair.YIELD:
                total += 1j * count * table.recall(max(one.elapsed + left, 0), one.stability)
        return total

    def _of_new(self, pair: Pair, after: _Values) -> complex:
        own = self._pace.new_seconds * (1j if pair is Pair.LOAD else 1)
        left, total = self._collection.unmet, 0j
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
        good_spans = self._good_spans(states, spans, retention)
        self._spans = [_parts(span) for span in spans], [_parts(span) for span in good_spans]
        rows = [
            [_row(self._model, *state, span) for state, span in zip(states, some, strict=True)]
            for some in (spans, good_spans)
        ]
        self._chances = [[p for p, _ in some] for some in rows]
        self._rows = [[row for _, row in some] for some in rows]
        #: Twice, for each memory by days left: after a first day or a wrong answer, and after a
        #: right one.
        self._after: dict[Pair, tuple[_Values, _Values]] = {pair: ([], []) for pair in Pair}
        #: The same with a review to come at once.
        self._asked: dict[Pair, tuple[_Values, _Values]] = {pair: ([], []) for pair in Pair}

    def own(self, pair: Pair, p: float) -> complex:
        """Return what a review itself comes to that is recalled with a chance of `p`."""
        seconds = p * self._pace.review_seconds + (1 - p) * self._pace.lapse_seconds
        return complex(1, seconds) if pair is Pair.LOAD else complex(seconds, 0)

    def after(self, pair: Pair, days: int) -> tuple[_Values, _Values]:
        """Return what each memory comes to by days left, 0 to `days` less 1.

        First after a first day or a wrong answer, then after a right one.
        """
        known = self._after[pair]
        for left in range(len(known[0]), days):
            unasked = [0j] * len(self._sizes)
            if pair is Pair.YIELD:
                unasked = [1j * self.recall(left, stability) for stability in self._sizes]
            for after, asked, spans in zip(known, self._asked[pair], self._spans, strict=True):
                after.append(
                    [
                        # The next review falls on one of two days, as chance would have it.
                        (asked[left - whole][state] if whole <= left else none) * (1 - part)
                        + (asked[left - whole - 1][state] if whole < left else none) * part
                        for state, ((whole, part), none) in enumerate(
                            zip(spans, unasked, strict=True)
                        )
                    ]
                )
            self._ask(pair, known[0][left], known[1][left])
        return known[0][:days], known[1][:days]

    def _ask(self, pair: Pair, bad: list[complex], good: list[complex]) -> None:
        """Add what memories come to that are reviewed with the next number of days left."""
        n = _WIDTH
        for asked, chances, rows in zip(self._asked[pair], self._chances, self._rows, strict=True):
            own = [self.own(pair, p) for p in chances]
            asked.append(
                [
                    one
                    + (a * good[i] + b * good[i + n])
                    + (c * bad[j] + d * bad[j + n] + e * bad[j + 1] + f * bad[j + n + 1])
                    for one, (a, b, i, c, d, e, f, j) in zip(own, rows, strict=True)
                ]
            )

    def _good_spans(
        self, states: Sequence[tuple[float, float]], spans: Sequence[float], retention: float
    ) -> list[float]:
        """Return the days that the scheduler gives after a right answer, on average over chance.

        They are more than the model's: longer than Hard would give, and than the last time. What
        the answer was given at is found backwards, from the grid of what it led to.
        """
        found = list(spans)
        for column in range(_WIDTH):
            led: list[tuple[float, float]] = []
            for n in range(column, len(states), _WIDTH):
                p = self.recall(spans[n], states[n][0])
                good = self._model.recalled(*states[n], p)
                wanted = self._interval(good, retention)
                hard = self._interval(self._model.hard(*states[n], p), retention)
                led.append((good, _mean_days(wanted, hard, round(spans[n])) / wanted))
            for n in range(column, len(states), _WIDTH):
                at = min(bisect_left(led, (states[n][0], 0.0)), len(led) - 1)
                found[n] = max(1.0, spans[n] * led[at][1])
        return found

    def _interval(self, stability: float, retention: float) -> float:
        return min(max(self._model.interval(stability, retention), 1.0), MAXIMUM_INTERVAL_DAYS)


@lru_cache(maxsize=64)
def _table(weights: Weights | None, pace: Pace, percent: int) -> _Table:
    return _Table(weights, pace, percent / 100)


def _row(model: Expected, stability: float, difficulty: float, days: float) -> tuple[float, _Row]:
    """Return the chance that a review is recalled, and what it leads to.

    :param difficulty: one of the grid: a right answer hardly changes it.
    """
    rows = _blended(model, stability, difficulty, days)
    p, row, _ = max(rows, key=lambda one: one[2])
    return p, row


def _blended(
    model: Expected, stability: float, difficulty: float, days: float
) -> list[tuple[float, _Row, float]]:
    """Return the same for any difficulty, as a blend of rows, each with its share."""
    p = model.recall(days, stability)
    good = model.recalled(stability, difficulty, p)
    bad = model.forgotten(stability, difficulty, p)
    low, share = _harder(model.difficulty_after(difficulty, recalled=True))
    wrong = _wrong(1 - p, bad, model.difficulty_after(difficulty, recalled=False))
    i, x = _size(good)
    return [
        (p, (p * (1 - x), p * x, i * _WIDTH + near, *wrong), part)
        for near, part in ((low, 1 - share), (low + 1, share))
        if part > 0
    ]


def _row_to(p: float, good: tuple[float, float], bad: tuple[float, float]) -> _Row:
    """Return a row to the memories after a right and after a wrong answer."""
    i, x = _size(good[0])
    low, share = _harder(good[1])
    return p * (1 - x), p * x, i * _WIDTH + low + round(share), *_wrong(1 - p, *bad)


def _wrong(
    chance: float, stability: float, difficulty: float
) -> tuple[float, float, float, float, int]:
    j, y = _size(stability)
    low, z = _harder(difficulty)
    least, most = chance * (1 - z), chance * z
    return least * (1 - y), least * y, most * (1 - y), most * y, j * _WIDTH + low


def _worth(row: _Row, good: Sequence[complex], bad: Sequence[complex]) -> complex:
    a, b, i, c, d, e, f, j = row
    n = _WIDTH
    right = a * good[i] + b * good[i + n]
    return right + c * bad[j] + d * bad[j + n] + e * bad[j + 1] + f * bad[j + n + 1]


def _size(stability: float) -> tuple[int, float]:
    """Return the first of the two sizes between which a stability lies, and the second's share."""
    at = max(math.log(min(stability, GREATEST_STABILITY) / _LEAST) / _RATIO, 0.0)
    size = min(int(at), _SIZES - 2)
    return size, min(at - size, 1.0)


def _harder(difficulty: float) -> tuple[int, float]:
    """Return the first of the two difficulties around one, and the share of the second."""
    low = min(max(bisect_right(_DIFFICULTIES, difficulty) - 1, 0), _WIDTH - 2)
    step = _DIFFICULTIES[low + 1] - _DIFFICULTIES[low]
    return low, min(max((difficulty - _DIFFICULTIES[low]) / step, 0.0), 1.0)


def _mean_days(wanted: float, hard: float, last: int) -> float:
    """Return the days that Good gets on average, by the rules of `plans`."""
    total, longest = 0, MAXIMUM_INTERVAL_DAYS
    for chance in _CHANCES:
        least = fuzz.least_after(hard, last, maximum=longest)
        above = 1 + fuzz.whole_days(hard, minimum=max(least, 1), maximum=longest, chance=chance)
        least = max(above, fuzz.least_after(wanted, last, maximum=longest))
        total += fuzz.whole_days(wanted, minimum=least, maximum=longest, chance=chance)
    return total / len(_CHANCES)


def _parts(span: float) -> tuple[int, float]:
    """Return whole days, and the chance of one more: chance gives days about the span."""
    return int(span), span - int(span)
