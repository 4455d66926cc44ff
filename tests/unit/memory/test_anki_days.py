"""Elapsed days against Anki's rule, told a second time.

The rule: every local date is a study day, from the roll-over hour of that date on the wall clock to
the same hour of the next; what lies between two reviews is the difference of their numbers. Here
it is told without time zones of its own: from the offset in force at the moment of a review, as
Anki's clients take it from the machine.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, Rating

ZONES = [
    "America/New_York",
    "America/Santiago",
    "Africa/Cairo",
    "Europe/London",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/St_Johns",
]
UNCHANGING = {"Asia/Kathmandu", "Asia/Tehran"}
ROLL_OVERS = (0, 3, 4, 12, 23)
SECONDS_A_DAY = 86_400
zones = st.sampled_from(ZONES)
hours = st.sampled_from(ROLL_OVERS)
moments = st.integers(1_100_000_000, 2_000_000_000)


def _day_number(moment, zone, hour):
    """Return the number of the study day: local seconds since 1970, less the hour, by the day."""
    at = datetime.fromtimestamp(moment, UTC)
    offset = ZoneInfo(zone).utcoffset(at.astimezone(ZoneInfo(zone)))
    return (moment + int(offset.total_seconds()) - hour * 3600) // SECONDS_A_DAY


@cache
def _changes(zone):
    """Return the moments (to the half hour) in 2025 and 2026 at which a zone's offset changes."""
    start = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
    info = ZoneInfo(zone)
    offsets = [
        (moment, datetime.fromtimestamp(moment, info).utcoffset())
        for moment in range(start, end, 1800)
    ]
    return [b[0] for a, b in pairwise(offsets) if a[1] != b[1]]


def _begins_twice(moment, zone, hour):
    """Return whether clocks are put back over the roll-over hour within hours of `moment`.

    There a wall clock alone tells of a day that begins, ends and begins again: the one place
    where the rules differ, and for no longer than the clocks were moved.
    """
    near = [moment + n * 1800 for n in range(-4, 5)]
    numbers = [_day_number(at, zone, hour) for at in near]
    return numbers != sorted(numbers)


def _days_between(zone, hour, earlier, later):
    clock = LearnerClock(zone, hour)
    times = [datetime.fromtimestamp(moment, UTC) for moment in (earlier, later)]
    return clock.days_between(*times)


@given(zones, hours, moments, st.integers(0, 400 * SECONDS_A_DAY))
@example("Europe/London", 4, 1_792_884_600, 3 * SECONDS_A_DAY)
def test_days_between_reviews_are_ankis(zone, hour, earlier, gap):
    later = earlier + gap
    assume(not _begins_twice(earlier, zone, hour) and not _begins_twice(later, zone, hour))

    expected = _day_number(later, zone, hour) - _day_number(earlier, zone, hour)

    assert _days_between(zone, hour, earlier, later) == expected


@pytest.mark.parametrize("hour", ROLL_OVERS)
@pytest.mark.parametrize("zone", [zone for zone in ZONES if zone not in UNCHANGING])
def test_days_are_ankis_at_every_half_hour_about_a_change_of_clocks(zone, hour):
    for change in _changes(zone):
        for moment in range(change - SECONDS_A_DAY, change + 2 * SECONDS_A_DAY, 1800):
            if _begins_twice(moment, zone, hour):
                continue
            before = change - 3 * SECONDS_A_DAY
            expected = _day_number(moment, zone, hour) - _day_number(before, zone, hour)
            assert _days_between(zone, hour, before, moment) == expected


def test_the_zones_change_their_clocks_where_they_should():
    assert {zone: len(_changes(zone)) for zone in ZONES} == {
        zone: 0 if zone in UNCHANGING else 4 for zone in ZONES
    }


def test_periods_of_24_hours_would_not_pass():
    # 22:00, then 08:00 the day after next: two study days, but only one whole period.
    earlier = int(datetime(2026, 6, 1, 21, tzinfo=UTC).timestamp())
    later = int(datetime(2026, 6, 3, 7, tzinfo=UTC).timestamp())

    assert (later - earlier) // SECONDS_A_DAY == 1
    assert _days_between("Europe/London", 4, earlier, later) == 2


@pytest.mark.parametrize(
    ("zone", "change", "clock_says"),
    [
        # 23 and 25 hours from one 4 a.m. to the next.
        ("America/New_York", date(2026, 3, 8), 23),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ],
)
def test_a_short_and_a_long_day_are_one_day(zone, change, clock_says):
    clock = LearnerClock(zone, 4)
    start = clock.start_of(change - timedelta(days=1))
    end = clock.start_of(change)

    assert (end - start).total_seconds() / 3600 == clock_says
    assert clock.days_between(start, end) == 1
    assert clock.days_between(start, end - timedelta(seconds=1)) == 0


@pytest.mark.parametrize(
    ("there", "days"),
    [
        # Met at 22:00 on 8 June in London. The review is on 10 June at 07:00 there, at 18:00 in
        # Auckland, where it was met on 9 June; on 9 June at 23:00 in Los Angeles.
        ("Europe/London", 2),
        ("Pacific/Auckland", 1),
        ("America/Los_Angeles", 1),
    ],
)
def test_a_traveller_counts_days_in_the_zone_of_the_moment(there, days):
    home = LearnerClock("Europe/London", 4)
    met_at = datetime(2026, 6, 8, 21, tzinfo=UTC)
    now = datetime(2026, 6, 10, 6, tzinfo=UTC)
    settings = MemorySettings(fuzz=False, learning_steps=())
    met = review(NEW_STATE, Rating.GOOD, now=met_at, clock=home, settings=settings, seed=0)

    away = LearnerClock(there, 4)
    after = review(met, Rating.GOOD, now=now, clock=away, settings=settings, seed=0)

    expected = _day_number(int(now.timestamp()), there, 4) - _day_number(
        int(met_at.timestamp()), there, 4
    )
    assert away.days_between(met_at, now) == expected == days
    # The memory is the one of that many days, and no other.
    by_days = {
        n: review(
            met,
            Rating.GOOD,
            now=met_at + timedelta(days=n),
            clock=home,
            settings=settings,
            seed=0,
        ).stability
        for n in (0, 1, 2, 3)
    }
    assert after.stability == by_days[days]
