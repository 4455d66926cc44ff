"""How long it takes to work out every mark anew, and whether all are what is stored.

    python -m bench.replay --attempts 10000 --edits 1000 --database postgresql

Questions are edited in between the attempts, and some of their first keys are regraded. The marks
stored were reckoned by `tests/property/ledger.py` from worths that are written down, so that no
difference means: two programs agree. `quizapp attempts replay --check` runs as a process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.crowd import Crowd, store
from bench.serve import Place, places
from quizapp.db import upgrade
from quizapp.models import Attempt

_BATCH = 500


def main(arguments: Sequence[str] | None = None) -> int:
    """Make, replay and print; return what the command returned."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=1_000)
    parser.add_argument("--regrades", type=int, default=20, help="every fifth is undone")
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--slots", type=int, default=10, help="of each attempt")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--damage", type=int, default=0, help="spoil so many marks: it must tell")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, Path(folder), ["replay"]) as found,
    ):
        place = found["replay"]
        upgrade(place.settings)
        _make(place, chosen)
        return _replay(place, chosen.attempts)


def _make(place: Place, chosen: argparse.Namespace) -> None:
    began, responses = monotonic(), 0
    engine = sa.create_engine(place.settings.database_url)
    with Session(engine) as session:
        crowd = Crowd(
            session,
            learners=max(1, chosen.attempts // 20),
            questions=chosen.questions,
            edits=chosen.edits,
            slots=chosen.slots,
            chance=Random(chosen.seed),  # noqa: S311
            regrades=chosen.regrades,
        )
        attempts = crowd.attempts(chosen.attempts)
        while made := list(islice(attempts, _BATCH)):
            responses += store(session, made)
        session.execute(
            sa.update(Attempt)
            .where(Attempt.id.in_(_some(session, chosen.damage)))
            .values(mark=Fraction(99))
        )
        session.commit()
        edited, held = crowd.edited, len(crowd.decided)
    engine.dispose()
    print(
        f"{chosen.database}: {chosen.attempts:,} attempts with {responses:,} responses at"
        f" {chosen.questions:,} questions edited {edited:,} times in between, {held} regrades"
        f" that hold, made in {monotonic() - began:.1f} s",
        flush=True,
    )


def _some(session: Session, count: int) -> list[int]:
    """Return the ids of some attempts that were handed in."""
    wanted = sa.select(Attempt.id).where(Attempt.mark.is_not(None)).order_by(Attempt.id)
    return list(session.scalars(wanted.limit(count)))


def _replay(place: Place, attempts: int) -> int:
    environment = os.environ | {
        "QUIZAPP_DATA": str(place.settings.data),
        "QUIZAPP_DATABASE_URL": place.settings.database_url,
        "QUIZAPP_SECRET_KEY": place.settings.secret_key,
    }
    command = [sys.executable, "-m", "quizapp", "attempts", "replay", "--check"]
    began = monotonic()
    done = subprocess.run(command, env=environment, check=False)
    seconds = monotonic() - began
    print(
        f"exit {done.returncode} after {seconds:.1f} s with starting the process,"
        f" {attempts / seconds:,.0f} attempts a second"
    )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
