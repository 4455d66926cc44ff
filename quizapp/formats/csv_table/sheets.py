"""Tables for spreadsheets, as CSV and as Excel: texts stay texts, numbers are numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from quizapp.formats.csv_table.cells import safe_cell
from quizapp.formats.csv_table.sheet_package import Look, packed_sheet, text_cell

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
_BOM = "\ufeff"

#: A text, a number, or nothing.
Value = str | Fraction | int | None


def csv_sheet(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a CSV file. Texts that a spreadsheet would run get an apostrophe before them.

    Numbers have at most two decimals, as on pages; what is below 0 is a number all the same.
    """
    out = io.StringIO(newline="")
    # Without the mark Excel reads UTF-8 as something else.
    out.write(_BOM)
    writer = csv.writer(out)
    writer.writerow([_plain(name) for name in head])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8")


def excel_sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an .xlsx file of one sheet; its head and its first column stay in sight."""
    widths = [
        26 if place < 2 else min(32, max(10, len(name) + 2)) for place, name in enumerate(head)
    ]
    names = [text_cell(name, Look.HEAD) for name in head]
    body = ([_cell(value) for value in row] for row in rows)
    return packed_sheet(title, widths, names, body)


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else _decimal(value)


def _cell(value: Value) -> str:
    """Return a value as the sheet holds it behind its place; "" for nothing."""
    if not value and (value is None or isinstance(value, str)):
        return ""
    return _text(value) if isinstance(value, str) else f"><v>{_decimal(value)}</v></c>"


@lru_cache(maxsize=1024)
def _text(value: str) -> str:
    return text_cell(value, Look.PLAIN)  # the same notes stand in thousands of cells


def _decimal(value: Fraction | int) -> str:
    """Return a number as pages show it: two decimals at most, halves away from 0."""
    if isinstance(value, int) or value.denominator == 1:
        return str(value)
    above, below = value.numerator, value.denominator
    hundredths = (200 * abs(above) + below) // (2 * below)
    whole, rest = divmod(hundredths, 100)
    decimals = f".{rest:02}".rstrip("0").rstrip(".")
    return f"{'-' if above < 0 and hundredths else ''}{whole}{decimals}"
