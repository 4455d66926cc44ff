"""Calendars as other programs subscribe to them: iCalendar, RFC 5545 and 7986.

Days are dates without a time, and moments stand in UTC, so that no file has to explain a time zone
and no change of clocks can shift anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Event

_PRODUCT = "-//Footnote//Footnote//EN"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a calendar: a whole day, or a moment.

    :param uid: stays the same for as long as the thing does: calendars recognise it by this.
    :param when: a date, or a datetime with a time zone.
    """

    uid: str
    when: date | datetime
    title: str
    text: str = ""
    url: str = ""


def calendar_file(
    entries: Iterable[Entry], *, name: str, stamp: datetime, refresh_hours: int
) -> bytes:
    """Return a calendar to subscribe to; the same entries give the same bytes.

    :param stamp: when the entries were made. :param refresh_hours: after which to look again.
    """
    # Loaded with its first calendar: it takes as long as many pages do.
    from icalendar import Calendar  # noqa: PLC0415

    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("name", name)
    made.add("x-wr-calname", name)
    every = timedelta(hours=refresh_hours)
    made.add("refresh-interval", every, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", f"PT{refresh_hours}H")
    for entry in entries:
        made.add_component(_event(entry, stamp))
    return bytes(made.to_ical())


def _event(entry: Entry, stamp: datetime) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", stamp)
    event.add("dtstart", entry.when)
    if not isinstance(entry.when, datetime):
        event.add("dtend", entry.when + timedelta(days=1))
    event.add("summary", entry.title)
    if entry.text:
        event.add("description", entry.text)
    if entry.url:
        event.add("url", entry.url)
    # It takes no time that others could not book.
    event.add("transp", "TRANSPARENT")
    return event
