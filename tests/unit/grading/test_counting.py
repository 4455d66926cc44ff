"""Which of several attempts counts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.grading.counting import counted
from quizapp.grading.marks import Mark
from quizapp.grading.settings import Counting


def marks(*points: Fraction | int | str, most: int = 10) -> list[tuple[int, Mark]]:
    return [(n, Mark(Fraction(one), Fraction(most))) for n, one in enumerate(points, start=1)]


@pytest.mark.parametrize("rule", Counting)
def test_without_an_attempt_nothing_counts(rule: Counting) -> None:
    assert counted(rule, []) is None


@pytest.mark.parametrize(
    ("rule", "number", "points"),
    [(Counting.HIGHEST, 2, 7), (Counting.LAST, 3, 5), (Counting.FIRST, 1, 4)],
)
def test_one_attempt_counts_by_the_rule(rule: Counting, number: int, points: int) -> None:
    found = counted(rule, marks(4, 7, 5))

    assert found is not None
    assert (found.number, found.mark.points) == (number, points)


def test_the_order_in_which_they_are_given_does_not_matter() -> None:
    given = marks(4, 7, 5)

    assert [counted(rule, given) for rule in Counting] == [
        counted(rule, given[::-1]) for rule in Counting
    ]


def test_of_equals_the_newest_counts() -> None:
    found = counted(Counting.HIGHEST, marks(7, 7, 5))

    assert found is not None
    assert found.number == 2


def test_the_highest_is_the_greatest_share_when_the_quiz_has_changed() -> None:
    found = counted(Counting.HIGHEST, [*marks(8), (2, Mark(Fraction(5), Fraction(5)))])

    assert found is not None
    assert found.number == 2


def test_an_average_is_exact_and_of_no_attempt() -> None:
    found = counted(Counting.AVERAGE, marks("1/3", 1, 1))

    assert found is not None
    assert (found.number, found.mark) == (None, Mark(Fraction(7, 9), Fraction(10)))


def test_an_average_of_changed_quizzes_is_out_of_the_newest() -> None:
    found = counted(Counting.AVERAGE, [*marks(5), (2, Mark(Fraction(4), Fraction(4)))])

    assert found is not None
    assert found.mark == Mark(Fraction(3), Fraction(4))


def test_points_below_nothing_count_as_they_are() -> None:
    found = counted(Counting.AVERAGE, marks(-6, 2))

    assert found is not None
    assert found.mark.points == -2


@given(st.lists(st.fractions(min_value=-20, max_value=10), min_size=1, max_size=6))
def test_an_average_lies_between_the_lowest_and_the_highest(points: list[Fraction]) -> None:
    found = counted(Counting.AVERAGE, marks(*points))

    assert found is not None
    assert min(points) <= found.mark.points <= max(points)
