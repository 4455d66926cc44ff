"""A card of a note, made into a question of ours with the passage that proves it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quizapp.bank.text import normalise
from quizapp.errors import Invalid
from quizapp.formats.anki_package import clozes, templates
from quizapp.formats.anki_package.notes import Card, Note, Template
from quizapp.markup import MAX_CHARACTERS
from quizapp.markup.html_text import Cleaned, from_html
from quizapp.questions.gaps import KEY_LIMIT
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import MOST_TAGS, TAG_LIMIT, is_tag

#: The type of note that is written here, and its fields.
OWN_TYPE = "Footnote"
OWN_FIELDS = ("Front", "Back", "Passage", "Source", "Key")
STATEMENT_LIMIT = 1_000
PASSAGE_LIMIT = 20_000
HEADING_LIMIT = 300
_TYPED_LIMIT = 200
_DASH = " — "
_FOREIGN_IN_GAP = ("{{", "}}", "|", "::", "~", "\n")
_MARKED = re.compile(r"<mark>(.*?)</mark>", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\ue000\ue001]")
_TAG_BREAK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Made:
    """A question with its fact and passage, ready to be stored.

    :param content: as its type dumps it. :param start: of the cited words in `passage`, and
        :param end: their end, excluded. :param media: pictures and sounds left out.
    :param is_plainer: it was a gap that could not be kept as one.
    """

    key: str
    type_name: str
    content: Mapping[str, Any]
    stem: str
    statement: str
    passage: str
    heading: str
    start: int
    end: int
    tags: tuple[str, ...]
    media: int
    is_plainer: bool = False


@dataclass(frozen=True, slots=True)
class Unmade:
    """Why a card was left out, in a sentence, and what it says."""

    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both sides as Markdown, and their words.

    :param is_whole: the back says all that the front does, and is the passage by itself.
    """

    front: str
    back: str
    asked: str
    answer: str
    media: int
    is_whole: bool = False


def _sides(front: Cleaned, back: Cleaned) -> _Sides:
    return _Sides(front.text, back.text, front.words, back.words, front.media + back.media)


def key_of(guid: str, ordinal: int) -> str:
    """Return the key of the fact that a card becomes: the same whenever it is imported."""
    return f"anki-{hashlib.sha256(f'{guid} {ordinal}'.encode()).hexdigest()[:24]}"


def make(note: Note, card: Card) -> Made | Unmade:
    """Return the question that a card becomes, or why it becomes none."""
    values = [_CONTROL.sub("", value) for value in note.fields]
    fields = dict(zip(note.type.fields, values, strict=False))
    if not note.type.templates:
        return Unmade("Its type of note is missing in the package.", " ".join(values)[:80])
    if note.type.name == OWN_TYPE and note.type.fields == OWN_FIELDS:
        return _own(note, fields)
    if note.type.is_cloze:
        return _cloze(note, card, note.type.templates[0], fields)
    place = card.ordinal
    if place not in range(len(note.type.templates)):
        return Unmade("Its template is missing in the package.", " ".join(values)[:80])
    return _basic(note, card, note.type.templates[place], fields)


def _basic(note: Note, card: Card, template: Template, fields: Mapping[str, str]) -> Made | Unmade:
    def value(_filters: tuple[str, ...], name: str) -> str:
        return fields.get(name, "")

    def untyped(filters: tuple[str, ...], name: str) -> str:
        # What is to be typed is not on the front.
        return "" if "type" in filters else fields.get(name, "")

    front = from_html(templates.fill(template.front, fields, untyped))
    back = from_html(templates.answer_part(templates.fill(template.back, fields, value)))
    sides = _sides(front, back)
    if complaint := _complaint(sides):
        return complaint
    answer = normalise(back.words)
    is_typed = templates.asks_to_type(template.front)
    if is_typed and len(answer) <= _TYPED_LIMIT and "\n" not in back.text:
        raw: dict[str, Any] = {"stem": front.text, "accepted": [answer]}
        return _made(note, card, "short_text", raw, sides)
    raw = {"stem": front.text, "answer": back.text}
    return _made(note, card, "self_rated", raw, sides)


def _own(note: Note, fields: Mapping[str, str]) -> Made | Unmade:
    """Return a card that was written here: its passage and the cited words are kept."""
    front, back = from_html(fields.get("Front", "")), from_html(fields.get("Back", ""))
    sides = _sides(front, back)
    if complaint := _complaint(sides):
        return complaint
    raw = {"stem": front.text, "answer": back.text}
    made = _made(note, note.cards[0], "self_rated", raw, sides)
    html = fields.get("Passage", "")
    passage = normalise(from_html(html).words)[:PASSAGE_LIMIT]
    if isinstance(made, Unmade) or not passage:
        return made
    marked = _MARKED.search(html)
    cited = normalise(from_html(marked[1]).words) if marked else passage
    start = passage.find(cited) if cited else -1
    start, length = (start, len(cited)) if start >= 0 else (0, len(passage))
    return Made(
        key=made.key,
        type_name=made.type_name,
        content=made.content,
        stem=made.stem,
        statement=made.statement,
        passage=passage,
        heading=from_html(fields.get("Source", "")).words[:HEADING_LIMIT],
        start=start,
        end=start + length,
        tags=made.tags,
        media=front.media + back.media,
    )


