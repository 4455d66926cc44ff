"""An Excel file of one sheet, written as the text that it is.

A library makes an object of every cell and an element of every object; that takes five times as
long, in a request that somebody waits for. The parts are those of ECMA-376, part 1: 18.2.27
(workbook), 18.3.1.99 (worksheet), 18.8.39 (styles).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import IntEnum

from quizapp.formats.csv_table.cells import safe_cell
from quizapp.formats.xml_write import HEAD, attribute, packed, words

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Look(IntEnum):
    """How a cell looks: its place in the list of `_STYLES`.

    The one after each is the same for a text that a spreadsheet would take for a formula: its
    quote prefix keeps it a text when somebody edits it.
    """

    PLAIN = 0
    HEAD = 2


_WRAPS = '<alignment vertical="top" wrapText="1"/>'
_STYLES = f"""{HEAD}<styleSheet xmlns="{_MAIN}">
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>
<fills count="2"><fill><patternFill patternType="none"/></fill>\
<fill><patternFill patternType="gray125"/></fill></fills>
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>
<cellXfs count="4">
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>
<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1">\
{_WRAPS}</xf>
<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyFont="1" \
applyAlignment="1">{_WRAPS}</xf>
</cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>
</styleSheet>"""
_SHELL: Mapping[str, str] = {
    "[Content_Types].xml": f"""{HEAD}<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" \
ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_OFFICE}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_OFFICE}.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="{_OFFICE}.styles+xml"/>
</Types>""",
    "_rels/.rels": f"""{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/_rels/workbook.xml.rels": f"""{HEAD}<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_RELATIONS}/styles" Target="styles.xml"/>
</Relationships>""",
    "xl/styles.xml": _STYLES,
}


def text_cell(text: str, look: Look) -> str:
    """Return a text as a sheet holds it, from behind the place of its cell; it stays a text."""
    style = look + (safe_cell(text) != text)
    said = f' s="{style}"' if style else ""
    space = "" if text == text.strip() else ' xml:space="preserve"'
    return f'{said} t="inlineStr"><is><t{space}>{words(text)}</t></is></c>'


def packed_sheet(
    title: str, widths: Sequence[int], head: Sequence[str], rows: Iterable[Sequence[str]]
) -> bytes:
    """Return an .xlsx file of one sheet; its first row and its first column stay in sight.

    :param title: of the sheet, at most 31 characters without any of `[]:*?/\\`.
    :param widths: of the columns, in characters; there are as many as names in the `head`.
    :param rows: cells as `text_cell` gives them, "" for an empty one.
    """
    workbook = f"""{HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">
<bookViews><workbookView/></bookViews>
<sheets><sheet name="{attribute(title)}" sheetId="1" r:id="rId1"/></sheets>
</workbook>"""
    sheet = "".join(_sheet(widths, head, rows))
    return packed({**_SHELL, "xl/workbook.xml": workbook, "xl/worksheets/sheet1.xml": sheet})


def _sheet(
    widths: Sequence[int], head: Sequence[str], rows: Iterable[Sequence[str]]
) -> Iterator[str]:
    yield f"""{HEAD}<worksheet xmlns="{_MAIN}">
<sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" \
activePane="bottomRight" state="frozen"/></sheetView></sheetViews>
<sheetFormatPr defaultRowHeight="15"/>
<cols>"""
    for place, width in enumerate(widths, 1):
        yield f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
    yield "</cols>\n<sheetData>"
    columns = [_column(place) for place in range(len(widths))]
    for number, row in enumerate((head, *rows), 1):
        cells = [
            f'<c r="{column}{number}"{cell}'
            for column, cell in zip(columns, row, strict=True)
            if cell
        ]
        yield f'\n<row r="{number}">{"".join(cells)}</row>'
    yield "\n</sheetData>\n</worksheet>"


def _column(place: int) -> str:
    """Return the letters of a column: A for 0, AA for 26."""
    name = ""
    while place >= 0:
        place, rest = place // 26 - 1, place % 26
        name = _LETTERS[rest] + name
    return name
