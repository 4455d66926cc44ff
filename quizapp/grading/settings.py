"""How a quiz runs, read from what is stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from quizapp.errors import Invalid, Problem
from quizapp.grading.disclosure import Disclosure, Shown, read_disclosure

MAX_MINUTES = 600
MAX_GRACE_SECONDS = 600
MAX_ATTEMPTS = 1_000
MAX_TRIES = 10
MAX_TIME_FACTOR = 10
MAX_BANDS = 10
BAND_LIMIT = 2_000
#: The most characters of an access code.
CODE_LIMIT = 80
#: Times beyond are slips, and an extended deadline could not be reckoned.
YEARS = range(2000, 2200)


class Behaviour(StrEnum):
    """When a learner hears how a response did."""

    DEFERRED = "deferred"  # after handing in
    IMMEDIATE = "immediate"  # each question once, when the learner asks for it
    PRACTICE = "practice"  # several tries with hints; each costs a part of the mark
    CERTAINTY = "certainty"  # after handing in; the mark depends on how sure the learner was

    @property
    def checks(self) -> bool:
        """Return whether questions are checked one by one while the attempt is open."""
        return self in (Behaviour.IMMEDIATE, Behaviour.PRACTICE)


class Counting(StrEnum):
    """Which of several attempts counts."""

    HIGHEST = "highest"
    LAST = "last"
    FIRST = "first"
    AVERAGE = "average"


@dataclass(frozen=True, slots=True)
class Band:
    """What is said of a mark of at least `from_percent`, Markdown."""

    from_percent: int
    text: str


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """How a quiz runs; an attempt keeps the settings it began with.

    :param time_limit_minutes: 1 to 600; None for no limit.
    :param pass_mark_percent: 0 to 100 of the full mark; None for no pass mark.
    :param shuffle_options: show options in another order in each attempt.
    :param shuffle_questions: ask in another order in each attempt.
    :param counts_for_memory: a submitted attempt writes one review for each answered slot.
    :param grace_seconds: how long after the deadline a response still counts: it was on its way.
    :param attempts_allowed: at least 1; None for any number.
    :param opens_at: attempts start from then on; :param closes_at: until then, and at that time
        every open attempt is due; None for always.
    :param tries: how often one question may be checked in practice, 1 to 10.
    :param penalty_percent: what each try but the first costs of the full mark, 0 to 100.
    :param bands: the highest that a mark reaches is said of it; from high to low.
    :param time_factor: of one learner, 1 to 10: how much longer they have (an accommodation).
    :param shows_countdown: of one learner: whether the time left is shown.
    """

    time_limit_minutes: int | None = None
    pass_mark_percent: int | None = None
    shuffle_options: bool = True
    counts_for_memory: bool = True
    grace_seconds: int = 30
    attempts_allowed: int | None = None
    shuffle_questions: bool = False
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    counting: Counting = Counting.HIGHEST
    behaviour: Behaviour = Behaviour.DEFERRED
    tries: int = 3
    penalty_percent: int = 25
    disclosure: Disclosure = field(default_factory=Disclosure)
    bands: tuple[Band, ...] = ()
    time_factor: Fraction = Fraction(1)
    shows_countdown: bool = True

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> QuizSettings:
        """Return the settings that a mapping states; what it leaves out is the default.

        :raises Invalid: it names an unknown setting, or a value is out of range.
        """
        reader = _Reader(raw)
        values = {name: reader.read(name) for name in raw if name in _NAMES}
        for name in raw:
            if name not in _NAMES:
                known = ", ".join(_NAMES)
                reader.problems.append(Problem(str(name), f"Remove this; known are {known}."))
        opens, closes = values.get("opens_at"), values.get("closes_at")
        if opens and closes and closes <= opens:
            reader.problems.append(Problem("closes_at", "Close the quiz after it opens."))
        if reader.problems:
            raise Invalid(reader.problems)
        return cls(**values)

    def dump(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that `parse` reads back; defaults are left out."""
        return {
            one.name: _plain(getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) != getattr(_DEFAULTS, one.name)
        }

    @property
    def penalty(self) -> Fraction:
        """Return what each try but the first costs, as a share of the full mark."""
        return Fraction(self.penalty_percent, 100)

    def due_at(self, started_at: datetime) -> datetime | None:
        """Return the deadline of an attempt that starts then, or None.

        Extra time is counted from the time that everybody has, so closing does not cut it:
        with an hour until the quiz closes and a factor of 1.5 there are ninety minutes.
        """
        ends = [self.closes_at] if self.closes_at else []
        if self.time_limit_minutes is not None:
            ends.append(started_at + timedelta(minutes=self.time_limit_minutes))
        if not ends:
            return None
        milliseconds = (min(ends) - started_at) // timedelta(milliseconds=1)
        return started_at + timedelta(milliseconds=round(milliseconds * self.time_factor))

    def is_overdue(self, due_at: datetime | None, *, now: datetime) -> bool:
        """Return whether the deadline and the grace after it have passed."""
        return due_at is not None and now > due_at + timedelta(seconds=self.grace_seconds)

    def is_open(self, *, now: datetime) -> bool:
        """Return whether an attempt may start now."""
        is_begun = self.opens_at is None or self.opens_at <= now
        return is_begun and not self.is_closed(now=now)

    def is_closed(self, *, now: datetime) -> bool:
        """Return whether the quiz has closed."""
        return self.closes_at is not None and self.closes_at <= now

    def shown(self, *, now: datetime, is_submitted: bool) -> frozenset[Shown]:
        """Return what a learner may see of a checked question, or of a submitted attempt."""
        if not is_submitted:
            return self.disclosure.during if self.behaviour.checks else frozenset()
        if self.is_closed(now=now):
            return self.disclosure.after_close
        return self.disclosure.after_submit

    def marks_later(self, *, now: datetime) -> datetime | None:
        """Return when marks that are hidden now are shown; None if they are, or never will be."""
        told = self.disclosure
        is_waiting = not self.is_closed(now=now) and Shown.MARKS in told.after_close
        return self.closes_at if is_waiting and Shown.MARKS not in told.after_submit else None

    def band(self, percent: int) -> str:
        """Return what is said of a mark, Markdown, or ""."""
        reached = (band.text for band in self.bands if percent >= band.from_percent)
        return next(reached, "")


