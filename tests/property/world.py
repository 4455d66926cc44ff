"""A small site that can be put back to its beginning in no time: one course, one learner."""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.grading.disclosure import Shown
from quizapp.grading.layout import load_layout
from quizapp.grading.settings import Behaviour
from quizapp.jobs.closing import close_overdue
from quizapp.models import Attempt, Course, Review, Revision, Slot, UserSession
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.services import progress_recount
from quizapp.services.attempt_start import start_attempt
from quizapp.services.recount import recount
from quizapp.services.replay import replay
from quizapp.web import attempts as attempt_pages
from quizapp.web import quizzes as quiz_pages
from tests.property import ledger, palette
from tests.property.clock import Clock
from tests.property.instructor import Instructor
from tests.property.rules import Rules
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.settings import settings_for
from tests.support.sqlite import without_waiting

TOKEN = "token-of-the-learner"
_SECRET = re.compile(f"{palette.MARK}([a-z])")
_SIGNED_AT = int(NOON.timestamp())
_CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_CLOSES = (NOON + timedelta(hours=2)).isoformat()
_NOTHING: Mapping[str, Any] = {"disclosure": {"during": [], "after_submit": ["response"]}}
_LATER = ["response", "marks", "feedback"]
_HINTS: Mapping[str, Any] = {
    "disclosure": {"during": ["feedback", "response"], "after_submit": _LATER}
}

#: The quizzes of the site: which half of the question types each asks, and its settings.
QUIZZES: Sequence[tuple[int, Mapping[str, Any]]] = (
    (0, {"behaviour": "deferred", "time_limit_minutes": 10}),
    (1, {"behaviour": "deferred", "closes_at": _CLOSES, **_NOTHING}),
    (0, {"behaviour": "immediate", "time_limit_minutes": 10}),
    (1, {"behaviour": "immediate", "counts_for_memory": False, "attempts_allowed": 2, **_NOTHING}),
    (0, {"behaviour": "practice", "time_limit_minutes": 10, "tries": 3, **_HINTS}),
    (1, {"behaviour": "practice", "closes_at": _CLOSES, "tries": 2, "penalty_percent": 34}),
    (0, {"behaviour": "certainty", "time_limit_minutes": 10, "grace_seconds": 0}),
    (1, {"behaviour": "certainty", "shuffle_questions": True, "attempts_allowed": 1}),
)


