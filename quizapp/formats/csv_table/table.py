"""A table, from CSV or from Excel, to questions and back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import Draft, LeftOut, Loss, Reading
from quizapp.formats.csv_table.columns import Header, in_order, read_header
from quizapp.formats.csv_table.rows import TOPIC_BREAK, Row, draft_of
from quizapp.formats.losses import media_stays_in
from quizapp.questions.base import Raw
from quizapp.questions.choices import LETTERS

#: The header stands in one of the first rows; Kahoot's template has it in the eighth.
_HEADER_WITHIN = 20
_NO_HEADER = (
    "No row names the columns. The first row must say “question” and what else there is, such as "
    "“option 1” and “correct”; the template has every column."
)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row as the file has it. :param place: where there are no lines ("row 4")."""

    line: int
    place: str
    cells: Sequence[str]


def read_table(rows: Iterable[Cells], remarks: Sequence[str] = ()) -> Reading:
    """Return the questions of a table.

    :raises Invalid: no row names the columns.
    """
    stream = iter(rows)
    header = _header(stream)
    found: list[Draft | LeftOut] = []
    for one in stream:
        pairs = zip(header.names, one.cells, strict=False)
        cells = {name: text for name, text in pairs if name and text.strip()}
        if not any(text.strip() for text in one.cells):
            continue
        stray = tuple(
            text.strip()
            for place, text in enumerate(one.cells)
            if text.strip() and header.is_headless(place) and not _is_number_of_row(place, text)
        )
        found.append(draft_of(Row(one.line, one.place, cells, header.is_kahoot, stray)))
    return Reading(tuple(found), (*remarks, *_remarks(header)))


def _is_number_of_row(place: int, text: str) -> bool:
    """Return whether a cell without a heading counts the rows, as Kahoot and others write it."""
    return place == 0 and text.strip().isdecimal()


def _header(stream: Iterator[Cells]) -> Header:
    for _, one in zip(range(_HEADER_WITHIN), stream, strict=False):
        if header := read_header(one.cells):
            return header
    raise Invalid([Problem("file", _NO_HEADER)])


def _remarks(header: Header) -> Iterator[str]:
    if header.is_kahoot:
        yield "This is Kahoot’s template. Time limits are left out: each quiz here sets its own."
    if header.unknown:
        yield f"Columns that nobody here knows were left out: {_names_of(header.unknown)}."
    if header.repeated:
        again = _names_of(header.repeated)
        yield f"Columns that say what an earlier one says were left out: {again}. Name each once."


def _names_of(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name[:40]}”" for name in names[:10])
    more = len(names) - 10
    return f"{shown} and {more} more" if more > 0 else shown


def table_of(drafts: Sequence[Draft]) -> tuple[tuple[str, ...], list[list[str]]]:
    """Return the header and the rows that state the questions."""
    filled = [cells_of(draft) for draft in drafts]
    used = {name for cells in filled for name, text in cells.items() if text}
    names = in_order(used)
    return names, [[cells.get(name, "") for name in names] for cells in filled]


def loss_in_table(draft: Draft) -> Loss:
    """Return what a row cannot hold of a question."""
    if draft.type_name not in _CONTENT:
        return Loss(("A table has no columns for this type.",), is_left_out=True)
    what = [*media_stays_in(draft.raw)]
    texts = {name: draft.raw.get(name) or () for name in ("accepted", "distractors", "units")}
    if any("\n" in text for several in texts.values() for text in several):
        what.append("A text of several lines becomes several texts: a cell lists one a line.")
    if any(TOPIC_BREAK in title for title in draft.topic):
        what.append(f"The title of its topic holds “{TOPIC_BREAK.strip()}” and is read as two.")
    return Loss(tuple(what))


def cells_of(draft: Draft) -> dict[str, str]:
    """Return what a row says of a question, by the names of columns."""
    fact = draft.fact
    cells = {
        "id": draft.key,
        "type": draft.type_name,
        "name": draft.name,
        "topic": TOPIC_BREAK.join(draft.topic),
        "topic key": draft.topic_key,
        "tags": ", ".join(draft.tags),
        "status": draft.status,
        "points": "" if draft.mark == 1 else str(draft.mark),
        "explanation": draft.raw.get("explanation", ""),
        "question": draft.raw.get("stem") or draft.raw.get("text", ""),
    }
    if fact is not None:
        cells |= {
            "fact": fact.statement,
            "fact key": fact.key,
            "fact note": fact.note,
            "fact record": fact.record,
        }
        for number, one in enumerate(fact.citations, 1):
            cells |= {f"passage {number}": one.passage, f"quote {number}": one.exact}
    return cells | _CONTENT[draft.type_name](draft.raw)


def _choices(raw: Raw) -> dict[str, str]:
    options = raw.get("options", ())
    cells = _several("option", options, "text")
    cells |= {"correct": _letters(options, "key"), "fixed": _letters(options, "locked")}
    cells |= {f"credit {n}": str(one.get("credit", "")) for n, one in enumerate(options, 1)}
    return cells | {"scoring": str(raw.get("scoring", ""))}


def _true_false(raw: Raw) -> dict[str, str]:
    said = "true" if raw.get("key") else "false"
    return {"correct": said, "feedback 1": str(raw.get("feedback", ""))}


def _numeric(raw: Raw) -> dict[str, str]:
    names = ("number", "tolerance", "minimum", "maximum", "unit")
    cells = {name: str(raw.get(name, "")) for name in names}
    cells |= _listed(raw, **{"other units": "units", "answer": "accepted"})
    return cells | _foreseen(raw)


def _matching(raw: Raw) -> dict[str, str]:
    pairs = raw.get("pairs", ())
    cells = _several("left", pairs, "left") | _several("right", pairs, "right")
    return cells | _listed(raw, distractors="distractors")


def _foreseen(raw: Raw) -> dict[str, str]:
    parts = {"": "text", " gap": "gap", " credit": "credit", " feedback": "feedback"}
    return {
        f"foreseen{column} {n}": str(one.get(part, ""))
        for n, one in enumerate(raw.get("foreseen") or (), 1)
        for column, part in parts.items()
    }


_CONTENT: Mapping[str, Callable[[Raw], dict[str, str]]] = {
    "single_choice": _choices,
    "multiple_response": _choices,
    "true_false": _true_false,
    "short_text": lambda raw: _listed(raw, answer="accepted") | _foreseen(raw),
    "numeric": _numeric,
    "cloze": _foreseen,
    "matching": _matching,
    "ordering": lambda raw: _several("option", raw.get("items", ()), "text"),
    "self_rated": lambda raw: {"answer": str(raw.get("answer", ""))},
}


def _several(name: str, rows: Sequence[Mapping[str, object]], part: str) -> dict[str, str]:
    cells = {f"{name} {n}": str(row.get(part, "")) for n, row in enumerate(rows, 1)}
    return cells | {f"feedback {n}": str(row.get("feedback", "")) for n, row in enumerate(rows, 1)}


def _letters(options: Sequence[Mapping[str, object]], mark: str) -> str:
    return ",".join(
        letter for letter, one in zip(LETTERS, options, strict=False) if one.get(mark) is True
    )


def _listed(raw: Mapping[str, object], **columns: str) -> dict[str, str]:
    found = {column: raw.get(name) for column, name in columns.items()}
    return {
        column: "\n".join(map(str, texts))
        for column, texts in found.items()
        if isinstance(texts, list | tuple)
    }