_DEFAULTS = QuizSettings()
_NAMES = tuple(one.name for one in fields(QuizSettings))
_TRUTHS = ("shuffle_options", "shuffle_questions", "counts_for_memory", "shows_countdown")
#: By name: lowest, highest, whether None is allowed, and what to say.
_NUMBERS: Mapping[str, tuple[int, int, bool, str]] = {
    "time_limit_minutes": (1, MAX_MINUTES, True, f"Give whole minutes from 1 to {MAX_MINUTES}."),
    "pass_mark_percent": (0, 100, True, "Give a whole percentage from 0 to 100."),
    "penalty_percent": (0, 100, False, "Give a whole percentage from 0 to 100."),
    "tries": (1, MAX_TRIES, False, f"Give a number from 1 to {MAX_TRIES}."),
    "grace_seconds": (
        0,
        MAX_GRACE_SECONDS,
        False,
        f"Give whole seconds from 0 to {MAX_GRACE_SECONDS}.",
    ),
    "attempts_allowed": (1, MAX_ATTEMPTS, True, f"Give a number from 1 to {MAX_ATTEMPTS}."),
}
_CHOICES: Mapping[str, type[StrEnum]] = {"counting": Counting, "behaviour": Behaviour}
_TIMES = ("opens_at", "closes_at")


class _Reader:
    """Reads one setting at a time; what is wrong is noted, and the default stands in."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = raw
        self.problems: list[Problem] = []

    def read(self, name: str) -> Any:
        value = self._raw[name]
        if name in _NUMBERS:
            low, high, optional, message = _NUMBERS[name]
            return self._kept(name, value, _is_number(value, low, high, optional), message)
        if name in _TRUTHS:
            return self._kept(name, value, isinstance(value, bool), "Say true or false.")
        if name in _TIMES:
            return self._time(name, value)
        if name in _CHOICES:
            kind = _CHOICES[name]
            is_known = isinstance(value, str) and value in set(kind)
            self._kept(name, value, is_known, f"Choose one of {', '.join(kind)}.")
            return kind(value) if is_known else None
        if name == "disclosure":
            disclosure, problems = read_disclosure(value)
            self.problems += problems
            return disclosure
        return self._bands(value) if name == "bands" else self._factor(value)

    def _kept(self, name: str, value: Any, is_right: bool, message: str) -> Any:
        if not is_right:
            self.problems.append(Problem(name, message))
            return getattr(_DEFAULTS, name)
        return value

    def _time(self, name: str, value: Any) -> datetime | None:
        if value is None:
            return None
        try:
            when = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            when = None
        if when is None or when.tzinfo is None:
            self.problems.append(Problem(name, "Give a date and a time with its zone."))
            return None
        if when.year not in YEARS:
            message = f"Give a year from {YEARS.start} to {YEARS.stop - 1}."
            self.problems.append(Problem(name, message))
            return None
        return when.astimezone(UTC)

    def _factor(self, value: Any) -> Fraction:
        try:
            factor = Fraction(value)
        except (TypeError, ValueError, ZeroDivisionError):
            factor = Fraction(0)
        message = f"Give a number from 1 to {MAX_TIME_FACTOR}."
        self._kept("time_factor", factor, 1 <= factor <= MAX_TIME_FACTOR, message)
        return factor

    def _bands(self, value: Any) -> tuple[Band, ...]:
        if not isinstance(value, list | tuple) or len(value) > MAX_BANDS:
            self.problems.append(Problem("bands", f"List at most {MAX_BANDS} bands."))
            return ()
        bands: dict[int, Band] = {}
        for place, item in enumerate(value):
            stated: Mapping[str, Any] = item if isinstance(item, Mapping) else {}
            percent: Any = stated.get("from_percent")
            text = stated.get("text")
            if not _is_number(percent, 0, 100, optional=False) or percent in bands:
                message = "Give each band a whole percentage of its own, from 0 to 100."
                self.problems.append(Problem(f"bands.{place}.from_percent", message))
            elif not isinstance(text, str) or not 0 < len(text.strip()) <= BAND_LIMIT:
                message = f"Write what learners read, at most {BAND_LIMIT:,} characters."
                self.problems.append(Problem(f"bands.{place}.text", message))
            else:
                bands[percent] = Band(percent, text.strip())
        return tuple(bands[percent] for percent in sorted(bands, reverse=True))


def _is_number(value: object, low: int, high: int, optional: bool) -> bool:
    if value is None:
        return optional
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _plain(value: Any) -> Any:
    """Return a setting as JSON can hold it."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Disclosure):
        return value.dump()
    if isinstance(value, tuple):
        return [{"from_percent": band.from_percent, "text": band.text} for band in value]
    return value
