"""What item analysis costs with very many attempts: its pages at a thousand and at a million.

    python -m bench.analysis --database sqlite
    python -m bench.analysis --few-at URL --many-at URL    # filled by `bench.made_attempts` before

Attempts at a quiz of ten questions are made with all their rows (`bench.made_attempts`) and counted
by what `quizapp init` counts them with. Then an instructor opens the pages, through the whole
program and its templates, on both sides in turn: the quiz's analysis of first and of all attempts,
its options of another question, its table to download, a question over all its uses, the list of
quizzes. Ends with 1 where a page asks other numbers of queries, or takes more than `--most` times
as long, by the median of CPU or of the clock (on PostgreSQL the CPU is that of the program alone,
so the clock tells the rest).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.in_turn import Browser, heading, open_in_turn
from bench.made_attempts import TOKEN, Made, fill, find_made
from bench.serve import Place, place_at, places
from quizapp.app import create_app
from quizapp.db import db


@dataclass(frozen=True, slots=True)
class Side(Browser):
    """A program with so many attempts at one quiz, and its instructor's browser."""

    made: Made


def main(arguments: Sequence[str] | None = None) -> int:
    """Make both sides, measure and print; return 1 where a page grows with the attempts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--few-at", help="the address of a database that is filled already")
    parser.add_argument("--many-at", help="likewise")
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--times", type=int, default=40, help="that each page is opened")
    parser.add_argument("--most", type=float, default=1.5, help="times as long")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if chosen.few_at and chosen.many_at:
            return _measure(
                place_at(folder, chosen.few_at), place_at(folder, chosen.many_at), chosen
            )
        with places(chosen.database, folder, ["few", "many"]) as found:
            for one in ("few", "many"):
                fill(found[one], getattr(chosen, one), chosen.questions)
            return _measure(found["few"], found["many"], chosen)


def _measure(few: Place, many: Place, chosen: argparse.Namespace) -> int:
    print(heading(chosen.times))
    too_slow, judged = 0, {"times": chosen.times, "most": chosen.most}
    with _side(few) as small, _side(many) as large:
        for name, address in _addresses(small.made).items():
            too_slow += open_in_turn(name, address, (small, large), **judged)
    print(f"pages that grow: {too_slow} (goal: {chosen.most} times as long, as many queries)")
    return int(too_slow > 0)


def _addresses(made: Made) -> dict[str, str]:
    course = f"/teach/{made.slug}"
    quiz = f"{course}/quizzes/{made.quiz_id}/analysis"
    return {
        "quiz, first attempts": quiz,
        "quiz, all attempts": f"{quiz}?attempts=all",
        "quiz, another question's options": f"{quiz}?item={made.revision_ids[-1]}",
        "quiz, to download": f"{quiz}.csv",
        "question": f"{course}/questions/{made.question_ids[0]}/analysis",
        "quizzes of the course": f"{course}/analysis",
    }


@contextmanager
def _side(place: Place) -> Iterator[Side]:
    app = create_app(place.settings)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = TOKEN
    with app.app_context():
        engine = db.engine
        made = find_made(db.session())
    yield Side(client, engine, made)
    engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
