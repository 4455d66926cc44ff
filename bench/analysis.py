"""What item analysis costs: its page at a thousand attempts and at a million, and a hand-in.

    python -m bench.analysis --database sqlite

Attempts at a quiz of twenty questions with four options are made up and counted as handing in
counts them, a thousand in one place and many in another; their sums stand in the tables, without
the attempts. The page is asked for on both sides in turn. Then it hands in attempts that are
stored, one after the other, and tells what counting them takes of it. Ends with 1 where the page
asks other numbers of queries, or takes more than `--most` times as long.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.serve import Place, places
from quizapp.db import upgrade
from quizapp.policy import Actor
from quizapp.psychometrics.counts import (
    EVERYBODY,
    GRAIN,
    Cohort,
    Kind,
    Tally,
    band,
    time_bin,
)
from quizapp.queries.attempt_terms import Terms
from quizapp.queries.item_analysis import quiz_analysis
from quizapp.services.statistics import add_terms
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

_OPTIONS = [{"text": text, "key": text == "One"} for text in ("One", "Two", "Three", "Four")]
_RAW = {"stem": "Which is the first?", "options": _OPTIONS, "explanation": ""}
#: Nothing of it is a secret or a user's: whoever runs the site may look.
_ADMIN = Actor(1, "Admin", is_admin=True)


@dataclass(frozen=True, slots=True)
class Side:
    """A database with so many attempts at one quiz."""

    session: Session
    quiz_id: int
    course_id: int
    rows: int

    def page(self) -> tuple[float, int]:
        """Read the analysis; return the milliseconds of CPU here and the number of queries."""
        queries: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            queries.append(statement)

        engine = self.session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", note)
        began = process_time()
        given = {"course_id": self.course_id, "quiz_id": self.quiz_id}
        quiz_analysis(self.session, actor=_ADMIN, **given)
        took = process_time() - began
        sa.event.remove(engine, "before_cursor_execute", note)
        return took * 1000, len(queries)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make both sides, measure and print; return 1 where the page grows with the attempts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--times", type=int, default=40, help="that each side is asked")
    parser.add_argument("--hand-ins", type=int, default=100)
    parser.add_argument("--most", type=float, default=1.5)
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, Path(folder), ["few", "many", "hand-ins"]) as found,
    ):
        for place in found.values():
            upgrade(place.settings)
        began = perf_counter()
        sides = {
            name: _side(found[name], getattr(chosen, name), chosen) for name in ("few", "many")
        }
        print(f"{chosen.database}: made in {perf_counter() - began:.0f} s")
        wrong = _measure(sides, chosen)
        engine = sa.create_engine(found["hand-ins"].settings.database_url)
        with Session(engine) as session:
            _hand_in(session, chosen.hand_ins)
        engine.dispose()
        for side in sides.values():
            engine = side.session.get_bind()
            side.session.close()
            engine.dispose()
        return wrong


def _side(place: Place, attempts: int, chosen: argparse.Namespace) -> Side:
    session = Session(sa.create_engine(place.settings.database_url))
    make = Make(session)
    course = make.course()
    topic, passage = make.topic(course), make.passage(course)
    questions = [
        make.question(make.fact(course, topic, passage), raw=_RAW) for _ in range(chosen.questions)
    ]
    quiz = make.quiz(course, questions)
    revisions = [make._revision_id(question) for question in questions]
    terms = _terms(quiz.id, revisions, attempts)
    add_terms(session, terms)
    session.commit()
    return Side(session, quiz.id, course.id, len(terms.items) + len(terms.totals))


def _terms(quiz_id: int, revisions: Sequence[int], attempts: int) -> Terms:
    """Return what so many made attempts add: abilities that are normal, questions of all kinds.

    Every attempt is made up by itself. Which wrong option was chosen, and how long it took, does
    not hang on the rest of the attempt, so it is drawn for all that are alike at once.
    """
    chance, terms = Random(5), Terms()  # noqa: S311
    size = len(revisions)
    hard = [chance.gauss(0, 1) for _ in revisions]
    levels = [statistics.NormalDist().inv_cdf((place + 0.5) / 64) for place in range(64)]
    knowing = [[1 / (1 + math.exp(level - ability)) for level in hard] for ability in levels]
    scores = [0] * (size + 1)
    alike = [[[0] * (size + 1), [0] * (size + 1)] for _ in revisions]
    draw = chance.random
    for number in range(attempts):
        right = [draw() < knows for knows in knowing[number % 64]]
        score = sum(right)
        scores[score] += 1
        for one, is_right in zip(alike, right, strict=True):
            one[is_right][score] += 1
    for score, n in enumerate(scores):
        _add(terms.totals, (quiz_id, Cohort.FIRST, score * GRAIN), Tally(n, 0, n * size * GRAIN))
    for revision_id, both in zip(revisions, alike, strict=True):
        for is_right, counts in enumerate(both):
            for score, n in enumerate(counts):
                if n:
                    item = (quiz_id, revision_id, Cohort.FIRST)
                    rest = (score - is_right) * GRAIN
                    found = _Alike(item, is_right, rest, (size - 1) * GRAIN, n)
                    _add_alike(terms, found, chance)
    return terms


@dataclass(frozen=True, slots=True)
class _Alike:
    """Answers to an item that are right or not, with one score on the rest of the quiz."""

    item: tuple[int, int, int]
    is_right: int
    rest: int
    most_rest: int
    n: int


def _add_alike(terms: Terms, alike: _Alike, chance: Random) -> None:
    item, is_right, rest, n = alike.item, alike.is_right, alike.rest, alike.n
    _add(terms.items, (*item, Kind.MARK, is_right * GRAIN, 0), Tally(n, n * rest, n * GRAIN))
    _add(terms.items, (*item, Kind.REST, rest, 0), Tally(n))
    group = band(rest, alike.most_rest)
    _add(terms.items, (*item, Kind.CHOICE, EVERYBODY, group), Tally(n, n * rest))
    chosen = [0] if is_right else chance.choices((1, 2, 3), k=min(n, 500))
    for option in set(chosen):
        number = n * chosen.count(option) // len(chosen)
        _add(terms.items, (*item, Kind.CHOICE, option, group), Tally(number, number * rest))
    times = [time_bin(chance.lognormvariate(3.2, 0.6)) for _ in range(min(n, 500))]
    for place in set(times):
        number = n * times.count(place) // len(times)
        _add(terms.items, (*item, Kind.TIME, place, 0), Tally(number, 30_000 * number))


def _add(counts: dict[Any, Tally], key: Any, tally: Tally) -> None:
    counts.setdefault(key, Tally()).add(tally.n, tally.amount, tally.most)


def _measure(sides: dict[str, Side], chosen: argparse.Namespace) -> int:
    times: dict[str, list[float]] = {name: [] for name in sides}
    queries: dict[str, set[int]] = {name: set() for name in sides}
    for _ in range(chosen.times):
        for name, side in sides.items():
            took, number = side.page()
            times[name].append(took)
            queries[name].add(number)
    for name, side in sides.items():
        print(
            f"{getattr(chosen, name):>9,} attempts: {side.rows:,} rows, {queries[name]} queries,"
            f" {statistics.median(times[name]):.1f} ms of CPU (least {min(times[name]):.1f})"
        )
    ratio = statistics.median(times["many"]) / statistics.median(times["few"])
    print(f"ratio of the medians: {ratio:.2f} (goal: {chosen.most})")
    return int(ratio > chosen.most or queries["few"] != queries["many"])


def _hand_in(session: Session, number: int) -> None:
    """Print what handing in takes, and how much of it counting does."""
    sitting = Sitting(session, Make(session), NOON)
    quiz = sitting.quiz(*(["single_choice"] * 10), counts_for_memory=False)
    learners = [sitting.make.learner(sitting.course, email=f"b{n}@x.org") for n in range(number)]
    times: dict[bool, list[float]] = {True: [], False: []}
    for place, learner in enumerate(learners):
        quiz.is_practice = False
        session.flush()
        sitting.start(quiz, actor=learner, seed=place + 1)
        for slot in range(10):
            sitting.save(slot, choice=str(place % 3), actor=learner, nonce=f"n{slot}")
        session.commit()
        # Every second attempt as if nobody measured: an attempt at a practice is not counted.
        is_counted = place % 2 == 0
        quiz.is_practice = not is_counted
        session.commit()
        began = process_time()
        sitting.submit(actor=learner)
        session.commit()
        times[is_counted].append((process_time() - began) * 1000)
    counted, not_counted = (statistics.median(times[which]) for which in (True, False))
    print(f"handing in ten questions: {counted:.2f} ms of CPU, {not_counted:.2f} without counting")


if __name__ == "__main__":
    sys.exit(main())
