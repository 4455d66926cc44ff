"""How long the next card takes, with many cards and a long history.

    python -m bench.queue --cards 15000 --reviews 300000 --database postgresql

One learner has met every fact. First a usual day's share of them is due, then all at once, as after
a long break; then that is spread over days, undone, and a usual day's share is asked again.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.serve import Place, places
from quizapp.db import upgrade
from quizapp.memory.settings import MemorySettings, Order
from quizapp.memory.state import NEW_STATE, Phase
from quizapp.models import Base, Fact, Memory, Origin, Question, Review, Revision
from quizapp.policy import Actor
from quizapp.queries.queue_counts import first_id_at
from quizapp.queries.scope import EVERYTHING, Scope
from quizapp.queries.study import next_card
from quizapp.queries.today import today_view
from quizapp.services.memory_rules import keep_rules
from quizapp.services.spreading import spread_backlog
from quizapp.services.study import undo_step
from tests.support.make import NOON, Make

_BATCH = 5_000
_ROUNDS = 15
_SCOPES = {"ahead": Scope(ahead=7), "missed": Scope(missed=7), "one topic": Scope(topic="t")}


@dataclass(frozen=True, slots=True)
class _Learner:
    actor: Actor
    course_id: int
    fact_ids: list[int]
    dice: Random


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the cards, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--cards", type=int, default=15_000)
    parser.add_argument("--reviews", type=int, default=300_000, help="in the log")
    parser.add_argument("--due", type=int, default=200, help="on a usual day")
    parser.add_argument("--seed", type=int, default=4)
    chosen = parser.parse_args(arguments)
    with (
        tempfile.TemporaryDirectory() as folder,
        places(chosen.database, Path(folder), ["queue"]) as found,
    ):
        upgrade(found["queue"].settings)
        _measure(found["queue"], chosen)
    return 0


def _measure(place: Place, chosen: argparse.Namespace) -> None:
    engine = sa.create_engine(place.settings.database_url)
    with Session(engine) as session:
        make = Make(session)
        course = make.course()
        actor = make.learner(course)
        fact_ids = _cards(session, make, course, chosen.cards)
        learner = _Learner(actor, course.id, fact_ids, Random(chosen.seed))  # noqa: S311
        _history(session, learner, chosen.reviews)
        session.commit()
        print(f"{chosen.database}: {chosen.cards:,} cards, {chosen.reviews:,} reviews")
        for due in (chosen.due, chosen.cards):
            _memories(session, learner, due)
            print(f"{due:,} due")
            _look(session, actor, course.id)
        asked: dict[str, Any] = {"actor": actor, "course_id": course.id, "now": NOON}
        moved, spread = _timed(lambda: spread_backlog(session, days=30, **asked))
        _, undone = _timed(lambda: undo_step(session, **asked))
        print(f"spread of {moved:,}: {spread:.1f} ms, its undo {undone:.1f} ms")
    engine.dispose()


def _look(session: Session, actor: Actor, course_id: int) -> None:
    asked: dict[str, Any] = {"actor": actor, "course_id": course_id, "now": NOON}
    for order in Order:
        keep_rules(session, **asked, settings=MemorySettings(order=order))
        session.commit()
        _print(f"next card, {order}", lambda: next_card(session, scope=EVERYTHING, **asked))
    for name, scope in _SCOPES.items():
        _print(f"next card, {name}", lambda scope=scope: next_card(session, scope=scope, **asked))
    _print("the page of the day", lambda: today_view(session, **asked))


def _print(name: str, act: Callable[[], Any]) -> None:
    act()
    times = sorted(_timed(act)[1] for _ in range(_ROUNDS))
    print(f"  {name:22} {statistics.median(times):7.1f} ms, at best {times[0]:.1f}")


def _timed(act: Callable[[], Any]) -> tuple[Any, float]:
    began = perf_counter()
    found = act()
    return found, (perf_counter() - began) * 1000


def _cards(session: Session, make: Make, course: Any, count: int) -> list[int]:
    """Store facts like one that was made whole, each with a question; return their ids."""
    first = make.fact(course, make.topic(course, key="t"))
    question = make.question(first, "short_text")
    revision = session.scalars(sa.select(Revision)).one()
    for model, one in ((Fact, first), (Question, question), (Revision, revision)):
        _insert(session, model, _copies(model, one, count, first, question))
    return list(session.scalars(sa.select(Fact.id).order_by(Fact.id)))


def _copies(
    model: Any, one: Any, count: int, first: Fact, question: Question
) -> Iterator[dict[str, Any]]:
    columns = [column.key for column in model.__table__.c]
    for number in range(1, count):
        row = {key: getattr(one, key) for key in columns} | {"id": one.id + number}
        for key, own in (
            ("key", f"copy-{number}"),
            ("position", number),
            ("fact_id", first.id + number),
            ("question_id", question.id + number),
        ):
            if key in row:
                row[key] = own
        yield row


def _history(session: Session, learner: _Learner, count: int) -> None:
    dice = learner.dice
    revision_id = session.scalars(sa.select(sa.func.min(Revision.id))).one()
    span = timedelta(days=700) / count
    before = NEW_STATE.to_json() | {"phase": Phase.REVIEW.value}
    _insert(
        session,
        Review,
        (
            {
                "learner_id": learner.actor.id,
                "id": first_id_at(at) + number % 1000,
                "fact_id": dice.choice(learner.fact_ids),
                "course_id": learner.course_id,
                "revision_id": revision_id,
                "at": at,
                "day": at.date(),
                "rating": 1 if dice.random() < 0.1 else 3,
                "origin": Origin.FLASHCARD,
                "fraction": None,
                "duration_ms": 8_000,
                "before": before,
                "rules": 1,
                "nonce": f"n{number}",
                "undone_at": None,
                "taken_back": None,
            }
            for number in range(count)
            if (at := NOON - timedelta(days=701) + span * number)
        ),
    )


def _memories(session: Session, learner: _Learner, due: int) -> None:
    session.execute(sa.delete(Memory))
    rows = []
    dice = learner.dice
    for place, fact_id in enumerate(learner.fact_ids):
        days = -dice.randrange(40) if place < due else 1 + dice.randrange(200)
        rows.append(_memory(learner, fact_id, NOON + timedelta(days=days)))
    _insert(session, Memory, iter(rows))
    session.commit()
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.text("ANALYZE"))  # as its daemon does after so many rows
        session.commit()


def _memory(learner: _Learner, fact_id: int, due_at: datetime) -> dict[str, Any]:
    dice = learner.dice
    last = min(due_at - timedelta(days=dice.randrange(1, 90)), NOON - timedelta(days=1))
    return {
        "learner_id": learner.actor.id,
        "fact_id": fact_id,
        "course_id": learner.course_id,
        "phase": Phase.REVIEW.value,
        "step": None,
        "stability": dice.uniform(1, 200),
        "difficulty": dice.uniform(1, 10),
        "due_at": due_at,
        "last_review_at": last,
        "reps": 4,
        "lapses": 0,
        "is_suspended": False,
        "buried_until": None,
        "seen": 4,
    }


def _insert(session: Session, model: Any, rows: Iterator[dict[str, Any]]) -> None:
    table, batch = Base.metadata.tables[model.__tablename__], []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            session.connection().execute(sa.insert(table), batch)
            batch = []
    if batch:
        session.connection().execute(sa.insert(table), batch)


if __name__ == "__main__":
    sys.exit(main())
