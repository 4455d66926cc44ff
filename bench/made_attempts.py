"""Attempts at one quiz by the million: a few handed in by the services, the others made of them.

A few learners answer and hand in as anybody does. Every other learner gets the rows that one of
these left (attempt, responses, and for some the reviews and memories) by a few statements for a
hundred thousand at a time; only what was answered, when, and what it is worth is their own. It
follows from an ability and from the question, so that questions are easy and hard, one hardly tells
who knows more, and one is missed by those who do.

Chance is a number worked out from the learner's, so both databases make the same attempts.

    python -m bench.made_attempts --at sqlite:////folder/many.sqlite3 --attempts 1000000

fills an empty database that stays, for `bench.analysis --many-at`, and to look at in a browser.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, process_time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.serve import Place, place_at
from quizapp.db import upgrade
from quizapp.models import Course, ItemTally, Question, Quiz, QuizTotal, Revision, Slot, UserSession
from quizapp.queries.accounts import token_hash
from quizapp.services.recount import recount, store_recount, uncounted
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

TOKEN = "measured-instructor-0123456789abcdef"  # noqa: S105
_STEMS = ("Where does the river rise", "Who signed the treaty", "What does Article 146 forbid")
_TEXTS = ("Euphrates", "Tigris", "Araxes", "Orontes")
#: Who hand in by themselves; the others are made of them.
_MODELS = 50
_AT_ONCE = 100_000
#: Chance is of so many equal parts: a prime, so that squares of numbers below it spread over it.
_PARTS = 1_000_003
#: Of the others, so many get their model's memory and reviews too: the page asks a hundred.
_REMEMBERING = 100_000
_COUNTED = (QuizTotal, ItemTally)


def _chance(number: str) -> str:
    """Return what draws a learner's n-th number by chance, 0 to `_PARTS`."""
    begun = f"((n * 7919 + ({number}) * 104729) % {_PARTS})"
    mixed = f"(({begun} * {begun} + 12345) % {_PARTS})"
    return f"({mixed} * {mixed} % {_PARTS})"


