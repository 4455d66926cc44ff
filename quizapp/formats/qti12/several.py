"""Several fields in one item of QTI 1.2: what belongs together, and gaps in a text."""

from __future__ import annotations

import re
from fractions import Fraction

from quizapp.formats.html_pieces import joined, words_in
from quizapp.formats.interchange import (
    NOTHING,
    Choice,
    Gap,
    Gaps,
    Match,
    MultipleChoice,
    Numerical,
    Pair,
    ShortAnswer,
    Text,
)
from quizapp.formats.qti12.choices import fractions_of, shuffles
from quizapp.formats.qti12.presentation import Field
from quizapp.formats.qti12.source import Source
from quizapp.formats.qti12.typed import read_typed
from quizapp.formats.weighing import CannotHold, bounded

_PREFIX = "response_"
#: How Canvas may compare what is typed, where it is the same as here.
_COMPARED_HERE = {"", "Equivalence", "TextEquivalence", "TextInChoices"}
#: Those that are read, with what is otherwise named.
_CONTAINS, _CLOSE, _PATTERN = "TextContainsAnswer", "TextCloseEnough", "TextRegex"
_PATTERN_REASON = (
    "A gap compares what is typed with a pattern (a regular expression), which has no equal here."
)
SAME_NOTE = "A list in which all options say the same became a place to type in."
_CHOSEN = {"dropdown", "wordbank"}


def read_match(source: Source) -> Match:
    """Return what belongs together: a field for each left part, its options the right ones.

    :raises CannotHold: a part has no partner, or several.
    """
    pairs: list[Pair] = []
    used: set[str] = set()
    for field in source.fields:
        if field.kind != "lid" or field.cardinality != "single":
            raise CannotHold("Its parts are put into groups, which has no equal here.")
        right = [
            label
            for label, fraction in zip(field.labels, _fractions(source, field), strict=True)
            if fraction > 0
        ]
        if len(right) != 1:
            raise CannotHold("One of its parts has no partner, or several.")
        pairs.append(Pair(field.prompt, right[0].text))
        used.add(right[0].text.text)
    texts = dict.fromkeys(label.text for field in source.fields for label in field.labels)
    pairs += [Pair(NOTHING, text) for text in texts if text.text not in used]
    return Match(tuple(pairs), shuffles=any(shuffles(source, field) for field in source.fields))


def _fractions(source: Source, field: Field) -> list[Fraction]:
    """Return what each option of one field earns, where all others are answered rightly.

    So it is right whether points are given for each field or only for all of them.
    """
    given, most = source.best()
    if most <= 0:
        return [Fraction(0)] * len(field.labels)
    others = {name: values for name, values in given.items() if name != field.ident}
    nothing = source.score(others)
    scores = [source.score({**others, field.ident: [one.ident]}) for one in field.labels]
    best = max(scores) - nothing
    return [(score - nothing) / best if best > 0 else Fraction(0) for score in scores]


def read_groups(source: Source) -> tuple[Match, tuple[str, ...]]:
    """Return what is put into groups as what belongs together: each thing with its group.

    :raises CannotHold: a thing belongs to several groups, or none to any.
    """
    given, most = source.best()
    groups = {
        label.ident: [
            one.prompt for one in source.fields if label.ident in given.get(one.ident, ())
        ]
        for field in source.fields
        for label in field.labels
    }
    if most <= 0 or any(len(one) > 1 for one in groups.values()) or not any(groups.values()):
        raise CannotHold("A part belongs to several groups, or none does to any.")
    labels = {label.ident: label.text for field in source.fields for label in field.labels}
    pairs = [Pair(labels[ident], one[0]) for ident, one in groups.items() if one]
    used = {text for one in groups.values() for text in one}
    pairs += [Pair(NOTHING, one.prompt) for one in source.fields if one.prompt not in used]
    notes = [
        f"“{words_in(labels[ident].text)}” belongs to no group and was left out."
        for ident, one in groups.items()
        if not one
    ]
    return Match(tuple(pairs)), (*notes, "The groups became what is matched, part by part.")


def read_named_gaps(source: Source) -> tuple[Gaps, tuple[str, ...]]:
    """Return a text with a gap at each "[name]", each with a field `response_name`, as in Canvas.

    :raises CannotHold: a gap is not in the text, or compares in a way that has no equal here.
    """
    stem = joined([part for part in source.presentation.parts if isinstance(part, Text)])
    names = {field.ident.removeprefix(_PREFIX): field for field in source.fields}
    if not names:
        raise CannotHold("It has no gaps.")
    marks = re.compile("|".join(re.escape(f"[{name}]") for name in names))
    pieces: list[Text | Gap] = []
    notes: list[str] = []
    at = 0
    asked: set[str] = set()
    for found in marks.finditer(stem.text):
        name = found.group()[1:-1]
        if name in asked:
            continue
        asked.add(name)
        if found.start() > at:
            pieces.append(Text(stem.text[at : found.start()], stem.markup))
        pieces.append(_gap(source, names[name], notes))
        at = found.end()
    if stem.text[at:]:
        pieces.append(Text(stem.text[at:], stem.markup))
    missing = [name for name in names if name not in asked]
    if missing:
        raise CannotHold(f"Its text has no place for the gap “{missing[0][:60]}”.")
    return Gaps(tuple(pieces)), tuple(dict.fromkeys(notes))


