"""SQLite for tests: not waiting for the disk, and looking into a file as an auditor would."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa


def rows(folder: Path, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Return what a statement reads from the database in a server's data folder."""
    with closing(sqlite3.connect(f"file:{folder / 'quizapp.sqlite3'}?mode=ro", uri=True)) as found:
        return found.execute(statement, values).fetchall()


def without_waiting(engine: sa.Engine) -> sa.Engine:
    """Return the engine, whose SQLite no longer waits for the disk: nobody pulls the plug here."""
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _turn_off)
    return engine


def _turn_off(connection: sqlite3.Connection, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")