#: What a learner chose in a slot, −1 for nothing, and the milliseconds that it took.
_SAID = f"""
    SELECT n, slot,
        CASE WHEN blank < 15000 THEN -1
             WHEN luck < easy + slope * (ability - 500000) / 100 THEN 0
             WHEN which < 550000 THEN 1 WHEN which < 850000 THEN 2 ELSE 3 END,
        3000 + slow * slow / 10000000
    FROM (
        SELECT n, slot, easy, slope,
            {_chance("slot")} AS luck, {_chance("slot + 100")} AS which,
            {_chance("slot + 200")} AS blank, {_chance("slot + 300")} AS slow,
            ({_chance("400")} + {_chance("401")} + {_chance("402")}) / 3 AS ability
        FROM made CROSS JOIN asked
    ) drawn
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Made:
    """A course with one quiz that was taken; whoever has `TOKEN` teaches it."""

    slug: str
    course_id: int
    quiz_id: int
    question_ids: tuple[int, ...]
    revision_ids: tuple[int, ...]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fill a database that stays; return 1 where what was counted is not what is there."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--at", required=True, help="the address of an empty database")
    parser.add_argument("--attempts", type=int, default=1_000_000)
    parser.add_argument("--questions", type=int, default=10)
    parser.add_argument("--check", action="store_true", help="count everything once more")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = place_at(Path(folder), chosen.at)
        fill(place, chosen.attempts, chosen.questions)
        return _check(place) if chosen.check else 0


def fill(place: Place, attempts: int, questions: int) -> None:
    """Set a database up, make attempts in it, and count them as an upgrade does; print how long."""
    upgrade(place.settings)
    began = monotonic()
    make_attempts(place, attempts, questions)
    print(f"{attempts:,} attempts made in {monotonic() - began:.0f} s", flush=True)
    engine = sa.create_engine(place.settings.database_url)
    began, began_cpu = monotonic(), process_time()
    with Session(engine) as session:
        store_recount(session, uncounted(session), now=NOON)
        session.commit()
        rows = [session.scalar(sa.select(sa.func.count()).select_from(one)) for one in _COUNTED]
    engine.dispose()
    took = f"{monotonic() - began:.0f} s ({process_time() - began_cpu:.0f} s of CPU)"
    print(f"counted in {took}: {sum(rows):,} rows", flush=True)


def _check(place: Place) -> int:
    engine, began = sa.create_engine(place.settings.database_url), monotonic()
    with Session(engine) as session:
        *_, found = recount(session)
    engine.dispose()
    print(f"{found} in {monotonic() - began:.0f} s: {len(found.differences)} differences")
    return int(bool(found.differences))


def find_made(session: Session) -> Made:
    """Return what a database was filled with."""
    quiz_id, course_id, slug = session.execute(
        sa.select(Quiz.id, Course.id, Course.slug).join(Course, Course.id == Quiz.course_id)
    ).one()
    asked = session.execute(
        sa.select(Question.id, Revision.id)
        .join(Slot, Slot.question_id == Question.id)
        .join(Revision, Revision.question_id == Question.id)
        .order_by(Slot.position)
    ).all()
    questions, revisions = zip(*asked, strict=True)
    return Made(slug, course_id, quiz_id, questions, revisions)


def make_attempts(place: Place, attempts: int, questions: int) -> None:
    """Store so many submitted first attempts at one quiz; none of them is counted yet."""
    engine = sa.create_engine(place.settings.database_url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _in_haste)
    with Session(engine) as session:
        learners = _models(session, questions)
        session.commit()
        filling = _Filling(session, learners, questions)
        for first in range(0, attempts - len(learners), _AT_ONCE):
            filling.make(first, min(_AT_ONCE, attempts - len(learners) - first))
            session.commit()
        for table in _COUNTED:
            session.execute(sa.delete(table))
        session.commit()
        # As the database's own daemon does after so many rows, and SQLite's owner may.
        session.execute(sa.text("ANALYZE"))
        session.commit()
    engine.dispose()


def _in_haste(connection: Any, _record: Any) -> None:
    # Nobody needs the file if the power goes meanwhile.
    for pragma in ("synchronous=OFF", "journal_mode=MEMORY", "cache_size=-200000"):
        connection.execute(f"PRAGMA {pragma}")


def _models(session: Session, questions: int) -> list[int]:
    """Store the quiz and let some learners hand it in; return their ids in order."""
    sitting = Sitting(session, Make(session), NOON)
    for number in range(questions):
        options = [
            {"text": f"{text} ({number + 1})", "key": not place}
            for place, text in enumerate(_TEXTS)
        ]
        stem = f"{_STEMS[number % len(_STEMS)]}, question {number + 1}?"
        sitting.question(raw={"stem": stem, "options": options, "explanation": ""})
    quiz = sitting.make.quiz(sitting.course, sitting.questions, title="Rivers and treaties")
    instructor = sitting.make.instructor(sitting.course)
    session.add(
        UserSession(
            token_hash=token_hash(TOKEN),
            user_id=instructor.id,
            created_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
    )
    learners = [sitting.make.learner(sitting.course) for _ in range(_MODELS)]
    for seed, learner in enumerate(learners):
        sitting.start(quiz, actor=learner, seed=seed + 1)
        for slot in range(questions):
            choice = str((seed + slot) % len(_TEXTS))
            page = f"page-of-22-characters{slot % 10}"
            sitting.save(slot, choice=choice, actor=learner, nonce=page, after=20 * (slot + 1))
        sitting.submit(actor=learner, after=20 * questions + 30)
    return [one.id for one in learners]


class _Filling:
    """The statements that make learners of others, for one database."""

    def __init__(self, session: Session, learners: Sequence[int], questions: int) -> None:
        self._session, self._models = session, learners
        self._last = learners[-1]
        is_sqlite = session.get_bind().dialect.name == "sqlite"
        self._json = "{}" if is_sqlite else "CAST({} AS json)"
        self._run("CREATE TEMPORARY TABLE made (n BIGINT PRIMARY KEY, model BIGINT)")
        self._run(
            "CREATE TEMPORARY TABLE said"
            " (n BIGINT, slot INT, chosen INT, spent BIGINT, PRIMARY KEY (n, slot))"
        )
        self._run("CREATE TEMPORARY TABLE asked (slot INT PRIMARY KEY, easy BIGINT, slope BIGINT)")
        for slot in range(questions):
            easy, slope = 380_000 + 490_000 * slot // max(1, questions - 1), 170
            # The third hardly tells who knows more; those who do miss the fourth.
            slope = {2: 15, 3: -60}.get(slot, slope)
            self._run(f"INSERT INTO asked VALUES ({slot}, {easy}, {slope})")  # noqa: S608

    def make(self, first: int, number: int) -> None:
        """Make so many learners from the n-th on, with all that they leave."""
        for table in ("made", "said"):
            self._run(f"DELETE FROM {table}")  # noqa: S608
        models = len(self._models)
        self._run(
            "INSERT INTO made WITH RECURSIVE counted(n) AS"  # noqa: S608
            f" (SELECT {first + 1} UNION ALL SELECT n + 1 FROM counted WHERE n < {first + number})"
            f" SELECT n, {self._models[0]} + n % {models} FROM counted"
        )
        self._run(f"INSERT INTO said {_SAID}")
        own = {"id": f"{self._last} + made.n", "email": "'s' || made.n || '@example.org'"}
        learner = {"learner_id": own["id"]}
        self._copy("user_account", "id", own)
        self._copy("enrolment", "user_id", {"user_id": own["id"]})
        self._copy("attempt", "learner_id", learner | self._attempt())
        self._run(self._responses())
        if first < _REMEMBERING:
            for table in ("memory_rules", "memory", "quarter_total", "review"):
                self._copy(table, "learner_id", learner)

    def _attempt(self) -> dict[str, str]:
        right = "(SELECT count(*) FROM said WHERE said.n = made.n AND said.chosen = 0)"
        spent = "(SELECT sum(spent) FROM said WHERE said.n = made.n)"
        began = "model.started_at + made.n * 1000"
        return {
            "id": f"({began}) * 1048576 + made.n % 1048576",
            "started_at": began,
            "submitted_at": f"{began} + {spent} + 30000",
            "mark": f"{right} || '/1'",
        }

    def _copy(self, table: str, key: str, own: dict[str, str]) -> None:
        """Insert for each learner the rows of their model, with what is their own instead."""
        names = [row["name"] for row in sa.inspect(self._session.connection()).get_columns(table)]
        values = [own.get(name, f"model.{name}") for name in names]
        self._run(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608
            f" FROM made JOIN {table} model ON model.{key} = made.model"
        )

    def _responses(self) -> str:
        content = self._json.format("""'{"choice": [' || said.chosen || ']}'""")
        learner = f"{self._last} + said.n"
        return (
            "INSERT INTO response (learner_id, attempt_id, slot, seq, at, action, nonce, content)"  # noqa: S608
            " SELECT attempt.learner_id, attempt.id, said.slot, 1, attempt.started_at"
            " + sum(said.spent) OVER (PARTITION BY said.n ORDER BY said.slot), 'save',"
            f" 'page-of-22-characters' || (said.slot % 10) || '.0.' || said.slot, {content}"
            f" FROM said JOIN attempt ON attempt.learner_id = {learner} WHERE said.chosen >= 0"
        )

    def _run(self, statement: str) -> None:
        self._session.execute(sa.text(statement.replace(":", "\\:")))


if __name__ == "__main__":
    sys.exit(main())
