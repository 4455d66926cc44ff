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
from quizapp.questions.gaps import Blank, parse_gaps
from quizapp.questions.numbers import read_number

_FULL, _NOTHING = Fraction(1), Fraction(0)


def state(draft: Draft) -> Item:
    """Return a draft that its type accepts as an item; its texts are our Markdown.

    Fractions are what a response would earn here: a key among k is worth 1/k, and a distractor
    beside it costs as much.
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


def typed(text: str, fraction: Fraction = _FULL) -> Choice:
    """Return a text that may be typed; a star in it is a star."""
    return Choice(Text(text.replace("*", "\\*")), fraction)


def _options(raw: Raw, wrong: Fraction, right: Fraction) -> tuple[Choice, ...]:
    options = raw["options"]
    is_still = _keeps_order(raw)
    return tuple(
        Choice(
            markdown(option["text"]),
            right if option.get("key") else wrong,
            markdown(option.get("feedback")),
            is_fixed=bool(option.get("locked")) and not is_still,
        )
        for option in options
    )


def _keeps_order(raw: Raw) -> bool:
    return all(option.get("locked") for option in raw["options"])


def _single(raw: Raw) -> Body:
    choices = _options(raw, _NOTHING, _FULL)
    return MultipleChoice(choices, is_single=True, shuffles=not _keeps_order(raw))


def _several(raw: Raw) -> Body:
    keys = sum(bool(option.get("key")) for option in raw["options"])
    share = Fraction(1, max(1, keys))
    return MultipleChoice(
        _options(raw, -share, share),
        is_single=False,
        shuffles=not _keeps_order(raw),
        all_or_nothing=raw.get("scoring") == ALL_OR_NOTHING,
    )


def _truth(raw: Raw) -> Body:
    feedback = markdown(raw.get("feedback"))
    return TrueFalse(raw["key"], feedback, feedback)


def _typed(raw: Raw) -> Body:
    return ShortAnswer(tuple(typed(text) for text in raw["accepted"]))


def _number(raw: Raw) -> Body:
    number = _exact(raw["number"])
    low = high = number
    if raw.get("minimum"):
        low, high = _exact(raw["minimum"]), _exact(raw["maximum"])
    elif raw.get("tolerance"):
        low, high = number - _exact(raw["tolerance"]), number + _exact(raw["tolerance"])
    units = (raw.get("unit"), *(raw.get("units") or ()))
    return Numerical(
        (Span(low, high, _FULL, number=number),),
        tuple((unit, _FULL) for unit in units if unit),
    )


def _exact(text: str) -> Fraction:
    return read_number(text) or _NOTHING


def _match(raw: Raw) -> Body:
    pairs = [Pair(markdown(pair["left"]), Text(pair["right"])) for pair in raw["pairs"]]
    others = [Pair(Text(), Text(text)) for text in raw.get("distractors") or ()]
    return Match((*pairs, *others))


def _sequence(raw: Raw) -> Body:
    return Sequence(tuple(markdown(item["text"]) for item in raw["items"]))


def _gaps(raw: Raw) -> Body:
    pieces, _ = parse_gaps(raw["text"])
    return Gaps(tuple(_gap(one) if isinstance(one, Blank) else markdown(one) for one in pieces))


def _gap(blank: Blank) -> Gap:
    if not blank.distractors:
        return Gap(ShortAnswer(tuple(typed(text) for text in blank.accepted)))
    wrong = (Choice(Text(text), _NOTHING) for text in blank.distractors)
    return Gap(MultipleChoice((Choice(Text(blank.key), _FULL), *wrong), is_single=True))


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
