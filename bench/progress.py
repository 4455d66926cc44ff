"""What the pages of progress cost with very many reviews, and with a large class.

    python -m bench.progress --database sqlite
    python -m bench.progress --fill 50000000 --at sqlite:////folder/many.sqlite3
    python -m bench.progress --at sqlite:////folder/many.sqlite3

One database holds a learner with a million reviews and one with a thousand, who have met the same
facts, and a class; `--fill` makes it and keeps it, with so many reviews of others beside. Another
holds a class of twenty. Both sides of a comparison open their page in turn, through the whole
program and its templates. Ends with 1 where a page asks other numbers of queries, or takes more
than `--most` times as long, by the median of CPU or of the clock (on PostgreSQL the CPU is that of
the program alone, so the clock tells the rest).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, perf_counter, process_time
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench.made_reviews import FEW, MANY, TEACHER, TOKENS, Wanted, fill
from bench.serve import Place, place_at, places
from quizapp.app import create_app
from quizapp.db import db, transaction
from quizapp.jobs.worker import do_one
from quizapp.services.demo_course import DEMO_SLUG
from quizapp.services.jobs import JobName, enqueue

#: The job that keeps how the students of a course stand.
_STANDINGS = "refresh_standings"
_SMALL_CLASS = 20
PROGRESS = f"/progress?course={DEMO_SLUG}"
CLASS = f"/teach/{DEMO_SLUG}/class"


@dataclass(frozen=True, slots=True)
class Spent:
    """What one request took: milliseconds of CPU and of the clock, and its queries."""

    cpu: float
    clock: float
    queries: int


@dataclass(frozen=True, slots=True)
class Browser:
    """Somebody signed in to a program."""

    client: FlaskClient
    engine: sa.Engine

    def open(self, address: str) -> Spent:
        """Return what a page takes.

        :raises RuntimeError: it cannot be opened.
        """
        queries: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            queries.append(statement)

        sa.event.listen(self.engine, "before_cursor_execute", note)
        began, began_at = process_time(), perf_counter()
        answer = self.client.get(address)
        spent = (process_time() - began) * 1000, (perf_counter() - began_at) * 1000
        sa.event.remove(self.engine, "before_cursor_execute", note)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        return Spent(*spent, len(queries))


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill, or measure and print; return 1 where a page grows."""
    chosen = _parser().parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if chosen.fill is not None:
            if chosen.at is None:
                raise SystemExit("Say with --at where the filled database is to stay.")
            _fill(place_at(folder, chosen.at), chosen, is_large=True)
            return 0
        found = stack.enter_context(places(chosen.database, folder, ["large", "small"]))
        large = place_at(folder, chosen.at) if chosen.at else found["large"]
        if not chosen.at:
            _fill(large, chosen, is_large=True)
        _fill(found["small"], chosen, is_large=False)
        return _measure(large, found["small"], chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--at", help="the address of a database that is to be, or was, filled")
    parser.add_argument("--fill", type=int, help="only fill it, with so many reviews in all")
    parser.add_argument("--many", type=int, default=1_000_000, help="reviews of one learner")
    parser.add_argument("--few", type=int, default=1_000, help="of the other one")
    parser.add_argument("--facts", type=int, default=2_000)
    parser.add_argument("--students", type=int, default=500, help="in the large class")
    parser.add_argument("--each", type=int, default=1_000, help="reviews of each of them")
    parser.add_argument("--times", type=int, default=20, help="that each page is opened")
    parser.add_argument("--most", type=float, default=1.5, help="times as long")
    return parser


def _fill(place: Place, chosen: argparse.Namespace, *, is_large: bool) -> None:
    students = chosen.students if is_large else _SMALL_CLASS
    many = chosen.many if is_large else chosen.few
    others = (chosen.fill or 0) - many - chosen.few - students * chosen.each
    wanted = Wanted(
        facts=chosen.facts,
        many=many,
        few=chosen.few,
        students=students,
        each=chosen.each,
        others=max(0, others if is_large else 0),
    )
    began = monotonic()
    fill(place, wanted)
    total = many + chosen.few + students * chosen.each + wanted.others
    print(f"some {total:,} reviews made in {monotonic() - began:.0f} s", flush=True)


def _measure(large: Place, small: Place, chosen: argparse.Namespace) -> int:
    print(f"median of {chosen.times}, milliseconds     few: CPU  clock  many: CPU  clock  queries")
    grow = 0
    with _program(large) as one, _program(small) as other:
        few, many = _browser(one, FEW), _browser(one, MANY)
        grow += _page("progress", PROGRESS, (few, many), chosen)
        if not _keeps_standings(one):
            print("class progress                    there is no such page yet")
            return int(grow > 0)
        for app in (one, other):
            _stand(app)
        classes = (_browser(other, TEACHER), _browser(one, TEACHER))
        grow += _page(f"class of {_SMALL_CLASS} and {chosen.students}", CLASS, classes, chosen)
    print(f"pages that grow: {grow} (goal: {chosen.most} times as long, as many queries)")
    return int(grow > 0)


def _keeps_standings(app: Flask) -> bool:
    has_page = any(rule.rule == "/teach/<course>/class" for rule in app.url_map.iter_rules())
    return has_page and _STANDINGS in list(JobName)


def _stand(app: Flask) -> None:
    """Let a worker look how everybody stands, as it does before anybody opens the page."""
    began = monotonic()
    with app.app_context(), transaction() as session:
        enqueue(session, name=_STANDINGS, payload={}, now=datetime.now(UTC))
    while do_one(app):
        pass
    print(f"everybody's standing kept in {monotonic() - began:.0f} s", flush=True)


def _page(
    name: str, address: str, sides: tuple[Browser, Browser], chosen: argparse.Namespace
) -> int:
    """Open a page on both sides in turn and print; return 1 where it grows."""
    for side in sides:
        side.open(address)  # templates and statements are compiled once
    spent: tuple[list[Spent], list[Spent]] = ([], [])
    for _ in range(chosen.times):
        for side, times in zip(sides, spent, strict=True):
            times.append(side.open(address))
    cpu, clock = (
        [statistics.median(getattr(one, what) for one in times) for times in spent]
        for what in ("cpu", "clock")
    )
    queries = [{one.queries for one in times} for times in spent]
    ratios = [many / few for few, many in (cpu, clock)]
    same = queries[0] == queries[1] and len(queries[0]) == 1
    is_slow = max(ratios) > chosen.most or not same
    told = "/".join(str(number) for number in sorted(queries[0] | queries[1]))
    grows = "  GROWS" if is_slow else ""
    print(
        f"{name:26}{cpu[0]:13.1f}{clock[0]:7.1f}{cpu[1]:11.1f}{clock[1]:7.1f}{told:>9}"
        f"  ratio {ratios[0]:.2f} of CPU, {ratios[1]:.2f} of the clock{grows}"
    )
    return int(is_slow)


@contextmanager
def _program(place: Place) -> Iterator[Flask]:
    app = create_app(place.settings)
    yield app
    with app.app_context():
        db.engine.dispose()


def _browser(app: Flask, who: str) -> Browser:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = TOKENS[who]
    with app.app_context():
        return Browser(client, db.engine)


if __name__ == "__main__":
    sys.exit(main())
