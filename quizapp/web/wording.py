"""Numbers, dates and spans in words; the same in every locale and time zone of the server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_BREAK_SPACE = "\u00a0"
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Person:
    """How a page speaks of the learner whom it tells of: to them, or about them.

    Verbs are the same with both words, so that one sentence serves: "you were", "they were".
    """

    you: str
    your: str

    @property
    def You(self) -> str:  # noqa: N802 – as the word is written at the start of a sentence
        return self.you.capitalize()

    @property
    def Your(self) -> str:  # noqa: N802
        return self.your.capitalize()


YOU = Person("you", "your")
THEY = Person("they", "their")


def percent(share: float | None, digits: int = 0) -> str:
    """Return "91 %" for 0.91, with a space that does not break; a dash for None."""
    if share is None:
        return _NONE
    # Adding 0.0 makes what was rounded to −0 a 0.
    said = round(share * 100, digits) + 0.0
    return f"{said:.{digits}f}{NO_BREAK_SPACE}%".replace("-", "−")


def thousands(number: int) -> str:
    """Return "5,750" for 5750."""
    return f"{number:,}".replace("-", "−")


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 card", "2 cards", "5,750 cards".

    :param plural: for nouns that take more than an s.
    """
    return f"{thousands(number)} {noun if number == 1 else plural or noun + 's'}"


def day(when: date) -> str:
    """Return "16 August 2016"."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def short_month(month: int) -> str:
    """Return "Aug" for 8."""
    return MONTHS[month - 1][:3]


def short_weekday(when: date) -> str:
    """Return "Sun"."""
    return WEEKDAYS[when.weekday()][:3]


def short_day(when: date, today: date | None = None) -> str:
    """Return "3 Nov", with its year where that is not today's."""
    text = f"{when.day} {short_month(when.month)}"
    return text if today is None or today.year == when.year else f"{text} {when.year}"


def clock(when: datetime) -> str:
    """Return "10:42"."""
    return f"{when.hour}:{when.minute:02}"


def ago(when: datetime, now: datetime) -> str:
    """Return how long ago in a word or two: "Just now", "20 min ago", "Yesterday", "3 Nov".

    Days are those of the zone that both times are given in; a time to come is given as a day.
    """
    today, passed = now.date(), now - when
    if timedelta(0) <= passed < timedelta(minutes=1):
        return "Just now"
    if timedelta(0) <= passed < timedelta(hours=1):
        return f"{passed.seconds // 60} min ago"
    if when.date() == today and passed > timedelta(0):
        return f"{passed.seconds // 3600} h ago"
    if when.date() == today - timedelta(days=1):
        return "Yesterday"
    return short_day(when, today)


def duration(seconds: float) -> str:
    """Return a span with its two largest units: "45 s", "11 min 20 s", "1 h 5 min"."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    units = [(hours, "h"), (minutes, "min"), (0 if hours else seconds, "s")]
    return " ".join(f"{number:g} {unit}" for number, unit in units if number) or "0 s"
