"""The columns of a table of questions, and what other programs call them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: What the sheet of a workbook is called.
SHEET = "Questions"
#: Columns that come numbered, from 1.
NUMBERED = (
    "option",
    "feedback",
    "credit",
    "foreseen",
    "foreseen gap",
    "foreseen credit",
    "foreseen feedback",
    "left",
    "right",
    "passage",
    "quote",
)
MOST_NUMBERED = 50
#: In the order in which they are written. "option" and its like stand for all of their numbers.
ORDER = (
    "id",
    "type",
    "question",
    "option",
    "correct",
    "answer",
    "left",
    "right",
    "distractors",
    "number",
    "tolerance",
    "minimum",
    "maximum",
    "unit",
    "other units",
    "scoring",
    "fixed",
    "credit",
    "feedback",
    "foreseen",
    "foreseen gap",
    "foreseen credit",
    "foreseen feedback",
    "explanation",
    "topic",
    "topic key",
    "tags",
    "status",
    "points",
    "name",
    "fact",
    "fact key",
    "fact note",
    "fact record",
    "passage",
    "quote",
)
#: Always written, so that a table of a few questions can be added to.
ALWAYS = ("id", "type", "question", "correct", "explanation", "topic", "tags", "status")

_SYNONYMS: Mapping[str, str] = {
    "key": "id",
    "identifier": "id",
    "question id": "id",
    "id number": "id",
    "kind": "type",
    "question type": "type",
    "stem": "question",
    "prompt": "question",
    "question text": "question",
    "question stem": "question",
    "text": "question",
    "correct answer": "correct",
    "correct answers": "correct",
    "correct option": "correct",
    "correct options": "correct",
    "right answer": "correct",
    "answer key": "correct",
    "answers": "answer",
    "accepted": "answer",
    "accepted answers": "answer",
    "model answer": "answer",
    "wrong answers": "distractors",
    "margin": "tolerance",
    "error": "tolerance",
    "min": "minimum",
    "max": "maximum",
    "units": "other units",
    "general feedback": "explanation",
    "rationale": "explanation",
    "reason": "explanation",
    "category": "topic",
    "subject": "topic",
    "chapter": "topic",
    "tag": "tags",
    "keywords": "tags",
    "state": "status",
    "mark": "points",
    "marks": "points",
    "score": "points",
    "title": "name",
    "statement": "fact",
    "source": "passage 1",
    "quotation": "quote 1",
    "passage": "passage 1",
    "quote": "quote 1",
    "feedback": "feedback 1",
}
_NUMBERED_SYNONYMS: Mapping[str, str] = {
    "answer": "option",
    "choice": "option",
    "alternative": "option",
    "comment": "feedback",
    "option feedback": "feedback",
    "answer feedback": "feedback",
}
#: What Kahoot's template says after a name ("Answer 1 - max 75 characters").
_ADVICE = re.compile(r"\s+[-–—]\s.*$|\s*\(.*?\)|[:*?]+$")
_BREAKS = re.compile(r"[\s_]+|(?<=\w)-(?=\w)")
_WITH_PLACE = re.compile(r"(?:(?P<name>\D+?) ?)?(?P<place>\d{1,2}|(?<![a-z])[a-j])")
_TIME_LIMIT = re.compile(r"time limit.*")


@dataclass(frozen=True, slots=True)
class Header:
    """The first row. :param names: our names of its columns, "" for one that is not known.
    :param unknown: those, as they stand there. :param headless: the places of columns without a
        heading. :param is_kahoot: it is of Kahoot's template. :param repeated: headings of what an
        earlier column holds already.
    """

    names: tuple[str, ...]
    unknown: tuple[str, ...]
    headless: frozenset[int] = frozenset()
    is_kahoot: bool = False
    repeated: tuple[str, ...] = ()

    def is_headless(self, place: int) -> bool:
        """Return whether no heading says what stands in a column."""
        return place >= len(self.names) or place in self.headless


def read_header(cells: Sequence[str]) -> Header | None:
    """Return what a row names, or None if it names no column of questions."""
    names = [column(cell) for cell in cells]
    has_options = any(name.startswith(("option ", "left ")) for name in names)
    if has_options and "correct" not in names and "answer" in names:
        names[names.index("answer")] = "correct"
    known = list(names)
    if "question" not in names or len([name for name in names if name]) < 2:
        return None
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            names[place] = ""
        seen.add(name)
    is_kahoot = any(_TIME_LIMIT.fullmatch(cell.strip().casefold()) for cell in cells)
    unknown = tuple(
        cell.strip()
        for cell, name in zip(cells, known, strict=True)
        if cell.strip() and not name and not (is_kahoot and _is_time(cell))
    )
    repeated = tuple(
        cell.strip() for cell, name, was in zip(cells, names, known, strict=True) if name != was
    )
    headless = frozenset(place for place, cell in enumerate(cells) if not cell.strip())
    return Header(tuple(names), unknown, headless, is_kahoot and "option 1" in names, repeated)


def column(cell: str) -> str:
    """Return our name of a column, or "" where nobody knows it."""
    shown = _ADVICE.sub("", cell.strip().casefold()).strip()
    name = _BREAKS.sub(" ", shown).strip()
    if name in _SYNONYMS:
        return _SYNONYMS[name]
    if name in ORDER and name not in NUMBERED:
        return name
    found = _WITH_PLACE.fullmatch(name)
    if found is None:
        return ""
    kind = (found["name"] or "option").strip()
    kind = _NUMBERED_SYNONYMS.get(kind, kind)
    if kind not in NUMBERED:
        return ""
    place = found["place"]
    number = int(place) if place.isdigit() else "abcdefghij".index(place) + 1
    return f"{kind} {number}" if 1 <= number <= MOST_NUMBERED else ""


def _is_time(cell: str) -> bool:
    return _TIME_LIMIT.fullmatch(cell.strip().casefold()) is not None


def in_order(used: set[str]) -> tuple[str, ...]:
    """Return the names of the columns that hold something, in the order of a table."""
    listed: list[str] = []
    for name in ORDER:
        if name not in NUMBERED:
            listed += [name] if name in used or name in ALWAYS else []
            continue
        numbers = [int(one.rpartition(" ")[2]) for one in used if one.rpartition(" ")[0] == name]
        listed += [f"{name} {number}" for number in range(1, max(numbers, default=0) + 1)]
    return tuple(listed)