def _gap(source: Source, field: Field, notes: list[str]) -> Gap:
    asked = {label.answer_type for label in field.labels}
    _check_algorithms(field)
    is_typed = source.kind.startswith("fill_in") and not asked & _CHOSEN
    if not source.kind and len(field.labels) > 1 and len(_folded(field)) == 1:
        is_typed = True
        notes.append(SAME_NOTE)
    if field.kind in {"str", "num"}:
        return _typed_gap(source, field)
    fractions = _fractions(source, field)
    if is_typed:
        # Canvas lists what is accepted, and gives points for the first of it only.
        return Gap(_accepted(field, notes), weight=_weight(source, field))
    if max(fractions, default=Fraction(0)) <= 0:
        raise CannotHold("One of its gaps has no option that is right.")
    choices = tuple(
        Choice(label.text, bounded(fraction), ident=label.ident)
        for label, fraction in zip(field.labels, fractions, strict=True)
    )
    return Gap(MultipleChoice(choices, is_single=True), weight=_weight(source, field))


def _accepted(field: Field, notes: list[str]) -> ShortAnswer:
    labels = {label.text: label for label in reversed(field.labels) if label.text}
    if not labels:
        raise CannotHold("One of its gaps has no text that fits.")
    choices = []
    for label in reversed(labels.values()):
        text = _literal(label.text)
        if label.algorithm == _CONTAINS:
            text = Text(f"*{text.text}*", text.markup)
        if label.algorithm == _CLOSE:
            notes.append(
                f"Texts close to “{words_in(label.text.text)}” counted, too (up to "
                f"{label.distance or 'some'} wrong letters); here one slip in a long word does."
            )
        choices.append(Choice(text, Fraction(1), ident=label.ident))
    return ShortAnswer(tuple(choices), minds_case=any(one.minds_case for one in field.labels))


def _check_algorithms(field: Field) -> None:
    others = {one.algorithm for one in field.labels} - _COMPARED_HERE - {_CONTAINS, _CLOSE}
    if _PATTERN in others:
        raise CannotHold(_PATTERN_REASON)
    if others:
        raise CannotHold(
            f"A gap compares what is typed in a way that has no equal here ({min(others)})."
        )


def _folded(field: Field) -> set[str]:
    return {" ".join(label.text.text.split()).casefold() for label in field.labels}


def _literal(text: Text) -> Text:
    return Text(text.text.replace("*", "\\*"), text.markup)


def _weight(source: Source, field: Field) -> Fraction:
    """Return what a gap alone earns; 1 where points are given only for all of them."""
    given, _ = source.best()
    values = given.get(field.ident, ())
    return (source.score({field.ident: values}) if values else Fraction(0)) or Fraction(1)


def read_inline_gaps(source: Source) -> Gaps:
    """Return texts and the fields between them, each a gap, in their order.

    :raises CannotHold: a field scores in a way that cannot be held.
    """
    pieces: list[Text | Gap] = []
    for part in source.presentation.parts:
        if isinstance(part, Text):
            pieces.append(part)
            continue
        if part.prompt:
            pieces.append(part.prompt)
        if part.kind == "lid":
            pieces.append(_chosen_gap(source, part))
        else:
            pieces.append(_typed_gap(source, part))
    return Gaps(tuple(_spaced(pieces)))


def _spaced(pieces: list[Text | Gap]) -> list[Text | Gap]:
    """Return texts and gaps with a space between them, which such files leave out."""
    spaced: list[Text | Gap] = []
    for number, piece in enumerate(pieces):
        if isinstance(piece, Text):
            before = " " if number and piece.text[:1].isalnum() else ""
            after = " " if number + 1 < len(pieces) and not piece.text[-1:].isspace() else ""
            piece = Text(f"{before}{piece.text}{after}", piece.markup)  # noqa: PLW2901
        spaced.append(piece)
    return spaced


def _chosen_gap(source: Source, field: Field) -> Gap:
    if field.cardinality != "single":
        raise CannotHold("It has several places in which several options are chosen.")
    fractions = fractions_of(source, field)
    if max(fractions, default=Fraction(0)) <= 0:
        raise CannotHold("One of its places has no option that is right.")
    choices = tuple(
        Choice(label.text, fraction, ident=label.ident)
        for label, fraction in zip(field.labels, fractions, strict=True)
    )
    return Gap(MultipleChoice(choices, is_single=True), weight=_weight(source, field))


def _typed_gap(source: Source, field: Field) -> Gap:
    body, _, _ = read_typed(source, field)
    if isinstance(body, ShortAnswer | Numerical):
        return Gap(body, weight=_weight(source, field))
    raise CannotHold("One of its gaps has no text that fits.")
