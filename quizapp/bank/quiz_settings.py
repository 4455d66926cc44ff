"""Reading how a quiz runs from its map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quizapp.bank.entries import Entry
from quizapp.bank.schema import BankSettings
from quizapp.errors import Invalid
from quizapp.grading.settings import (
    MAX_ATTEMPTS,
    MAX_GRACE_SECONDS,
    MAX_MINUTES,
    MAX_TRIES,
    Behaviour,
    Counting,
    QuizSettings,
)

#: Read by the rules of `grading.settings`, which say what is wrong with them.
_BY_THEIR_RULES = ("opens_at", "closes_at", "disclosure", "bands")
_BAND = ("from_percent", "text")


def read_settings(entry: Entry | None) -> BankSettings:
    """Return the settings that a map states; what it leaves out is the usual."""
    usual = BankSettings()
    if entry is None:
        return usual
    settings = BankSettings(
        time_limit_minutes=entry.whole(
            "time_limit_minutes", low=1, high=MAX_MINUTES, unit=" minutes"
        ),
        pass_mark_percent=entry.whole("pass_mark_percent", low=0, high=100, unit=" percent"),
        shuffle_options=entry.truth("shuffle_options", default=True),
        counts_for_memory=entry.truth("counts_for_memory", default=True),
        attempts_allowed=entry.whole("attempts_allowed", low=1, high=MAX_ATTEMPTS),
        shuffle_questions=entry.truth("shuffle_questions", default=False),
        counting=entry.choice("counting", tuple(Counting)),
        behaviour=entry.choice("behaviour", tuple(Behaviour)),
        tries=_or(entry.whole("tries", low=1, high=MAX_TRIES), usual.tries),
        penalty_percent=_or(
            entry.whole("penalty_percent", low=0, high=100, unit=" percent"), usual.penalty_percent
        ),
        grace_seconds=_or(
            entry.whole("grace_seconds", low=0, high=MAX_GRACE_SECONDS, unit=" seconds"),
            usual.grace_seconds,
        ),
        **_by_their_rules(entry),
    )
    entry.close()
    return settings


def _by_their_rules(entry: Entry) -> Mapping[str, Any]:
    """Return times, what is shown and feedback by result, as JSON holds them."""
    taken = {name: entry.take(name) for name in _BY_THEIR_RULES}
    stated = {name: value for name, value in taken.items() if value is not None}
    _check_bands(entry, stated.get("bands"))
    try:
        return QuizSettings.parse(stated).dump()
    except Invalid as invalid:
        for problem in invalid.problems:
            name = problem.path.partition(".")[0]
            said = problem.message[:1].lower() + problem.message[1:].rstrip(".")
            entry.report(problem.path, f'"{name}": {said}{_ADVICE.get(name, "")}')
        return {}


_TIME = ", such as 2030-01-31T09:00+01:00"
_ADVICE = {"opens_at": _TIME, "closes_at": _TIME}


def _check_bands(entry: Entry, bands: Any) -> None:
    """Report what a band says besides its percentage and its text."""
    for place, band in enumerate(bands if isinstance(bands, list) else ()):
        for name in band if isinstance(band, dict) else ():
            if name not in _BAND:
                message = f'unknown key "{name}" in a band; known are {", ".join(_BAND)}'
                entry.report(f"bands.{place}.{name}", message)


def _or(value: int | None, usual: int) -> int:
    return usual if value is None else value
