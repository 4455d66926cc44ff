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
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from flask import Flask

from bench.in_turn import Browser, heading, open_in_turn
from bench.made_reviews import FEW, MANY, TEACHER, TOKENS, Wanted, fill
from bench.serve import Place, place_at, places
from quizapp.app import create_app
from quizapp.db import db, transaction
from quizapp.jobs.worker import do_one
from quizapp.services.demo_course import DEMO_SLUG
from quizapp.services.jobs import enqueue

#: The job that keeps how the students of a course stand.
_STANDINGS = "refresh_standings"
_SMALL_CLASS = 20
PROGRESS = f"/progress?course={DEMO_SLUG}"
CLASS = f"/teach/{DEMO_SLUG}/class"


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
    print(heading(chosen.times))
    grow, judged = 0, {"times": chosen.times, "most": chosen.most}
    with _program(large) as one, _program(small) as other:
        few, many = _browser(one, FEW), _browser(one, MANY)
        grow += open_in_turn("progress", PROGRESS, (few, many), **judged)
        for app in (one, other):
            _stand(app)
        classes = (_browser(other, TEACHER), _browser(one, TEACHER))
        name = f"class of {_SMALL_CLASS} and {chosen.students}"
        grow += open_in_turn(name, CLASS, classes, **judged)
    print(f"pages that grow: {grow} (goal: {chosen.most} times as long, as many queries)")
    return int(grow > 0)


def _stand(app: Flask) -> None:
    """Let a worker look how everybody stands, as it does before anybody opens the page."""
    began = monotonic()
    with app.app_context(), transaction() as session:
        enqueue(session, name=_STANDINGS, payload={}, now=datetime.now(UTC))
    while do_one(app):
        pass
    print(f"everybody's standing kept in {monotonic() - began:.0f} s", flush=True)


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
