"""What to study on the days before an exam, and what that comes to.

A fact is worth asking today by the recall that is lost on the day of the exam if it waits, for the
seconds that it takes (`exam_prices` says what waiting is worth). So each day is filled with what
loses most by waiting, new facts and known ones alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from quizapp.memory.exam_prices import (
    FIRST_RECALLED,
    LAYERS,
    MAXIMUM_DAYS,
    Card,
    Grid,
    Group,
    Settled,
    blended,
    grid,
    group,
    later_layers,
    layer_of,
    settle,
    worth,
)
from quizapp.memory.expected import Pace
from quizapp.memory.model import Weights

__all__ = ["MAXIMUM_DAYS", "Card", "Forecast", "Plan", "Task", "forecast", "minutes_for", "plan"]

#: So many facts stand for all when prices are looked for.
_SAMPLE = 120
_FIRST_ROUNDS, _ROUNDS = 20, 6
#: Simulated days times facts, over all runs of a forecast.
_RUNS, _CARD_DAYS, _LEAST_CARDS, _MOST_CARDS = 3, 2_400, 30, 120
#: By how much a forecast fails besides chance, as measured by `bench.exam`: deviation for each
#: unit of that of one fact, on the day and more for each √day.
_MODEL_ERROR, _MODEL_ERROR_A_DAY = 0.06, 0.009
_NORMAL_95 = 1.96
#: Steps in which minutes are looked for.
_HALVINGS = 6
MAXIMUM_MINUTES = 240


_USUAL = Pace()


@dataclass(frozen=True, slots=True)
class Task:
    """The facts before an exam, and what there is to learn them with.

    :param cards: every fact that can be asked, the new ones in the order to meet them.
    :param days_left: days of study, today included: 1 on the day before. Up to `MAXIMUM_DAYS`.
    :param seconds: to study on each day.
    """

    cards: tuple[Card, ...]
    days_left: int
    seconds: float
    weights: Weights | None = None
    pace: Pace = _USUAL

    def __post_init__(self) -> None:
        if not 1 <= self.days_left <= MAXIMUM_DAYS or not self.seconds > 0:
            raise ValueError(f"No plan for {self.days_left} days of {self.seconds} seconds.")

    @property
    def grid(self) -> Grid:
        return grid(self.weights, self.pace)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask today.

    :param ranked: ids of facts worth asking, the most urgent first, whatever the time.
    :param today: as many of them as fit.
    :param settled: the prices, to begin tomorrow's plan with.
    """

    ranked: tuple[int, ...]
    today: tuple[int, ...]
    settled: Settled


@dataclass(frozen=True, slots=True)
class Forecast:
    """Expected recall on each day from today to the exam, as a share of all facts.

    :param low: of the recall on the day of the exam, with 95 % certainty, as is `high`.
    """

    studied: tuple[float, ...]
    unstudied: tuple[float, ...]
    low: float
    high: float

    @property
    def on_the_day(self) -> float:
        return self.studied[-1]


def plan(task: Task, *, prices: Sequence[float] = ()) -> Plan:
    """Return what to ask today so that the most is recalled on the day of the exam.

    :param prices: those of yesterday's plan; without them it takes several times as long.
    """
    settled = _settled(task, task.seconds, prices, _ROUNDS if prices else _FIRST_ROUNDS)
    ranked = rank(task.grid, task.cards, task.days_left, settled)
    return Plan(tuple(ranked), tuple(_fitting(task, ranked)), settled)


def rank(chart: Grid, cards: Iterable[Card], days_left: int, settled: Settled) -> list[int]:
    """Return the ids of the facts that lose by waiting, those that lose most first."""
    today = layer_of(days_left)
    now, later = blended(settled.values, days_left), later_layers(today)
    losses: list[tuple[float, int, int]] = []
    given: dict[str, Any] = {"days_left": days_left, "settled": settled, "now": now, "later": later}
    of_new: float | None = None
    for place, card in enumerate(cards):
        if card.stability is None:
            if of_new is None:
                of_new = _loss(chart, card, **given)
            losses.append((-of_new, place, card.fact_id))
        elif card.days:
            loss = _loss(chart, card, **given)
            losses.append((-loss, place, card.fact_id))
    return [fact_id for loss, _, fact_id in sorted(losses) if loss < 0]


