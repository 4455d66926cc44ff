"""A simulated learner's year: habits are kept, and forgetting is what it says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from quizapp.memory.state import Phase
from quizapp.simulation.people import DOZEN, YEAR_DAYS, Break, Person, people
from quizapp.simulation.year import Asked, LearnerYear

BEGINS = date(2025, 9, 1)
NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
EVERY_DAY = (1.0,) * 7


def year_of(
    person: Person, *, number: int = 1, seed: int = 1, facts: int = 40, ease: float = 1.0
) -> LearnerYear:
    return LearnerYear(
        person,
        number=number,
        eases=(ease,) * facts,
        begins=BEGINS,
        now=NOW,
        seeds=tuple(range(facts)),
        seed=seed,
    )


def lived(person: Person, *, days: int = 120, **given: float) -> list[Asked]:
    year = year_of(person, **given)  # type: ignore[arg-type]
    for number in range(days):
        year.study(number)
    return year.asked


def test_the_same_seed_gives_the_same_year_and_another_one_another() -> None:
    assert lived(DOZEN[0]) == lived(DOZEN[0])
    assert lived(DOZEN[0]) != lived(DOZEN[0], seed=2)


def test_two_of_one_name_and_the_same_habits_live_two_years() -> None:
    one, another = (lived(DOZEN[0], days=30, number=number) for number in (13, 14))

    assert [asked.at for asked in one] != [asked.at for asked in another]


def test_nobody_studies_on_days_off_before_they_came_or_after_they_left() -> None:
    person = Person("A", "UTC", week=EVERY_DAY, first_day=10, last_day=60, breaks=(Break(20, 29),))

    days = {(one.day - BEGINS).days for one in lived(person, facts=300)}

    assert days == {*range(10, 20), *range(30, 61)}


def test_the_usual_hour_stays_the_usual_hour_when_clocks_change() -> None:
    person = Person("A", "America/New_York", week=EVERY_DAY, hour=7.5, hour_spread=0.01, minutes=3)

    hours = {one.at.astimezone(ZoneInfo("America/New_York")).hour for one in lived(person, facts=8)}

    # Clocks went back on 2 November 2025, day 62.
    assert hours == {7}


def test_cards_come_in_order_and_each_follows_from_the_state_that_the_last_one_left() -> None:
    asked = lived(DOZEN[3], days=60)
    left = {}

    for earlier, later in pairwise(asked):
        assert earlier.at < later.at
    for one in asked:
        assert one.before == left.get(one.fact, one.before)
        assert one.fact in left or one.before.phase is Phase.NEW
        left[one.fact] = one.after


def test_no_more_is_begun_in_a_day_than_the_learner_wants() -> None:
    met = Counter(one.day for one in lived(DOZEN[0]) if one.before.phase is Phase.NEW)

    assert max(met.values()) == DOZEN[0].new_per_day


def test_whoever_remembers_as_the_model_believes_recalls_as_it_expects() -> None:
    person = Person("A", "UTC", week=EVERY_DAY, hour=10, hour_spread=0.2, strength=1 / 1.2)
    tested = [one for one in lived(person, days=365, facts=120) if one.predicted is not None]

    expected = sum(one.predicted or 0 for one in tested) / len(tested) / 1_000_000
    recalled = sum(one.rating > 1 for one in tested) / len(tested)

    # Facts differ from each other, which costs some of it; two standard errors are 0.015.
    assert len(tested) > 1_500
    assert recalled == pytest.approx(expected, abs=0.04)


def test_who_remembers_for_longer_recalls_more() -> None:
    def recalled(strength: float) -> float:
        person = replace(DOZEN[0], strength=strength)
        asked = lived(person, days=250, facts=120)
        tested = [one for one in asked if one.predicted is not None]
        return sum(one.rating > 1 for one in tested) / len(tested)

    assert recalled(0.4) + 0.04 < recalled(1.0) < recalled(2.5) - 0.03


def test_nothing_is_studied_after_now() -> None:
    year = year_of(replace(DOZEN[0], week=EVERY_DAY, hour=20.0))
    for number in range(YEAR_DAYS - 3, YEAR_DAYS + 1):
        year.study(number)

    assert max(one.at for one in year.asked) <= NOW + timedelta(minutes=3)


def test_a_class_begins_with_the_dozen_and_is_the_same_for_a_seed() -> None:
    some = people(40, seed=7)

    assert some[:12] == DOZEN
    assert some == people(40, seed=7)
    assert some[12:] != people(40, seed=8)[12:]
    assert people(5, seed=7) == DOZEN[:5]
