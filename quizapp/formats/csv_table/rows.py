"""One row of a table to one question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from quizapp.formats.base import STATUSES, Draft, DraftCitation, DraftFact, LeftOut
from quizapp.questions.choices import ALL_OR_NOTHING, LETTERS
from quizapp.questions.registry import TYPES
from quizapp.questions.tags import split_tags

TOPIC_BREAK = " / "
_WORDS = 120
_TOKENS = re.compile(r"[,;|\n]| and |&")
_RUN = re.compile(r"[A-J]{2,10}")
_POINTS = re.compile(r"\d{1,6}(?:[.,]\d{1,6}|/\d{1,6})?")
_TRUE = ("true", "t", "yes", "y", "1", "right", "correct", "wahr", "vrai", "verdadero")
_FALSE = ("false", "f", "no", "n", "0", "wrong", "incorrect", "falsch", "faux", "falso")
_EXACT = ("all-or-nothing", "all or nothing", "exact")
_TYPES: Mapping[str, str] = {
    "single": "single_choice",
    "mc": "choice",
    "mcq": "choice",
    "multiple choice": "choice",
    "choice": "choice",
    "quiz": "choice",
    "multiple": "multiple_response",
    "multiple answer": "multiple_response",
    "multiple answers": "multiple_response",
    "multiple select": "multiple_response",
    "checkbox": "multiple_response",
    "tf": "true_false",
    "true/false": "true_false",
    "true or false": "true_false",
    "boolean": "true_false",
    "short": "short_text",
    "short answer": "short_text",
    "shortanswer": "short_text",
    "text": "short_text",
    "typed": "short_text",
    "number": "numeric",
    "numerical": "numeric",
    "gap": "cloze",
    "gaps": "cloze",
    "fill in": "cloze",
    "fill in the blank": "cloze",
    "match": "matching",
    "pairs": "matching",
    "order": "ordering",
    "sequence": "ordering",
    "essay": "self_rated",
    "open": "self_rated",
    "open answer": "self_rated",
    "own words": "self_rated",
}


class _Unreadable(Exception):
    """A row becomes no question; the message says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row by our names of the columns; empty ones are not there.

    :param stray: what stands in it under no heading. :param read: the columns that were asked for.
    """

    line: int
    place: str
    cells: Mapping[str, str]
    is_kahoot: bool = False
    stray: tuple[str, ...] = ()
    read: set[str] = field(default_factory=set)

    def unread(self) -> Iterator[str]:
        """Yield what was in the row and went nowhere, each a sentence."""
        for text in self.stray:
            yield f"A cell under no heading was left out: “{text[:_WORDS]}”."
        for name, text in self.cells.items():
            if name not in self.read:
                words = " ".join(text.split())[:_WORDS]
                yield f"The column “{name}” means nothing for this type: “{words}” was left out."

    def get(self, name: str) -> str:
        self.read.add(name)
        return self.cells.get(name, "")

    def lines(self, name: str) -> list[str]:
        """Return the lines of a cell that hold something."""
        return [line.strip() for line in self.get(name).splitlines() if line.strip()]

    def numbered(self, name: str) -> dict[int, str]:
        """Return the cells of "option 1", "option 2", … by their numbers, in order."""
        found = {
            int(column.rpartition(" ")[2]): cell
            for column, cell in self.cells.items()
            if column.rpartition(" ")[0] == name
        }
        self.read.update(f"{name} {number}" for number in found)
        return dict(sorted(found.items()))


def draft_of(row: Row) -> Draft | LeftOut:
    """Return the question that a row states, or why it states none."""
    changes: list[str] = []
    try:
        type_name = _type(row)
        row.read.clear()  # what the type was guessed by may say more than that
        row.get("type")
        raw = _READERS[type_name](row, changes)
        mark, status = _mark(row), _status(row)
    except _Unreadable as reason:
        words = " ".join((row.get("question") or next(iter(row.cells.values()), "")).split())
        return LeftOut(row.line, words[:_WORDS], str(reason), row.place)
    topic, fact = row.get("topic"), _fact(row)
    draft = Draft(
        line=row.line,
        type_name=type_name,
        raw=raw,
        key=row.get("id"),
        name=row.get("name"),
        topic=tuple(part.strip() for part in topic.split(TOPIC_BREAK) if part.strip()),
        tags=tuple(split_tags(row.get("tags").replace(";", ","))),
        mark=mark,
        status=status,
        fact=fact,
        place=row.place,
        topic_key=row.get("topic key"),
    )
    return replace(draft, changes=(*changes, *row.unread()))


def _type(row: Row) -> str:
    stated = " ".join(row.get("type").casefold().split())
    if stated:
        labels = {kind.label.casefold(): name for name, kind in TYPES.items()}
        name = stated.replace(" ", "_")
        found = name if name in TYPES else labels.get(stated) or _TYPES.get(stated, "")
        if not found:
            said, known = row.get("type")[:40], ", ".join(TYPES)
            raise _Unreadable(f"“{said}” is no type of question. Write one of: {known}.")
        return _choice_type(row) if found == "choice" else found
    return _guessed(row)


def _guessed(row: Row) -> str:
    """Return the type that the filled cells are those of."""
    if row.numbered("left"):
        return "matching"
    if row.numbered("option"):
        return _choice_type(row)
    if row.get("correct").casefold() in (*_TRUE, *_FALSE):
        return "true_false"
    if "{{" in row.get("question"):
        return "cloze"
    if row.get("number") or row.get("minimum"):
        return "numeric"
    if row.get("answer") or row.get("correct"):
        return "short_text"
    raise _Unreadable("Nothing says what is right. Fill “correct” or “answer”, or name the type.")


def _choice_type(row: Row) -> str:
    return "multiple_response" if len(_keys(row, [])) > 1 else "single_choice"


def _keys(row: Row, changes: list[str]) -> frozenset[int]:
    """Return the numbers of the options that are right."""
    options = {number: text.strip() for number, text in row.numbered("option").items()}
    stated = row.get("correct").strip()
    if not stated:
        raise _Unreadable("Nothing says which option is right. Fill “correct”, such as A or A,C.")
    whole = _key(stated, options, row, changes)
    if whole:
        return frozenset((whole,))
    parts = [part.strip() for part in _TOKENS.split(stated) if part.strip()]
    if len(parts) == 1 and _RUN.fullmatch(stated):
        parts = list(stated)
    found = {part: _key(part, options, row, changes) for part in parts}
    for part, number in found.items():
        if not number:
            raise _Unreadable(
                f"“{part[:40]}” in “correct” names no option. Write its letter, such as A or A,C."
            )
    return frozenset(found.values())


def _key(part: str, options: Mapping[int, str], row: Row, changes: list[str]) -> int:
    """Return the number of the option that is named by letter, number or its own words, or 0."""
    folded = part.casefold()
    by_words = next((n for n, text in options.items() if text.casefold() == folded), 0)
    by_place = 0
    if len(part) == 1 and part.upper() in LETTERS:
        by_place = LETTERS.index(part.upper()) + 1
    elif part.isdecimal() and len(part) < 3:
        by_place = int(part)
    by_place = by_place if by_place in options else 0
    if by_words and by_place and by_words != by_place:
        if row.is_kahoot or not part.isdecimal():
            return by_place
        note = f"“{part}” was read as the option that says so, not as the number of one."
        changes += [note] if note not in changes else []
        return by_words
    return by_words or by_place


def _choices(row: Row, changes: list[str]) -> dict[str, Any]:
    options, feedback = row.numbered("option"), row.numbered("feedback")
    credit = row.numbered("credit")
    keys, fixed = _keys(row, changes), _letters(row.get("fixed"))
    return {
        "stem": row.get("question"),
        "options": [
            {"text": text, "key": number in keys, "feedback": feedback.get(number, "")}
            | ({"locked": True} if number in fixed else {})
            | ({"credit": credit[number]} if number in credit else {})
            for number, text in options.items()
        ],
        "explanation": row.get("explanation"),
    }


def _several(row: Row, changes: list[str]) -> dict[str, Any]:
    raw = _choices(row, changes)
    is_exact = row.get("scoring").casefold() in _EXACT
    return raw | ({"scoring": ALL_OR_NOTHING} if is_exact else {})


def _letters(text: str) -> frozenset[int]:
    letters = [part for part in re.split(r"[\s,;]+", text.upper()) if part]
    return frozenset(LETTERS.index(one) + 1 for one in letters if len(one) == 1 and one in LETTERS)


def _true_false(row: Row, _changes: list[str]) -> dict[str, Any]:
    said = (row.get("correct") or row.get("answer")).strip().casefold()
    options = row.numbered("option")
    if len(said) == 1 and said.upper() in LETTERS and said not in ("t", "f"):
        said = options.get(LETTERS.index(said.upper()) + 1, said).strip().casefold()
    if said not in (*_TRUE, *_FALSE):
        raise _Unreadable("Say whether the statement is right: write true or false into “correct”.")
    return {
        "stem": row.get("question"),
        "key": said in _TRUE,
        "feedback": row.get("feedback 1"),
        "explanation": row.get("explanation"),
    }


def _short_text(row: Row, _changes: list[str]) -> dict[str, Any]:
    accepted = row.lines("answer") or row.lines("correct") or list(row.numbered("option").values())
    return _stem(row) | {"accepted": accepted} | _foreseen(row)


def _numeric(row: Row, _changes: list[str]) -> dict[str, Any]:
    number, accepted = row.get("number"), row.lines("answer")
    if not number and not row.get("minimum"):
        number = row.get("correct") or (accepted.pop(0) if accepted else "")
    names = ("tolerance", "minimum", "maximum", "unit")
    return (
        _stem(row)
        | {"number": number}
        | {name: row.get(name) for name in names}
        | {"units": row.lines("other units"), "accepted": accepted}
        | _foreseen(row)
    )


def _cloze(row: Row, _changes: list[str]) -> dict[str, Any]:
    text = {"text": row.get("question"), "explanation": row.get("explanation")}
    return text | _foreseen(row)


def _matching(row: Row, _changes: list[str]) -> dict[str, Any]:
    left, right, feedback = (row.numbered(name) for name in ("left", "right", "feedback"))
    pairs = [
        {"left": left.get(n, ""), "right": right.get(n, ""), "feedback": feedback.get(n, "")}
        for n in sorted({*left, *right})
    ]
    return _stem(row) | {"pairs": pairs, "distractors": row.lines("distractors")}


def _ordering(row: Row, _changes: list[str]) -> dict[str, Any]:
    feedback = row.numbered("feedback")
    items = row.numbered("option").items()
    return _stem(row) | {
        "items": [{"text": text, "feedback": feedback.get(number, "")} for number, text in items]
    }


def _self_rated(row: Row, _changes: list[str]) -> dict[str, Any]:
    return _stem(row) | {"answer": row.get("answer") or row.get("correct")}


def _foreseen(row: Row) -> dict[str, Any]:
    """Return the answers that are foreseen, if there are any."""
    texts, gaps = row.numbered("foreseen"), row.numbered("foreseen gap")
    credit, feedback = row.numbered("foreseen credit"), row.numbered("foreseen feedback")
    stated = [
        ({"gap": gaps[n]} if n in gaps else {})
        | {"text": texts.get(n, ""), "credit": credit.get(n, ""), "feedback": feedback.get(n, "")}
        for n in sorted({*texts, *gaps, *credit, *feedback})
    ]
    return {"foreseen": stated} if stated else {}


def _stem(row: Row) -> dict[str, Any]:
    return {"stem": row.get("question"), "explanation": row.get("explanation")}


_READERS = {
    "single_choice": _choices,
    "multiple_response": _several,
    "true_false": _true_false,
    "short_text": _short_text,
    "numeric": _numeric,
    "cloze": _cloze,
    "matching": _matching,
    "ordering": _ordering,
    "self_rated": _self_rated,
}


def _mark(row: Row) -> Fraction:
    stated = row.get("points").strip()
    if not stated:
        return Fraction(1)
    if not _POINTS.fullmatch(stated) or stated.endswith("/0"):
        raise _Unreadable(f"“{stated[:40]}” in “points” is no number. Write one such as 1 or 0.5.")
    return Fraction(stated.replace(",", "."))


def _status(row: Row) -> str:
    stated = row.get("status").strip().casefold()
    if stated and stated not in STATUSES:
        raise _Unreadable(f"“{stated[:40]}” is no status. Write {', '.join(STATUSES)} or nothing.")
    return stated


def _fact(row: Row) -> DraftFact | None:
    statement = row.get("fact")
    if not statement:
        return None
    passages, quotes = row.numbered("passage"), row.numbered("quote")
    return DraftFact(
        statement=statement,
        key=row.get("fact key"),
        note=row.get("fact note"),
        citations=tuple(
            DraftCitation(passages.get(n, "").strip(), quotes.get(n, "").strip())
            for n in sorted({*passages, *quotes})
        ),
        record=row.get("fact record"),
    )
