"""Texts with gaps, in our notation for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from quizapp.formats.fitting.changes import CannotFit, Changes, quoted
from quizapp.formats.fitting.choices import NEAR
from quizapp.formats.fitting.numbers import right_span, shown_span
from quizapp.formats.fitting.stems import explanation_of
from quizapp.formats.fitting.typed import at_most, foreseen_entry, typed_answers
from quizapp.formats.interchange import (
    Gap,
    Gaps,
    Item,
    Markup,
    MultipleChoice,
    Numerical,
    Text,
)
from quizapp.markup import plain_inline
from quizapp.markup.html_faithful import HOLD_CLOSE, HOLD_OPEN
from quizapp.questions.folding import fold
from quizapp.questions.gaps import MAX_DISTRACTORS, MAX_VARIANTS


@dataclass(frozen=True, slots=True)
class _Filled:
    """A gap in our notation, and what is foreseen for it."""

    notation: str
    foreseen: list[dict[str, Any]] = field(default_factory=list)


_PLACE = re.compile(rf"{HOLD_OPEN}(\d+){HOLD_CLOSE}")
#: Braces that would be taken for the beginning or the end of a gap.
_BRACES = re.compile(rf"(?<=\{{)(?=[\{{{HOLD_OPEN}])|(?<=[\}}{HOLD_CLOSE}])(?=\}})")
_EMPHASIS = re.compile(r"(?<!\\)\*+|(?<![\\\w])_+|_+(?!\w)|(?<!\\)`")


def fit_gaps(body: Gaps, item: Item, changes: Changes) -> tuple[str, dict[str, Any]]:
    """Return a text with gaps; what is asked in a gap beside words becomes words."""
    gaps = [piece for piece in body.pieces if isinstance(piece, Gap)]
    filled = [_filled(gap, place, changes) for place, gap in enumerate(gaps, start=1)]
    written = [one.notation for one in filled]
    if len({gap.weight for gap in gaps}) > 1:
        changes.say("The gaps were worth different shares of the marks; here they are worth alike.")
    text = _text(body, changes)
    if item.stem:
        text = changes.markdown(item.stem, "the question") + "\n\n" + text
    spaced = _BRACES.sub(" ", text)
    if spaced != text:
        changes.say("Double braces in the text are written apart; here they mark gaps.")
    whole = _PLACE.sub(lambda found: written[int(found[1])], _unmarked(spaced, changes))
    foreseen = [
        {"gap": place, **entry}
        for place, one in enumerate(filled, start=1)
        for entry in one.foreseen
    ]
    return "cloze", {
        "text": whole,
        "foreseen": at_most(foreseen, "", changes),
        "explanation": explanation_of(item, changes),
    }


def _text(body: Gaps, changes: Changes) -> str:
    """Return the text as Markdown, a mark with its number in the place of each gap."""
    parts: list[str] = []
    markup = Markup.PLAIN
    number = 0
    for piece in body.pieces:
        if isinstance(piece, Gap):
            parts.append(f"{HOLD_OPEN}{number}{HOLD_CLOSE}")
            number += 1
        else:
            parts.append(re.sub(f"[{HOLD_OPEN}{HOLD_CLOSE}]", "", piece.text))
            markup = piece.markup
    return changes.line(Text("".join(parts), markup), "the text")


def _unmarked(text: str, changes: Changes) -> str:
    """Return the text without emphasis where a mark is opened before a gap and closed after it."""
    pieces = _PLACE.split(text)[::2]
    if all(_stands_alone(piece) for piece in pieces):
        return text
    changes.say("Bold or italics reached over a gap and were left out.")
    return _EMPHASIS.sub("", text)


def _stands_alone(piece: str) -> bool:
    written = len(re.findall(r"\\[*_`]", piece))
    shown = len(re.findall(r"[*_`]", plain_inline(piece)))
    return shown <= written + len(re.findall(r"(?<=\w)_(?=\w)", piece))


def _filled(gap: Gap, place: int, changes: Changes) -> _Filled:
    where = f" in gap {place}"
    if isinstance(gap.part, MultipleChoice):
        return _choice(gap.part, where, changes)
    if isinstance(gap.part, Numerical):
        return _Filled(_number(gap.part, where, changes))
    answers = typed_answers(gap.part, changes, where)
    texts = _fitting(answers.accepted, where, changes)
    if not texts:
        raise CannotFit(f"No answer{where} earns full marks that could be typed here.")
    if len(texts) > MAX_VARIANTS + 1:
        changes.say(f"Only the first {MAX_VARIANTS + 1} answers{where} are accepted here.")
    # What is said of a right answer goes with it.
    gone = set(answers.accepted) - set(texts[: MAX_VARIANTS + 1])
    kept = [one for one in answers.foreseen if one["text"] not in gone]
    return _Filled(_braced(texts[: MAX_VARIANTS + 1]), kept)


def _choice(part: MultipleChoice, where: str, changes: Changes) -> _Filled:
    if not part.is_single:
        raise CannotFit(f"Several options are to be chosen{where}; make it a question of its own.")
    full = [one for one in part.choices if one.fraction >= 1 - NEAR]
    if len(full) != 1:
        raise CannotFit(f"{len(full) or 'No'} options{where} are right; one has to be.")
    distractors: dict[str, str] = {}
    entries: list[dict[str, Any]] = []
    key = changes.words(full[0].text, f"an option{where}")
    for one in part.choices:
        text = changes.words(one.text, f"an option{where}")
        shown = quoted(text) + where
        if one.fraction or one.feedback:
            entry = foreseen_entry(text, shown, one, changes, is_right=one is full[0])
            entries += [entry] if entry else []
        if one is full[0]:
            continue
        if (fold(text) or text) == (fold(key) or key) or not text:
            raise CannotFit(f"Two options{where} say the same here, or one says nothing.")
        if distractors.setdefault(fold(text) or text, text) != text:
            changes.say(f"{quoted(text)}{where} says the same as another and was left out.")
    wrong = _fitting(list(distractors.values()), where, changes)
    if len(wrong) > MAX_DISTRACTORS:
        changes.say(f"Only the first {MAX_DISTRACTORS} wrong options{where} are kept.")
    if not wrong or not _fitting([key], where, changes):
        raise CannotFit(f"The options{where} cannot be written in our notation for gaps.")
    wrong = wrong[:MAX_DISTRACTORS]
    kept = {one["text"]: one for one in reversed(entries) if one["text"] in (key, *wrong)}
    return _Filled(_braced([key, *(f"~{text}" for text in wrong)]), list(reversed(kept.values())))


def _number(part: Numerical, where: str, changes: Changes) -> str:
    span = right_span(part, changes, where)
    low = span.low if span.number is None else span.number
    key = shown_span(type(span)(low, low, span.fraction))
    if span.low != span.high:
        changes.say(f"{shown_span(span)} counted{where}; here only {key} does, as a text.")
    else:
        changes.say(f"{key}{where} was compared as a number; here it is compared as a text.")
    return _braced([key])


def _fitting(texts: list[str], where: str, changes: Changes) -> list[str]:
    """Return the texts that our notation can hold."""
    kept = []
    for text in texts:
        if re.search(r"[{}|]|::", text) or text.startswith("~") or not fold(text):
            changes.say(f"{quoted(text)}{where} cannot be written in a gap and was left out.")
        else:
            kept.append(text)
    return kept


def _braced(texts: list[str]) -> str:
    return "{{" + "|".join(texts) + "}}"
