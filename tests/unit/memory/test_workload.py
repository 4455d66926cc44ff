"""The work that a retention asks for: right, growing, and at no cost."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from bench.advice import _reviews, collection
from quizapp.memory.expected import Pace, expected
from quizapp.memory.settings import MemorySettings
from quizapp.memory.workload import (
    HORIZON_DAYS,
    PERCENTS,
    Collection,
    Group,
    Workload,
    grouped,
)

PACE = Pace()


def work(cards: Collection) -> Workload:
    return Workload(cards, weights=None, pace=PACE)


@pytest.fixture(scope="module")
def mixed() -> Workload:
    cards = collection(400, Random(2))  # noqa: S311
    return work(grouped(cards, unmet=50, new_per_day=5))


def test_work_grows_with_every_percent(mixed: Workload) -> None:
    loads = [mixed.load(percent) for percent in PERCENTS[::3]]

    assert all(a.reviews <= b.reviews for a, b in pairwise(loads))
    assert all(a.minutes <= b.minutes for a, b in pairwise(loads))
    assert loads[-1].minutes > 2 * loads[0].minutes


@pytest.mark.parametrize("percent", [80, 90])
def test_as_many_reviews_are_reckoned_as_the_scheduler_asks(percent: int) -> None:
    chance = Random(3)  # noqa: S311
    cards = collection(250, chance)
    settings = MemorySettings(desired_retention=percent / 100)

    reckoned = work(grouped(cards, unmet=0, new_per_day=0)).load(percent).reviews * HORIZON_DAYS

    simulated = sum(_reviews(card, settings, chance, n) for n, card in enumerate(cards))
    assert reckoned == pytest.approx(simulated, rel=0.12)


def test_a_single_card_due_later_is_one_review() -> None:
    one = Group(1, stability=2_000.0, difficulty=5.0, due_in=80, elapsed=2_000.0)

    load = work(Collection((one,), 0, 0)).load(90)

    assert load.reviews * HORIZON_DAYS == pytest.approx(1, abs=0.2)
    p = expected(None).recall(2_000, 2_000)
    seconds = p * PACE.review_seconds + (1 - p) * PACE.lapse_seconds
    assert load.minutes * HORIZON_DAYS * 60 == pytest.approx(seconds, rel=0.2)


def test_what_is_due_after_the_horizon_asks_nothing() -> None:
    one = Group(1, stability=900.0, difficulty=5.0, due_in=HORIZON_DAYS, elapsed=900.0)

    assert work(Collection((one,), 0, 0)).load(90).minutes == 0


def test_new_facts_take_time_until_there_are_none_left() -> None:
    few, many = (work(Collection((), 30, a_day)).load(90) for a_day in (0, 10))

    assert few.minutes == 0
    assert many.minutes * HORIZON_DAYS * 60 > 30 * PACE.new_seconds


def test_groups_keep_every_card_and_count_overdue_days() -> None:
    made = grouped(
        [(10.0, 5.0, -4, 10), (10.0, 5.0, 0, 10), (10.0, 5.0, 60, 10)], unmet=7, new_per_day=1
    )

    assert made.count == 10
    today = next(one for one in made.groups if one.due_in == 0)
    assert (today.count, today.elapsed) == (2, 12)


def test_no_cards_ask_nothing() -> None:
    empty = work(Collection((), 0, 10))

    assert empty.load(90).reviews == 0


def test_the_least_work_is_at_one_of_the_retentions(mixed: Workload) -> None:
    assert mixed.best_percent() in PERCENTS
