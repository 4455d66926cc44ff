"""How long a decision about a wrong key takes: looking at it, applying it, listing it, undoing it.

    python -m bench.regrade --attempts 10000 --database postgresql

Every attempt asked the question, and its mark changes: the worst there can be. Seconds
of CPU are this process's: what the server of PostgreSQL takes is only in the others. It ends with 1
when applying or undoing takes longer than `--most` seconds, when a replay finds another mark, or
when a recount finds that sums are not those of the logs, in between or at the end.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic, process_time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.crowd import Crowd, store
from bench.serve import Place, places
from quizapp.db import upgrade
from quizapp.models import Course, Revision
from quizapp.policy import Actor
from quizapp.queries.given_responses import responses_to
from quizapp.queries.regrade_list import regrades
from quizapp.services import regrades as services
from quizapp.services.recount import recount, store_recount, uncounted
from quizapp.services.replay import replay
from tests.support.make import NOON

_BATCH = 500
#: Nothing of it is a secret or a user's: whoever runs the site may regrade.
_ADMIN = Actor(1, "Admin", is_admin=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make attempts, regrade them and print; return 0 when it was fast and right."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--attempts", type=int, default=10_000)
    parser.add_argument("--slots", type=int, default=10, help="of each attempt")
    parser.add_argument("--seed", type=int, default=4)
    parser.add_argument("--most", type=float, default=10.0, help="seconds")
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, Path(folder), ["regrade"]) as found,
    ):
        place = found["regrade"]
        upgrade(place.settings)
        return _measure(place, chosen)


def _measure(place: Place, chosen: argparse.Namespace) -> int:
    engine = sa.create_engine(place.settings.database_url)
    with Session(engine) as session:
        _make(session, chosen)
        revision_id = session.scalars(sa.select(sa.func.min(Revision.id))).one()
        course_id = session.scalars(sa.select(Course.id)).one()
        stated = services.NewRegrade(revision_id, "drop", "Not in the text.")
        given: dict[str, Any] = {"actor": _ADMIN, "now": NOON}

        store_recount(session, uncounted(session), now=NOON)
        session.commit()
        given_to = {"revision_ids": [revision_id], "revision_id": revision_id}
        (page, _), _ = _timed(
            lambda: responses_to(session, actor=_ADMIN, course_id=course_id, **given_to)
        )
        (plan, _), _ = _timed(lambda: services.plan_regrade(session, stated=stated, **given))
        session.rollback()
        (apply, cpu), (regrade_id, changes) = _timed(
            lambda: _kept(session, services.apply_regrade(session, stated=stated, **given))
        )
        wrong = _miscounts(session)
        (listing, _), _ = _timed(lambda: regrades(session, actor=_ADMIN, course_id=course_id))
        (undo, cpu_undone), _ = _timed(
            lambda: _kept(session, services.undo_regrade(session, regrade_id=regrade_id, **given))
        )
        wrong += _miscounts(session)
        wrong += sum(len(seen.differences) for seen in list(replay(session))[-1:])
    engine.dispose()
    print(
        f"{chosen.database}: {len(changes):,} marks changed; responses counted in {page:.2f} s,"
        f" dry run {plan:.2f} s, applied in {apply:.2f} s ({cpu:.2f} of CPU),"
        f" undone in {undo:.2f} s ({cpu_undone:.2f} of CPU), listed in {listing * 1000:.0f} ms,"
        f" {wrong} differences"
    )
    return int(wrong > 0 or max(apply, undo) > chosen.most)


def _make(session: Session, chosen: argparse.Namespace) -> None:
    crowd = Crowd(
        session,
        learners=max(1, chosen.attempts // 4),
        questions=chosen.slots,
        edits=0,
        slots=chosen.slots,
        chance=Random(chosen.seed),  # noqa: S311
    )
    attempts = crowd.attempts(chosen.attempts)
    while made := list(islice(attempts, _BATCH)):
        store(session, made)
    session.commit()


def _miscounts(session: Session) -> int:
    """Return how many quizzes have other sums than their logs; the recount has read them all."""
    return sum(len(seen.differences) for seen in list(recount(session))[-1:])


def _timed(act: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Return seconds, those of this process's CPU, and what the act returned."""
    began, began_cpu = monotonic(), process_time()
    told = act()
    return (monotonic() - began, process_time() - began_cpu), told


def _kept(session: Session, told: Any) -> Any:
    session.commit()
    return told


if __name__ == "__main__":
    sys.exit(main())
