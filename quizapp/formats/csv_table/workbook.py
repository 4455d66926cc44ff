"""A workbook of one sheet, in which every cell is a text and stays one."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from quizapp.formats.csv_table.cells import marked_cell
from quizapp.formats.csv_table.columns import SHEET

_WIDE = {"question": 50, "explanation": 40, "fact": 40, "answer": 24}


def workbook_of(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return an .xlsx file with the names as its head and the rows below."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for place, name in enumerate(names, 1):
        sheet.column_dimensions[get_column_letter(place)].width = _WIDE.get(name, 16)
    sheet.append([_cell(sheet, name, is_head=True) for name in names])
    for row in rows:
        sheet.append([_cell(sheet, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(sheet: Any, text: str, *, is_head: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"  # a text, whatever it begins with
        if marked_cell(text) != text:
            cell.quotePrefix = True  # and it stays one when somebody edits it
    cell.font = Font(bold=is_head)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell
