"""The plan before an exam: what it asks, what it promises, and that it pays."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench.exam import Planned
from bench.exam_learner import Greedy, Learner, plain, sweep
from quizapp.memory.exam import MAXIMUM_DAYS, Card, Task, forecast, minutes_for, plan
from quizapp.memory.exam_prices import LAYERS, group, layer_of, settle
from quizapp.memory.expected import Pace

PACE = Pace()
KNOWN = [Card(n, 5.0 + n, 5.0, days=3 + n % 7) for n in range(40)]
NEW = [Card(100 + n) for n in range(40)]


def task(cards: list[Card] | None = None, *, days: int = 30, minutes: float = 5) -> Task:
    return Task(tuple(KNOWN + NEW if cards is None else cards), days, minutes * 60)


class TestPlan:
    def test_fits_into_the_day(self) -> None:
        made = plan(task(minutes=3))

        asked = {card.fact_id: card for card in KNOWN + NEW}
        chart = task().grid
        seconds = sum(chart.asked(asked[fact_id])[-1] for fact_id in made.today)
        assert 0 < seconds <= 180

    def test_asks_nothing_twice_and_nothing_of_today_again(self) -> None:
        today = [Card(500, 20.0, 5.0, days=0)]

        ranked = plan(task(KNOWN + NEW + today)).ranked

        assert len(ranked) == len(set(ranked))
        assert 500 not in ranked

    def test_meets_new_facts_in_their_order(self) -> None:
        ranked = [n for n in plan(task()).ranked if n >= 100]

        assert ranked == sorted(ranked)
        assert ranked

    def test_on_the_last_day_asks_what_gains_most_by_tomorrow(self) -> None:
        weak, strong = Card(1, 2.0, 5.0, days=20), Card(2, 900.0, 5.0, days=20)

        assert plan(task([strong, weak], days=1)).ranked[0] == 1

    def test_asks_at_least_one_fact_however_short_the_day(self) -> None:
        assert len(plan(task(minutes=0.05)).today) == 1

    def test_is_the_same_each_time(self) -> None:
        assert plan(task()) == plan(task())

    @pytest.mark.parametrize(("days", "minutes"), [(0, 5), (MAXIMUM_DAYS + 1, 5), (3, 0)])
    def test_refuses_no_days_and_no_time(self, days: int, minutes: float) -> None:
        with pytest.raises(ValueError, match="No plan"):
            task(days=days, minutes=minutes)

    @pytest.mark.parametrize("days", [1, 2, 60, 61, MAXIMUM_DAYS])
    def test_reaches_as_far_as_it_may(self, days: int) -> None:
        assert plan(task(days=days)).today

    def test_tomorrow_goes_on_from_the_prices_of_today(self) -> None:
        first = plan(task(days=30))
        later = plan(task(days=29), prices=first.settled.prices)

        assert len(later.settled.prices) == layer_of(29) + 1
        assert later.today


def test_prices_are_higher_where_there_is_less_time() -> None:
    chart = task().grid
    groups = [group(chart, card, 1, 30) for card in KNOWN]

    short, long = (
        settle(chart, groups, days_left=30, seconds=seconds, rounds=20) for seconds in (20, 400)
    )

    assert all(a > b for a, b in zip(short.prices[1:], long.prices[1:], strict=True))
    assert short.recalled < long.recalled


def test_layers_go_up_and_every_day_has_one() -> None:
    assert all(a < b for a, b in pairwise(LAYERS))
    assert all(LAYERS[layer_of(days) - 1] < days <= LAYERS[layer_of(days)] for days in (1, 9, 366))


class TestForecast:
    def test_studying_is_better_than_not_and_the_margin_is_around_it(self) -> None:
        made = plan(task())
        seen = forecast(task(), made.settled, seed=1)

        assert len(seen.studied) == len(seen.unstudied) == 31
        assert seen.low < seen.on_the_day < seen.high <= 1
        assert seen.on_the_day > seen.unstudied[-1]
        assert all(a >= b for a, b in pairwise(seen.unstudied))

    def test_without_study_recall_is_what_the_model_says(self) -> None:
        cards = [Card(1, 10.0, 5.0, days=10), Card(2)]
        seen = forecast(task(cards, days=5), plan(task(cards, days=5)).settled, seed=1)

        assert seen.unstudied[0] == pytest.approx(0.45)

    def test_more_is_needed_for_more(self) -> None:
        many = task([Card(n) for n in range(600)], days=10)
        made = plan(many)
        expected = forecast(many, made.settled, seed=1).on_the_day
        given = {"settled": made.settled, "expected": expected}

        less, more = (minutes_for(many, target, **given) for target in (0.5, 0.8))

        assert less is not None
        assert more is not None
        assert less < more

    def test_what_no_time_reaches_is_said(self) -> None:
        cards = [Card(n) for n in range(2_000)]
        made = plan(task(cards, days=1))
        given = {"settled": made.settled, "expected": 0.01}

        assert minutes_for(task(cards, days=1), 0.9, **given) is None


def test_the_plan_beats_plain_scheduling_sweeping_and_greed_on_learners_it_does_not_know() -> None:
    def recall(way: object, seed: int) -> float:
        return Learner(50, 20, PACE, seed).study(way, 90)  # type: ignore[arg-type]

    ways = {"plain": plain, "sweep": sweep, "greedy": Greedy(PACE)}
    seeds = (1, 2)
    ours = sum(recall(Planned(1.5), seed) for seed in seeds)

    others = {name: sum(recall(way, seed) for seed in seeds) for name, way in ways.items()}
    assert all(ours > other - 0.01 for other in others.values()), (ours, others)
    assert ours > others["plain"] + 0.05
