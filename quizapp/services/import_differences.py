"""What would change in a question, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quizapp.questions.choices import LETTERS
from quizapp.questions.fields import Kind
from quizapp.questions.registry import TYPES

_SHOWN = 80
#: So many rows of a list are told one by one.
_TOLD = 3
_ONE = {
    Kind.OPTIONS_ONE: "Option",
    Kind.OPTIONS_MANY: "Option",
    Kind.PAIRS: "Pair",
    Kind.ITEMS: "Item",
}


def content_differences(
    type_name: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what differs between two contents of one type, field by field."""
    for field in TYPES[type_name].fields:
        was, becomes = old.get(field.name), new.get(field.name)
        if was == becomes or (not was and not becomes and not isinstance(was, bool)):
            continue
        if isinstance(was, list) or isinstance(becomes, list):
            yield from _list(field.label, field.kind, was or [], becomes or [])
        elif isinstance(was, bool) or isinstance(becomes, bool):
            yield f"{field.label} “{_truth(was)}” becomes “{_truth(becomes)}”."
        else:
            yield becomes_text(field.label, str(was or ""), str(becomes or ""))
    if old.get("spellings") != new.get("spellings"):
        yield "The glossary now accepts other spellings."


def becomes_text(label: str, was: str, becomes: str) -> str:
    """Return one sentence on a text that changes."""
    if not was:
        return f"{label}: “{_short(becomes)}” is added."
    if not becomes:
        return f"{label}: “{_short(was)}” is taken away."
    start = _common(was, becomes)
    return f"{label}: “{_short(was, start)}” becomes “{_short(becomes, start)}”."


def _list(label: str, kind: Kind, was: Sequence[Any], becomes: Sequence[Any]) -> Iterator[str]:
    if kind in (Kind.OPTIONS_ONE, Kind.OPTIONS_MANY) and _keys(was) != _keys(becomes):
        yield f"Right: {_keys(was) or 'nothing'} becomes {_keys(becomes) or 'nothing'}."
    if len(was) != len(becomes):
        yield f"{label}: {len(was)} become {len(becomes)}."
    told = 0
    for number, (old, new) in enumerate(zip(was, becomes, strict=False), 1):
        for part, one, other in _parts(old, new):
            told += 1
            if told <= _TOLD:
                told_part = f", {part}" if part not in ("", "text") else ""
                name = f"{_ONE.get(kind, label)} {number}{told_part}"
                yield becomes_text(name, one, other)
    if told > _TOLD:
        yield f"{label}: {told - _TOLD} more texts change."


def _parts(old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if old != new:
            yield "", str(old), str(new)
        return
    for name in (*old, *(name for name in new if name not in old)):
        one, other = old.get(name) or "", new.get(name) or ""
        if name != "key" and one != other:
            if isinstance(one or other, bool):
                yield "its place is fixed", "yes" if one else "no", "yes" if other else "no"
            else:
                yield str(name), str(one), str(other)


def _keys(options: Sequence[Any]) -> str:
    marked = [bool(isinstance(one, Mapping) and one.get("key")) for one in options]
    return ", ".join(letter for letter, is_key in zip(LETTERS, marked, strict=False) if is_key)


def _truth(value: Any) -> str:
    return "true" if value else "false"


def _common(one: str, other: str) -> int:
    """Return from where on to show two texts, so that what differs is seen."""
    same = next((n for n, pair in enumerate(zip(one, other, strict=False)) if len({*pair}) > 1), 0)
    return max(0, same - _SHOWN // 3) if max(len(one), len(other)) > _SHOWN else 0


def _short(text: str, start: int = 0) -> str:
    shown = " ".join(text[start:].split())
    cut = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN].rstrip()}…"
    return f"…{cut}" if start else cut
