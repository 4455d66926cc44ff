"""Drafts of a file as they could be stored: validated, spelt, and known by name and by digest."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from quizapp.bank.digest import digest
from quizapp.errors import Invalid
from quizapp.formats.base import Draft, LeftOut, Reading
from quizapp.formats.media import MediaFile, names_in, read_all
from quizapp.markup.media import replace_references
from quizapp.questions.base import Raw
from quizapp.questions.folding import Speller
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import MOST_TAGS, is_tag, split_tags

#: In one file; more are a matter for several.
MOST_QUESTIONS = 20_000
WORDS = 160
_ORIGIN_LIMIT = 200
#: A bare number names a question in its own file alone.
_BARE = re.compile(r"[0-9]{1,6}")
_PLACES = re.compile(r"\.(\d+)(?=\.|$)")
#: "options 2, text" is the second option.
_ONE_OF = re.compile(r"^(option|pair|item)s (\d+)(?:, text)?")


@dataclass(frozen=True, slots=True)
class Stateable:
    """A draft that could be stored.

    :param content: canonical, with what the glossary accepts besides; :param sha256: its digest.
    :param origin: by which this question is known when it comes again, "" where nothing names it.
    :param origin_sha256: the digest of all that the file states of it.
    """

    draft: Draft
    content: dict[str, Any]
    sha256: str
    stem: str
    answer: str
    origin: str
    origin_sha256: str
    tags: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def words(self) -> str:
        return " ".join(self.stem.split())[:WORDS]


def read_drafts(
    reading: Reading, *, format_name: str, file_name: str, find: Speller, here: Collection[str]
) -> Iterator[Stateable | LeftOut]:
    """Yield every part of a file in its order: what could be stored, or why it could not.

    :param here: the names of the pictures and sounds that the course has.
    """
    kept, refused = read_all(reading.media)
    for one in reading.found:
        if isinstance(one, LeftOut):
            yield one
            continue
        scope = f"{format_name}:{file_name}" if _BARE.fullmatch(one.key) else format_name
        media = _Media(kept, refused, here)
        yield _read(replace(one, raw=media.put_into(one.raw)), scope, find, media.notes)


def media_of(reading: Reading) -> tuple[tuple[str, MediaFile], ...]:
    """Return the pictures and sounds that questions of a file show, each with its name there."""
    shown = {name for one in reading.drafts for name in names_in(one.raw)}
    kept, _ = read_all({name: data for name, data in reading.media.items() if name in shown})
    return tuple(kept.items())


@dataclass(slots=True)
class _Media:
    """What one question shows: kept files by their names in the file, and why others are not.

    :param here: the names of those that the course has already.
    """

    kept: Mapping[str, MediaFile]
    refused: Mapping[str, str]
    here: Collection[str]
    notes: list[str] = field(default_factory=list)

    def put_into(self, raw: Raw) -> dict[str, Any]:
        """Return the content with the names that files have here; of what is missing, its words."""
        return {name: _each_text(value, self._put) for name, value in raw.items()}

    def _put(self, text: str) -> str:
        return replace_references(text, self._reference)

    def _reference(self, words: str, name: str) -> str:
        file = self.kept.get(name)
        if file is not None:
            return f"![{words}](media:{file.name})"
        if name in self.here:
            return f"![{words}](media:{name})"  # one of ours, exported and brought back
        why = self.refused.get(name, "It is not in the file.")
        note = f"Left out of it, with words in its place: “{name[:60]}”. {why}"
        self.notes += [] if note in self.notes else [note]
        return f"[{words or name}]"


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a raw value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: _each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(inner, change) for inner in value]
    return value


def _read(
    draft: Draft, scope: str, find: Speller, media_notes: Sequence[str]
) -> Stateable | LeftOut:
    kind = TYPES.get(draft.type_name)
    if kind is None:
        reason = f"“{draft.type_name[:40]}” is no type of question here."
        return LeftOut(draft.line, _beginning(draft), reason, draft.place)
    raw = dict(draft.raw)
    raw.pop("spellings", None)  # worked out anew, whatever a file says
    try:
        content = kind.parse(raw)
    except Invalid as error:
        reasons = [f"{_path(problem.path)}{problem.message}" for problem in error.problems]
        return LeftOut(draft.line, _beginning(draft), " ".join(reasons), draft.place)
    own = kind.dump(content)
    spelt = kind.with_spellings(content, find)
    stored = kind.dump(spelt)
    tags, complaints = _tags(draft.tags)
    notes = [*draft.changes, *media_notes, *complaints]
    if draft.mark != 1:
        shown = float(draft.mark)
        notes.append(f"The file gives it {shown:g} points; here each quiz sets the points.")
    said = digest({"type": draft.type_name, "content": own})
    origin = f"{scope}:{draft.key}" if draft.key else f"={said}"
    return Stateable(
        draft=replace(draft, raw=own),
        content=stored,
        sha256=digest(stored),
        stem=kind.stem(spelt),
        answer=kind.answer(content).text,
        origin=origin if len(origin) <= _ORIGIN_LIMIT else f"={digest({'origin': origin})}",
        origin_sha256=_statement(draft, said, tags),
        tags=tags,
        notes=tuple(notes),
    )


def _statement(draft: Draft, said: str, tags: Sequence[str]) -> str:
    fact = draft.fact
    return digest(
        {
            "content": said,
            "tags": list(tags),
            "status": draft.status,
            "topic": list(draft.topic),
            "fact": None
            if fact is None
            else [fact.statement, fact.note, fact.record]
            + [[one.passage, one.exact] for one in fact.citations],
        }
    )


def _tags(stated: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the tags as they can be kept, and what is said of the others."""
    made = list(dict.fromkeys(tag for text in stated for tag in split_tags(text.replace(",", " "))))
    kept = [tag for tag in made if is_tag(tag)][:MOST_TAGS]
    lost = [tag for tag in made if tag not in kept]
    shown = ", ".join(f"“{tag[:40]}”" for tag in lost)
    return tuple(kept), [f"Tags left out: {shown}."] if lost else []


def _beginning(draft: Draft) -> str:
    text = draft.raw.get("stem") or draft.raw.get("text") or draft.name or draft.key
    return " ".join(str(text).split())[:WORDS]


def _path(path: str) -> str:
    """Return where in a question something is wrong, counted as people count."""
    shown = _PLACES.sub(lambda found: f" {int(found[1]) + 1}", path).replace(".", ", ")
    shown = _ONE_OF.sub(r"\1 \2", shown)
    return f"{shown[:1].upper()}{shown[1:]}: " if shown else ""
