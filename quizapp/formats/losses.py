"""What no other program's file can hold of a question, and what a certain format gives back."""

from __future__ import annotations

from collections.abc import Iterable

from quizapp.errors import QuizError
from quizapp.formats.base import Draft, Format, LeftOut, Loss
from quizapp.formats.fitting.changes import decimal
from quizapp.formats.media import names_in
from quizapp.questions.base import Raw
from quizapp.questions.choices import ChoiceType
from quizapp.questions.foreseen import ANY_OTHER
from quizapp.questions.gaps import Blank, parse_gaps
from quizapp.questions.numbers import read_number, read_span
from quizapp.questions.registry import TYPES

_MEDIA = "media"
#: What is said of a field that comes back otherwise where the format itself knew of nothing.
_PARTS = {
    "type_name": "It comes back as another kind of question.",
    "raw": "Some of its text comes back otherwise (marks of Markdown, spaces).",
    "key": "Its identifier comes back otherwise.",
    "name": "Its name comes back otherwise.",
    "topic": "Its topic comes back otherwise.",
    "tags": "Its tags come back otherwise.",
    "mark": "Its points come back otherwise.",
    "changes": "Other programs show some of its Markdown otherwise.",
    _MEDIA: "Some of its pictures and sounds are not in the file.",
}
#: The same, to be told apart from what a format knows of itself.
FOUND_BY_COMPARING = frozenset(_PARTS.values())


def unstated(draft: Draft) -> tuple[str, ...]:
    """Return what `formats.stating` cannot say of a draft, each a sentence."""
    said = [*_about(draft), *_in_raw(draft.raw)]
    return tuple(said)


def loss_of(one: Format, draft: Draft, known: tuple[str, ...]) -> Loss:
    """Return a loss, with every part that comes back otherwise and no known sentence explains.

    :param known: what the format says of itself.
    """
    if known:
        return Loss(known)
    return Loss(tuple(_PARTS[name] for name in differing(one, draft)))


def differing(one: Format, draft: Draft) -> tuple[str, ...]:
    """Return the fields of a draft that writing it and reading it again would change.

    "media" is among them where a picture or sound of it is not in the file.
    """
    media = stand_ins([draft])
    try:
        reading = one.read(one.write([draft], title="", media=media).data)
    except QuizError:
        return ("raw",)
    found = reading.found
    if len(found) != 1 or isinstance(found[0], LeftOut):
        return ("raw",)
    before, after = canonical(draft), canonical(found[0])
    names = [name for name in _PARTS if name != _MEDIA]
    other = [name for name in names if getattr(before, name) != getattr(after, name)]
    is_there = set(media.values()) <= set(reading.media.values())
    return tuple(other if is_there else [*other, _MEDIA])


def canonical(draft: Draft) -> Draft:
    """Return a draft as it is compared: its content as its type stores it, and a status.

    A share that is stated and would be usual anyway says nothing more.
    """
    kind = TYPES[draft.type_name]
    content = kind.parse(draft.raw)
    if isinstance(kind, ChoiceType):
        content = kind.without_usual(content)
    said = {"raw": kind.dump(content), "status": draft.status or "draft"}
    return Draft(**{name: getattr(draft, name) for name in Draft.__slots__} | said)


def _about(draft: Draft) -> list[str]:
    said = []
    if draft.fact is not None:
        said.append("The fact that it tests and its citations are left out.")
    if draft.status not in ("", "draft"):
        said.append("It comes back as a draft.")
    return said


def media_stays_in(raw: Raw) -> tuple[str, ...]:
    """Return what a format without pictures and sounds has to say of them, or ()."""
    if not names_in(raw):
        return ()
    return ("Its pictures and sounds are named in the file and not in it.",)


def stand_ins(drafts: Iterable[Draft]) -> dict[str, bytes]:
    """Return a file for every name that drafts point at, to see what comes of the names."""
    return {name: name.encode() for draft in drafts for name in names_in(draft.raw)}


def _in_raw(raw: Raw) -> list[str]:
    said = []
    if any(part.get("feedback") for name in ("pairs", "items") for part in raw.get(name) or ()):
        said.append("The feedback for each pair or item is left out.")
    if raw.get("number") and raw.get("accepted"):
        said.append("The words that count besides the number are left out.")
    if raw.get("number") and any(_is_words(one["text"]) for one in raw.get("foreseen") or ()):
        said.append("Words that are foreseen beside numbers are left out.")
    if number := raw.get("number"):
        value = read_number(number)
        if value is not None and decimal(value) != number:
            said.append(f"The number {number} is written {decimal(value)}.")
    if raw.get("spellings"):
        said.append("The further spellings are left out; they are worked out anew.")
    pieces, _ = parse_gaps(raw.get("text") or "")
    if any(isinstance(piece, Blank) and piece.hint for piece in pieces):
        said.append("The hints in the gaps are left out.")
    return said


def _is_words(text: str) -> bool:
    return text != ANY_OTHER and read_span(text) is None
