"""Intervals in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.intervals import label, label_days, label_due
from quizapp.memory.state import Phase

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "now"),
        (0, "now"),
        (1, "1 min"),
        (60, "1 min"),
        (330, "6 min"),
        (600, "10 min"),
        (3569, "59 min"),
        (3570, "1 h"),
        (7200, "2 h"),
        (84_599, "23 h"),
        (84_600, "1 day"),
        (172_800, "2 days"),
    ],
)
def test_a_wait_is_told_in_the_largest_unit_that_fits(seconds, words):
    assert label(seconds) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "now"),
        (1, "1 day"),
        (24, "24 days"),
        (34, "34 days"),
        (35, "5 weeks"),
        (42, "6 weeks"),
        (70, "10 weeks"),
        (71, "2 months"),
        (91, "3 months"),
        (364, "12 months"),
        (365, "1 year"),
        (548, "1.5 years"),
        (730, "2 years"),
        (36_500, "99.9 years"),
    ],
)
def test_days_are_told_in_days_weeks_months_and_years(days, words):
    assert label_days(days) == words


class TestLabelDue:
    def test_in_review_days_are_counted_and_not_hours(self):
        clock = LearnerClock("America/New_York", 4)
        now = datetime(2026, 3, 7, 23, tzinfo=NEW_YORK)
        due_at = clock.start_of(clock.day_of(now) + timedelta(days=1))

        assert label_due(now, due_at, clock, Phase.REVIEW) == "1 day"

    def test_in_steps_time_is_told_as_it_passes_when_clocks_change(self):
        clock = LearnerClock("America/New_York", 4)
        now = datetime(2026, 3, 8, 1, 55, tzinfo=NEW_YORK)
        due_at = datetime(2026, 3, 8, 3, 5, tzinfo=NEW_YORK)

        assert label_due(now, due_at, clock, Phase.LEARNING) == "10 min"

    def test_what_is_overdue_is_due_now(self):
        clock = LearnerClock("UTC", 4)
        now = datetime(2026, 3, 8, 12, tzinfo=UTC)

        assert label_due(now, now - timedelta(days=3), clock, Phase.REVIEW) == "now"
        assert label_due(now, now - timedelta(minutes=3), clock, Phase.RELEARNING) == "now"
