"""A small site that can be put back to its beginning in no time: one course, one learner."""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.app import create_app
from quizapp.grading.disclosure import EVERYTHING
from quizapp.grading.layout import load_layout
from quizapp.grading.settings import QuizSettings
from quizapp.jobs.handlers import close_overdue
from quizapp.models import Attempt, Course, Quiz, Revision, Slot, Status, UserSession
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.services import authoring
from quizapp.services.attempt_start import start_attempt
from quizapp.services.replay import replay
from quizapp.web import attempts as attempt_pages
from quizapp.web import quizzes as quiz_pages
from tests.property import ledger, palette
from tests.property.clock import Clock
from tests.support.make import NOON, Make
from tests.support.settings import settings_for

TOKEN = "token-of-the-learner"
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_MARKS = (Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3))
_CLOSES = (NOON + timedelta(hours=2)).isoformat()
_NOTHING: Mapping[str, Any] = {"disclosure": {"during": []}}
_HINTS: Mapping[str, Any] = {"disclosure": {"during": ["feedback", "response"]}}

#: The quizzes of the site: which half of the question types each asks, and its settings.
QUIZZES: Sequence[tuple[int, Mapping[str, Any]]] = (
    (0, {"behaviour": "deferred", "time_limit_minutes": 10}),
    (1, {"behaviour": "deferred", "closes_at": _CLOSES, **_NOTHING}),
    (0, {"behaviour": "immediate", "time_limit_minutes": 10}),
    (1, {"behaviour": "immediate", "counts_for_memory": False, **_NOTHING}),
    (0, {"behaviour": "practice", "time_limit_minutes": 10, "tries": 3, **_HINTS}),
    (1, {"behaviour": "practice", "closes_at": _CLOSES, "tries": 2, "penalty_percent": 34}),
    (0, {"behaviour": "certainty", "time_limit_minutes": 10, "grace_seconds": 0}),
    (1, {"behaviour": "certainty", "shuffle_questions": True}),
)


@dataclass(frozen=True)
class Asked:
    """One question of the course."""

    id: int
    kind: str


class _Chance:
    """Stands where pages ask for random numbers, so that a history can be told again."""

    def __init__(self) -> None:
        self._random = random.Random(0)  # noqa: S311

    def seed(self) -> None:
        self._random.seed(0)

    def randbits(self, bits: int) -> int:
        return self._random.getrandbits(bits)

    def token_urlsafe(self, size: int) -> str:
        return self._random.randbytes(size).hex()


