"""One question of another program as a draft of ours, or left out with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, LeftOut, Reading
from quizapp.formats.fitting.arranged import fit_match, fit_sequence
from quizapp.formats.fitting.changes import CannotFit, Changes, quoted
from quizapp.formats.fitting.choices import fit_choice, fit_truth
from quizapp.formats.fitting.gaps import fit_gaps
from quizapp.formats.fitting.numbers import fit_number
from quizapp.formats.fitting.typed import fit_essay, fit_typed
from quizapp.formats.interchange import (
    Body,
    Description,
    Essay,
    Gap,
    Gaps,
    Item,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    TrueFalse,
    Unsupported,
)
from quizapp.formats.texts import as_words
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import MOST_TAGS, TAG_LIMIT, is_tag

#: The raw content of a question and the name of its type.
Fitted = tuple[str, dict[str, Any]]

_MOST_MARK = 1_000
_NOT_IN_TAGS = re.compile(r"[\W_]+")
_WORDS = 80
#: More than a question can have here, and few enough to tell one from another quickly.
_MOST_PARTS = 500
#: What Moodle takes off for a wrong try where nobody chose another figure.
_USUAL_PENALTIES = (0, 1, Fraction(3333333, 10_000_000), Fraction(1, 3), Fraction(333, 1000))

_FITTERS: Mapping[type, Callable[[Any, Item, Changes], Fitted]] = {
    MultipleChoice: fit_choice,
    TrueFalse: fit_truth,
    ShortAnswer: fit_typed,
    Numerical: fit_number,
    Match: fit_match,
    Sequence: fit_sequence,
    Gaps: fit_gaps,
    Essay: fit_essay,
}


def fit(item: Item) -> Draft | LeftOut:
    """Return a question of another program in our terms, every difference named."""
    changes = Changes(dict.fromkeys(item.notes))
    try:
        type_name, raw = _fit_body(item, changes)
        kind = TYPES[type_name]
        raw = kind.dump(kind.parse(raw))
    except CannotFit as why:
        return _left_out(item, str(why))
    except Invalid as why:
        return _left_out(item, " ".join(_sentence(p.path, p.message) for p in why.problems[:3]))
    _say_hints(item, changes)
    return Draft(
        line=item.line,
        type_name=type_name,
        raw=raw,
        key=item.key,
        name=" ".join(item.name.split()),
        topic=item.category,
        tags=_tags(item.tags, changes),
        mark=_mark(item.mark, changes),
        changes=tuple(changes.said),
        place=item.place,
    )


def fit_all(
    items: Iterable[Item | LeftOut],
    remarks: Iterable[str] = (),
    media: Mapping[str, bytes] | None = None,
) -> Reading:
    """Return what a file holds, with what is true of its questions in general said once."""
    items = tuple(items)
    said = list(remarks)
    questions = [one for one in items if isinstance(one, Item)]
    if any(one.penalty for one in questions):
        said.append(
            "What a wrong try costs is not kept: here a response is graded once, without a penalty."
        )
    if any(isinstance(one.body, ShortAnswer) for one in questions):
        said.append(
            "Typed answers are compared more kindly here: accents, hyphens and one slip in a long "
            "word are forgiven."
        )
    found = tuple(one if isinstance(one, LeftOut) else fit(one) for one in items)
    return Reading(found, tuple(said), media or {})


def _fit_body(item: Item, changes: Changes) -> Fitted:
    if isinstance(item.body, Description):
        raise CannotFit("Nothing is asked in it; put it before a question that needs it.")
    if isinstance(item.body, Unsupported):
        raise CannotFit(f"{item.body.reason} (kind: {item.body.kind}).".replace(".)", ")"))
    if _parts(item.body) > _MOST_PARTS:
        raise CannotFit(f"It has more than {_MOST_PARTS} options, pairs or gaps.")
    return _FITTERS[type(item.body)](item.body, item, changes)


def _parts(body: Body) -> int:
    """Return how many options, pairs, gaps or items a question has in all."""
    match body:
        case MultipleChoice() | ShortAnswer():
            return len(body.choices)
        case Numerical():
            return len(body.spans) + len(body.units)
        case Match():
            return len(body.pairs)
        case Sequence():
            return len(body.texts)
        case Gaps():
            return sum(_parts(piece.part) for piece in body.pieces if isinstance(piece, Gap))
        case _:
            return 0


def _left_out(item: Item, reason: str) -> LeftOut:
    words = as_words(item.stem).words or item.name
    return LeftOut(item.line, words[:_WORDS], reason, item.place)


def _sentence(path: str, message: str) -> str:
    """Return a problem of ours so that people know which part of the question is meant."""
    name, _, rest = path.partition(".")
    number = rest.split(".")[0]
    part = name + (f" {int(number) + 1}" if number.isdecimal() else "")
    return f"{part.capitalize()}: {message}" if part else message


def _say_hints(item: Item, changes: Changes) -> None:
    for hint in item.hints:
        if hint:
            changes.say(f"A hint was left out: {quoted(as_words(hint).words)}.")
    if item.penalty not in _USUAL_PENALTIES:
        changes.say(
            f"A wrong try cost {float(item.penalty):.0%} of the marks; here nothing is taken off."
        )


def _mark(mark: Fraction, changes: Changes) -> Fraction:
    if 0 < mark <= _MOST_MARK:
        return mark
    changes.say(f"It was worth {float(mark):g} points; here it is worth 1.")
    return Fraction(1)


def _tags(tags: Iterable[str], changes: Changes) -> tuple[str, ...]:
    """Return tags as ours are written: small letters, digits and hyphens."""
    kept: dict[str, None] = {}
    for tag in tags:
        made = tag if is_tag(tag) else _NOT_IN_TAGS.sub("-", tag.lower()).strip("-")[:TAG_LIMIT]
        made = made.strip("-")
        if not is_tag(made) or len(kept) >= MOST_TAGS:
            changes.say(f"The tag {quoted(tag)} was left out.")
            continue
        if made != tag:
            changes.say(f"The tag {quoted(tag)} is written {quoted(made)}.")
        kept.setdefault(made)
    return tuple(kept)
