"""From the grade of a quiz response to the rating that the memory learns."""

from __future__ import annotations

from fractions import Fraction

from quizapp.memory.state import Rating


def rating_for(fraction: Fraction, certainty: int | None = None) -> Rating:
    """Return Again for a wrong response, Hard for a partly right one, Good for a right one.

    Never Easy: only the learner knows how easily it came. Whoever was right without being sure
    (`certainty` 1) found it hard.

    :raises ValueError: `fraction` is not within 0 to 1.
    """
    if not 0 <= fraction <= 1:
        raise ValueError(f"A grade is from 0 to 1, not {fraction}.")
    if fraction == 0:
        return Rating.AGAIN
    return Rating.GOOD if fraction == 1 and certainty != 1 else Rating.HARD
