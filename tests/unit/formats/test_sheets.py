"""Tables for spreadsheets: nothing in them runs, and numbers can be added up."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import pytest
from openpyxl import load_workbook

from quizapp.formats.csv_table.sheets import csv_sheet, excel_sheet

DANGEROUS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1")


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_a_formula_in_csv(text: str) -> None:
    head, row = rows_of(csv_sheet([text], [[text]]))

    assert (head, row) == ([f"'{text}"], [f"'{text}"])


def test_nor_is_what_follows_a_semicolon_within_one() -> None:
    assert rows_of(csv_sheet(["a;=1"], [["b; -1"]])) == [["a;'=1"], ["b; '-1"]]


def test_whatever_parts_cells_a_text_stays_in_one_and_numbers_are_bare() -> None:
    data = csv_sheet(["Name", "Mark"], [["Ada; Okafor\tB", Fraction(15, 2)]])

    assert data.decode("utf-8-sig") == '"Name","Mark"\r\n"Ada; Okafor\tB",7.5\r\n'


@pytest.mark.parametrize("text", [one for one in DANGEROUS if not one.startswith("\r")])
def test_no_text_is_a_formula_in_excel(text: str) -> None:
    sheet = load_workbook(io.BytesIO(excel_sheet("Marks", [text], [[text]]))).active

    for cell in (sheet["A1"], sheet["A2"]):
        assert (cell.data_type, cell.value) == ("s", text)
        assert cell.quotePrefix


@pytest.mark.parametrize("text", ["#N/A", "Ada", "12", "A\x01da"])
def test_a_text_is_a_text_in_excel_whatever_it_says(text: str) -> None:
    sheet = load_workbook(io.BytesIO(excel_sheet("Marks", ["a", "b"], [[text, ""]]))).active

    assert (sheet["A2"].data_type, sheet["A2"].value) == ("s", text.replace("\x01", ""))
    assert sheet["B2"].value is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (Fraction(15, 2), "7.5"),
        (Fraction(1, 3), "0.33"),
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 2), "-0.5"),
        (Fraction(-1, 1000), "0"),
        (Fraction(100), "100"),
        (3, "3"),
        (None, ""),
    ],
)
def test_numbers_read_as_pages_show_them(number: Fraction | int | None, said: str) -> None:
    assert rows_of(csv_sheet(["n", "x"], [[number, "x"]]))[1] == [said, "x"]


def test_numbers_are_numbers_in_excel() -> None:
    data = excel_sheet("Marks", ["a", "b"], [[Fraction(-1, 2), None]])

    sheet = load_workbook(io.BytesIO(data)).active

    assert (sheet["A2"].value, sheet["A2"].data_type, sheet["B2"].value) == (-0.5, "n", None)
    assert sheet.freeze_panes == "B2"
