"""A question of ours as other programs would state it: the way back from `formats.fitting`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from quizapp.formats.base import Draft
from quizapp.formats.interchange import (
    Body,
    Choice,
    Essay,
    Gap,
    Gaps,
    Item,
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
)
from quizapp.questions.base import Raw
from quizapp.questions.choices import ALL_OR_NOTHING
from quizapp.questions.foreseen import ANY_OTHER, Foreseen, said_of, same_as
from quizapp.questions.gaps import Blank
from quizapp.questions.numbers import read_number, read_span
from quizapp.questions.registry import TYPES

_FULL, _NOTHING = Fraction(1), Fraction(0)


def state(draft: Draft) -> Item:
    """Return a draft that its type accepts as an item; its texts are our Markdown.

    Fractions are what a response would earn here: what its author states, else a key among k is
    worth 1/k, and a distractor beside it costs as much.
    """
    return Item(
        body=_STATERS[draft.type_name](draft.raw),
        line=draft.line,
        key=draft.key,
        name=draft.name,
        stem=markdown(draft.raw.get("stem")),
        explanation=markdown(draft.raw.get("explanation")),
        mark=draft.mark,
        category=draft.topic,
        tags=draft.tags,
        place=draft.place,
    )


def markdown(text: Any) -> Text:
    """Return a text of ours, "" where there is none."""
    return Text(text or "", Markup.MARKDOWN)


def typed(text: str, fraction: Fraction = _FULL, said: Foreseen | None = None) -> Choice:
    """Return a text that may be typed, with what is said to it; a star in it is a star."""
    feedback = markdown(said.feedback if said else "")
    return Choice(Text(text.replace("*", "\\*")), fraction, feedback)


def _choices(raw: Raw, type_name: str, **how: bool) -> Body:
    """Return options with what choosing each adds to the grade here."""
    kind: Any = TYPES[type_name]
    content = kind.parse(raw)
    is_still = all(option.locked for option in content.options)
    choices = tuple(
        Choice(
            markdown(option.text),
            worth,
            markdown(option.feedback),
            is_fixed=option.locked and not is_still,
        )
        for option, worth in zip(content.options, kind.worths(content), strict=True)
    )
    return MultipleChoice(choices, shuffles=not is_still, **how)


def _single(raw: Raw) -> Body:
    return _choices(raw, "single_choice", is_single=True)


def _several(raw: Raw) -> Body:
    is_exact = raw.get("scoring") == ALL_OR_NOTHING
    return _choices(raw, "multiple_response", is_single=False, all_or_nothing=is_exact)


def _truth(raw: Raw) -> Body:
    feedback = markdown(raw.get("feedback"))
    return TrueFalse(raw["key"], feedback, feedback)


def _typed(raw: Raw) -> Body:
    content = TYPES["short_text"].parse(raw)
    return _answers(content.accepted, content.foreseen)


def _answers(accepted: tuple[str, ...], foreseen: tuple[Foreseen, ...]) -> ShortAnswer:
    """Return what may be typed: what is accepted with what is said to it, then what is foreseen."""
    full = [typed(text, said=said_of(text, foreseen)) for text in accepted]
    rights = {same_as(text) for text in accepted}
    rest = [one for one in foreseen if same_as(one.text) not in rights]
    others = [
        Choice(Text(ANY_OTHER), _NOTHING, markdown(one.feedback))
        if one.text == ANY_OTHER
        else typed(one.text, one.fraction, one)
        for one in rest
    ]
    return ShortAnswer((*full, *others))


def _number(raw: Raw) -> Body:
    number = _exact(raw["number"])
    low = high = number
    if raw.get("minimum"):
        low, high = _exact(raw["minimum"]), _exact(raw["maximum"])
    elif raw.get("tolerance"):
        low, high = number - _exact(raw["tolerance"]), number + _exact(raw["tolerance"])
    foreseen = TYPES["numeric"].parse(raw).foreseen
    whole = next((one for one in foreseen if read_span(one.text) == (low, high)), None)
    main = Span(low, high, _FULL, markdown(whole.feedback if whole else ""), number)
    others = [_span(one, low, high) for one in foreseen if one is not whole]
    units = (raw.get("unit"), *(raw.get("units") or ()))
    return Numerical(
        (main, *(one for one in others if one is not None)),
        tuple((unit, _FULL) for unit in units if unit),
    )


def _span(one: Foreseen, low: Fraction, high: Fraction) -> Span | None:
    """Return numbers that are foreseen, or None for words; `low`, `high`: what earns everything."""
    if one.text == ANY_OTHER:
        return Span(None, None, _NOTHING, markdown(one.feedback))
    span = read_span(one.text)
    if span is None:
        return None
    is_right = low <= span[0] and span[1] <= high
    number = span[0] if span[0] == span[1] else None
    return Span(*span, _FULL if is_right else one.fraction, markdown(one.feedback), number)


def _exact(text: str) -> Fraction:
    return read_number(text) or _NOTHING


def _match(raw: Raw) -> Body:
    pairs = [Pair(markdown(pair["left"]), Text(pair["right"])) for pair in raw["pairs"]]
    others = [Pair(Text(), Text(text)) for text in raw.get("distractors") or ()]
    return Match((*pairs, *others))


def _sequence(raw: Raw) -> Body:
    return Sequence(tuple(markdown(item["text"]) for item in raw["items"]))


def _gaps(raw: Raw) -> Body:
    pieces = TYPES["cloze"].parse(raw).pieces
    return Gaps(tuple(_gap(one) if isinstance(one, Blank) else markdown(one) for one in pieces))


def _gap(blank: Blank) -> Gap:
    if not blank.distractors:
        return Gap(_answers(blank.accepted, blank.foreseen))
    said = {one.text: one for one in blank.foreseen}
    nothing = Foreseen("")
    wrong = (
        Choice(Text(text), one.fraction, markdown(one.feedback))
        for text in blank.distractors
        for one in (said.get(text, nothing),)
    )
    key = Choice(Text(blank.key), _FULL, markdown(said.get(blank.key, nothing).feedback))
    return Gap(MultipleChoice((key, *wrong), is_single=True))


def _essay(raw: Raw) -> Body:
    return Essay(markdown(raw["answer"]))


_STATERS: Mapping[str, Callable[[Raw], Body]] = {
    "single_choice": _single,
    "multiple_response": _several,
    "true_false": _truth,
    "short_text": _typed,
    "numeric": _number,
    "cloze": _gaps,
    "matching": _match,
    "ordering": _sequence,
    "self_rated": _essay,
}