def _cloze(note: Note, card: Card, template: Template, fields: Mapping[str, str]) -> Made | Unmade:
    gaps: list[clozes.Gap] = []

    def asked(filters: tuple[str, ...], name: str) -> str:
        if "cloze" not in filters:
            return fields.get(name, "")
        html, found = clozes.cut(fields.get(name, ""), card.ordinal + 1)
        gaps.extend(found)
        return html

    def rest(filters: tuple[str, ...], name: str) -> str:
        return "" if "cloze" in filters else fields.get(name, "")

    text = from_html(templates.fill(template.front, fields, asked))
    extra = from_html(templates.answer_part(templates.fill(template.back, fields, rest)))
    media = text.media + extra.media
    shown = set(clozes.places(text.text))
    if not gaps or not shown:
        return Unmade("It has no gap of its number.", text.words[:200])
    keys = [normalise(from_html(gap.html).words) for gap in gaps]
    hints = [normalise(from_html(gap.hint).words) for gap in gaps]
    filled = clozes.put_back(text.text, [f"**{key}**" if key else "" for key in keys])
    blanked = clozes.put_back(text.text, [f"\\[{hint or '…'}\\]" for hint in hints])
    asked_words = clozes.put_back(text.words, [f"[{hint or '…'}]" for hint in hints])
    answer_words = clozes.put_back(text.words, keys)
    sides = _Sides(blanked, filled, asked_words, answer_words, media, is_whole=True)
    if complaint := _complaint(sides):
        return complaint
    notation = _notation(text.text, keys, hints)
    if notation:
        raw = {"text": notation, "explanation": extra.text}
        made = _made(note, card, "cloze", raw, sides)
        if isinstance(made, Made):
            return made
    raw = {"stem": blanked, "answer": filled, "explanation": extra.text}
    return _made(note, card, "self_rated", raw, sides, plainer=True)


def _notation(text: str, keys: list[str], hints: list[str]) -> str:
    """Return the text with gaps as we write them, or "" if one cannot be written so."""
    if "{{" in text or "}}" in text:
        return ""
    written = []
    for key, hint in zip(keys, hints, strict=True):
        if not 0 < len(key) <= KEY_LIMIT or any(sign in key + hint for sign in _FOREIGN_IN_GAP):
            return ""
        written.append(f"{{{{{key}::{hint}}}}}" if hint else f"{{{{{key}}}}}")
    return clozes.put_back(text, written)


def _complaint(sides: _Sides) -> Unmade | None:
    """Return why nothing can be made of two sides, or None."""
    for side, name in ((sides.front, "front"), (sides.back, "back")):
        if not side:
            told = " but pictures or sounds" if sides.media else ""
            return Unmade(f"Its {name} holds nothing{told}.", (sides.front or sides.back)[:80])
        if len(side) > MAX_CHARACTERS:
            return Unmade(f"Its {name} is longer than {MAX_CHARACTERS:,} characters.", side[:80])
    return None


def _made(
    note: Note,
    card: Card,
    type_name: str,
    raw: Mapping[str, Any],
    sides: _Sides,
    *,
    plainer: bool = False,
) -> Made | Unmade:
    """Return the question, if its type takes the content."""
    kind = TYPES[type_name]
    try:
        content = kind.parse(raw)
    except Invalid as error:
        return Unmade(error.problems[0].message, sides.asked[:200])
    asked, answer = normalise(sides.asked), normalise(sides.answer)
    passage = answer if sides.is_whole else f"{asked}{_DASH}{answer}"
    start = 0 if sides.is_whole else len(asked) + len(_DASH)
    passage = passage[:PASSAGE_LIMIT]
    statement = passage if len(passage) <= STATEMENT_LIMIT else passage[: STATEMENT_LIMIT - 1] + "…"
    return Made(
        key=key_of(note.guid, card.ordinal),
        type_name=type_name,
        content=kind.dump(content),
        stem=kind.stem(content),
        statement=statement,
        passage=passage,
        heading="",
        start=min(start, len(passage) - 1),
        end=len(passage),
        tags=_tags(note.tags),
        media=sides.media,
        is_plainer=plainer,
    )


def _tags(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags that ours can be, each once."""
    read = (_TAG_BREAK.sub("-", word.lower()).strip("-")[:TAG_LIMIT].strip("-") for word in words)
    return tuple(dict.fromkeys(tag for tag in read if is_tag(tag)))[:MOST_TAGS]