def forecast(task: Task, settled: Settled, *, seed: int) -> Forecast:
    """Return what is recalled until the exam with and without further study, by simulation.

    A sample of the facts is studied with its share of the time, a few times over.

    :param settled: the prices of the task's plan.
    """
    count, days = len(task.cards), task.days_left
    unstudied = tuple(
        sum(task.grid.unasked(card, later) for card in task.cards) / count
        for later in range(days + 1)
    )
    size = min(max(_CARD_DAYS // days, _LEAST_CARDS), _MOST_CARDS, count)
    sample = _sample(task.cards, size)
    chance = Random(seed)  # noqa: S311
    scaled = replace(task, cards=tuple(sample), seconds=task.seconds * len(sample) / count)
    runs = [_simulated(scaled, settled, chance) for _ in range(_RUNS)]
    studied = [sum(shares) / _RUNS for shares in zip(*runs, strict=True)]
    # The sample is not all: what it would recall without study, all would recall otherwise.
    here = sum(task.grid.unasked(card, 0) for card in sample) / len(sample)
    offset = unstudied[0] - here
    curve = [min(max(s + offset * (1 - i / days), 0.0), 1.0) for i, s in enumerate(studied)]
    margin = _NORMAL_95 * _deviation(curve[-1], count, days)
    end = curve[-1]
    return Forecast(tuple(curve), unstudied, max(end - margin, 0.0), min(end + margin, 1.0))


def minutes_for(task: Task, target: float, *, settled: Settled, expected: float) -> float | None:
    """Return the minutes a day with which `target` is expected, or None if no time is enough.

    :param target: share of the facts recalled on the day.
    :param settled: the prices of the task's plan. :param expected: its forecast, which corrects
        what prices tell.
    """
    count = len(task.cards)
    correction = expected - settled.recalled / count
    low, high, prices = 0.0, float(MAXIMUM_MINUTES), settled.prices
    enough: float | None = None
    for _ in range(_HALVINGS):
        # By ratio: whether it is 5 or 6 minutes matters, 105 or 106 does not.
        minutes = math.sqrt(max(low, 1.0) * high)
        found = _settled(task, minutes * 60, prices, _ROUNDS)
        if found.recalled / count + correction >= target:
            enough = high = minutes
        else:
            low = minutes
    return enough


def _settled(task: Task, seconds: float, prices: Sequence[float], rounds: int) -> Settled:
    return settle(
        task.grid,
        _groups(task),
        days_left=task.days_left,
        seconds=seconds,
        start=prices,
        rounds=rounds,
    )


def _groups(task: Task) -> list[Group]:
    met = [card for card in task.cards if card.stability is not None]
    new = [card for card in task.cards if card.stability is None]
    some = _sample(met, _SAMPLE)
    groups = [group(task.grid, card, len(met) / len(some), task.days_left) for card in some]
    if new:
        groups.append(group(task.grid, new[0], len(new), task.days_left))
    return groups


def _sample(cards: Sequence[Card], size: int) -> list[Card]:
    """Return evenly chosen cards, of every stability."""
    if len(cards) <= size:
        return list(cards)
    ordered = sorted(cards, key=lambda card: (card.stability or 0.0, card.days))
    return [ordered[int((n + 0.5) * len(ordered) / size)] for n in range(size)]


def _loss(
    chart: Grid,
    card: Card,
    *,
    days_left: int,
    settled: Settled,
    now: Sequence[float],
    later: Sequence[int],
) -> float:
    """Return the recall that is lost by waiting, for each second that asking takes."""
    row = chart.asked(card)
    waiting = chart.unasked(card, days_left)
    for layer in later:
        then = chart.asked(card, days_left - LAYERS[layer])
        value = worth(then, settled.values[layer]) - settled.prices[layer] * then[-1]
        waiting = max(waiting, value)
    return (worth(row, now) - waiting) / row[-1]


def _fitting(task: Task, ranked: Sequence[int]) -> list[int]:
    """Return the first of the facts that are expected to fit into the day."""
    by_id = {card.fact_id: card for card in task.cards}
    left = task.seconds
    chosen: list[int] = []
    for fact_id in ranked:
        left -= task.grid.asked(by_id[fact_id])[-1]
        if left < 0 and chosen:
            break
        chosen.append(fact_id)
    return chosen


def _simulated(task: Task, settled: Settled, chance: Random) -> list[float]:
    """Return the recall of one simulated learner on each day from today to the exam."""
    chart, cards = task.grid, {card.fact_id: card for card in task.cards}
    shares, spare = [], 0.0
    for left in range(task.days_left, 0, -1):
        shares.append(_known(chart, cards.values()))
        # A sample has little time: what one day is short of, the next one has.
        spare += task.seconds
        for fact_id in rank(chart, list(cards.values()), left, settled):
            if spare <= 0:
                break
            card = cards[fact_id]
            spare -= chart.asked(card)[-1]
            cards[fact_id] = _answered(chart, card, chance)
        spare = min(spare, 0.0)
        cards = {n: replace(c, days=c.days + 1) for n, c in cards.items()}
    return [*shares, _known(chart, cards.values())]


def _known(chart: Grid, cards: Iterable[Card]) -> float:
    recalls = [chart.unasked(card, 0) for card in cards]
    return sum(recalls) / len(recalls)


def _answered(chart: Grid, card: Card, chance: Random) -> Card:
    """Return a fact after an answer of chance."""
    model = chart.model
    if card.stability is None or card.difficulty is None:
        first = model.first(recalled=chance.random() < FIRST_RECALLED)
        return Card(card.fact_id, *first)
    p = model.recall(card.days, card.stability)
    recalled = chance.random() < p
    after = (model.recalled if recalled else model.forgotten)(card.stability, card.difficulty, p)
    return Card(card.fact_id, after, model.difficulty_after(card.difficulty, recalled=recalled))


def _deviation(share: float, count: int, days: int) -> float:
    """Return by how much the share recalled on the day may differ: by chance, and by the model."""
    share = min(max(share, 0.02), 0.98)
    model = _MODEL_ERROR + _MODEL_ERROR_A_DAY * math.sqrt(days)
    return math.sqrt(share * (1 - share)) * math.hypot(1 / math.sqrt(count), model)
