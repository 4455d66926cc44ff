"""Typing in QTI 1.2: texts, numbers and essays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction

from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.html_pieces import joined
from quizapp.formats.interchange import (
    NOTHING,
    Body,
    Choice,
    Essay,
    Numerical,
    ShortAnswer,
    Span,
    Text,
)
from quizapp.formats.qti12.presentation import Field
from quizapp.formats.qti12.processing import tests_of
from quizapp.formats.qti12.source import Source
from quizapp.formats.weighing import CannotHold, bounded
from quizapp.formats.xml_tree import Element

_BOUNDS = ("vargt", "vargte", "varlt", "varlte")
#: A range: from, to, and the number that it is named for.
Range = tuple[Fraction | None, Fraction | None, Fraction | None]
EXACT_NOTE = "A bound of its range does not itself count in the file; here it does."


def read_typed(source: Source, field: Field) -> tuple[Body, Text, tuple[str, ...]]:
    """Return what a field to type in asks, what is told of every response, and notes.

    :raises CannotHold: its scoring cannot be held.
    """
    if is_number(source, field):
        spans, notes = _spans(source, field)
        numbers = [str(span.number) for span in spans if span.number is not None]
        told, wrong = _general(source, field, numbers)
        if wrong:
            spans = (*spans, Span(None, None, Fraction(0), feedback=wrong))
        return Numerical(spans), told, notes
    scores = _texts(source, field)
    right = [text for text, score in scores.items() if score > 0]
    told, wrong = _general(source, field, right)
    if not scores:
        return Essay(model=_model(source)), told, ()
    choices = _choices(source, field, scores)
    if wrong:
        choices = (*choices, Choice(Text("*"), Fraction(0), feedback=wrong))
    minds_case = any(test.get("case").strip().lower() == "yes" for _, test in _named(source, field))
    return ShortAnswer(choices, minds_case=minds_case), told, ()


def is_number(source: Source, field: Field) -> bool:
    """Return whether a number is asked for."""
    if field.kind == "num" or source.kind == "numerical_question":
        return True
    conditions = source.processing.conditions
    tests = [test for one in conditions for bound in _BOUNDS for test in tests_of(one, bound)]
    if any(test.get("respident") == field.ident for test in tests):
        return True
    texts = [text for text, _ in _named(source, field)]
    is_numeric = field.fibtype in {"integer", "decimal", "scientific"}
    return is_numeric and bool(texts) and all(read_fraction(text) is not None for text in texts)


def _named(source: Source, field: Field) -> list[tuple[str, Element]]:
    return [
        (test.text.strip(), test)
        for condition in source.processing.conditions
        for test in tests_of(condition, "varequal")
        if test.get("respident") == field.ident and test.text.strip()
    ]


def _texts(source: Source, field: Field) -> dict[str, Fraction]:
    """Return each text that the conditions name with what it earns.

    :raises CannotHold: none of them earns anything.
    """
    texts = dict.fromkeys(text for text, _ in _named(source, field))
    scores = {text: source.score({field.ident: [text]}) for text in texts}
    if scores and max(scores.values()) <= 0:
        raise CannotHold("None of the texts that it names earns a point.")
    return scores


def _choices(source: Source, field: Field, scores: dict[str, Fraction]) -> tuple[Choice, ...]:
    most = max(scores.values())
    general = set(source.processing.run({}).shown)
    choices = tuple(
        Choice(
            Text(text.replace("*", "\\*")),
            bounded(score / most),
            feedback=_told(source, _names(source, {field.ident: [text]}, without=general)),
        )
        for text, score in scores.items()
    )
    # What nobody is told about and earns nothing is wrong like everything else.
    return tuple(one for one in choices if one.fraction or one.feedback)


def _general(source: Source, field: Field, right: Sequence[str]) -> tuple[Text, Text]:
    """Return what is told of every response, and what only of a wrong one."""
    always = _names(source, {})
    told = [set(source.processing.run({field.ident: [text]}).shown) for text in right]
    common = [name for name in always if all(name in names for names in told)]
    wrong = [name for name in always if name not in common]
    return _told(source, common), _told(source, wrong)


def _names(source: Source, given: dict[str, list[str]], without: Collection[str] = ()) -> list[str]:
    return [name for name in source.processing.run(given).shown if name not in without]


def _told(source: Source, names: Iterable[str]) -> Text:
    return joined([source.feedback[name] for name in names if name in source.feedback])


def _model(source: Source) -> Text:
    named = [name for name in source.feedback if name.lower() in {"solution", "model"}]
    return joined([source.feedback[name] for name in named]) or NOTHING


def _spans(source: Source, field: Field) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    found: list[tuple[Range, Fraction, tuple[str, ...]]] = []
    notes: list[str] = []
    for condition in source.processing.conditions:
        ranges = _either(condition.all("conditionvar"), field.ident, notes)
        score = max(
            [read_fraction(one.text) or Fraction(0) for one in condition.all("setvar")],
            default=Fraction(0),
        )
        shown = tuple(one.get("linkrefid") for one in condition.all("displayfeedback"))
        if score > 0 or (ranges and shown):
            found += [(one, score, shown) for one in ranges]
    most = max((score for _, score, _ in found), default=Fraction(0))
    if most <= 0:
        raise CannotHold("It names no number that earns a point.")
    spans = tuple(
        Span(
            low,
            high,
            min(Fraction(1), score / most),
            feedback=_told(source, shown),
            number=number,
        )
        for (low, high, number), score, shown in _merged(found)
    )
    return spans, tuple(dict.fromkeys(notes))


def _merged(
    found: list[tuple[Range, Fraction, tuple[str, ...]]],
) -> list[tuple[Range, Fraction, tuple[str, ...]]]:
    """Return the ranges once each; one with feedback only adds it to the one that scores."""
    merged: dict[Range, tuple[Fraction, tuple[str, ...]]] = {}
    for one, score, shown in found:
        held_score, held_shown = merged.get(one, (Fraction(0), ()))
        merged[one] = (max(score, held_score), (*held_shown, *shown))
    return [(one, score, shown) for one, (score, shown) in merged.items()]


def _either(tests: list[Element], ident: str, notes: list[str]) -> list[Range]:
    """Return the ranges of which one must hold. A number in a range names it."""
    points: list[Range] = []
    ranges: list[Range] = []
    bounds: list[Element] = []
    for test in tests:
        if test.name in {"conditionvar", "or"}:
            ranges += _either(test.elements, ident, notes)
        elif test.name == "and":
            ranges += _all(test.elements, ident, notes)
        elif test.name == "varequal" and test.get("respident") == ident:
            points += _point(test)
        elif test.name in _BOUNDS and test.get("respident") == ident:
            bounds.append(test)
        elif test.name == "not":
            raise CannotHold("Its scoring counts numbers out, which has no equal here.")
    if bounds:
        ranges += _all(bounds, ident, notes)
    return _named_for(points, ranges)


def _named_for(points: list[Range], ranges: list[Range]) -> list[Range]:
    named: list[Range] = []
    left = list(points)
    for low, high, number in ranges:
        inside = [
            one
            for one in left
            if number is None
            and one[2] is not None
            and (low is None or (one[0] is not None and low <= one[0]))
            and (high is None or (one[1] is not None and one[1] <= high))
        ]
        if inside:
            left.remove(inside[0])
        named.append((low, high, inside[0][2] if inside else number))
    # A number that lies in no range stands for itself.
    return [*left, *named]


def _all(tests: list[Element], ident: str, notes: list[str]) -> list[Range]:
    low: Fraction | None = None
    high: Fraction | None = None
    for test in tests:
        if test.name not in _BOUNDS:
            return _either(tests, ident, notes) if test.name in {"or", "and"} else _refuse()
        limit = read_fraction(test.text)
        if limit is None:
            raise CannotHold("A bound of its range is no number.")
        if test.name in {"vargt", "varlt"}:
            notes.append(EXACT_NOTE)
        if test.name in {"vargt", "vargte"}:
            low = limit if low is None else max(low, limit)
        else:
            high = limit if high is None else min(high, limit)
    if low is not None and high is not None and low > high:
        raise CannotHold("Its range begins after its end.")
    return [(low, high, None)]


def _refuse() -> list[Range]:
    raise CannotHold("Its scoring combines numbers in a way that has no equal here.")


def _point(test: Element) -> list[Range]:
    number = read_fraction(test.text)
    if number is None:
        raise CannotHold("It expects a number and names a text.")
    margin = read_fraction(test.get("margin")) or Fraction(0)
    if test.get("margintype").strip().lower() == "percent":
        margin = abs(number) * margin / 100
    return [(number - abs(margin), number + abs(margin), number)]
