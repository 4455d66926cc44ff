"""Questions of every kind whose secrets are marked, and responses whose worth is known.

The fractions are written down here and not worked out: they judge the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from quizapp.questions.registry import TYPES

#: What a learner may not see before it is shown on purpose begins with this, then a letter:
#: k(ey), f(eedback), e(xplanation), p(assage), s(tatement of the fact), n(ote), r(eason of a
#: regrade).
MARK = "zq"
#: What the slots of a quiz are worth, in order, as an instructor types it.
POINTS = ("1", "2", "1/2", "3")

HALVES = (
    ("single_choice", "short_text", "multiple_response", "ordering"),
    ("true_false", "numeric", "cloze", "matching"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A response as it is stored, and what it is worth by the first and by the second key."""

    stored: Mapping[str, Any]
    worth: tuple[Fraction, Fraction]


def _choice(stored: Mapping[str, Any], first: str, second: str) -> Choice:
    return Choice(stored, (Fraction(first), Fraction(second)))


CHOICES: Mapping[str, tuple[Choice, ...]] = {
    "single_choice": (
        _choice({"choice": [0]}, "1", "0"),
        _choice({"choice": [1]}, "0", "1"),
        _choice({"choice": [2]}, "0", "0"),
    ),
    "multiple_response": (
        _choice({"choice": [0]}, "1/2", "1/2"),
        _choice({"choice": [0, 1]}, "1", "0"),
        _choice({"choice": [0, 2]}, "0", "1"),
        _choice({"choice": [0, 1, 2]}, "1/2", "1/2"),
        _choice({"choice": [3]}, "0", "0"),
    ),
    "true_false": (
        _choice({"choice": True}, "1", "0"),
        _choice({"choice": False}, "0", "1"),
    ),
    "short_text": (
        _choice({"text": "Euphrates"}, "1", "0"),
        _choice({"text": "Tigris"}, "0", "1"),
        _choice({"text": "<b>Volga</b> & co"}, "0", "0"),
    ),
    "numeric": (
        _choice({"text": "7"}, "1", "0"),
        _choice({"text": "12 days"}, "0", "1"),
        _choice({"text": "40"}, "0", "0"),
    ),
    "cloze": (
        _choice({"gaps": ["Lima", "Peru"]}, "1", "1/2"),
        _choice({"gaps": ["Cuzco", "Peru"]}, "1/2", "1"),
        _choice({"gaps": ["Lima", ""]}, "1/2", "0"),
        _choice({"gaps": ["", "Oslo"]}, "0", "0"),
    ),
    "matching": (
        _choice({"matches": [0, 1]}, "1", "1/2"),
        _choice({"matches": [1, 0]}, "0", "1/2"),
        _choice({"matches": [0, 0]}, "1/2", "1"),
        _choice({"matches": [None, 2]}, "0", "0"),
    ),
    "ordering": (
        _choice({"positions": [1, 2, 3]}, "1", "1"),
        _choice({"positions": [2, 3, 1]}, "1/2", "1/2"),
        _choice({"positions": [1, 3, 2]}, "0", "0"),
        _choice({"positions": [1, 2, None]}, "1/2", "1/2"),
    ),
}


def raw(kind: str, version: int) -> dict[str, Any]:
    """Return what an author states of a question in its n-th version; the key alternates."""
    said = {letter: f"{MARK}{letter}{version}" for letter in "kfe"}
    stated = _asked(kind, said, is_first=version % 2 == 0, version=version)
    return {**stated, "explanation": f"{said['e']} is why."}


def _asked(kind: str, said: Mapping[str, str], *, is_first: bool, version: int) -> dict[str, Any]:
    stem = f"What about this, in version {version}?"
    key, feedback = said["k"], said["f"]
    keys = {0} if is_first else {1}
    if kind == "multiple_response":
        keys = {0, 1} if is_first else {0, 2}
    options = [
        {"text": text, "key": index in keys, "feedback": feedback}
        for index, text in enumerate(("Alpha", "Beta", "Gamma", "Delta"))
    ]
    gap = "Lima" if is_first else "Cuzco"
    rights, rest = (("One", "Two"), "Three") if is_first else (("One", "One"), "Two")
    pairs = [
        {"left": left, "right": right, "feedback": feedback}
        for left, right in zip(("Alpha", "Beta"), rights, strict=True)
    ]
    stated: Mapping[str, dict[str, Any]] = {
        "single_choice": {"stem": stem, "options": options},
        "multiple_response": {"stem": stem, "options": options},
        "true_false": {"stem": stem, "key": is_first, "feedback": feedback},
        "short_text": {"stem": stem, "accepted": [key, "Euphrates" if is_first else "Tigris"]},
        "numeric": {
            "stem": stem,
            "number": "7" if is_first else "12",
            "unit": "days",
            "accepted": [key],
        },
        "cloze": {"text": f"In {{{{{key}a|{gap}}}}} of {{{{{key}b|Peru}}}}, {version}."},
        "matching": {"stem": stem, "pairs": pairs, "distractors": [rest, "Four"]},
        "ordering": {
            "stem": stem,
            "items": [{"text": text, "feedback": feedback} for text in ("Dawn", "Noon", "Dusk")],
        },
    }
    return stated[kind]


@cache
def content(kind: str, version: int) -> Any:
    """Return a version's content as the type parses it."""
    return TYPES[kind].parse(raw(kind, version))


def form(
    kind: str, version: int, stored: Mapping[str, Any] | None, order: Sequence[int]
) -> dict[str, list[str]]:
    """Return the fields that say a response, as a browser would post them; None for an empty one.

    Nothing chosen among options is not posted at all; an empty field is.
    """
    asked = content(kind, version)
    said = CHOICES[kind][0].stored if stored is None else stored
    filled = TYPES[kind].fill(asked, TYPES[kind].load_response(asked, said), order)
    if stored is not None:
        return filled
    return {name: [""] for name in filled if name != "choice"}


def worth(kind: str, version: int, stored: Mapping[str, Any]) -> Fraction:
    """Return what a response is worth, by the key of that version."""
    found = next(choice for choice in CHOICES[kind] if choice.stored == stored)
    return found.worth[version % 2]
