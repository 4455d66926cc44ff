"""A choice question written in one go, as plain lines.

    What set off the backlash?
    * The open advertising // The reader names it.
    - The price of fuel // Not named.
    Lines after the options explain the key.

A star marks what is right, a hyphen what is wrong; feedback follows " // ". A percentage
between two signs is what the option earns, as in GIFT: "- %50% The price of oil".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_FEEDBACK = " // "
_SHARE = re.compile(r"%(?P<share>[-−+]?\d{1,3}(?:[.,]\d{1,5})?)%\s*(?P<text>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class OutlinedOption:
    """One line of options."""

    text: str
    key: bool
    feedback: str
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """What the lines say; nothing is checked, `QuestionType.parse` does that."""

    stem: str
    options: tuple[OutlinedOption, ...]
    explanation: str


def read_outline(text: str) -> Outline:
    """Return what the lines say, whatever they are: a line before any option is of the stem."""
    stem: list[str] = []
    explanation: list[str] = []
    options: list[OutlinedOption] = []
    for line in text.splitlines():
        option = _option(line.strip())
        if option is not None:
            options.append(option)
        else:
            (explanation if options else stem).append(line.rstrip())
    return Outline(_joined(stem), tuple(options), _joined(explanation))


def _option(line: str) -> OutlinedOption | None:
    if line[:1] not in {"*", "-"} or line[1:2] not in {" ", "\t"}:
        return None
    said, _, feedback = line[1:].partition(_FEEDBACK)
    share = _SHARE.fullmatch(said.strip())
    text, credit = (share["text"], share["share"]) if share else (said.strip(), "")
    return OutlinedOption(text, line[0] == "*", feedback.strip(), credit)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()
