"""Tables for spreadsheets, as CSV and as Excel: texts stay texts, numbers are numbers."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from quizapp.formats.csv_table.cells import safe_cell, table_writer

EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv; charset=utf-8"
_BOM = "\ufeff"
#: What no XML can hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")

#: A text, a number, or nothing.
Value = str | Fraction | int | None


def csv_sheet(head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return a CSV file. Texts that a spreadsheet would run get an apostrophe before them.

    Numbers have at most two decimals, as on pages; what is below 0 is a number all the same.
    """
    out = io.StringIO(newline="")
    # Without the mark Excel reads UTF-8 as something else.
    out.write(_BOM)
    writer = table_writer(out)
    writer.writerows([_plain(cell) for cell in row] for row in (head, *rows))
    return out.getvalue().encode("utf-8")


def excel_sheet(title: str, head: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Return an .xlsx file of one sheet; its head and its first column stay in sight."""
    # The library takes a third of a second to import, and few processes meet a workbook.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    for place, name in enumerate(head, 1):
        width = 26 if place <= 2 else min(32, max(10, len(name) + 2))
        sheet.column_dimensions[get_column_letter(place)].width = width

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, value=_UNWRITABLE.sub("", value))
        cell.data_type = "s"  # a text, whatever it begins with
        if safe_cell(value) != value:
            cell.quotePrefix = True  # and it stays one when somebody edits it
        return cell

    names = [text(name) for name in head]
    for cell in names:
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    sheet.append(names)
    for row in rows:
        sheet.append([_told(one) if _is_plain(one) else text(str(one)) for one in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _is_plain(value: Value) -> bool:
    """Return whether the library takes a value for what it is; a cell of one's own costs more."""
    if not isinstance(value, str) or not value:
        return True
    return value[0].isalpha() and not _UNWRITABLE.search(value)


def _told(value: Value) -> str | float | None:
    """Return a plain value for the library; an empty text is no cell."""
    return (value or None) if isinstance(value, str) else _float(value)


def _plain(value: Value) -> str | Decimal:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else Decimal(_decimal(value))


def _float(value: Fraction | int | None) -> float | None:
    return None if value is None else float(_decimal(value))


def _decimal(value: Fraction | int) -> str:
    """Return a number as pages show it: two decimals at most, halves away from 0."""
    if isinstance(value, int) or value.denominator == 1:
        return str(value)
    above, below = value.numerator, value.denominator
    hundredths = (200 * abs(above) + below) // (2 * below)
    whole, rest = divmod(hundredths, 100)
    decimals = f".{rest:02}".rstrip("0").rstrip(".")
    return f"{'-' if above < 0 and hundredths else ''}{whole}{decimals}"
