"""A list of people as a table: a line that names its columns, then a person a line; or a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.errors import Invalid, Problem
from quizapp.formats.csv_table.csv_files import read_rows
from quizapp.formats.csv_table.excel import ExcelFormat, read_sheet
from quizapp.services.accounts import clean_name

#: What a line that says nothing is made of.
NOTHING = " \t,;\ufeff\u200b"
#: So many addresses are invited at once.
LONGEST_LIST = 500
LIST_BYTES = 2 * 1_048_576
_MOST_ROWS = 2_000
_COLUMNS = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail"),
    "name": ("name", "full name", "student", "student name"),
    "first": ("first name", "given name", "firstname", "forename"),
    "last": ("last name", "surname", "family name", "lastname"),
    "section": ("section", "group", "class"),
}
_NAMES = {said: column for column, names in _COLUMNS.items() for said in names}


@dataclass(frozen=True, slots=True)
class ListTable:
    """The columns of a list by what they hold. :param head: the line that names them."""

    head: str
    delimiter: str
    columns: dict[str, int]

    def entries(self, line: str) -> list[tuple[str, str, str]]:
        """Return address, name and section of a line; [] for one that is no row of the table."""
        cells = _cells(line, self.delimiter)
        # Not cleaned: another address than the one that was typed is somebody else's.
        email = self._cell(cells, "email").strip(NOTHING).removeprefix("mailto:").strip("<> ")
        if "@" not in email:
            return []
        first, last = self._cell(cells, "first"), self._cell(cells, "last")
        name = self._cell(cells, "name") or f"{first} {last}".strip()
        return [(email, clean_name(name), clean_name(self._cell(cells, "section")))]

    def _cell(self, cells: Sequence[str], column: str) -> str:
        place = self.columns.get(column)
        return "" if place is None or place >= len(cells) else cells[place].strip()


def read_table(text: str) -> ListTable | None:
    """Return the columns that the first line of a list names; None where it names none."""
    head = next((line for line in text.splitlines() if line.strip(NOTHING)), "")
    delimiter = next((sign for sign in "\t;," if sign in head), "")
    if not delimiter or "@" in head:
        return None
    columns: dict[str, int] = {}
    for place, cell in enumerate(_cells(head, delimiter)):
        column = _NAMES.get(cell.strip(NOTHING).casefold())
        if column:
            columns.setdefault(column, place)
    return ListTable(head, delimiter, columns) if "email" in columns else None


def text_of_file(data: bytes) -> str:
    """Return the rows of a CSV file or an Excel sheet as lines of cells with tabs between them.

    :raises Invalid: at "file": it is neither, or has too many rows.
    """
    rows: Sequence[Sequence[str]]
    try:
        if ExcelFormat().detects(data, ""):
            rows = [row.cells for row in read_sheet(data)]
        else:
            rows = read_rows(data)
    except Invalid as error:
        raise Invalid([Problem("file", _placed(one)) for one in error.problems]) from error
    lines = ["\t".join(" ".join(cell.split()) for cell in row).rstrip("\t") for row in rows]
    lines = [line for line in lines if line.strip(NOTHING)]
    if len(lines) > _MOST_ROWS:
        message = f"The file has {len(lines):,} rows. Split it: a list has at most {LONGEST_LIST}."
        raise Invalid([Problem("file", message)])
    if not lines:
        raise Invalid([Problem("file", "There is nothing in this file. Choose another.")])
    return "\n".join(lines)


def _placed(problem: Problem) -> str:
    """Return what is wrong with a file, and where in it: "Line 7: …"."""
    if problem.path == "file":
        return problem.message
    return f"{problem.path[:1].upper()}{problem.path[1:]}: {problem.message}"


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)
