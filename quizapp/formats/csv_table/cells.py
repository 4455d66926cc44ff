"""Cells that no spreadsheet takes for a formula or tears apart, and reading them back."""

from __future__ import annotations

import csv
import re
from typing import Any

#: Spreadsheets take what begins with one of these for a formula, full-width signs included.
_DANGEROUS = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
#: Excel parts cells at semicolons in half of the world, and heeds no quotation marks then: what
#: follows one, or stands on a line of its own, begins a cell. The mark of a list is no formula.
_WITHIN = re.compile(
    "((?:;[ \"]*|(?<!\\A)[\n\r\t][ \"]*(?=['=@＝＠]|[+\\-＋－][^ ])))('*)([=+\\-@＝＋－＠])",
)


def safe_cell(text: str) -> str:
    """Return a cell that is text in every spreadsheet: an apostrophe before what is not.

    Only for files that are never read back: nobody can tell an apostrophe within a cell from one
    that its author wrote there.
    """
    return marked_cell(_WITHIN.sub(r"\1'\2\3", text))


def marked_cell(text: str) -> str:
    """Return a cell that `read_cell` reads as this very text, and that is no formula as a whole."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def read_cell(text: str) -> str:
    """Return the text that `marked_cell` was given.

    Of a cell that another program wrote no more than an apostrophe at its beginning is at stake.
    """
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


def table_writer(out: Any) -> Any:
    """Return a writer of CSV that quotes all but numbers.

    LibreOffice offers to part cells at semicolons and tabs too; within quotation marks it does not.
    """
    return csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
