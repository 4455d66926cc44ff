"""Rounding intervals with seeded chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.fuzz import chance, spread, whole_days

ALMOST_ONE = 1 - 2**-53
chances = st.floats(0, 1, exclude_max=True)
intervals = st.floats(0, 40_000)


class TestSpread:
    @pytest.mark.parametrize(
        ("days", "expected"),
        [(2.49, 0), (2.5, 1), (7, 1.675), (10, 1.975), (20, 2.975), (100, 6.975)],
    )
    def test_grows_in_bands(self, days, expected):
        assert spread(days) == pytest.approx(expected)


class TestWholeDays:
    def test_ten_days_may_become_eight_to_twelve(self):
        days = {whole_days(10, minimum=1, maximum=100, chance=n / 1000) for n in range(1000)}

        assert days == {8, 9, 10, 11, 12}

    @pytest.mark.parametrize(("interval", "days"), [(2.49, 2), (2.5, 3), (3.5, 4), (0.2, 1)])
    def test_without_chance_it_rounds_halves_up(self, interval, days):
        assert whole_days(interval, minimum=1, maximum=100, chance=None) == days

    @given(intervals, st.integers(1, 500), st.integers(1, 500), chances)
    def test_stays_within_the_limits_and_the_maximum_is_the_stronger(
        self, interval, minimum, maximum, chance
    ):
        days = whole_days(interval, minimum=minimum, maximum=maximum, chance=chance)

        assert min(minimum, maximum) <= days <= maximum

    @given(intervals, chances)
    def test_strays_no_further_than_the_spread(self, interval, chance):
        days = whole_days(interval, minimum=1, maximum=50_000, chance=chance)

        assert abs(days - max(interval, 1)) <= spread(interval) + 1

    @pytest.mark.parametrize("interval", [0.3, 1, 2, 2.4])
    def test_short_intervals_are_left_alone(self, interval):
        days = {whole_days(interval, minimum=1, maximum=9, chance=c) for c in (0.0, ALMOST_ONE)}

        assert len(days) == 1

    def test_a_minimum_above_the_interval_is_spread_upwards(self):
        days = {whole_days(5, minimum=9, maximum=99, chance=c) for c in (0.0, ALMOST_ONE)}

        assert days == {9, 11}


class TestChance:
    @given(st.integers(), st.integers(0, 10_000))
    def test_lies_from_zero_to_below_one(self, seed, reps):
        assert 0 <= chance(seed, reps) < 1

    def test_is_the_same_on_every_machine(self):
        assert chance(42, 3) == 0.03734987741427198

    def test_changes_with_the_seed_and_with_every_review(self):
        assert len({chance(seed, reps) for seed in range(20) for reps in range(20)}) == 400

    def test_is_spread_evenly(self):
        values = [chance(1, reps) for reps in range(4000)]

        assert sum(values) / len(values) == pytest.approx(0.5, abs=0.02)
