"""Choosing in QTI 1.2: one option, several, true or false, and putting in order."""

from __future__ import annotations

from fractions import Fraction

from quizapp.formats.html_pieces import joined
from quizapp.formats.interchange import (
    Body,
    Choice,
    MultipleChoice,
    Sequence,
    Text,
    TrueFalse,
)
from quizapp.formats.qti12.presentation import Field, Label
from quizapp.formats.qti12.source import Source
from quizapp.formats.weighing import CannotHold, weigh_alone, weigh_together

_TRUE, _FALSE = {"true", "t", "yes"}, {"false", "f", "no"}


def read_choice(source: Source, field: Field) -> tuple[Body, Text]:
    """Return what one field to choose in asks, and what is told of every response.

    :raises CannotHold: its scoring cannot be held.
    """
    _check_labels(field)
    if field.cardinality == "ordered":
        return _read_order(source, field), _explanation(source, field)
    if field.cardinality == "multiple" or source.kind.startswith(
        ("multiple_answers", "cc.multiple_response")
    ):
        body: Body = _read_several(source, field)
    else:
        body = _read_one(source, field)
    return body, _explanation(source, field)


def fractions_of(source: Source, field: Field) -> list[Fraction]:
    """Return what each option earns when it alone is chosen, of the most that one earns."""
    return weigh_alone(
        lambda chosen: source.score({field.ident: list(chosen)}),
        [label.ident for label in field.labels],
    )


def shuffles(source: Source, field: Field) -> bool:
    """Return whether options are shuffled. Canvas does not say, and leaves it to the quiz."""
    return bool(source.kind) if field.shuffles is None else field.shuffles


def _read_one(source: Source, field: Field) -> Body:
    fractions = fractions_of(source, field)
    feedback = _feedback(source, field)
    choices = tuple(
        Choice(label.text, fraction, feedback=told, is_fixed=label.is_fixed, ident=label.ident)
        for label, fraction, told in zip(field.labels, fractions, feedback, strict=True)
    )
    is_truth = not source.kind or source.kind.startswith(("true_false", "cc.true_false"))
    truth = _as_true_false(choices) if is_truth else None
    return truth or MultipleChoice(choices, is_single=True, shuffles=shuffles(source, field))


def _as_true_false(choices: tuple[Choice, ...]) -> TrueFalse | None:
    """Return options that say "true" and "false" and nothing else as such a question, or None."""
    if len(choices) != 2 or {choice.fraction for choice in choices} != {Fraction(0), Fraction(1)}:
        return None
    words = [_word(choice.text) for choice in choices]
    if words[0] in _TRUE and words[1] in _FALSE:
        true, false = choices
    elif words[0] in _FALSE and words[1] in _TRUE:
        false, true = choices
    else:
        return None
    if {"yes", "no"} & set(words):
        return None
    return TrueFalse(true.fraction == 1, if_true=true.feedback, if_false=false.feedback)


def _word(text: Text) -> str:
    plain = text.text
    for tag in ("<p>", "</p>", "<div>", "</div>"):
        plain = plain.replace(tag, "")
    return plain.strip().lower()


def _read_several(source: Source, field: Field) -> MultipleChoice:
    given, most = source.best()
    keys = set(given.get(field.ident, ()))
    feedback = _feedback(source, field)
    if not keys or most <= 0:
        fractions, whole = [Fraction(0) for _ in field.labels], False
    else:
        fractions, whole = weigh_together(
            lambda chosen: source.score({field.ident: list(chosen)}),
            [label.ident for label in field.labels],
            keys,
        )
    choices = tuple(
        Choice(label.text, fraction, feedback=told, is_fixed=label.is_fixed, ident=label.ident)
        for label, fraction, told in zip(field.labels, fractions, feedback, strict=True)
    )
    return MultipleChoice(
        choices,
        is_single=False,
        shuffles=shuffles(source, field),
        all_or_nothing=whole,
    )


def _read_order(source: Source, field: Field) -> Sequence:
    given, most = source.best()
    order = given.get(field.ident, ())
    by_ident = {label.ident: label for label in field.labels}
    if most <= 0 or len(set(order)) != len(order) or set(order) != set(by_ident):
        raise CannotHold("Its right order is not told, or not of all its parts.")
    return Sequence(tuple(by_ident[ident].text for ident in order))


def _feedback(source: Source, field: Field) -> list[Text]:
    """Return what is told of each option alone, without what is told of all of them."""
    shown = [_shown(source, field, label) for label in field.labels]
    common = _common(shown)
    return [
        joined([source.feedback[name] for name in names if name not in common]) for names in shown
    ]


def _explanation(source: Source, field: Field) -> Text:
    shown = [_shown(source, field, label) for label in field.labels]
    common = _common(shown)
    names = [name for name in (shown[0] if shown else ()) if name in common]
    if field.cardinality == "ordered":
        given, _ = source.best()
        names = [one for one in source.processing.run(given).shown if one in source.feedback]
    return joined([source.feedback[name] for name in names])


def _shown(source: Source, field: Field, label: Label) -> list[str]:
    outcome = source.processing.run({field.ident: [label.ident]})
    return [name for name in outcome.shown if name in source.feedback]


def _common(shown: list[list[str]]) -> set[str]:
    return set.intersection(*map(set, shown)) if len(shown) > 1 else set()


def _check_labels(field: Field) -> None:
    idents = [label.ident for label in field.labels]
    if len(set(idents)) != len(idents) or "" in idents:
        raise CannotHold("Two of its options have the same name in the file, or none.")
