"""Several fields in one item of QTI 1.2: what belongs together, and gaps in a text."""

from __future__ import annotations

import re
from fractions import Fraction

from quizapp.formats.html_pieces import joined
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


def read_named_gaps(source: Source) -> Gaps:
    """Return a text with a gap at each "[name]", each with a field `response_name`, as in Canvas.

    :raises CannotHold: a gap is not in the text, or compares in a way that has no equal here.
    """
    stem = joined([part for part in source.presentation.parts if isinstance(part, Text)])
    names = {field.ident.removeprefix(_PREFIX): field for field in source.fields}
    if not names:
        raise CannotHold("It has no gaps.")
    marks = re.compile("|".join(re.escape(f"[{name}]") for name in names))
    pieces: list[Text | Gap] = []
    at = 0
    asked: set[str] = set()
    for found in marks.finditer(stem.text):
        name = found.group()[1:-1]
        if name in asked:
            continue
        asked.add(name)
        if found.start() > at:
            pieces.append(Text(stem.text[at : found.start()], stem.markup))
        pieces.append(_gap(source, names[name]))
        at = found.end()
    if stem.text[at:]:
        pieces.append(Text(stem.text[at:], stem.markup))
    missing = [name for name in names if name not in asked]
    if missing:
        raise CannotHold(f"Its text has no place for the gap “{missing[0][:60]}”.")
    return Gaps(tuple(pieces))


def _gap(source: Source, field: Field) -> Gap:
    asked = {label.answer_type for label in field.labels}
    algorithms = {label.algorithm for label in field.labels} - _COMPARED_HERE
    if algorithms:
        raise CannotHold(
            f"A gap compares what is typed in a way that has no equal here ({min(algorithms)})."
        )
    is_typed = source.kind.startswith("fill_in") and not asked & _CHOSEN
    if field.kind in {"str", "num"}:
        return _typed_gap(source, field)
    fractions = _fractions(source, field)
    if is_typed:
        # Canvas lists what is accepted, and gives points for the first of it only.
        accepted = {label.text: label.ident for label in reversed(field.labels) if label.text}
        if not accepted:
            raise CannotHold("One of its gaps has no text that fits.")
        choices = (
            Choice(_literal(text), Fraction(1), ident=accepted[text])
            for text in dict.fromkeys(label.text for label in field.labels if label.text)
        )
        return Gap(ShortAnswer(tuple(choices)))
    if max(fractions, default=Fraction(0)) <= 0:
        raise CannotHold("One of its gaps has no option that is right.")
    choices = tuple(
        Choice(label.text, bounded(fraction), ident=label.ident)
        for label, fraction in zip(field.labels, fractions, strict=True)
    )
    return Gap(MultipleChoice(choices, is_single=True), weight=_weight(source, field))


def _literal(text: Text) -> Text:
    return Text(text.text.replace("*", "\\*"), text.markup)


def _weight(source: Source, field: Field) -> Fraction:
    return max([source.score({field.ident: [one.ident]}) for one in field.labels]) or Fraction(1)


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
        return Gap(body)
    raise CannotHold("One of its gaps has no text that fits.")
