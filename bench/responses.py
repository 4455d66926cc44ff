"""How many bytes a response takes on SQLite, with every index and nothing vacuumed.

    python -m bench.responses --count 1000000

Attempts of ten questions of eight types, each answered once, stored in the order of time by
learners in any order. What attempts take is measured before their responses are stored.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.crowd import Crowd, Made, store_responses
from bench.serve import places
from quizapp.db import upgrade
from quizapp.models import Attempt

_GOAL = 200
_BATCH = 2_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Store, measure and print; return 1 if a response takes more than the goal."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=1_000_000, help="responses")
    parser.add_argument("--slots", type=int, default=10, help="of each attempt")
    parser.add_argument("--seed", type=int, default=4)
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places("sqlite", Path(folder), ["responses"]) as found,
    ):
        place = found["responses"]
        upgrade(place.settings)
        began = monotonic()
        path = Path(place.driver)
        engine = sa.create_engine(place.settings.database_url)
        with Session(engine) as session:
            sizes, responses = _fill(session, path, chosen)
        engine.dispose()
        print(f"{responses:,} responses made in {monotonic() - began:.0f} s")
        return _report(sizes, responses, path)


def _fill(
    session: Session, path: Path, chosen: argparse.Namespace
) -> tuple[tuple[int, int, int], int]:
    """Return the file's size before attempts, before responses and at the end; and their number."""
    number, responses = chosen.count // chosen.slots, 0
    crowd = Crowd(
        session,
        learners=max(1, number // 20),
        questions=max(100, chosen.slots),
        edits=0,
        slots=chosen.slots,
        chance=Random(chosen.seed),  # noqa: S311
        is_plain=True,
    )
    session.commit()
    empty = _size(path)
    made: list[Made] = []
    attempts = crowd.attempts(number)
    while batch := list(islice(attempts, _BATCH)):
        session.execute(sa.insert(Attempt), [one.attempt for one in batch])
        session.commit()
        made += batch
    without = _size(path)
    for start in range(0, number, _BATCH):
        responses += store_responses(session, made[start : start + _BATCH])
        session.commit()
    return (empty, without, _size(path)), responses


def _size(path: Path) -> int:
    """Return the bytes of the database file with everything written back to it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.stat().st_size


def _report(sizes: tuple[int, int, int], responses: int, path: Path) -> int:
    empty, without, full = sizes
    alone, together = (full - without) / responses, (full - empty) / responses
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE tbl_name = 'response' AND type = 'index'"
        ).fetchall()
    print(f"indexes of response beside its key: {', '.join(name for (name,) in names) or 'none'}")
    print(f"{alone:.1f} bytes a response, {together:.1f} with the attempts (goal: {_GOAL})")
    return int(together > _GOAL)


if __name__ == "__main__":
    sys.exit(main())
