"""Where a student stands in a quiz: by attempts, by hand, excused."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from quizapp.grading.marks import Mark
from quizapp.grading.settings import Counting
from quizapp.grading.standing import Entry, HandedIn, Standing, mean_share, standing

AT = datetime(2026, 3, 4, tzinfo=UTC)


def mark(points: int, most: int = 10) -> Mark:
    return Mark(Fraction(points), Fraction(most))


#: Three attempts: the pass mark was raised in between.
THREE = (
    HandedIn(1, mark(5), pass_mark_percent=50),
    HandedIn(2, mark(7), pass_mark_percent=50),
    HandedIn(3, mark(6), pass_mark_percent=70),
)


@pytest.mark.parametrize(
    ("rule", "said", "number", "passed"),
    [
        (Counting.HIGHEST, "7 of 10", 2, True),
        (Counting.LAST, "6 of 10", 3, False),
        (Counting.FIRST, "5 of 10", 1, True),
        # From no attempt of its own: the newest one's pass mark holds.
        (Counting.AVERAGE, "6 of 10", None, False),
    ],
)
def test_what_counts_passes_by_the_pass_mark_of_the_attempt_it_comes_from(
    rule: Counting, said: str, number: int | None, passed: bool
) -> None:
    found = standing(rule, THREE)

    assert (str(found.mark), found.number, found.passed) == (said, number, passed)


def test_a_mark_by_hand_stands_over_the_attempts_and_says_when_these_have_moved() -> None:
    entry = Entry(1, AT, mark=mark(9), was=mark(7))

    found = standing(Counting.HIGHEST, THREE, entry)
    later = standing(Counting.HIGHEST, [*THREE, HandedIn(4, mark(8))], entry)

    assert (str(found.mark), found.number, found.passed) == ("9 of 10", None, True)
    assert (found.is_by_hand, found.has_moved) == (True, False)
    assert (str(later.mark), later.has_moved) == ("9 of 10", True)


def test_who_is_excused_has_no_mark_and_one_comment_changes_none() -> None:
    excused = standing(Counting.LAST, THREE, Entry(1, AT, is_excused=True, was=mark(6)))
    commented = standing(Counting.LAST, THREE, Entry(1, AT, comment="Good.", was=mark(1)))

    assert (excused.mark, excused.passed, excused.is_excused) == (None, None, True)
    assert (str(commented.mark), commented.number, commented.has_moved) == ("6 of 10", 3, False)


def test_a_mark_by_hand_needs_no_attempt() -> None:
    entry = Entry(1, AT, mark=mark(4))

    found = standing(Counting.HIGHEST, [], entry, pass_mark_percent=40)

    assert (str(found.mark), found.passed, found.has_moved) == ("4 of 10", True, False)


def test_nothing_passes_while_an_attempt_that_may_change_it_waits() -> None:
    found = standing(Counting.HIGHEST, [*THREE, HandedIn(4, mark(2, 4), waits=2)])

    assert (str(found.mark), found.is_so_far, found.passed, found.waits) == (
        "7 of 10",
        True,
        None,
        2,
    )


def test_in_a_mean_each_mark_weighs_the_same_and_what_has_none_is_left_out() -> None:
    half = standing(Counting.LAST, [HandedIn(1, mark(50, 100))])
    whole = standing(Counting.LAST, [HandedIn(1, mark(2, 2))])

    assert mean_share([half, whole, Standing(None)]) == Fraction(3, 4)
    assert mean_share([Standing(None)]) is None
