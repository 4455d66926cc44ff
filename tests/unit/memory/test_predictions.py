"""What was foretold of a test of memory, in whole numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.predictions import band_of, foretold, squared_error, week_of, week_of_day
from quizapp.memory.state import NEW_STATE, MemoryState, Phase

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CLOCK = LearnerClock("UTC", 4)
#: Known with a chance of 90 % after ten days, whatever the weights.
KNOWN = MemoryState(Phase.REVIEW, None, 10.0, 5.0, NOON, NOON, 3, 0)


def foretold_after(days: float, state: MemoryState = KNOWN) -> int | None:
    return foretold(state, now=NOON + timedelta(days=days), clock=CLOCK, weights=None)


def test_after_as_many_days_as_a_memory_is_stable_nine_in_ten_are_foretold() -> None:
    assert foretold_after(10) == 900_000


def test_whole_days_of_the_learner_count() -> None:
    # The day begins at 4: half past 3 is still the tenth, 4 is the eleventh.
    assert foretold_after(10 + 15.5 / 24) == 900_000
    later = foretold_after(10 + 16 / 24)
    assert later is not None
    assert later < 900_000


def test_nothing_is_foretold_on_the_day_of_the_last_review() -> None:
    assert foretold_after(0.2) is None


@pytest.mark.parametrize(
    "state",
    [NEW_STATE, replace(KNOWN, phase=Phase.RELEARNING, step=0)],
)
def test_nothing_is_foretold_of_what_is_new_or_in_steps(state: MemoryState) -> None:
    assert foretold_after(10, state) is None


@pytest.mark.parametrize(
    ("predicted", "band"),
    [
        (0, 0),
        (49_999, 0),
        (50_000, 1),
        (899_999, 17),
        (900_000, 18),
        (950_000, 19),
        (1_000_000, 19),
    ],
)
def test_a_band_is_five_per_cent_wide_and_the_last_holds_certainty(
    predicted: int, band: int
) -> None:
    assert band_of(predicted) == band


def test_weeks_begin_on_monday_in_utc() -> None:
    assert week_of_day(date(1970, 1, 1)) == week_of_day(date(1970, 1, 4)) == 0
    assert week_of_day(date(1970, 1, 5)) == 1
    assert week_of(datetime(2026, 3, 8, 23, 59, tzinfo=UTC)) + 1 == week_of_day(date(2026, 3, 9))


def test_the_squared_error_is_that_of_brier() -> None:
    assert squared_error(900_000, recalled=True) == 10_000_000_000
    assert squared_error(900_000, recalled=False) == 810_000_000_000
