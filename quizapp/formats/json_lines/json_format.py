"""One question a line, each a JSON object that says which version of this format it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.formats.archive import is_zip
from quizapp.formats.base import (
    NO_MEDIA,
    PACKAGE_MEDIA,
    STATUSES,
    Draft,
    DraftCitation,
    DraftFact,
    Format,
    LeftOut,
    Loss,
    Reading,
    Written,
)
from quizapp.formats.bundle import (
    MEDIA_TYPE,
    SUFFIX,
    bundled,
    is_bundle,
    open_bundle,
    used_media,
)
from quizapp.formats.encodings import begins_as_text, decode

VERSION = 1
_MARK = "footnote"
_NAMES = (_MARK, "key", "type", "content", "name", "topic", "topic_key", "tags", "mark", "status")
_FACT_NAMES = ("statement", "key", "note", "record", "citations")
_CITATION_NAMES = ("passage", "exact")
_WORDS = 120
_LONGEST_NUMBER = 40
#: So much of a file shows what it is.
_LOOKED_AT = 65_536


class JsonLinesFormat(Format):
    name: ClassVar[str] = "json_lines"
    label: ClassVar[str] = "JSON lines"
    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")
    most_media: ClassVar[int] = PACKAGE_MEDIA
    is_whole: ClassVar[bool] = True

    def detects(self, data: bytes, filename: str) -> bool:
        if is_zip(data):
            return is_bundle(data, self.suffixes)
        if filename.lower().endswith(self.suffixes):
            return True
        start = (begins_as_text(data, most=_LOOKED_AT) or "").lstrip()
        return start.startswith("{") and f'"{_MARK}"' in start.partition("\n")[0]

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        if is_zip(data):
            bundle = open_bundle(data, self.suffixes)
            return bundle.reading(self.read(bundle.text, filename=bundle.name))
        text, remarks = decode(data)
        lines = text.split("\n")
        found = tuple(_read_line(n, text) for n, text in enumerate(lines, 1) if text.strip())
        if found and not any(isinstance(one, Draft) for one in found):
            first = found[0]
            raise Invalid([Problem(f"line {first.line}", getattr(first, "reason", ""))])
        return Reading(found, remarks)

    def loss(self, draft: Draft) -> Loss:
        return Loss()

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        lines = [json.dumps(_stated(draft), ensure_ascii=False) + "\n" for draft in drafts]
        text, names = "".join(lines).encode("utf-8"), used_media(drafts, media)
        if not names:
            return Written(text, ".jsonl", "application/jsonl")
        return Written(bundled(text, ".jsonl", names, media), SUFFIX, MEDIA_TYPE)


class _Wrong(Exception):
    """A line is JSON but no question; the message says why."""


def _read_line(line: int, text: str) -> Draft | LeftOut:
    words = " ".join(text[:_WORDS].split())
    try:
        stated = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_each_once)
        return _draft(line, stated)
    except _Wrong as reason:
        return LeftOut(line, words, str(reason))
    except RecursionError:
        return LeftOut(line, words, "This is nested too deeply.")
    except ValueError as error:
        column = getattr(error, "colno", 0)
        at = f" at character {column}" if column else ""
        return LeftOut(line, words, f"This is not JSON{at}. Write one whole question on each line.")


def _refuse_constant(name: str) -> None:
    raise _Wrong(f"{name} is no number.")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of a name that is stated twice JSON would keep the last without a word."""
    stated: dict[str, Any] = {}
    for name, value in pairs:
        if name in stated:
            raise _Wrong(f"“{name[:40]}” is stated twice in one object; keep one.")
        stated[name] = value
    return stated


def _draft(line: int, stated: Any) -> Draft:
    if not isinstance(stated, dict) or _MARK not in stated:
        raise _Wrong(f'A line must be an object with "{_MARK}": {VERSION}, "type" and "content".')
    if stated[_MARK] != VERSION:
        raise _Wrong(f"This is of version {str(stated[_MARK])[:20]}; version {VERSION} is known.")
    _refuse_unknown(stated, (*_NAMES, "fact"))
    content, status = stated.get("content"), _text(stated, "status")
    if not isinstance(content, dict):
        raise _Wrong('"content" must be an object with the fields of the type.')
    if status and status not in STATUSES:
        raise _Wrong(f'"status" must be {", ".join(STATUSES)}, or left out.')
    return Draft(
        line=line,
        type_name=_text(stated, "type"),
        raw=content,
        key=_text(stated, "key"),
        name=_text(stated, "name"),
        topic=_texts(stated, "topic"),
        tags=_texts(stated, "tags"),
        mark=_mark(stated.get("mark", "1")),
        status=status,
        fact=_fact(stated.get("fact")),
        topic_key=_text(stated, "topic_key"),
    )


def _fact(stated: Any) -> DraftFact | None:
    if stated is None:
        return None
    if not isinstance(stated, dict):
        raise _Wrong('"fact" must be an object with "statement".')
    _refuse_unknown(stated, _FACT_NAMES)
    citations = stated.get("citations", [])
    if not isinstance(citations, list) or not all(isinstance(one, dict) for one in citations):
        raise _Wrong('"citations" must be a list of objects with "passage" and "exact".')
    for one in citations:
        _refuse_unknown(one, _CITATION_NAMES)
    return DraftFact(
        statement=_text(stated, "statement"),
        key=_text(stated, "key"),
        note=_text(stated, "note"),
        citations=tuple(DraftCitation(_text(c, "passage"), _text(c, "exact")) for c in citations),
        record=_text(stated, "record"),
    )


def _mark(value: Any) -> Fraction:
    try:
        if isinstance(value, bool) or len(str(value)) > _LONGEST_NUMBER:
            raise ValueError
        mark = Fraction(str(value))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise _Wrong('"mark" must be a number such as 1 or "1/3".') from None
    if not 0 <= mark <= 1_000_000:
        raise _Wrong('"mark" must be a number such as 1 or "1/3".')
    return mark


def _text(stated: Mapping[str, Any], name: str) -> str:
    value = stated.get(name, "")
    if not isinstance(value, str):
        raise _Wrong(f'"{name}" must be text.')
    return value


def _texts(stated: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = stated.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise _Wrong(f'"{name}" must be a list of texts.')
    return tuple(values)


def _refuse_unknown(stated: Mapping[str, Any], names: Sequence[str]) -> None:
    if unknown := [name for name in stated if name not in names]:
        raise _Wrong(f'"{unknown[0][:40]}" is not known here; the names are {", ".join(names)}.')


def _stated(draft: Draft) -> dict[str, Any]:
    """Return what a line says of a question; what is empty is left out."""
    stated: dict[str, Any] = {
        _MARK: VERSION,
        "key": draft.key,
        "type": draft.type_name,
        "content": dict(draft.raw),
        "name": draft.name,
        "topic": list(draft.topic),
        "topic_key": draft.topic_key,
        "tags": list(draft.tags),
        "mark": "" if draft.mark == 1 else str(draft.mark),
        "status": draft.status,
    }
    if (fact := draft.fact) is not None:
        citations = [{"passage": one.passage, "exact": one.exact} for one in fact.citations]
        said = {"key": fact.key, "note": fact.note, "record": fact.record, "citations": citations}
        stated["fact"] = {"statement": fact.statement} | {n: v for n, v in said.items() if v}
    return {name: value for name, value in stated.items() if value or name == "content"}
