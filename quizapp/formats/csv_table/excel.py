"""Excel sheets: the same columns; what is packed in the file is weighed before it is opened."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from quizapp.errors import Invalid, Problem
from quizapp.formats.base import NO_MEDIA, Draft, Format, Loss, Reading, Written
from quizapp.formats.csv_table.columns import MOST_NUMBERED, NUMBERED, ORDER, SHEET
from quizapp.formats.csv_table.table import Cells, loss_in_table, read_table, table_of

_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_PARTS = 500
_MOST_EXPANDED = 64 * 1024 * 1024
_MOST_ROWS = 50_000
_MOST_COLUMNS = len(ORDER) + len(NUMBERED) * MOST_NUMBERED
_PIECE = 256 * 1024
#: An XML part that declares a document type could hold entities that unfold without end.
_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_NOT_EXCEL = "This is no Excel file that can be read. Save it as .xlsx, or as CSV."
_TOO_LARGE = "There is too much packed in this file. Save the sheet as CSV."


class ExcelFormat(Format):
    name: ClassVar[str] = "excel"
    label: ClassVar[str] = "Excel sheet"
    suffixes: ClassVar[tuple[str, ...]] = (".xlsx", ".xlsm")

    def detects(self, data: bytes, filename: str) -> bool:
        if not data.startswith(b"PK"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                return "xl/workbook.xml" in archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return False

    def read(self, data: bytes, *, filename: str = "") -> Reading:
        _weigh(data)
        remarks: list[str] = []
        return read_table(list(_rows(data, remarks)), remarks)

    def loss(self, draft: Draft) -> Loss:
        return loss_in_table(draft)

    def write(
        self, drafts: Sequence[Draft], *, title: str, media: Mapping[str, bytes] = NO_MEDIA
    ) -> Written:
        names, rows = table_of([one for one in drafts if not self.loss(one).is_left_out])
        # The library takes a third of a second to import, and few processes meet a workbook.
        from quizapp.formats.csv_table.workbook import workbook_of  # noqa: PLC0415

        return Written(workbook_of(names, rows), ".xlsx", _MEDIA_TYPE)


def read_sheet(data: bytes) -> list[Cells]:
    """Return the rows of the first sheet of a workbook, whatever they say.

    :raises Invalid: at "file": it cannot be read, or there is too much packed in it.
    """
    _weigh(data)
    return list(_rows(data, []))


def _weigh(data: bytes) -> None:
    """Pass a file that unpacks to a fair size and declares nothing that unfolds.

    :raises Invalid: otherwise.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise _refused(_TOO_LARGE)
            if sum(part.file_size for part in parts) > _MOST_EXPANDED:
                raise _refused(_TOO_LARGE)
            for part in parts:
                if part.flag_bits & 1:
                    raise _refused("This file has a password. Take it off, and try again.")
                _look_through(archive, part)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise _refused(_NOT_EXCEL) from error
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise _refused(_NOT_EXCEL) from error
        raise


#: How PNG, JPEG, GIF, BMP, EMF, OLE and packed files begin; no XML does.
_BINARY = (
    *(b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x01\x00\x00\x00"),
    *(b"\xd0\xcf\x11\xe0", b"PK"),
)


def _look_through(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read a part to its end, so that one that unpacks to more than it says is found too.

    Whatever it is called: a sheet may be of any name. Pictures are known by how they begin.
    """
    size, tail, is_binary = 0, b"", False
    with archive.open(part) as opened:
        while piece := opened.read(_PIECE):
            size += len(piece)
            if size > _MOST_EXPANDED:
                raise _refused(_TOO_LARGE)
            if size == len(piece):
                is_binary = piece.startswith(_BINARY)
            if size == len(piece) and piece[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise _refused(_NOT_EXCEL)  # nobody writes these in UTF-16 but to hide something
            if not is_binary and _DECLARES.search(tail + piece):
                raise _refused(_NOT_EXCEL)
            tail = piece[-32:]


def _rows(data: bytes, remarks: list[str]) -> Iterator[Cells]:
    """Yield the rows of the first sheet that holds anything.

    :raises Invalid: it cannot be read.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that nobody reads here
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = list(book.worksheets)
            if not sheets:
                raise _refused(_NOT_EXCEL)
            sheet = next((one for one in sheets if one.title == SHEET), sheets[0])
            if len(sheets) > 1:
                remarks.append(f"Only the sheet “{sheet.title}” was read, of {len(sheets)}.")
            for number, cells in enumerate(sheet.iter_rows(max_col=_MOST_COLUMNS), 1):
                if number > _MOST_ROWS:
                    raise _refused(f"The sheet has more than {_MOST_ROWS:,} rows. Split it.")
                texts = [_shown(cell) for cell in cells]
                yield Cells(number, f"Row {number}", texts)
            book.close()
    except Invalid:
        raise
    except Exception as error:  # the library raises what its parts raise
        raise _refused(_NOT_EXCEL) from error


def _shown(cell: Any) -> str:
    """Return a cell as a text: a share as the percentage that it shows, and is stored otherwise."""
    value = cell.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and "%" in cell.number_format:
        percent = f"{Decimal(repr(value)) * 100:f}"
        return (percent.rstrip("0").rstrip(".") if "." in percent else percent) + "%"
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _refused(reason: str) -> Invalid:
    return Invalid([Problem("file", reason)])
