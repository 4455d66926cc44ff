"""Moodle's notation for what is asked within a text: {1:MULTICHOICE:=right#why~wrong}."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.interchange import (
    NOTHING,
    Choice,
    Gap,
    Gaps,
    Markup,
    MultipleChoice,
    Numerical,
    ShortAnswer,
    Span,
    Text,
)
from quizapp.questions.credit import show_percent

_TYPE = (
    r"(SHORTANSWER(?:_C)?|SAC?|MWC?|NUMERICAL|NM|MULTICHOICE(?:_(?:V|H|S|VS|HS))?|"
    r"MC(?:V|H|S|VS|HS)?|MULTIRESPONSE(?:_(?:V|H|S|VS|HS))?|MR(?:V|H|S|VS|HS)?)"
)
_START = re.compile(r"\{\s*(\d{0,6}(?:\.\d{1,4})?)\s*:\s*" + _TYPE + r"\s*:\s*", re.IGNORECASE)
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_SOME_WEIGHT = re.compile(r"(?:^|~)\s*%")
#: A backslash before one of these takes its meaning away.
_ESCAPED = re.compile(r"\\([{}~#/\"\\])")
MOST_PARTS = 500
_FULL, _NONE = Fraction(1), Fraction(0)


class BadGap(Exception):
    """What is embedded cannot be read; `str` of it is the reason, as a sentence."""


def looks_embedded(text: str) -> bool:
    """Return whether something is asked within a text."""
    return _START.search(text) is not None


def read_gaps(text: str, markup: Markup) -> Gaps:
    """Return a text with what is asked in it.

    :raises BadGap: nothing is asked in it, or a part cannot be read.
    """
    pieces: list[Text | Gap] = []
    at = 0
    while found := _START.search(text, at):
        if len(pieces) > 2 * MOST_PARTS:
            raise BadGap(f"It has more than {MOST_PARTS} gaps.")
        end = _end_of(text, found.end())
        if end < 0:
            raise BadGap(f"“{text[found.start() : found.start() + 40]}” is not closed with }}.")
        pieces.append(Text(text[at : found.start()], markup))
        weight = Fraction(found[1] or 1)
        pieces.append(Gap(_part(found[2].upper(), text[found.end() : end]), weight))
        at = end + 1
    if not pieces:
        raise BadGap("Nothing is asked in its text: it has no {1:…}.")
    pieces.append(Text(text[at:], markup))
    return Gaps(tuple(pieces))


def write_gap(gap: Gap) -> str:
    """Return a gap in the notation; its texts are as they are to stand there."""
    part, weight = gap.part, f"{float(gap.weight):g}"
    if isinstance(part, Numerical):
        alternatives = [_written(_range(one), one.fraction, one.feedback) for one in part.spans]
        return "{" + f"{weight}:NUMERICAL:" + "~".join(alternatives) + "}"
    alternatives = [_written(one.text.text, one.fraction, one.feedback) for one in part.choices]
    kind = "SHORTANSWER" + ("_C" if isinstance(part, ShortAnswer) and part.minds_case else "")
    if isinstance(part, MultipleChoice):
        kind = "MULTICHOICE" if part.is_single else "MULTIRESPONSE"
        kind += "_S" if part.shuffles else ""
    return "{" + f"{weight}:{kind}:" + "~".join(alternatives) + "}"


def _written(text: str, fraction: Fraction, feedback: Text) -> str:
    mark = "=" if fraction == 1 else "" if fraction == 0 else f"%{show_percent(fraction)}%"
    said = f"#{_escape(feedback.text)}" if feedback else ""
    return mark + _escape(text) + said


def _escape(text: str) -> str:
    return re.sub(r"([}~#/\"\\])", r"\\\1", text)


def _range(span: Span) -> str:
    if span.low is None or span.high is None:
        return "*"
    middle = (span.low + span.high) / 2
    return f"{float(middle):.15g}:{float(span.high - middle):.15g}"


def _end_of(text: str, start: int) -> int:
    """Return where the next } is that no backslash stands before, or -1."""
    at = text.find("}", start)
    while at > 0 and text[at - 1] == "\\":
        at = text.find("}", at + 1)
    return at


def _part(kind: str, body: str) -> MultipleChoice | ShortAnswer | Numerical:
    if body.count("~") > MOST_PARTS:
        raise BadGap(f"A gap has more than {MOST_PARTS} alternatives.")
    alternatives = [_alternative(one) for one in _split(body)]
    if kind in ("NUMERICAL", "NM"):
        return Numerical(tuple(_span(*one) for one in alternatives))
    if kind.startswith(("SHORT", "SA", "MW")):
        minds_case = kind in ("SHORTANSWER_C", "SAC", "MWC")
        choices = [
            Choice(Text(html.unescape(text)), worth or _NONE, said)
            for text, worth, said in alternatives
        ]
        return _checked(ShortAnswer(tuple(choices), minds_case))
    shuffles = kind.endswith("S")
    if kind.startswith(("MULTIR", "MR")):
        return _several(alternatives, shuffles, is_plain=not _SOME_WEIGHT.search(body))
    choices = [
        Choice(Text(text, Markup.HTML), worth or _NONE, said) for text, worth, said in alternatives
    ]
    if len(choices) < 2:
        raise BadGap("A gap to choose in has fewer than two options.")
    return _checked(MultipleChoice(tuple(choices), is_single=True, shuffles=shuffles))


def _checked(part: MultipleChoice | ShortAnswer) -> MultipleChoice | ShortAnswer:
    if not any(choice.fraction == 1 for choice in part.choices):
        raise BadGap("In a gap nothing is worth 100 %.")
    return part


def _several(
    alternatives: Sequence[tuple[str, Fraction | None, Text]], shuffles: bool, *, is_plain: bool
) -> MultipleChoice:
    """Return options of which several are right: their weights are shares of the sum.

    :param is_plain: no weight is given in percent; then a wrong option costs what a right one
        earns.
    """
    given = [worth for _, worth, _ in alternatives if worth is not None]
    total = sum((worth for worth in given if worth > 0), _NONE)
    if not total:
        raise BadGap("In a gap nothing is worth anything.")
    wrong = -_FULL / total if is_plain else _NONE
    choices = tuple(
        Choice(Text(text, Markup.HTML), wrong if worth is None else worth / total, said)
        for text, worth, said in alternatives
    )
    return MultipleChoice(choices, is_single=False, shuffles=shuffles)


def _split(body: str) -> list[str]:
    return re.split(r"(?<!\\)~", body)


def _alternative(text: str) -> tuple[str, Fraction | None, Text]:
    """Return a text, its weight (None where it has none) and the feedback for it."""
    text = text.lstrip()
    weight: Fraction | None = None
    if text.startswith("="):
        weight, text = _FULL, text[1:]
    elif found := _WEIGHT.match(text):
        weight, text = Fraction(found[1].rstrip(".")) / 100, text[found.end() :]
        if abs(weight) > 1:
            raise BadGap(f"The weight {found[0]} is more than 100 %.")
    # "&#" begins the number of a sign and no feedback.
    said, *rest = re.split(r"(?<![\\&])#", text, maxsplit=1)
    feedback = Text(_bare(rest[0]), Markup.HTML) if rest else NOTHING
    return _bare(said).strip(), weight, feedback


def _bare(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _span(text: str, weight: Fraction | None, feedback: Text) -> Span:
    worth = weight or _NONE
    if text == "*":
        return Span(None, None, worth, feedback)
    middle, _, off = text.partition(":")
    number, around = read_fraction(middle), read_fraction(off.strip() or "0")
    if number is None or around is None:
        raise BadGap(f"“{text[:40]}” is no number; write it in digits with a point.")
    around = abs(around)
    return Span(number - around, number + around, worth, feedback, number)
