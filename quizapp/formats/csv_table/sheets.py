"""Tables for spreadsheets, as CSV and as Excel: texts stay texts, numbers are numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from quizapp.formats.csv_table.cells import safe_cell

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
_BOM = "\ufeff"
_HUNDREDTH = Decimal("0.01")

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
    writer.writerows([_plain(cell) for cell in row] for row in (head, *rows))
    return out.getvalue().encode("utf-8")


def excel_sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an .xlsx file of one sheet; its head and its first column stay in sight."""
    # The library takes a third of a second to import, and few processes meet a workbook.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, name in enumerate(head, 1):
        width = min(32, max(10, len(name) + 2))
        sheet.column_dimensions[get_column_letter(place)].width = 26 if place <= 2 else width
    sheet.append([_cell(sheet, name, is_head=True) for name in head])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else str(_number(value))


def _number(value: Fraction | int) -> Decimal:
    """Return a number as pages show it: two decimals at most, halves away from 0."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    text = format(exact.quantize(_HUNDREDTH, ROUND_HALF_UP), "f").rstrip("0").rstrip(".")
    return Decimal(0) if text == "-0" else Decimal(text)


def _cell(sheet: Any, value: Value, *, is_head: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    if value is None or value == "":
        return WriteOnlyCell(sheet, value=None)
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value=float(_number(value)))
    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"  # a text, whatever it begins with
    if safe_cell(value) != value:
        cell.quotePrefix = True  # and it stays one when somebody edits it
    if is_head:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
