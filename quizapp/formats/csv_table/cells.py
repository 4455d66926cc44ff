"""Cells that no spreadsheet takes for a formula, and reading them back as they were."""

from __future__ import annotations

import re

#: Spreadsheets take what begins with one of these for a formula, full-width signs included.
_DANGEROUS = re.compile("'*[=+\\-@\t\r＝＋－＠]")


def safe_cell(text: str) -> str:
    """Return a cell that is text in every spreadsheet: an apostrophe before what is not."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def read_cell(text: str) -> str:
    """Return the text that `safe_cell` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text
