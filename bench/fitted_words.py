"""Which words, keys and pictures of a reading a question of ours holds or names."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from bench.source_words import shown_by
from quizapp.formats.base import Draft
from quizapp.formats.interchange import (
    Choice,
    Essay,
    Gap,
    Gaps,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    Text,
    TrueFalse,
)

#: Marks of Markdown, which may come or go, and what our notation for gaps has.
_MARKS = re.compile(r"[\\*_`~{}|]|^\s*(?:[-+>]|\d+[.)])\s|(?<=\]\()[^)]*|[\[\]()!]", re.MULTILINE)
_MEDIA = re.compile(r"media:[^\s()<>\"']+")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_QUOTED = 30
#: Files give shares in percent with few digits.
_NEAR = Fraction(1, 1_000)


def lost_in_fitting(item: Item, draft: Draft) -> list[str]:
    """Return what of a reading the draft neither has nor names, each as "part: what"."""
    words = _plain(html.unescape(" ".join(_strings(draft.raw))))
    named = _plain(" ".join(draft.changes))
    lost = []
    for part, text in _texts(item):
        for phrase in _phrases(text):
            if phrase not in words and not _is_named(phrase, text, named):
                lost.append(f"{part}: {phrase}")
        for media in _MEDIA.findall(html.unescape(text.text)):
            if media not in str(draft.raw) and "picture" not in named:
                lost.append(f"picture: {media}")
    return [*lost, *_keys(item, draft, named), *_around(item, draft, named)]


def _plain(text: str) -> str:
    bare = _MARKS.sub(" ", unicodedata.normalize("NFKC", text))
    return f" {' '.join(bare.split())} "


def _phrases(text: Text) -> Iterator[str]:
    shown = [text.text]
    if text.markup in {Markup.HTML, Markup.MOODLE}:
        shown = shown_by(text.text).texts
    for one in shown:
        for line in one.splitlines():
            if phrase := _plain(line).strip():
                yield phrase


def _is_named(phrase: str, text: Text, named: str) -> bool:
    whole = " ".join(_phrases(text))
    return phrase[:_QUOTED].strip() in named or whole[:_QUOTED].strip() in named


def _texts(item: Item) -> Iterator[tuple[str, Text]]:
    yield "stem", item.stem
    yield "explanation", item.explanation
    for hint in item.hints:
        yield "hint", hint
    yield from _of_body(item.body)


def _of_body(body: object) -> Iterator[tuple[str, Text]]:  # noqa: C901, PLR0912 - one case a kind
    match body:
        case MultipleChoice() | ShortAnswer():
            yield from _of_choices(body.choices)
        case TrueFalse():
            yield "feedback", body.if_true
            yield "feedback", body.if_false
        case Numerical():
            for span in body.spans:
                yield "feedback", span.feedback
        case Match():
            for pair in body.pairs:
                yield "pair", pair.left
                yield "pair", pair.right
        case Sequence():
            for text in body.texts:
                yield "item", text
        case Essay():
            yield "model", body.model
        case Gaps():
            for piece in body.pieces:
                if isinstance(piece, Gap):
                    yield from _of_body(piece.part)
                else:
                    yield "text", piece


def _of_choices(choices: Iterable[Choice]) -> Iterator[tuple[str, Text]]:
    for choice in choices:
        yield "option", choice.text
        yield "feedback", choice.feedback


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)


def _keys(item: Item, draft: Draft, named: str) -> Iterator[str]:
    """Yield what is right, or earns a share, in one and not in the other, and is not named."""
    body, raw = item.body, draft.raw
    if isinstance(body, TrueFalse) and raw.get("key") is not body.key:
        yield "key: the other"
    elif isinstance(body, MultipleChoice):
        yield from _chosen(body, raw, named)
    elif isinstance(body, ShortAnswer):
        yield from _typed(body, raw, named)
        if body.minds_case and "Capitals" not in named:
            yield "case: counted"
    elif isinstance(body, Numerical | Gaps):
        credits = [_share(one["credit"]) for one in raw.get("foreseen", ()) if "credit" in one]
        for text, share in _parts(body):
            is_named = text.strip() in named or _percent(share) in named
            if not is_named and not any(_is_near(share, one) for one in credits):
                yield f"share: {_percent(share)} for {text.strip()}"


def _chosen(body: MultipleChoice, raw: Mapping[str, Any], named: str) -> Iterator[str]:
    shares = {
        _plain(_PICTURE.sub("", html.unescape(text))): share for text, share in _earned(body, raw)
    }
    for choice in body.choices:
        text = f" {' '.join(_phrases(choice.text))} "
        held = shares.get(text, Fraction(0))
        is_as_before = _is_near(choice.fraction, held)
        if "scoring" in raw or ("Any one of several" in named and choice.fraction in (0, 1)):
            is_as_before = (choice.fraction > 0) == (held > 0)
        # A right option that is none here, or the other way round, has its share named.
        if text.strip() and not is_as_before and _percent(choice.fraction) not in named:
            yield f"share: {_percent(choice.fraction)} for {text.strip()}"


def _earned(body: MultipleChoice, raw: Mapping[str, Any]) -> Iterator[tuple[str, Fraction]]:
    """Yield each option of ours with what choosing it adds to the grade."""
    options = raw.get("options") or ()
    keys = sum(one["key"] for one in options)
    is_single = keys == 1 and body.is_single
    for one in options:
        usual = Fraction(1, keys) if one["key"] else Fraction(0 if is_single else -1, keys)
        yield str(one["text"]), _share(one["credit"]) if "credit" in one else usual


def _typed(body: ShortAnswer, raw: Mapping[str, Any], named: str) -> Iterator[str]:
    shares = {
        _plain(one["text"]): _share(one["credit"])
        for one in raw.get("foreseen", ())
        if "credit" in one
    }
    shares |= {_plain(one): Fraction(1) for one in raw.get("accepted", ())}
    for choice in body.choices:
        text = _plain(choice.text.text)
        is_other = not _is_near(choice.fraction, shares.get(text, Fraction(0)))
        if is_other and text.strip() and text.strip() not in named:
            yield f"share: {_percent(choice.fraction)} for {text.strip()}"


def _parts(body: Numerical | Gaps) -> Iterator[tuple[str, Fraction]]:
    """Yield what is half right among numbers and in gaps, with its share."""
    if isinstance(body, Numerical):
        yield from (("a number", one.fraction) for one in body.spans if 0 < one.fraction < 1)
        return
    for piece in body.pieces:
        if isinstance(piece, Gap) and isinstance(piece.part, Numerical):
            yield from _parts(piece.part)
        elif isinstance(piece, Gap):
            choices = piece.part.choices
            yield from ((_plain(o.text.text), o.fraction) for o in choices if 0 < o.fraction < 1)


def _share(percent: str) -> Fraction:
    return Fraction(percent) / 100


def _percent(share: Fraction) -> str:
    return f"{abs(float(share * 100)):.2f}".rstrip("0").rstrip(".")


def _is_near(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= _NEAR


def _around(item: Item, draft: Draft, named: str) -> Iterator[str]:
    if item.mark != draft.mark and "points" not in named:
        yield f"mark: {item.mark}"
    if item.key != draft.key:
        yield f"key: {item.key}"
    if " ".join(item.name.split()) != draft.name:
        yield f"name: {item.name}"
    if item.category != draft.topic:
        yield f"topic: {item.category}"
    for tag in item.tags:
        if tag not in draft.tags and _plain(tag).strip() not in named:
            yield f"tag: {tag}"
    for note in item.notes:
        if note not in draft.changes:
            yield f"note: {note}"
