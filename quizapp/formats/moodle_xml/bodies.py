"""What is asked in each kind of question that Moodle XML has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from quizapp.formats.embedded import read_gaps
from quizapp.formats.fractions_read import read_fraction
from quizapp.formats.interchange import (
    Body,
    Choice,
    Description,
    Essay,
    Gap,
    Gaps,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Pair,
    Sequence,
    ShortAnswer,
    Span,
    Text,
    TrueFalse,
    Unsupported,
)
from quizapp.formats.moodle_xml.files import Files
from quizapp.formats.moodle_xml.numbers import fraction_in, fraction_of, is_true
from quizapp.formats.moodle_xml.texts import raw_text, text_in
from quizapp.formats.xml_tree import Element

_MOST_PARTS = 500
_SLOT = re.compile(r"\[\[(\d{1,3})\]\]")
_WHY = {
    "calculated": "Its numbers are worked out from a formula; write it with one set of numbers",
    "calculatedmulti": "Its numbers are worked out from a formula; write it with one set",
    "calculatedsimple": "Its numbers are worked out from a formula; write it with one set",
    "random": "It stands for a question drawn at random; draw in the quiz instead",
    "randomsamatch": "It is made from other questions at random",
    "ddimageortext": "Things are dragged onto a picture, which cannot be done here",
    "ddmarker": "Things are dragged onto a picture, which cannot be done here",
    "missingtype": "Moodle itself did not know this kind",
}


class Unreadable(Exception):
    """The question makes no sense; `str` of it is the reason, as a sentence."""


@dataclass(frozen=True, slots=True)
class Source:
    """A question as it stands in a file; `stem` is its text, `files` keeps what it brings."""

    element: Element
    stem: Text
    files: Files


def unknown(source: Source) -> Body:
    """Return that there is no such kind here."""
    kind = source.element.get("type") or "none named"
    return Unsupported(kind, _WHY.get(kind, "This kind of question does not exist here"))


def _choices(element: Element, files: Files, usual: Markup) -> tuple[Choice, ...]:
    answers = element.all("answer")
    if len(answers) > _MOST_PARTS:
        raise Unreadable(f"It has more than {_MOST_PARTS} answers.")
    return tuple(_choice(one, files, usual) for one in answers)


def _choice(answer: Element, files: Files, usual: Markup) -> Choice:
    fraction = fraction_of(answer)
    if fraction is None or abs(fraction) > 1:
        raise Unreadable(f"The fraction “{answer.get('fraction')[:20]}” of an answer is no share.")
    return Choice(
        text_in(answer, files, usual), fraction, text_in(answer.first("feedback"), files, usual)
    )


def _multichoice(source: Source) -> Body:
    return MultipleChoice(
        _choices(source.element, source.files, Markup.HTML),
        is_single=is_true(source.element, "single", True),
        shuffles=is_true(source.element, "shuffleanswers", True),
    )


def _all_or_nothing(source: Source) -> Body:
    return MultipleChoice(
        _choices(source.element, source.files, Markup.HTML),
        is_single=False,
        shuffles=is_true(source.element, "shuffleanswers", True),
        all_or_nothing=True,
    )


def _truefalse(source: Source) -> Body:
    feedback = {True: Text(), False: Text()}
    key: bool | None = None
    for place, answer in enumerate(source.element.all("answer")[:2]):
        said = raw_text(answer).lower()
        # Files in other languages say it in their words, true first.
        value = said == "true" if said in ("true", "false") else place == 0
        feedback[value] = text_in(answer.first("feedback"), source.files)
        if (fraction_of(answer) or Fraction(0)) > 0:
            key = value
    if key is None:
        raise Unreadable("Neither true nor false is right in it.")
    return TrueFalse(key, feedback[True], feedback[False])


def _shortanswer(source: Source) -> Body:
    choices = tuple(
        Choice(Text(one.text.text), one.fraction, one.feedback)
        for one in _choices(source.element, source.files, Markup.HTML)
    )
    return ShortAnswer(choices, minds_case=is_true(source.element, "usecase", False))


def _numerical(source: Source) -> Body:
    spans = []
    for answer in source.element.all("answer"):
        choice = _choice(answer, source.files, Markup.HTML)
        if choice.text.text == "*":
            spans.append(Span(None, None, choice.fraction, choice.feedback))
            continue
        number, off = read_fraction(choice.text.text), fraction_in(answer, "tolerance", Fraction(0))
        if number is None:
            raise Unreadable(f"“{choice.text.text[:40]}” is no number.")
        low, high = number - abs(off), number + abs(off)
        spans.append(Span(low, high, choice.fraction, choice.feedback, number))
    units = tuple(
        (unit.text_of("unit_name"), fraction_in(unit, "multiplier", Fraction(1)))
        for group in source.element.all("units")
        for unit in group.all("unit")
    )
    return Numerical(tuple(spans), units)


def _match(source: Source) -> Body:
    subquestions = source.element.all("subquestion")
    if len(subquestions) > _MOST_PARTS:
        raise Unreadable(f"It has more than {_MOST_PARTS} pairs.")
    pairs = tuple(
        Pair(text_in(one, source.files, Markup.HTML), Text(raw_text(one.first("answer"))))
        for one in subquestions
    )
    return Match(pairs, shuffles=is_true(source.element, "shuffleanswers", True))


def _ordering(source: Source) -> Body:
    return Sequence(
        tuple(text_in(one, source.files, Markup.HTML) for one in source.element.all("answer"))
    )


def _essay(source: Source) -> Body:
    return Essay(text_in(source.element.first("graderinfo"), source.files, Markup.HTML))


def _description(_source: Source) -> Body:
    return Description()


def _cloze(source: Source) -> Body:
    return read_gaps(source.stem.text, source.stem.markup)


def _slots(source: Source) -> Body:
    """Read a text whose gaps are filled from one or more lists of words."""
    words = source.element.all("selectoption", "dragbox")
    if len(words) > _MOST_PARTS:
        raise Unreadable(f"It has more than {_MOST_PARTS} words to choose from.")
    groups = [one.text_of("group") or "1" for one in words]
    texts = [raw_text(one) for one in words]
    pieces: list[Text | Gap] = []
    at = 0
    for found in _SLOT.finditer(source.stem.text):
        pieces.append(Text(source.stem.text[at : found.start()], source.stem.markup))
        place = int(found[1]) - 1
        if not 0 <= place < len(words):
            raise Unreadable(f"The gap {found[0]} has no word.")
        choices = tuple(
            Choice(Text(text, Markup.HTML), Fraction(int(number == place)))
            for number, text in enumerate(texts)
            if groups[number] == groups[place]
        )
        pieces.append(Gap(MultipleChoice(choices, is_single=True)))
        at = found.end()
    if not at:
        raise Unreadable("It has no gap [[1]] in its text.")
    return Gaps((*pieces, Text(source.stem.text[at:], source.stem.markup)))


BODIES: Mapping[str, Callable[[Source], Body]] = {
    "multichoice": _multichoice,
    "multichoiceset": _all_or_nothing,
    "truefalse": _truefalse,
    "shortanswer": _shortanswer,
    "numerical": _numerical,
    "matching": _match,
    "match": _match,
    "ordering": _ordering,
    "essay": _essay,
    "description": _description,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _slots,
    "ddwtos": _slots,
}
