"""Waits between the first meetings of a fact, as people type them: "1m 10m"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quizapp.errors import Invalid, Problem
from quizapp.memory.settings import MAXIMUM_STEP_SECONDS

_SECONDS = {"h": 3_600, "m": 60, "s": 1}
_STEP = re.compile(r"([0-9]{1,9})([smhd]?)", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;]+")
_DAY = "d"


def parse_steps(text: str, *, path: str) -> tuple[int, ...]:
    """Return steps in seconds; a number alone counts minutes, and nothing at all is no step.

    How many there may be is for `MemorySettings` to say.

    :param path: where a problem belongs.
    :raises Invalid: naming each word that is no step, or one of another length than allowed.
    """
    words = [word for word in _BETWEEN.split(text) if word]
    problems = [Problem(path, wrong) for word in words if (wrong := _wrong(word))]
    if problems:
        raise Invalid(problems)
    return tuple(_seconds(word) for word in words)


def show_steps(steps: Sequence[int]) -> str:
    """Return what `parse_steps` reads as these steps: "30s 10m 1h"."""
    return " ".join(_show(step) for step in steps)


def _wrong(word: str) -> str:
    found = _STEP.fullmatch(word)
    if found is None:
        return f"“{word[:20]}” is no step. Write a number and s, m or h, such as 30s, 10m or 1h."
    if found[2].lower() == _DAY or _seconds(word) > MAXIMUM_STEP_SECONDS:
        hours = MAXIMUM_STEP_SECONDS // _SECONDS["h"]
        return f"“{word}” is too long: a step lasts up to {hours}h. Longer waits are intervals."
    return "" if _seconds(word) else f"“{word}” is too short: a step lasts 1s or longer."


def _seconds(word: str) -> int:
    found = _STEP.fullmatch(word)
    return int(found[1]) * _SECONDS.get(found[2].lower() or "m", 0) if found else 0


def _show(step: int) -> str:
    return next(f"{step // length}{unit}" for unit, length in _SECONDS.items() if not step % length)
