"""How long an import of questions takes, and how long nobody else can write meanwhile.

    python -m bench.question_imports [--questions 5000]

A file of so many new questions is planned, applied, changed, and taken back, on a SQLite database
of its own. Times are in milliseconds, of the clock and of this process's CPU; "locked" is one
transaction.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_app, db, reading, transaction, upgrade
from quizapp.models import Course, Enrolment, Role, User
from quizapp.queries.accounts import actor_for_id
from quizapp.services.import_planning import plan_file
from quizapp.services.import_preparing import prepare_apply
from quizapp.services.import_rows import WantedQuestions
from quizapp.services.import_undoing import undo_import
from quizapp.services.import_writing import apply_import
from quizapp.services.question_imports import (
    ask_question_import,
    begin_plan,
    finish_plan,
    store_plan_rows,
    take_up_import,
)

_BATCH = 250


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=5_000)
    number = parser.parse_args().questions
    with fresh_database():
        _measure(number)


@contextmanager
def fresh_database() -> Iterator[Settings]:
    """Give an empty SQLite database that is gone afterwards, and an application around it."""
    with tempfile.TemporaryDirectory() as folder:
        environ = {name: value for name, value in os.environ.items() if "QUIZAPP" not in name}
        settings = Settings.from_environ({**environ, "QUIZAPP_DATA": folder})
        upgrade(settings)
        with database_app(settings).app_context():
            yield settings


def fill(number: int) -> tuple[dict[str, Any], int]:
    """Make a course of a file of questions; return who teaches which, and the import."""
    now = datetime.now(UTC)
    with transaction() as session:
        course = Course(
            slug="bench", title="Bench", summary="", language="en", is_public=False, created_at=now
        )
        user = User(email="bench@example.org", name="Bench", created_at=now)
        session.add_all([course, user])
        session.flush()
        session.add(
            Enrolment(user_id=user.id, course_id=course.id, role=Role.INSTRUCTOR, joined_at=now)
        )
        ids = course.id, user.id
    keys: dict[str, Any] = {"actor": actor_for_id(db.session(), ids[1]), "course_id": ids[0]}
    print(f"{number:,} questions")
    import_id = _plan(keys, _file(number, "Third"), "one.csv")
    _apply(keys, import_id, "apply")
    return keys, import_id


def _measure(number: int) -> None:
    keys, first = fill(number)
    second = _plan(keys, _file(number, "Other"), "one.csv")
    _apply(keys, second, "apply changes")
    _timed("undo changes, locked", lambda: _locked(undo_import, keys, second))
    _timed("undo, locked", lambda: _locked(undo_import, keys, first))


def _plan(keys: dict[str, Any], data: bytes, name: str) -> int:
    wanted = WantedQuestions(name.replace(".", "-") + str(len(data)), name, "csv")
    with transaction() as session:
        import_id = ask_question_import(session, **keys, wanted=wanted, now=datetime.now(UTC))
        importing = take_up_import(session, import_id=import_id)
    if importing is None:
        raise SystemExit("the import was not stored")
    with _clock("plan, nothing locked"):
        plan = plan_file(db.session(), course_id=keys["course_id"], wanted=wanted, data=data)
    longest = 0.0
    with transaction() as session:
        begin_plan(session, importing=importing, total=len(plan.rows))
    for start in range(0, len(plan.rows), _BATCH):
        began = time.perf_counter()
        with transaction() as session:
            rows = plan.rows[start : start + _BATCH]
            store_plan_rows(session, importing=importing, rows=rows, first=start)
        longest = max(longest, time.perf_counter() - began)
    _say("store a batch of the plan, longest", longest)
    with _clock("finish the plan, locked"), transaction() as session:
        finish_plan(session, importing=importing, plan=plan)
    return import_id


def _apply(keys: dict[str, Any], import_id: int, what: str) -> None:
    now = datetime.now(UTC)
    about = {"course_id": keys["course_id"], "import_id": import_id, "now": now}
    with _clock(f"prepare to {what}, nothing locked"), reading() as session:
        prepared = prepare_apply(session, **about)
    with _clock(f"{what}, locked"), transaction() as session:
        apply_import(session, actor=keys["actor"], **about, prepared=prepared)


def _locked(act: Callable[..., Any], keys: dict[str, Any], import_id: int) -> None:
    with transaction() as session:
        act(session, **keys, import_id=import_id, now=datetime.now(UTC))


def _file(number: int, third: str) -> bytes:
    rows = "".join(
        f"q-{n},Question number {n}: which of these is right?,Answer {n},Another {n},{third} {n},A,"
        f"Because of reason {n}.,Topic {n % 12}\n"
        for n in range(number)
    )
    return f"id,question,a,b,c,correct,explanation,topic\n{rows}".encode()


def _timed(what: str, act: Callable[[], None]) -> None:
    with _clock(what):
        act()


@contextmanager
def _clock(what: str) -> Iterator[None]:
    began, cpu = time.perf_counter(), time.process_time()
    yield
    _say(what, time.perf_counter() - began, time.process_time() - cpu)


def _say(what: str, seconds: float, cpu: float = 0.0) -> None:
    print(f"  {what}: {seconds * 1000:,.0f} ms" + (f", CPU {cpu * 1000:,.0f} ms" if cpu else ""))


if __name__ == "__main__":
    main()
