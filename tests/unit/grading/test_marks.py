"""Exact marks."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.grading.marks import Mark, points_to_pass, show, slot_mark, total

grades = st.fractions(min_value=0, max_value=1, max_denominator=60)
points = st.fractions(min_value=0, max_value=1000, max_denominator=60)


def test_three_thirds_are_one() -> None:
    third = slot_mark(Fraction(1, 3), Fraction(1))

    assert total([third, third, third]) == Mark(Fraction(1), Fraction(3))


def test_a_slot_earns_its_points_times_the_grade() -> None:
    assert slot_mark(Fraction(2, 3), Fraction(3, 2)) == Mark(Fraction(1), Fraction(3, 2))


def test_nothing_to_earn_is_no_share() -> None:
    assert total([]).share == 0


@given(st.lists(st.tuples(grades, points)))
def test_a_total_is_the_exact_sum_in_any_order(slots: list[tuple[Fraction, Fraction]]) -> None:
    marks = [slot_mark(grade, most) for grade, most in slots]

    whole = total(marks)

    assert whole == total(reversed(marks))
    assert whole.points == sum(grade * most for grade, most in slots)
    assert 0 <= whole.points <= whole.most


@pytest.mark.parametrize(("earned", "most"), [(-2, -1), (3, 2)])
def test_an_impossible_mark_is_refused(earned: int, most: int) -> None:
    with pytest.raises(ValueError, match="A mark is at most"):
        Mark(Fraction(earned), Fraction(most))


def test_certain_mistakes_can_cost_more_than_the_rest_earned() -> None:
    mark = Mark(Fraction(-3), Fraction(12))

    assert (str(mark), mark.percent, mark.passes(0)) == ("−3 of 12", -25, False)


class TestPassing:
    def test_exactly_the_pass_mark_passes(self) -> None:
        assert Mark(Fraction(3, 5), Fraction(1)).passes(60) is True

    def test_a_hair_below_does_not_pass_and_does_not_read_as_if_it_did(self) -> None:
        mark = Mark(Fraction(5999, 10000), Fraction(1))

        assert mark.passes(60) is False
        assert mark.percent == 59

    def test_without_a_pass_mark_nobody_passes_or_fails(self) -> None:
        assert Mark(Fraction(1), Fraction(1)).passes(None) is None

    def test_a_pass_mark_of_zero_is_always_reached(self) -> None:
        assert Mark(Fraction(0), Fraction(2)).passes(0) is True

    @given(points.filter(bool), st.integers(min_value=0, max_value=100))
    def test_the_points_to_pass_pass_and_less_does_not(self, most: Fraction, percent: int) -> None:
        needed = points_to_pass(most, percent)

        assert Mark(needed, most).passes(percent)
        if needed:
            assert not Mark(needed - Fraction(1, 10**6), most).passes(percent)


class TestShowing:
    @pytest.mark.parametrize(
        ("value", "shown"),
        [
            (Fraction(9), "9"),
            (Fraction(10), "10"),
            (Fraction(0), "0"),
            (Fraction(15, 2), "7.5"),
            (Fraction(1, 3), "0.33"),
            (Fraction(2, 3), "0.67"),
            (Fraction(1, 200), "0.01"),
            (Fraction(1, 1000), "0"),
            (Fraction(41, 20), "2.05"),
            (Fraction(1200), "1,200"),
            (Fraction(-1, 2), "−0.5"),
            (Fraction(-1, 1000), "0"),
        ],
    )
    def test_points_have_at_most_two_decimals(self, value: Fraction, shown: str) -> None:
        assert show(value) == shown

    def test_a_mark_reads_as_so_many_of_so_many(self) -> None:
        assert str(Mark(Fraction(15, 2), Fraction(10))) == "7.5 of 10"
