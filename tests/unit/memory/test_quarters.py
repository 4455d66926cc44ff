"""Quarters of an hour make up the days and hours of every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from quizapp.memory.days import LearnerClock
from quizapp.memory.quarters import LocalHours, first_quarter, quarter_of, start_of_quarter


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


def test_hours_are_those_of_the_wall_on_days_when_clocks_change_too() -> None:
    # In London clocks go back from 2 to 1 at 01:00 UTC.
    midnight = quarter_of(datetime(2026, 10, 25, tzinfo=UTC))
    hours = LocalHours("Europe/London")

    found = [hours.of(midnight + quarter) for quarter in (-1, 0, 3, 4, 7, 8, 95, 96)]

    assert found == [0, 1, 1, 1, 1, 2, 23, 0]
