"""Moodle's "missing word" files: a sentence with {=right ~wrong} where the word stood."""

from __future__ import annotations

import re
from fractions import Fraction

from quizapp.formats.base import LeftOut
from quizapp.formats.encodings import decode, refuse_too_many
from quizapp.formats.interchange import (
    Body,
    Choice,
    Item,
    Markup,
    MultipleChoice,
    ShortAnswer,
    Text,
)

_GAP = "_____"
_WEIGHT = re.compile(r"(-?\d{1,3})%")
_WORDS = 80
MOST_PARTS = 500
_FULL, _NONE = Fraction(1), Fraction(0)


def read_items(data: bytes) -> tuple[tuple[Item | LeftOut, ...], tuple[str, ...]]:
    """Return the questions of a file in their order, and what is to be said about the file.

    :raises Invalid: it is too large, or no text.
    """
    text, remarks = decode(data)
    found: list[Item | LeftOut] = []
    gathered: list[str] = []
    start = 0
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            start = start if gathered else number
            gathered.append(line.strip())
        elif gathered:
            found.append(_question(" ".join(gathered), start))
            refuse_too_many(len(found))
            gathered = []
    return tuple(found), remarks


def _question(text: str, line: int) -> Item | LeftOut:
    name = ""
    if text.startswith("::"):
        name, _, text = (part.strip() for part in text[2:].partition("::"))
    before, opened, rest = text.partition("{")
    answers, closed, after = rest.partition("}")
    if not opened or not closed:
        return LeftOut(line, text[:_WORDS], "It has no {=…} in it.")
    if answers.count("~") + answers.count("=") > MOST_PARTS:
        return LeftOut(line, text[:_WORDS], f"It has more than {MOST_PARTS} answers.")
    parts = [part.strip() for part in re.split(r"[~]|(?==)", answers) if part.strip()]
    choices = tuple(_choice(part) for part in parts)
    if not choices:
        return LeftOut(line, text[:_WORDS], "Nothing stands between its braces.")
    body: Body
    if len(choices) == 1:
        body = ShortAnswer((Choice(Text(choices[0].text.text), _FULL, choices[0].feedback),))
    else:
        body = MultipleChoice(choices, is_single=any(one.fraction == 1 for one in choices))
    # As it is in Moodle, a full stop after the gap is all of the sentence that may be missing.
    stem = before + _GAP + (after if after.strip(" .") else "")
    return Item(body, line=line, name=name, stem=Text(stem.strip(), Markup.MOODLE))


def _choice(part: str) -> Choice:
    worth = _NONE
    if part.startswith("="):
        worth, part = _FULL, part[1:]
    elif found := _WEIGHT.match(part):
        worth, part = Fraction(int(found[1]), 100), part[found.end() :]
        worth = max(-_FULL, min(_FULL, worth))
    text, _, feedback = part.partition("#")
    return Choice(Text(text.strip(), Markup.HTML), worth, Text(feedback.strip(), Markup.HTML))
