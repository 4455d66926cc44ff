"""Looking into a server's SQLite file from outside, as an auditor would."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(folder: Path, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return what a statement reads from the database in a server's data folder."""
    with closing(sqlite3.connect(f"file:{folder / 'quizapp.sqlite3'}?mode=ro", uri=True)) as found:
        return found.execute(statement, values).fetchall()