#: Some ask for a code, by their places.
CODES: Mapping[int, str] = {2: "quince", 3: "quince", 4: "quince"}


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
        self._begun: dict[int, tuple[list[ledger.Slot], datetime]] = {}
        self.clock = Clock(NOON)
        self._chance = _Chance()
        self._file = folder / "world.sqlite3"
        settings = settings_for(f"sqlite:///{self._file}", folder)
        db.upgrade(settings)
        self.app: Flask = make_app(settings)
        self.app.config["TESTING"] = True
        self.app.config["PROPAGATE_EXCEPTIONS"] = False
        self._settings = settings
        with self.app.app_context():
            without_waiting(db.db.engine)
            with db.transaction() as session:
                self._build(session)
            self._template = sqlite3.connect(":memory:")
            with closing(sqlite3.connect(self._file)) as stored:
                stored.backup(self._template)
        #: A second pair of eyes on what is stored.
        self.audit = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True, isolation_level=None)
        self.client: FlaskClient = self.app.test_client()
        with self.running():
            with self.client.session_transaction() as cookie:
                cookie["_user_id"] = TOKEN
            found = _CSRF.search(self.client.get(f"/quizzes/{self.quiz_ids[0]}").text)
        assert found, "the page of a quiz has no form"
        self.csrf = found.group(1)
        self._cookie = self._kept_cookie()
        self.teach = Instructor(self)
        self.reset()

    def close(self) -> None:
        self.audit.close()
        self._template.close()
        with self.app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let the world's clock and chance stand where the pages ask for them.

        Cookies and forms are signed at one time: a token of another second is another token.
        """
        stands = [(page, "secrets", self._chance) for page in (attempt_pages, quiz_pages)]
        stands.append((TimestampSigner, "get_timestamp", lambda _signer: _SIGNED_AT))
        kept = [(place, name, getattr(place, name)) for place, name, _ in stands]
        with self.clock.installed():
            try:
                for place, name, own in stands:
                    setattr(place, name, own)
                yield
            finally:
                for place, name, real in kept:
                    setattr(place, name, real)

    def reset(self, quiz: int = 0) -> None:
        """Put database, clock, chance and the learner's browser back to the beginning.

        Only the attempt at one quiz is kept: no history looks at another.
        """
        self.clock.now = NOON + timedelta(seconds=1)
        self._chance.seed()
        # What the last history left to be said on the next page is not this one's.
        self.client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._cookie)
        with self.app.app_context():
            db.db.session.remove()
            with db.db.engine.connect() as connection:
                driver: Any = connection.connection.dbapi_connection
                driver.rollback()
                self._template.backup(driver)
                driver.execute("DELETE FROM attempt WHERE quiz_id != ?", [self.quiz_ids[quiz]])

    def _kept_cookie(self) -> str:
        found = self.client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert found, "the learner has no session"
        return found.value

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
        self.group_id = make.group(self.course, self.learner).id
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
        for place, (half_number, settings) in enumerate(QUIZZES):
            self._quiz(session, make, self.halves[half_number], settings, CODES.get(place, ""))

    def _quiz(
        self,
        session: Session,
        make: Make,
        asked: Sequence[Asked],
        settings: Mapping[str, Any],
        code: str,
    ) -> None:
        quiz = make.quiz(self.course, settings=dict(settings), access_code=code)
        for position, question in enumerate(asked):
            mark = Fraction(palette.POINTS[position])
            session.add(
                Slot(quiz_id=quiz.id, position=position, max_mark=mark, question_id=question.id)
            )
        session.flush()
        started = start_attempt(
            session,
            actor=self.learner,
            quiz_id=quiz.id,
            seed=len(self.quiz_ids),
            now=NOON,
            access_code=code,
        )
        self.quiz_ids.append(quiz.id)
        self.attempt_ids.append(started.attempt_id)

    def ledger(self, attempt_id: int, rules: Rules) -> ledger.Ledger:
        """Return an empty ledger of an attempt that has just begun by such rules."""
        if attempt_id not in self._begun:
            self._begun[attempt_id] = self._read(attempt_id)
        slots, started_at = self._begun[attempt_id]
        if attempt_id not in self.attempt_ids:
            del self._begun[attempt_id]  # of this history alone
        return ledger.Ledger(
            attempt_id,
            rules.settings,
            [replace(slot, rows=[]) for slot in slots],
            rules.due_at(started_at),
            shows_countdown=not rules.needs.hides_countdown,
        )

    def _read(self, attempt_id: int) -> tuple[list[ledger.Slot], datetime]:
        """Return what an attempt asks, and when it began."""
        with self.reading() as session:
            row = session.execute(
                sa.select(Attempt.layout, Attempt.started_at).where(Attempt.id == attempt_id)
            ).one()
            laid = load_layout(row.layout)
            rows = session.execute(
                sa.select(Revision.id, Revision.question_id, Revision.type, Revision.number).where(
                    Revision.id.in_([one.revision_id for one in laid])
                )
            )
            revisions = {found.id: found for found in rows}
        slots = []
        for one in laid:
            found = revisions[one.revision_id]
            slot = ledger.Slot(found.type, found.number - 1, one.order, one.max_mark)
            slot.revision_id, slot.question_id = found.id, found.question_id
            slots.append(slot)
        return slots, row.started_at

    def run_job(self) -> None:
        """Do what the worker does every minute."""
        with self.app.app_context():
            close_overdue(self._settings, {})
            db.db.session.remove()

    def differences(self) -> list[str]:
        """Return what a replay of every attempt finds, and a recount of what they add up to.

        So it does of what they told the memory, where they told it anything: few histories do.
        """
        with self.reading() as session:
            found: list[Any] = [*list(replay(session))[-1:], *list(recount(session))[-1:]]
            if session.scalar(sa.select(Review.id).limit(1)) is not None:
                progress = list(progress_recount.recount(session))[-1:]
                found += progress
                self.counts["reviews recounted"] += sum(one.reviews for one in progress)
        return [str(one) for last in found for one in last.differences]


def secrets_in(text: str) -> set[str]:
    """Return the letters of the secrets that a page tells.

    The token of its form is chance: now and then it looks like one.
    """
    return set(_SECRET.findall(_CSRF.sub("", text)))


def may_see(
    behaviour: Behaviour, shown: Collection[Shown], *, is_checked: bool, is_final: bool
) -> set[str]:
    """Return the letters of the secrets that the page of an open attempt's question may tell."""
    if not is_checked or not behaviour.checks:
        return set()
    return _letters(shown if is_final else {*shown} & {Shown.FEEDBACK})


def may_see_after(shown: Collection[Shown]) -> set[str]:
    """Return the letters of the secrets that the results may tell."""
    return _letters(shown)


def _letters(shown: Collection[Shown]) -> set[str]:
    told = {Shown.FEEDBACK: "fe", Shown.RIGHT_ANSWER: "ker", Shown.PASSAGE: "psn"}
    return {letter for thing in shown for letter in told.get(thing, "")}
