"""What was foretold of a test of memory, kept as whole numbers that add up exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Weights, recall_after
from quizapp.memory.state import MemoryState, Phase

#: Chances are kept in millionths, squared errors in millionths of those.
MILLION = 1_000_000
#: As many bands of chance, each 5 % wide; the last one holds certainty too.
BANDS = 20
_FIRST_MONDAY = date(1969, 12, 29)
_WEEK = timedelta(days=7)


def foretold(
    state: MemoryState, *, now: datetime, clock: LearnerClock, weights: Weights | None
) -> int | None:
    """Return the chance of recall just before a review, in millionths.

    None where the model says nothing: in steps, and on the day of the last review, which it takes
    to be no time at all.

    :param state: told in `weights`. :param now: when the review counts as made, aware.
    """
    if state.phase is not Phase.REVIEW or state.stability is None or state.last_review_at is None:
        return None
    elapsed = clock.days_between(state.last_review_at, now)
    if elapsed < 1:
        return None
    return round(recall_after(elapsed, state.stability, weights) * MILLION)


def band_of(predicted: int) -> int:
    """Return the band, 0 to 19, of a chance in millionths."""
    return min(predicted * BANDS // MILLION, BANDS - 1)


def week_of(instant: datetime) -> int:
    """Return the number of the week of UTC, Monday to Sunday; the week of 1 January 1970 is 0."""
    return week_of_day(instant.astimezone(UTC).date())


def week_of_day(day: date) -> int:
    """Return the number of the week that a day of UTC lies in."""
    return (day - _FIRST_MONDAY) // _WEEK


def squared_error(predicted: int, *, recalled: bool) -> int:
    """Return the square of what a chance in millionths was off by: 0 to a million times a million.

    Its mean is the score of Brier (1950).
    """
    return (predicted - recalled * MILLION) ** 2
