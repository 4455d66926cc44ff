"""Rows of tables as files: JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from quizapp.formats.csv_table.cells import safe_cell, table_writer

#: A spreadsheet keeps fifteen digits, a program often sixteen.
_LONGEST = 10**15 - 1


def write_json(target: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows as a list of objects, one a line; instants in UTC, as in 2026-03-04T12:00:00Z.

    Numbers of rows that are longer than many programs reckon with are texts.
    """
    with target.open("w", encoding="utf-8", newline="\n") as file:
        for number, row in enumerate(rows):
            file.write("[\n" if not number else ",\n")
            file.write(json.dumps(_exact(row), ensure_ascii=False, default=_json))
        file.write("\n]\n" if rows else "[]\n")


def write_csv(target: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with a line of names above, in UTF-8 with the mark that Excel wants.

    Nothing in a cell is taken for a formula. Instants are in UTC, in the form that spreadsheets
    read as a date. Numbers of rows that are longer than a spreadsheet keeps are texts, with an
    apostrophe before them.
    """
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = table_writer(file)
        writer.writerow(rows[0] if rows else ())
        writer.writerows([_cell(value) for value in _exact(row, "'").values()] for row in rows)


def _exact(row: Mapping[str, Any], mark: str = "") -> dict[str, Any]:
    """Return a row in which numbers that name rows, and would be rounded, are texts."""
    return {
        name: f"{mark}{value}" if _is_long(name, value) else value for name, value in row.items()
    }


def _is_long(name: str, value: Any) -> bool:
    return name.endswith("id") and isinstance(value, int) and abs(value) > _LONGEST


def _json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"no way to write {type(value).__name__} as JSON")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, int | float) and not isinstance(value, Enum):
        return value
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=_json)
    return safe_cell(str(value))
