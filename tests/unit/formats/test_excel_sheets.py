"""Excel sheets, ordinary and hostile."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from fractions import Fraction

import pytest
from openpyxl import Workbook, load_workbook

from quizapp.errors import Invalid
from quizapp.formats.base import Draft
from quizapp.formats.registry import FORMATS, detect
from quizapp.questions.registry import TYPES

EXCEL = FORMATS["excel"]


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(**parts: bytes) -> bytes:
    """Return a sheet with further parts, or others in place of its own."""
    out = io.BytesIO()
    plain = io.BytesIO(sheet(("question",)))
    with zipfile.ZipFile(plain) as was, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in was.namelist():
            archive.writestr(name, parts.pop(name.replace("/", "_"), was.read(name)))
        for name, content in parts.items():
            archive.writestr(name.replace("_", "/"), content)
    return out.getvalue()


def test_numbers_truths_and_days_are_read_as_people_wrote_them() -> None:
    data = sheet(
        ("question", "a", "b", "correct"),
        ("When?", date(2016, 8, 16), 7, 1),
        ("How many?", 2.5, 3.0, "B"),
        (None, None, None, None),
        ("True?", None, None, True),
    )

    found = EXCEL.read(data).drafts

    assert [one["text"] for one in found[0].raw["options"]] == ["2016-08-16", "7"]
    assert [one["text"] for one in found[1].raw["options"]] == ["2.5", "3"]
    assert (found[2].type_name, found[2].place) == ("true_false", "Row 5")


@pytest.mark.parametrize(
    ("value", "form", "credit"),
    [
        (0.5, "0%", Fraction(1, 2)),
        (1 / 3, "0.00%", Fraction(1, 3)),
        (50, "General", Fraction(1, 2)),
        ("50 %", "@", Fraction(1, 2)),
    ],
)
def test_a_share_is_what_the_cell_shows(value: object, form: str, credit: Fraction) -> None:
    book = Workbook()
    book.active.append(["question", "correct", "option 1", "option 2", "credit 2"])
    book.active.append(["What is the capital?", "A", "Canberra", "Sydney", value])
    book.active.cell(2, 5).number_format = form
    data = io.BytesIO()
    book.save(data)

    (draft,) = EXCEL.read(data.getvalue()).found

    assert isinstance(draft, Draft)
    assert TYPES["single_choice"].parse(draft.raw).options[1].credit == credit


def test_what_looks_like_a_formula_is_written_as_text() -> None:
    raw = {"stem": "=1+1", "accepted": ["-2"], "explanation": ""}
    data = EXCEL.write([Draft(0, "short_text", raw)], title="").data

    book = load_workbook(io.BytesIO(data))
    cells = [cell for row in book.active for cell in row if cell.value in ("=1+1", "-2")]

    assert [(cell.data_type, cell.quotePrefix) for cell in cells] == [("s", True)] * 2


def test_is_known_by_its_content() -> None:
    assert detect(sheet(("question",)), "questions.bin") is EXCEL


BOMB = b"<a/>" + b" " * 70_000_000
ENTITIES = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and no more",
        packed(**{"xl_bomb.xml": BOMB}),
        packed(**{"xl_more.xml": ENTITIES}),
        packed(**{"xl_worksheets_sheet1.xml": ENTITIES}),
        packed(**{"xl_worksheets_sheet1.xml": b"no xml at all"}),
        packed(**{"xl_workbook.xml": "<x/>".encode("utf-16")}),
        packed(**{"xl_worksheets_sheet1.dat": ENTITIES}),
    ],
    ids=["cut", "bomb", "strings", "entities", "broken", "utf-16", "entities by another name"],
)
def test_hostile_files_are_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        EXCEL.read(data)

    assert refused.value.problems[0].message


def test_a_picture_in_a_sheet_may_hold_any_bytes() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"<!DOCTYPE x>"

    with pytest.raises(Invalid, match="No row names the columns"):  # it was read, then
        EXCEL.read(packed(**{"xl_media_image1.png": picture}))
