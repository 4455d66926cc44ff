"""A whole class hands a quiz in at once: how much longer that takes as every attempt is counted.

    python -m bench.handing_in --database postgresql --learners 200

Learners of one course have answered ten questions of the same quiz; all hand it in, over so many
connections, each in a transaction of its own that waits for the disk. The same is done in another
database without counting (the call is left out, nothing else), in turn, round after round. Prints
the median of the paired ratios, of the whole time and of the times that one waits for; ends with 1
where the whole takes more than `--most` times as long, or where a recount finds another number.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa
from flask import Flask

from bench.serve import Place, places
from quizapp.db import database_app, db, transaction, upgrade
from quizapp.models import Action, Response
from quizapp.policy import Actor
from quizapp.services import attempt_submit
from quizapp.services.recount import recount
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

_QUESTIONS = 10
_COUNTED, _NOT = "counted", "not counted"


@dataclass(frozen=True, slots=True)
class Run:
    """One class that handed in: milliseconds of all, of CPU, and that one waited for."""

    whole: float
    cpu: float
    each: list[float]


class Side:
    """A database with a class, and whether their attempts are counted."""

    def __init__(self, place: Place, learners: int, connections: int, *, counts: bool) -> None:
        upgrade(place.settings)
        self._round = 0
        self.app, self._connections, self._counts = (
            database_app(place.settings),
            connections,
            counts,
        )
        with self.app.app_context():
            engines: Any = db.engines
            pool: dict[str, Any] = {"pool_size": connections, "max_overflow": 0}
            if place.settings.database_url.startswith("sqlite"):
                pool["connect_args"] = {"timeout": 120}
            engines[None] = sa.create_engine(place.settings.database_url, **pool)
        with self.app.app_context(), transaction() as session:
            self._sitting = Sitting(session, Make(session), NOON)
            for _ in range(_QUESTIONS):
                self._sitting.question()
            make, course = self._sitting.make, self._sitting.course
            self._learners = [make.learner(course) for _ in range(learners)]

    def prepare(self) -> list[tuple[Actor, int]]:
        """Store an attempt of each at another quiz, answered in full; return whose and which."""
        found = []
        self._round += 1
        with self.app.app_context(), transaction() as session:
            sitting = self._sitting
            sitting.session = sitting.make.session = session
            settings = {"shuffle_options": False}
            quiz = sitting.make.quiz(sitting.course, sitting.questions, settings=settings)
            for place, learner in enumerate(self._learners):
                started = sitting.start(quiz, actor=learner, seed=self._round * 1_000 + place)
                found.append((learner, started.attempt_id))
            rows = [_response(who.id, which, slot) for who, which in found for slot in range(10)]
            session.execute(sa.insert(Response), rows)
        return found

    def hand_in(self, attempts: Sequence[tuple[Actor, int]]) -> Run:
        """Let all hand in at once and return what it took."""
        leave_out: Callable[..., None] = lambda _session, **_given: None  # noqa: E731
        act = attempt_submit.count_attempt if self._counts else leave_out
        with (
            patch.object(attempt_submit, "count_attempt", act),
            ThreadPoolExecutor(self._connections) as pool,
        ):
            began, began_cpu = perf_counter(), process_time()
            each = list(pool.map(lambda one: _submit(self.app, *one), attempts))
        return Run((perf_counter() - began) * 1000, (process_time() - began_cpu) * 1000, each)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; return 1 where counting makes a class wait, or counts wrongly."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--learners", type=int, default=200)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--most", type=float, default=1.5)
    chosen = parser.parse_args(arguments)
    return max(_measure(chosen, connections) for connections in chosen.connections)


def _measure(chosen: argparse.Namespace, connections: int) -> int:
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, Path(folder), ["counted", "bare"]) as found,
    ):
        sides = {
            name: Side(place, chosen.learners, connections, counts=name == _COUNTED)
            for name, place in zip((_COUNTED, _NOT), found.values(), strict=True)
        }
        runs: dict[str, list[Run]] = {name: [] for name in sides}
        for _ in range(chosen.rounds):
            for name, side in sides.items():
                runs[name].append(side.hand_in(side.prepare()))
        with sides[_COUNTED].app.app_context():
            *_, proof = recount(db.session())
        for side in sides.values():
            with side.app.app_context():
                db.session.remove()
                db.engine.dispose()
    told = f"{chosen.database}, {chosen.learners} learners over {connections} connections"
    ratio = _report(told, runs)
    print(f"  {proof}: {len(proof.differences)} differences")
    return int(ratio > chosen.most or bool(proof.differences))


def _report(told: str, runs: dict[str, list[Run]]) -> float:
    print(told)
    for name, several in runs.items():
        waited = sorted(one for run in several for one in run.each)
        whole = statistics.median(run.whole for run in several)
        cpu = statistics.median(run.cpu for run in several) / len(several[0].each)
        worst = waited[int(0.99 * (len(waited) - 1))]
        print(
            f"  {name:12} all in {whole:7.0f} ms, one in {statistics.median(waited):6.1f} ms"
            f" (p99 {worst:.1f}), {cpu:.2f} ms of CPU each"
        )
    pairs = list(zip(runs[_COUNTED], runs[_NOT], strict=True))
    ratios = [with_it.whole / without.whole for with_it, without in pairs]
    ones = [statistics.median(a.each) / statistics.median(b.each) for a, b in pairs]
    whole = statistics.median(ratios)
    print(
        f"  counted to not counted: {whole:.2f} for all ({min(ratios):.2f} to {max(ratios):.2f}),"
        f" {statistics.median(ones):.2f} for one"
    )
    return whole


def _submit(app: Flask, actor: Actor, attempt_id: int) -> float:
    began = perf_counter()
    with app.app_context():
        with transaction() as session:
            now = NOON + timedelta(minutes=9)
            attempt_submit.submit_attempt(session, actor=actor, attempt_id=attempt_id, now=now)
        db.session.remove()
    return (perf_counter() - began) * 1000


def _response(learner_id: int, attempt_id: int, slot: int) -> dict[str, Any]:
    return {
        "learner_id": learner_id,
        "attempt_id": attempt_id,
        "slot": slot,
        "seq": 1,
        "at": NOON + timedelta(seconds=20 * (slot + 1) + learner_id % 15),
        "action": Action.SAVE,
        "nonce": f"{attempt_id}.0.{slot}",
        "content": {"choice": [(learner_id * 7 + slot) % 3]},
        "certainty": None,
    }


if __name__ == "__main__":
    sys.exit(main())
