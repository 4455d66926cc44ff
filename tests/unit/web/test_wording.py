"""Numbers, dates and spans in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from quizapp.web import wording

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0.914, 0, "91\u00a0%"),
        (-0.004, 0, "0\u00a0%"),
        (1, 0, "100\u00a0%"),
        (0.8649, 1, "86.5\u00a0%"),
        (None, 0, "–"),
    ],
)
def test_shares_are_percentages_that_stay_in_one_line(
    share: float | None, digits: int, words: str
) -> None:
    assert wording.percent(share, digits) == words


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 cards"), (1, "1 card"), (2, "2 cards"), (5750, "5,750 cards")]
)
def test_nouns_follow_their_number(number: int, words: str) -> None:
    assert wording.count(number, "card") == words


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert wording.count(2, "quiz", "quizzes") == "2 quizzes"
    assert wording.count(1, "quiz", "quizzes") == "1 quiz"


def test_dates_are_written_out() -> None:
    assert wording.day(date(2016, 8, 16)) == "16 August 2016"


def test_short_dates_tell_the_year_where_it_is_another() -> None:
    assert wording.short_day(date(2026, 11, 3), NOW.date()) == "3 Nov"
    assert wording.short_day(date(2025, 11, 3), NOW.date()) == "3 Nov 2025"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "Just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=15), "15 h ago"),
        (timedelta(hours=16), "Yesterday"),
        (timedelta(hours=39), "Yesterday"),
        (timedelta(hours=40), "20 Nov"),
        (timedelta(days=365), "22 Nov 2025"),
        (-timedelta(days=1), "23 Nov"),
    ],
)
def test_the_past_is_told_the_more_roughly_the_longer_ago(passed: timedelta, words: str) -> None:
    assert wording.ago(NOW - passed, NOW) == words


def test_just_before_midnight_is_minutes_ago_and_not_yesterday() -> None:
    now = NOW.replace(hour=0, minute=10)

    assert wording.ago(now - timedelta(minutes=20), now) == "20 min ago"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (-3, "0 s"),
        (45.4, "45 s"),
        (59.6, "1 min"),
        (680, "11 min 20 s"),
        (3600, "1 h"),
        (3900, "1 h 5 min"),
        (90_061, "25 h 1 min"),
    ],
)
def test_spans_have_at_most_two_units(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words
