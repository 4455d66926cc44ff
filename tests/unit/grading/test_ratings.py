"""What a grade tells the memory."""

from __future__ import annotations

from fractions import Fraction

import pytest

from quizapp.grading.ratings import rating_for
from quizapp.memory.state import Rating


@pytest.mark.parametrize(
    ("fraction", "rating"),
    [
        (Fraction(0), Rating.AGAIN),
        (Fraction(1, 1000), Rating.HARD),
        (Fraction(1, 2), Rating.HARD),
        (Fraction(999, 1000), Rating.HARD),
        (Fraction(1), Rating.GOOD),
    ],
)
def test_wrong_is_again_partly_right_hard_and_right_good(
    fraction: Fraction, rating: Rating
) -> None:
    assert rating_for(fraction) is rating


@pytest.mark.parametrize("fraction", [Fraction(-1, 2), Fraction(3, 2)])
def test_what_is_no_grade_has_no_rating(fraction: Fraction) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        rating_for(fraction)
