"""Everything that can go wrong on purpose, named without HTTP.

The web, the commands and the jobs each map these to a page, an exit code or a
retry in one place; nothing below them knows which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input, at a dotted path into it ("options.2.text")."""

    path: str
    message: str


class QuizError(Exception):
    """Base class; `str(error)` is a sentence that may be shown to a person."""


class NotFound(QuizError):
    """There is no such thing, or this person may not know that there is."""


class Forbidden(QuizError):
    """The person is known and may not do this."""


class Conflict(QuizError):
    """The thing changed since the person looked at it."""


class LimitReached(QuizError):
    """Too many tries; `retry_after_seconds` says how long to wait."""

    def __init__(self, message: str, *, retry_after_seconds: int) -> None:
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class Unavailable(QuizError):
    """The database or another part cannot be used right now; trying later may help."""


class Invalid(QuizError):
    """The input was understood and is wrong; `problems` says where and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"{p.path}: {p.message}" if p.path else p.message for p in problems)
        )
