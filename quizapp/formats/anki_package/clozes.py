"""Anki's notation for gaps: {{c1::key::hint}}, a card for each number, and gaps within gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"\{\{c(\d{1,3}(?:,\d{1,3})*)::|\}\}")
_HINT = "::"
#: Stand for a gap while the HTML around it is cleaned. They belong to no script, and are taken
#: out of what was uploaded first.
OPEN, CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{OPEN}(\\d+){CLOSE}")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Gap:
    """What was taken out: HTML, and the hint or ""."""

    html: str
    hint: str


@dataclass(slots=True)
class _Part:
    """A deletion that was begun; the text itself is one without numbers."""

    numbers: frozenset[int] = frozenset()
    html: list[str] = field(default_factory=list)


def cut(html: str, number: int) -> tuple[str, tuple[Gap, ...]]:
    """Return a field with a place for every gap of that number, and these gaps.

    Gaps of other numbers are filled in. Places are put into words again by `put_back`.
    """
    gaps: list[Gap] = []
    stack = [_Part()]
    at = 0
    for token in _TOKEN.finditer(html):
        stack[-1].html.append(html[at : token.start()])
        at = token.end()
        if token.group(1):
            if len(stack) <= _DEEPEST:
                numbers = frozenset(int(one) for one in token.group(1).split(","))
                stack.append(_Part(numbers))
        elif len(stack) > 1:
            part = stack.pop()
            stack[-1].html.append(_closed(part, number, gaps))
        else:
            stack[-1].html.append("}}")
    stack[-1].html.append(html[at:])
    while len(stack) > 1:  # one that was never closed is text
        part = stack.pop()
        stack[-1].html.extend(part.html)
    return "".join(stack[0].html), tuple(gaps)


def _closed(part: _Part, number: int, gaps: list[Gap]) -> str:
    key, _, hint = "".join(part.html).partition(_HINT)
    if number not in part.numbers:
        return key
    # A gap within a gap of the same number is asked with it.
    gaps.append(Gap(_PLACE.sub(lambda found: gaps[int(found[1])].html, key), hint))
    return f"{OPEN}{len(gaps) - 1}{CLOSE}"


def put_back(text: str, words: list[str]) -> str:
    """Return text with the words for each gap in its place."""
    return _PLACE.sub(lambda found: words[int(found[1])], text)


def places(text: str) -> list[int]:
    """Return which gaps have a place in a text."""
    return [int(found[1]) for found in _PLACE.finditer(text)]
