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
from quizapp.formats.fitting.typed import at_most, foreseen_entry
from quizapp.formats.interchange import Item, Numerical, Span
from quizapp.questions.foreseen import ANY_OTHER
from quizapp.questions.numeric_reading import UNIT_LIMIT

_ZERO = Fraction(0)


def fit_number(body: Numerical, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a question with one number and how far from it still counts, and what else counts."""
    span = _first_right(body)
    raw: dict[str, Any] = {"stem": stem_of(item, changes), **_limits(span, changes)}
    raw |= _units(body, changes)
    raw["foreseen"] = at_most(_foreseen(body, span, changes), "", changes)
    raw["explanation"] = explanation_of(item, changes)
    return "numeric", raw


def right_span(body: Numerical, changes: Changes, where: str) -> Span:
    """Return the first numbers that earn full marks, and say what else there was in a gap.

    :raises CannotFit: there are none, or any number is right.
    """
    right = _first_right(body)
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


def _first_right(body: Numerical) -> Span:
    right = next((one for one in body.spans if one.fraction >= 1 - NEAR), None)
    if right is None:
        raise CannotFit("No number earns full marks.")
    if right.low is None or right.high is None:
        raise CannotFit("Any number is right in it; say which.")
    return right


def _foreseen(body: Numerical, right: Span, changes: Changes) -> list[dict[str, Any]]:
    """Return what other numbers earn and what is said to them; the first that fit count."""
    found: dict[str, dict[str, Any]] = {}
    is_after = False
    for span in body.spans:
        shown = shown_span(span)
        is_after = is_after or span is right
        is_any = span.low is None or span.high is None
        is_within = not is_any and _is_within(span, right)
        text = ANY_OTHER if is_any else shown
        if text in found or (is_after and is_within and span is not right):
            changes.say(f"{shown} was listed after what says the same, and was left out.")
            changes.drop_feedback(span.feedback, shown)
            continue
        if not is_after and not is_any and _overlap(span, right) and span.fraction < 1 - NEAR:
            changes.say(f"{shown} came before {shown_span(right)}; here that comes first.")
        if not is_any and not (is_exact(span.low or _ZERO) and is_exact(span.high or _ZERO)):
            changes.say("A number without an end in digits is rounded to 20 decimals.")
        entry = foreseen_entry(text, shown, span, changes, is_right=is_within)
        if entry:
            found[text] = entry
    return list(found.values())


def _is_within(span: Span, right: Span) -> bool:
    low, high = right.low or _ZERO, right.high or _ZERO
    return low <= (span.low or _ZERO) and (span.high or _ZERO) <= high


def _overlap(span: Span, right: Span) -> bool:
    low, high = right.low or _ZERO, right.high or _ZERO
    return (span.low or _ZERO) <= high and low <= (span.high or _ZERO)


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
