"""Quarters of an hour make up the days and hours of every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.quarters import (
    clock_shifts,
    day_shifts,
    first_quarter,
    quarter_of,
    start_of_quarter,
)


def test_clocks_everywhere_are_whole_quarters_ahead_of_utc() -> None:
    instants = [datetime(year, month, 9, tzinfo=UTC) for year in (2024, 2037) for month in (1, 7)]
    zones = [ZoneInfo(name) for name in available_timezones() - {"localtime"}]

    odd = [
        (zone.key, offset)
        for zone in zones
        for instant in instants
        if (offset := zone.utcoffset(instant.astimezone(zone))) % timedelta(minutes=15)
    ]

    assert len(zones) > 400
    assert odd == []


def test_a_quarter_is_numbered_from_1970() -> None:
    assert quarter_of(datetime(1970, 1, 2, 0, 14, 59, 999_000, tzinfo=UTC)) == 96
    assert quarter_of(datetime(1970, 1, 2, 0, 15, tzinfo=UTC)) == 97
    assert start_of_quarter(97) == datetime(1970, 1, 2, 0, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hour", "day", "start"),
    [
        ("UTC", 4, date(2026, 3, 10), datetime(2026, 3, 10, 4, tzinfo=UTC)),
        ("Asia/Kathmandu", 0, date(2026, 3, 10), datetime(2026, 3, 9, 18, 15, tzinfo=UTC)),
        # Clocks jump from 1 to 2 that night; the day that begins at 1 begins with the jump.
        ("Europe/London", 1, date(2026, 3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("Europe/London", 4, date(2026, 3, 29), datetime(2026, 3, 29, 3, tzinfo=UTC)),
        ("Australia/Lord_Howe", 4, date(2026, 4, 5), datetime(2026, 4, 4, 17, 30, tzinfo=UTC)),
    ],
)
def test_a_day_begins_with_its_first_quarter(
    zone: str, hour: int, day: date, start: datetime
) -> None:
    assert start_of_quarter(first_quarter(LearnerClock(zone, hour), day)) == start


def test_a_quarter_in_which_a_day_begins_belongs_to_the_day_before() -> None:
    # In 2006 clocks in Newfoundland jumped at one minute past midnight.
    clock, day = LearnerClock("America/St_Johns", 1), date(2006, 4, 2)

    first = first_quarter(clock, day)

    assert clock.start_of(day) == datetime(2006, 4, 2, 3, 31, tzinfo=UTC)
    assert start_of_quarter(first) == datetime(2006, 4, 2, 3, 45, tzinfo=UTC)


def test_clocks_are_as_far_ahead_of_utc_as_on_the_wall() -> None:
    # In London clocks go back from 2 to 1 at 01:00 UTC.
    midnight = quarter_of(datetime(2026, 10, 25, tzinfo=UTC))

    found = clock_shifts("Europe/London", midnight - 20, midnight + 100)

    assert found == ((midnight - 20, 4), (midnight + 4, 0))


@pytest.mark.parametrize("hour", [0, 1, 2, 4, 23])
@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Lord_Howe", "Africa/Casablanca"])
def test_shifted_quarters_are_the_days_of_the_clock_all_year(zone: str, hour: int) -> None:
    clock, first, last = LearnerClock(zone, hour), date(2026, 3, 1), date(2027, 2, 28)
    shifts = day_shifts(clock, first, last)

    wrong = [
        quarter
        for quarter in range(first_quarter(clock, first), first_quarter(clock, last), 7)
        for shift in [max(one for one in shifts if one[0] <= quarter)[1]]
        if clock.day_of(start_of_quarter(quarter)).toordinal() != (quarter + shift) // 96
    ]

    assert wrong == []
