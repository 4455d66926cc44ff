"""A learner's days across time zones and clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.days import LearnerClock

ZONES = [
    "America/New_York",
    "Europe/London",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "America/Havana",
    "Pacific/Apia",
    "Asia/Tehran",
    "UTC",
]
clocks = st.builds(LearnerClock, st.sampled_from(ZONES), st.integers(0, 23))
instants = st.integers(0, 2_200_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
days = st.dates(date(1970, 1, 5), date(2039, 12, 31))


def _local(zone, *parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold)


class TestDayOf:
    @pytest.mark.parametrize("zone", ZONES)
    def test_what_is_studied_before_the_hour_belongs_to_the_day_before(self, zone):
        clock = LearnerClock(zone, 4)

        assert clock.day_of(_local(zone, 2026, 1, 15, 3, 59, 59)) == date(2026, 1, 14)
        assert clock.day_of(_local(zone, 2026, 1, 15, 4)) == date(2026, 1, 15)

    @pytest.mark.parametrize(
        ("zone", "change"),
        [
            ("America/New_York", date(2026, 3, 8)),
            ("America/New_York", date(2026, 11, 1)),
            ("Europe/London", date(2026, 3, 29)),
            ("Europe/London", date(2026, 10, 25)),
            ("Africa/Cairo", date(2026, 4, 24)),
            ("Africa/Cairo", date(2026, 10, 29)),
            ("Australia/Lord_Howe", date(2026, 4, 5)),
            ("Australia/Lord_Howe", date(2026, 10, 4)),
        ],
    )
    @pytest.mark.parametrize("hour", range(24))
    def test_clock_changes_move_no_evening_and_no_noon(self, zone, change, hour):
        clock = LearnerClock(zone, hour)
        before, after = change - timedelta(days=2), change + timedelta(days=2)
        nights = [_local(zone, day.year, day.month, day.day, hour, 30) for day in (before, after)]

        assert clock.days_between(*nights) == 4

    def test_a_naive_time_is_refused(self):
        with pytest.raises(ValueError, match="time zone"):
            LearnerClock("UTC", 4).day_of(datetime(2026, 1, 1))  # noqa: DTZ001

    @given(clocks, instants)
    @example(LearnerClock("Pacific/Apia", 4), datetime(2011, 12, 30, 11, tzinfo=UTC))
    @example(LearnerClock("America/St_Johns", 0), datetime(2006, 10, 29, 2, 45, tzinfo=UTC))
    def test_the_day_has_begun_and_the_next_has_not(self, clock, instant):
        day = clock.day_of(instant)

        assert clock.start_of(day) <= instant < clock.start_of(day + timedelta(days=1))

    @given(clocks, instants, st.integers(0, 100_000))
    def test_days_never_run_backwards(self, clock, instant, seconds):
        later = instant + timedelta(seconds=seconds)

        assert clock.day_of(instant) <= clock.day_of(later)

    def test_a_clock_put_back_over_midnight_does_not_begin_the_day_twice(self):
        # In St. John's, one minute past midnight became 23:01 of the day before.
        clock = LearnerClock("America/St_Johns", 0)
        twice = _local("America/St_Johns", 2006, 10, 28, 23, 30, fold=1)

        assert twice.utcoffset() == timedelta(hours=-3.5)
        assert clock.day_of(twice) == date(2006, 10, 29)


class TestStartOf:
    @given(clocks, days)
    def test_is_an_instant_of_its_own_day(self, clock, day):
        assert clock.day_of(clock.start_of(day)) == day
        assert clock.day_of(clock.start_of(day) - timedelta(seconds=1)) == day - timedelta(days=1)

    @pytest.mark.parametrize(
        ("zone", "hour", "day", "expected"),
        [
            # Ordinary days, one on an odd offset.
            ("America/New_York", 4, date(2026, 1, 15), "2026-01-15T09:00Z"),
            ("Asia/Kathmandu", 4, date(2026, 1, 15), "2026-01-14T22:15Z"),
            # The hour is skipped: the day starts when the clocks jump.
            ("America/New_York", 2, date(2026, 3, 8), "2026-03-08T07:00Z"),
            ("Europe/London", 1, date(2026, 3, 29), "2026-03-29T01:00Z"),
            ("Australia/Lord_Howe", 2, date(2026, 10, 4), "2026-10-03T15:30Z"),
            # There is no midnight.
            ("Africa/Cairo", 0, date(2026, 4, 24), "2026-04-23T22:00Z"),
            ("America/Havana", 0, date(2026, 3, 8), "2026-03-08T05:00Z"),
            # The gap began before the hour: 00:01 became 01:01.
            ("America/St_Johns", 1, date(2006, 4, 2), "2006-04-02T03:31Z"),
            # The hour comes twice: its first coming counts.
            ("America/New_York", 1, date(2026, 11, 1), "2026-11-01T05:00Z"),
            ("Europe/London", 1, date(2026, 10, 25), "2026-10-25T00:00Z"),
            ("Africa/Cairo", 23, date(2026, 10, 29), "2026-10-29T20:00Z"),
            # The half hour that comes twice ends before two o'clock.
            ("Australia/Lord_Howe", 2, date(2026, 4, 5), "2026-04-04T15:30Z"),
        ],
    )
    def test_holds_where_clocks_change(self, zone, hour, day, expected):
        assert LearnerClock(zone, hour).start_of(day) == datetime.fromisoformat(expected)

    def test_a_day_that_a_country_left_out_lasts_from_the_jump_to_the_hour(self):
        # Samoa went from 29 to 31 December 2011.
        clock = LearnerClock("Pacific/Apia", 4)

        assert clock.start_of(date(2011, 12, 30)) == datetime(2011, 12, 30, 10, tzinfo=UTC)
        assert clock.start_of(date(2011, 12, 31)) == datetime(2011, 12, 30, 14, tzinfo=UTC)


class TestDaysBetween:
    def test_counts_local_days_and_not_periods_of_24_hours(self):
        clock = LearnerClock("Europe/London", 4)
        evening = _local("Europe/London", 2026, 6, 1, 23)
        next_morning = _local("Europe/London", 2026, 6, 2, 7)
        late_at_night = _local("Europe/London", 2026, 6, 2, 3)

        assert clock.days_between(evening, next_morning) == 1
        assert clock.days_between(evening, late_at_night) == 0

    def test_a_day_of_23_hours_is_a_day(self):
        clock = LearnerClock("America/New_York", 4)
        start = clock.start_of(date(2026, 3, 7))

        assert clock.days_between(start, start + timedelta(hours=23)) == 1
        assert clock.days_between(start, start + timedelta(hours=22, minutes=59)) == 0

    def test_a_day_of_25_hours_is_one_day(self):
        clock = LearnerClock("America/New_York", 4)
        start = clock.start_of(date(2026, 10, 31))

        assert clock.days_between(start, start + timedelta(hours=24, minutes=59)) == 0
        assert clock.days_between(start, start + timedelta(hours=25)) == 1

    @given(clocks, instants, instants)
    def test_is_negative_when_reversed(self, clock, one, other):
        assert clock.days_between(one, other) == -clock.days_between(other, one)


class TestLearnerClock:
    @pytest.mark.parametrize(
        "zone", ["Mars/Olympus", "", "../etc/passwd", "/etc/passwd", "America"]
    )
    def test_an_unknown_zone_is_a_problem_of_the_timezone(self, zone):
        with pytest.raises(Invalid) as caught:
            LearnerClock(zone, 4)

        assert [problem.path for problem in caught.value.problems] == ["timezone"]

    @pytest.mark.parametrize("hour", [-1, 24, 4.5, True])
    def test_an_impossible_hour_is_a_problem(self, hour):
        with pytest.raises(Invalid) as caught:
            LearnerClock("UTC", hour)

        assert [problem.path for problem in caught.value.problems] == ["day_start_hour"]

    def test_both_problems_are_told_at_once(self):
        with pytest.raises(Invalid) as caught:
            LearnerClock("Mars/Olympus", 99)

        assert len(caught.value.problems) == 2
