"""A reading told in short lines, as people write down by hand what a file must give.

type | key | name | points | topic > topic | tag, tag
? what is asked            (" / " for the end of a line)
+ a right option, - a wrong one, [50 %] what it earns, [stays] in its place, // its feedback
= what is right of other kinds
~ what is foreseen beside it, [gap 2] where, [50 %] what it earns, // what is told then
. a thing in its order;  left -> right
i the explanation
! a change that is named;  x words | why a part was left out;  r a remark;  m a picture
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from quizapp.formats.base import Draft, LeftOut, Reading

#: Lines of which an expectation holds a part only.
NAMED = ("! ", "x ", "r ")


def told(reading: Reading) -> list[str]:
    """Return a reading in lines."""
    lines = [line for one in reading.found for line in _found(one)]
    lines += [f"r {remark}" for remark in reading.remarks]
    return lines + [f"m {name}" for name in sorted(reading.media)]


def is_told(line: str, expected: str) -> bool:
    """Return whether a line says what is expected; of what is named, a part is enough."""
    if not expected.startswith(NAMED) or line[:2] != expected[:2]:
        return line == expected
    words, _, reason = expected[2:].partition("| ")
    if expected.startswith("x "):
        return line[2:].partition("| ")[0].strip() == words.strip() and reason in line
    return expected[2:] in line


def _found(one: Draft | LeftOut) -> Iterator[str]:
    if isinstance(one, LeftOut):
        yield f"x {one.words} | {one.reason}"
        return
    mark = f"{float(one.mark):g}"
    parts = (one.type_name, one.key, one.name, mark, " > ".join(one.topic), ", ".join(one.tags))
    yield " | ".join(parts).replace("|  |", "| |").replace("|  |", "| |").rstrip()
    yield f"? {_line(one.raw.get('stem') or one.raw['text'])}"
    yield from _right(one.type_name, one.raw)
    if one.raw.get("explanation"):
        yield f"i {_line(one.raw['explanation'])}"
    yield from (f"! {change}" for change in one.changes)


def _right(type_name: str, raw: Any) -> Iterator[str]:
    for one in raw.get("options", ()):
        yield f"{'+' if one['key'] else '-'} {one['text']}{_worth(one)}"
    if raw.get("scoring") == "all-or-nothing":
        yield "= all or nothing"
    for one in raw.get("pairs", ()):
        yield f"{one['left']} -> {one['right']}"
    yield from (f"-> {one}" for one in raw.get("distractors", ()))
    yield from (f". {one['text']}" for one in raw.get("items", ()))
    yield from (f"= {one}" for one in raw.get("accepted", ()))
    if type_name == "numeric":
        off = f", {raw['tolerance']} off" if raw["tolerance"] else ""
        limits = f" from {raw['minimum']} to {raw['maximum']}" if raw["minimum"] else ""
        yield f"= {raw['number']}{off}{limits}"
    if type_name == "true_false":
        yield f"= {str(raw['key']).lower()}"
    if type_name == "self_rated":
        yield f"= {_line(raw['answer'])}"
    for one in raw.get("foreseen", ()):
        gap = f" [gap {one['gap']}]" if one.get("gap") else ""
        yield f"~ {one['text']}{gap}{_worth(one)}"


def _worth(one: Any) -> str:
    """Return what is said of an option or a foreseen answer behind its text."""
    earns = f" [{one['credit']} %]" if one.get("credit") else ""
    stays = " [stays]" if one.get("locked") else ""
    feedback = f" // {_line(one['feedback'])}" if one.get("feedback") else ""
    return f"{earns}{stays}{feedback}"


def _line(text: str) -> str:
    return " / ".join(line.strip() for line in text.split("\n")).replace(" /  / ", " / / ")
