"""Weekly letters leave at eight in the morning where the learner is, once a week."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from quizapp.services.letter_times import is_daytime, letter_after, next_letter, next_morning
from quizapp.services.stop_links import Stopping, read_stop_token, stop_token

BERLIN, MONDAY, SUNDAY = "Europe/Berlin", 0, 6


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "weekday", "after", "expected"),
    [
        # 2026-10-19 is a Monday; clocks go back on the 25th, so that eight is seven in UTC.
        (BERLIN, MONDAY, "2026-10-19T05:59", "2026-10-19T06:00"),
        (BERLIN, MONDAY, "2026-10-19T06:00", "2026-10-26T07:00"),
        (BERLIN, SUNDAY, "2026-10-19T06:00", "2026-10-25T07:00"),
        # It is Monday in Auckland while it is still Sunday in UTC.
        ("Pacific/Auckland", MONDAY, "2026-07-05T12:00", "2026-07-05T20:00"),
        ("America/New_York", MONDAY, "2026-03-07T12:00", "2026-03-09T12:00"),
    ],
)
def test_the_next_letter_leaves_at_eight(zone, weekday, after, expected):
    assert next_letter(zone, weekday, after=utc(after)) == utc(expected)


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        ("2026-10-19T06:00", "2026-10-26T07:00"),  # in time
        ("2026-10-22T10:00", "2026-10-26T07:00"),  # three days late
        ("2026-10-24T10:00", "2026-11-02T07:00"),  # so late that the next would be the day after
    ],
)
def test_letters_lie_days_apart_however_late_one_was(sent_at, expected):
    assert letter_after(BERLIN, MONDAY, sent_at=utc(sent_at)) == utc(expected)


def test_nobody_gets_a_letter_at_night():
    assert not is_daytime(BERLIN, utc("2026-11-23T21:30"))
    assert is_daytime(BERLIN, utc("2026-11-23T19:30"))
    assert next_morning(BERLIN, utc("2026-11-23T21:30")) == utc("2026-11-24T07:00")
    assert next_morning(BERLIN, utc("2026-11-24T02:00")) == utc("2026-11-24T07:00")


def test_a_link_that_stops_letters_can_be_made_by_us_alone():
    since = utc("2026-11-23T21:30")
    token = stop_token("a secret of ours", learner_id=17, since=since)

    assert read_stop_token("a secret of ours", token) == Stopping(17, since)
    assert read_stop_token("another secret", token) is None
    assert read_stop_token("a secret of ours", token.replace("W", "X", 1)) is None
    assert read_stop_token("a secret of ours", "17") is None
