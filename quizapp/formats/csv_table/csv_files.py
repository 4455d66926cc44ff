"""CSV files: commas, semicolons or tabs, quotes, cells of several lines."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.csv_table.cells import marked_cell, read_cell, table_writer
from quizapp.formats.csv_table.columns import read_header
from quizapp.formats.csv_table.table import Cells, loss_in_table, read_table, table_of
from quizapp.formats.encodings import begins_as_text, decode

_DELIMITERS = ",;\t|"
_LOOKED_AT = 16_384
_BOM = "\ufeff"
#: The reader's own limit for a cell, said in a plain sentence.
_MOST_CHARACTERS = 131_072


class CsvFormat(Format):
    name: ClassVar[str] = "csv"
    label: ClassVar[str] = "CSV table"
    suffixes: ClassVar[tuple[str, ...]] = (".csv", ".tsv", ".txt")

    def detects(self, data: bytes, filename: str) -> bool:
        if filename.lower().endswith((".csv", ".tsv")):
            return True
        if data.startswith((b"PK", b"{", b"<")):
            return False
        text = begins_as_text(data, most=_LOOKED_AT)
        if text is None:
            return False
        try:
            rows = _rows(text.removesuffix(text.rpartition("\n")[2]))
            return any(read_header(cells) for _, (_, cells) in zip(range(20), rows, strict=False))
        except Invalid:
            return False

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        text, remarks = decode(data)
        rows = (Cells(line, "", [read_cell(cell) for cell in cells]) for line, cells in _rows(text))
        return read_table(rows, remarks)

    def loss(self, draft: Draft) -> Loss:
        return loss_in_table(draft)

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        names, rows = table_of([one for one in drafts if not self.loss(one).is_left_out])
        out = io.StringIO(newline="")
        # Without the mark Excel reads UTF-8 as something else.
        out.write(_BOM)
        writer = table_writer(out)
        writer.writerow(names)
        writer.writerows([marked_cell(cell) for cell in row] for row in rows)
        return Written(out.getvalue().encode("utf-8"), ".csv", "text/csv; charset=utf-8")


def read_rows(data: bytes) -> list[list[str]]:
    """Return the rows of a CSV file, whatever they say.

    :raises Invalid: it is no text, a quotation mark is never closed, or a cell is too large.
    """
    text, _ = decode(data)
    return [[read_cell(cell) for cell in cells] for _, cells in _rows(text)]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line on which each begins.

    :raises Invalid: a quotation mark is never closed, or a cell is too large.
    """
    text, skipped, delimiter = _dialect(text)
    source = io.StringIO(text, newline="")
    reader = csv.reader(source, delimiter=delimiter, strict=_is_strict(text, delimiter))
    line = 0
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Invalid([Problem(f"line {line + skipped + 1}", _explain(error))]) from error
        if cells is None:
            return
        yield line + skipped + 1, cells
        line = reader.line_num


def _dialect(text: str) -> tuple[str, int, str]:
    """Return the text without Excel's first line "sep=;", how many lines that were, and the sign
    between cells: the one that the first line with any has most often, outside of quotes."""
    first, break_, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, len(break_), first[4]
    for line in text[:_LOOKED_AT].splitlines():
        outside = "".join(line.split('"')[::2])
        found = Counter(sign for sign in outside if sign in _DELIMITERS)
        if found:
            return text, 0, max(_DELIMITERS, key=lambda sign: found[sign])
    return text, 0, ","


def _is_strict(text: str, delimiter: str) -> bool:
    """Return whether every quotation mark stands where CSV wants it. Where some do not, as in
    'the "Nojeh" base', they are read as they are; but one that is never closed is an error."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "expected after" not in str(error)
    return True


def _explain(error: csv.Error) -> str:
    if "limit" in str(error):
        return f"A cell has more than {_MOST_CHARACTERS:,} characters. Is a quotation mark missing?"
    return "A quotation mark is opened here and never closed. Close it, or take it away."
