"""How a quiz runs, read from what is stored with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from quizapp.errors import Invalid, Problem

MAX_MINUTES = 600
MAX_GRACE_SECONDS = 600
MAX_ATTEMPTS = 1_000


@dataclass(frozen=True, slots=True)
class QuizSettings:
    """How a quiz runs; an attempt keeps the settings it began with.

    :param time_limit_minutes: 1 to 600; None for no limit.
    :param pass_mark_percent: 0 to 100 of the full mark; None for no pass mark.
    :param shuffle_options: show options in another order in each attempt.
    :param counts_for_memory: a submitted attempt writes one review for each answered slot.
    :param grace_seconds: how long after the deadline a response still counts: it was on its way.
    :param attempts_allowed: at least 1; None for any number.
    """

    time_limit_minutes: int | None = None
    pass_mark_percent: int | None = None
    shuffle_options: bool = True
    counts_for_memory: bool = True
    grace_seconds: int = 30
    attempts_allowed: int | None = None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> QuizSettings:
        """Return the settings that a mapping states; what it leaves out is the default.

        :raises Invalid: it names an unknown setting, or a value is out of range.
        """
        problems = [
            Problem(str(name), f"Remove this setting; known are {', '.join(_NAMES)}.")
            for name in raw
            if name not in _NAMES
        ]
        problems += [
            Problem(name, message)
            for name, (low, high, optional, message) in _NUMBERS.items()
            if name in raw and not _is_number(raw[name], low, high, optional)
        ]
        problems += [
            Problem(name, "Say true or false.")
            for name in _TRUTHS
            if name in raw and not isinstance(raw[name], bool)
        ]
        if problems:
            raise Invalid(problems)
        return cls(**raw)

    def dump(self) -> dict[str, Any]:
        """Return the JSON-ready mapping that `parse` reads back."""
        return asdict(self)

    def due_at(self, started_at: datetime) -> datetime | None:
        """Return the deadline of an attempt that starts then, or None."""
        if self.time_limit_minutes is None:
            return None
        return started_at + timedelta(minutes=self.time_limit_minutes)

    def is_overdue(self, due_at: datetime | None, *, now: datetime) -> bool:
        """Return whether the deadline and the grace after it have passed."""
        return due_at is not None and now > due_at + timedelta(seconds=self.grace_seconds)


_NAMES = tuple(field.name for field in fields(QuizSettings))
_TRUTHS = ("shuffle_options", "counts_for_memory")
#: By name: lowest, highest, whether None is allowed, and what to say.
_NUMBERS: Mapping[str, tuple[int, int, bool, str]] = {
    "time_limit_minutes": (1, MAX_MINUTES, True, f"Give whole minutes from 1 to {MAX_MINUTES}."),
    "pass_mark_percent": (0, 100, True, "Give a whole percentage from 0 to 100."),
    "grace_seconds": (
        0,
        MAX_GRACE_SECONDS,
        False,
        f"Give whole seconds from 0 to {MAX_GRACE_SECONDS}.",
    ),
    "attempts_allowed": (1, MAX_ATTEMPTS, True, f"Give a number from 1 to {MAX_ATTEMPTS}."),
}


def _is_number(value: object, low: int, high: int, optional: bool) -> bool:
    if value is None:
        return optional
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