class World:
    """The real application over a database that `reset` puts back."""

    def __init__(self, folder: Path) -> None:
        self.counts: Counter[str] = Counter()
        self.clock = Clock(NOON)
        self._chance = _Chance()
        self._file = folder / "world.sqlite3"
        settings = settings_for(f"sqlite:///{self._file}", folder)
        db.upgrade(settings)
        self.app: Flask = create_app(settings)
        self.app.config["TESTING"] = True
        self.app.config["PROPAGATE_EXCEPTIONS"] = False
        self._settings = settings
        with self.app.app_context():
            sa.event.listen(db.db.engine, "connect", _without_waiting)
            with db.transaction() as session:
                self._build(session)
            self._template = sqlite3.connect(":memory:")
            with closing(sqlite3.connect(self._file)) as stored:
                stored.backup(self._template)
        #: A second pair of eyes on what is stored.
        self.audit = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, isolation_level=None)
        self.client: FlaskClient = self.app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = TOKEN
        found = _CSRF.search(self.client.get(f"/quizzes/{self.quiz_ids[0]}").text)
        assert found, "the page of a quiz has no form"
        self.csrf = found.group(1)
        self.reset()

    def close(self) -> None:
        self.audit.close()
        self._template.close()
        with self.app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the world's clock and chance stand where the pages ask for them."""
        pages: Sequence[Any] = (attempt_pages, quiz_pages)
        kept = [page.secrets for page in pages]
        with self.clock.installed():
            for page in pages:
                page.secrets = self._chance
            try:
                yield
            finally:
                for page, real in zip(pages, kept, strict=True):
                    page.secrets = real

    def reset(self) -> None:
        """Put database, clock and chance back to the beginning."""
        self.clock.now = NOON + timedelta(seconds=1)
        self._chance.seed()
        with self.app.app_context():
            db.db.session.remove()
            with db.db.engine.connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                driver.rollback()
                self._template.backup(driver)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.app.app_context():
            yield db.db.session()
            db.db.session.remove()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.app.app_context():
            with db.transaction() as session:
                yield session
            db.db.session.remove()

    def get(self, address: str) -> TestResponse:
        self.counts["requests"] += 1
        return self.client.get(address)

    def post(
        self, address: str, values: Mapping[str, Any], *, by_script: bool = False
    ) -> TestResponse:
        self.counts["requests"] += 1
        headers = {"X-Requested-With": "fetch"} if by_script else {}
        return self.client.post(address, data={**values, "csrf_token": self.csrf}, headers=headers)

    def _build(self, session: Session) -> None:
        make = Make(session)
        self.course: Course = make.course()
        topic = make.topic(self.course)
        self.learner: Actor = make.learner(self.course)
        self.instructor: Actor = make.instructor(self.course)
        session.add(
            UserSession(
                token_hash=token_hash(TOKEN),
                user_id=self.learner.id,
                created_at=NOON,
                expires_at=NOON + timedelta(days=36_500),
            )
        )
        secret = palette.MARK
        passage = make.passage(self.course, f"{secret}p proof. Nothing else.", note=f"{secret}n")
        self.halves: list[list[Asked]] = []
        for half in palette.HALVES:
            asked = []
            for kind in half:
                fact = make.fact(
                    self.course, topic, passage, statement=f"{secret}s.", note=f"{secret}n."
                )
                question = make.question(fact, kind, palette.raw(kind, 0))
                asked.append(Asked(question.id, kind))
            self.halves.append(asked)
        self.quiz_ids: list[int] = []
        self.attempt_ids: list[int] = []
        for half_number, settings in QUIZZES:
            self._quiz(session, make, self.halves[half_number], settings)

    def _quiz(
        self, session: Session, make: Make, asked: Sequence[Asked], settings: Mapping[str, Any]
    ) -> None:
        quiz = make.quiz(self.course, settings=dict(settings))
        for position, question in enumerate(asked):
            mark = _MARKS[position]
            session.add(
                Slot(quiz_id=quiz.id, position=position, max_mark=mark, question_id=question.id)
            )
        session.flush()
        started = start_attempt(
            session, actor=self.learner, quiz_id=quiz.id, seed=len(self.quiz_ids), now=NOON
        )
        self.quiz_ids.append(quiz.id)
        self.attempt_ids.append(started.attempt_id)

    def ledger(self, attempt_id: int) -> ledger.Ledger:
        """Return an empty ledger of an attempt that has just begun."""
        with self.reading() as session:
            row = session.execute(
                sa.select(Attempt.layout, Attempt.settings, Attempt.due_at).where(
                    Attempt.id == attempt_id
                )
            ).one()
            laid = load_layout(row.layout)
            rows = session.execute(
                sa.select(Revision.id, Revision.type, Revision.number).where(
                    Revision.id.in_([one.revision_id for one in laid])
                )
            )
            revisions = {one.id: (one.type, one.number - 1) for one in rows}
        slots = [ledger.Slot(*revisions[one.revision_id], one.order, one.max_mark) for one in laid]
        settings = QuizSettings.parse(row.settings)
        return ledger.Ledger(attempt_id, settings, slots, row.due_at)

    def edit_question(self, asked: Asked) -> None:
        """Give a question its next version: another key."""
        with self.writing() as session:
            found = authoring._current(session, self.course.id, asked.id)
            written = authoring.Written(
                asked.kind,
                palette.raw(asked.kind, found.current_number),
                found.fact_id,
                Status.READY,
            )
            authoring.revise_question(
                session,
                actor=self.instructor,
                course_id=self.course.id,
                question_id=asked.id,
                written=written,
                seen=found.current_number,
                now=self.clock.now,
            )

    def retire_question(self, asked: Asked) -> None:
        with self.writing() as session:
            authoring.retire_question(
                session,
                actor=self.instructor,
                course_id=self.course.id,
                question_id=asked.id,
                now=self.clock.now,
            )

    def edit_quiz(self, number: int, settings: Mapping[str, Any]) -> None:
        """Store other settings for a quiz, as an instructor would."""
        QuizSettings.parse(settings)
        with self.writing() as session:
            session.execute(
                sa.update(Quiz)
                .where(Quiz.id == self.quiz_ids[number])
                .values(settings=dict(settings))
            )

    def run_job(self) -> None:
        """Do what the worker does every minute."""
        with self.app.app_context():
            close_overdue(self._settings, {})
            db.db.session.remove()

    def differences(self) -> list[str]:
        """Return what a replay of every attempt finds."""
        with self.reading() as session:
            found = list(replay(session))
        return [str(one) for one in found[-1].differences]


def may_see(settings: QuizSettings, *, is_checked: bool, is_final: bool) -> set[str]:
    """Return the letters of the secrets that the page of an open attempt's question may tell."""
    if not is_checked or not settings.behaviour.checks:
        return set()
    shown = settings.disclosure.during
    seen = set("fe") if "feedback" in shown else set()
    if is_final:
        seen |= set("ke") if "right_answer" in shown else set()
        seen |= set("psn") if "passage" in shown else set()
    assert shown <= EVERYTHING
    return seen


def _without_waiting(connection: sqlite3.Connection, _record: Any) -> None:
    """Let nothing wait for the disk: nobody pulls the plug here."""
    connection.execute("PRAGMA synchronous=OFF")
