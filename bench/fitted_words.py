"""Which words, keys and pictures of a reading a question of ours holds or names."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
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
    """Yield what is right in one and not in the other, and shares that became others unnamed."""
    body, raw = item.body, draft.raw
    if isinstance(body, TrueFalse) and raw.get("key") is not body.key:
        yield "key: the other"
    if isinstance(body, ShortAnswer):
        yield from _typed(body, raw, named)
        if body.minds_case and "Capitals" not in named:
            yield "case: counted"
    if not isinstance(body, MultipleChoice):
        return
    options = [one for one in raw.get("options", ()) if one["key"]]
    keys = {_plain(_PICTURE.sub("", html.unescape(str(one["text"])))) for one in options}
    for choice in body.choices:
        text = f" {' '.join(_phrases(choice.text))} "
        percent = f"{abs(float(choice.fraction * 100)):.2f}".rstrip("0").rstrip(".")
        # A right option that is none here, or the other way round, has its share named.
        if text.strip() and (choice.fraction > 0) != (text in keys) and percent not in named:
            yield f"key: {text.strip()}"
    partial = {abs(one.fraction) for one in body.choices} - {0, 1}
    for share in partial if body.is_single else ():
        if f"{float(share * 100):.2f}".rstrip("0").rstrip(".") not in named:
            yield f"share: {float(share)}"


def _typed(body: ShortAnswer, raw: Mapping[str, Any], named: str) -> Iterator[str]:
    accepted = {_plain(one) for one in raw.get("accepted", ())}
    for choice in body.choices:
        text = _plain(choice.text.text)
        is_other = (choice.fraction == 1) != (text in accepted)
        if is_other and text.strip() and text.strip() not in named:
            yield f"key: {text.strip()}"


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
