"""Questions answered by a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from quizapp.formats.fitting.changes import (
    CannotFit,
    Changes,
    decimal,
    is_exact,
    percent,
)
from quizapp.formats.fitting.choices import NEAR
from quizapp.formats.fitting.stems import explanation_of, stem_of
from quizapp.formats.interchange import Item, Numerical, Span
from quizapp.questions.numeric_reading import UNIT_LIMIT


def fit_number(body: Numerical, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question with one number and how far from it still counts."""
    span = right_span(body, changes)
    raw: dict[str, Any] = {"stem": stem_of(item, changes), **_limits(span, changes)}
    raw |= _units(body, changes)
    raw["explanation"] = explanation_of(item, changes)
    return "numeric", raw


def right_span(body: Numerical, changes: Changes, where: str = "") -> Span:
    """Return the first numbers that earn full marks, and say what else there was.

    :raises CannotFit: there are none, or any number is right.
    """
    right = next((one for one in body.spans if one.fraction >= 1 - NEAR), None)
    if right is None:
        raise CannotFit("No number earns full marks.")
    if right.low is None or right.high is None:
        raise CannotFit("Any number is right in it; say which.")
    for span in body.spans:
        shown = shown_span(span) + where
        changes.drop_feedback(span.feedback, shown)
        if span is right or (span.fraction == 0 and span.low is None):
            continue
        if span.fraction > 0:
            changes.say(f"{shown} earned {percent(span.fraction)}; here it earns nothing.")
        elif not span.feedback:
            changes.say(f"{shown} was listed as wrong; here whatever is not right is wrong.")
    return right


def shown_span(span: Span) -> str:
    """Return numbers as people write them ("3 to 5")."""
    if span.low is None or span.high is None:
        return "any other number"
    if span.low == span.high:
        return decimal(span.low)
    return f"{decimal(span.low)} to {decimal(span.high)}"


def _limits(span: Span, changes: Changes) -> dict[str, Any]:
    """Return the fields that say which numbers count."""
    low, high = span.low or Fraction(0), span.high or Fraction(0)
    number = span.number
    if number is None:
        number = (low + high) / 2
        if low != high:
            changes.say(
                f"The file gives only what counts, {shown_span(span)}; the middle, "
                f"{decimal(number)}, is shown as the right number."
            )
    if not all(is_exact(one) for one in (number, low, high)):
        changes.say("A number without an end in digits is rounded to 20 decimals.")
    fields = {"number": decimal(number)}
    if low == high:
        return fields
    if span.number is not None and number - low == high - number:
        return fields | {"tolerance": decimal(high - number)}
    return fields | {"minimum": decimal(low), "maximum": decimal(high)}


def _units(body: Numerical, changes: Changes) -> dict[str, Any]:
    same = [name for name, worth in body.units if worth == 1 and 0 < len(name) <= UNIT_LIMIT]
    for name, worth in body.units:
        if name not in same:
            changes.say(
                f"The unit “{name[:UNIT_LIMIT]}” ({decimal(worth)} of the first) is not kept; "
                "here a number is given in one unit."
            )
    return {"unit": same[0], "units": same[1:]} if same else {}
