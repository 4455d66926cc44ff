"""Calendars are read by other programs as they were meant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar

from quizapp.formats.icalendar_feed import Entry, calendar_file

STAMP = datetime(2026, 10, 25, 3, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def read(*entries: Entry) -> list[icalendar.Event]:
    made = calendar_file(entries, name="Footnote", stamp=STAMP, refresh_hours=6)
    return list(icalendar.Calendar.from_ical(made).walk("VEVENT"))


def test_a_day_is_a_whole_day_and_takes_nobodys_time():
    (event,) = read(Entry("a@footnote", date(2026, 10, 25), "24 cards", "One\nTwo; three, four"))

    assert (event["UID"], event["TRANSP"]) == ("a@footnote", "TRANSPARENT")
    assert event["SUMMARY"] == "24 cards"
    assert event["DESCRIPTION"] == "One\nTwo; three, four"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 10, 25), date(2026, 10, 26))
    assert event["DTSTAMP"].dt == STAMP


def test_a_moment_in_the_hour_that_comes_twice_stays_the_one_it_was():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)

    events = read(
        Entry("a", first.astimezone(UTC), "Opens"), Entry("b", second.astimezone(UTC), "Closes")
    )

    assert [event["DTSTART"].dt for event in events] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ]


def test_what_is_typed_cannot_add_lines_of_its_own():
    made = calendar_file(
        [Entry("a", date(2026, 10, 25), "Quiz\r\nATTACH:http://evil.example/\nEND:VEVENT")],
        name="Footnote",
        stamp=STAMP,
        refresh_hours=6,
    )

    assert b"\nATTACH" not in made
    assert made.count(b"\r\nEND:VEVENT\r\n") == 1


def test_programs_are_told_when_to_look_again():
    made = calendar_file([], name="Footnote", stamp=STAMP, refresh_hours=6)

    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n" in made
    assert b"X-PUBLISHED-TTL:PT6H\r\n" in made
