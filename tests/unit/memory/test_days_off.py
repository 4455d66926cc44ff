"""Days of rest, pauses, and days in a row across them."""

from datetime import date, timedelta

import pytest

from quizapp.memory.days_off import NO_DAYS_OFF, DaysOff, streak_until

SUNDAY = date(2026, 3, 8)
EARLIEST = SUNDAY - timedelta(days=365)
WEEKEND = DaysOff(rest_days=(5, 6))


def active(*ages):
    return {SUNDAY - timedelta(days=age) for age in ages}


def test_a_pause_covers_both_its_ends():
    off = DaysOff(pauses=((SUNDAY, SUNDAY + timedelta(days=2)),))

    covered = [off.covers(SUNDAY + timedelta(days=ahead)) for ahead in range(-1, 4)]

    assert covered == [False, True, True, True, False]


def test_on_a_day_of_rest_nothing_is_paused():
    assert WEEKEND.covers(SUNDAY)
    assert not WEEKEND.is_paused(SUNDAY)


@pytest.mark.parametrize(
    ("ages", "off", "length"),
    [
        ((0, 1, 2), NO_DAYS_OFF, 3),
        ((1, 2), NO_DAYS_OFF, 2),  # today is not over
        ((2, 3), NO_DAYS_OFF, 0),
        ((2, 3), WEEKEND, 2),  # Friday and Thursday, before a Saturday of rest
        ((1, 2, 3), WEEKEND, 3),  # what is done on a day of rest counts
        ((2, 3, 9, 10), WEEKEND, 2),  # Wednesday was no day of rest
        ((5, 6), DaysOff(pauses=((SUNDAY - timedelta(days=4), SUNDAY),)), 2),
        ((5, 6), DaysOff(pauses=((SUNDAY - timedelta(days=3), SUNDAY),)), 0),
        ((), DaysOff(rest_days=(0, 1, 2, 3, 4, 5)), 0),
    ],
)
def test_days_in_a_row_go_on_across_days_off(ages, off, length):
    assert streak_until(SUNDAY, active(*ages), off, earliest=EARLIEST) == length
