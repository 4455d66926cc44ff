"""Many requests at the same moment, each in a thread and a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.models import Attempt, Memory, Response, Review
from quizapp.services.attempt_form import press_button
from quizapp.services.attempt_place import Step
from quizapp.services.attempt_submit import Submitted, submit_attempt
from quizapp.services.attempts import save_response
from quizapp.services.replay import replay
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.recomputed import marks_of
from tests.support.settings import settings_for
from tests.support.sitting import Sitting

AT_ONCE = 32
TYPES = ("short_text", "single_choice", "cloze")

_Told = TypeVar("_Told")
_Other = TypeVar("_Other")


class Crowd:
    """One learner's attempt, and as many threads as requests, each with its own connection."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.app = make_app(settings_for(database_url, folder))
        # Every thread waits for the same lock; what is proved here is who wins, not how fast.
        options: dict[str, Any] = {"pool_size": AT_ONCE, "max_overflow": 0, "pool_timeout": 60}
        if database_url.startswith("sqlite"):
            options["connect_args"] = {"timeout": 60}
        with self.app.app_context():
            engines: Any = db.db.engines
            engines[None] = sa.create_engine(database_url, **options)
        with self.writing() as session:
            self.sitting = Sitting(session, Make(session), NOON)

    def start(self, *, seed: int = 1, **settings: Any) -> None:
        with self.writing() as session:
            self.sitting.session = session
            self.sitting.make.session = session
            quiz = self.sitting.quiz(*TYPES, **settings)
            self.quiz_id = quiz.id
            self.sitting.start(quiz, seed=seed)

    def close(self) -> None:
        with self.app.app_context():
            db.db.session.remove()
            db.db.engine.dispose()

    def writing(self) -> Any:
        return _Writing(self.app)

    def at_once(self, act: Callable[[Session, int], _Told], number: int = AT_ONCE) -> list[_Told]:
        """Do it in as many transactions that begin together; return what each was told."""
        barrier = Barrier(number)

        def one(place: int) -> _Told:
            barrier.wait(timeout=60)
            with self.writing() as session:
                told = act(session, place)
            return told

        with ThreadPoolExecutor(number) as pool:
            return list(pool.map(one, range(number)))

    def transact(self, act: Callable[[Session], _Told]) -> _Told:
        """Do it in a transaction of its own."""
        with self.writing() as session:
            told = act(session)
        return told

    def before_commit(
        self, first: Callable[[Session], _Told], then: Callable[[], _Other]
    ) -> tuple[_Told, _Other]:
        """Begin something else when all of a transaction is done but its commit.

        Return what each was told. The other has half a second to overtake; it may also wait.
        """
        with ThreadPoolExecutor(1) as pool:
            with self.writing() as session:
                told = first(session)
                other = pool.submit(then)
                wait([other], timeout=0.5)
            return told, other.result(timeout=60)

    def save(self, session: Session, text: str, *, nonce: str, seen: int | None = 0) -> Step:
        return save_response(session, posted={"text": [text]}, nonce=nonce, seen=seen, **self.own)

    def check(self, session: Session, text: str, *, nonce: str) -> Step:
        given: dict[str, Any] = {"posted": {"text": [text]}, "button": "grade", "nonce": nonce}
        return press_button(session, **given, **self.own)

    def submit(self, session: Session, after: float = 60) -> Submitted:
        own: dict[str, Any] = {"actor": self.sitting.actor, "attempt_id": self.sitting.attempt_id}
        return submit_attempt(session, **own, now=self.sitting.at(after))

    @property
    def own(self) -> dict[str, Any]:
        return {
            "actor": self.sitting.actor,
            "attempt_id": self.sitting.attempt_id,
            "slot": 0,
            "now": self.sitting.at(1),
        }

    def log(self) -> list[Any]:
        with self.writing() as session:
            found = session.execute(
                sa.select(Response.seq, Response.action, Response.content)
                .where(Response.attempt_id == self.sitting.attempt_id)
                .order_by(Response.slot, Response.seq)
            )
            return list(found)

    def stored(self) -> Any:
        """Return the attempt's row, its reviews and memories, and what a replay finds."""
        with self.writing() as session:
            own = {"learner_id": self.sitting.actor.id, "attempt_id": self.sitting.attempt_id}
            row = session.execute(
                sa.select(Attempt.state, Attempt.mark, Attempt.submitted_at).where(
                    Attempt.id == self.sitting.attempt_id
                )
            ).one()
            assert row.mark in (None, marks_of(session, **own).points)
            counts = [
                session.scalar(sa.select(sa.func.count()).select_from(table))
                for table in (Review, Memory)
            ]
            differences = [one for found in replay(session) for one in found.differences]
            return row, counts, differences


class _Writing:
    """A transaction in an application context of this thread's own."""

    def __init__(self, app: Any) -> None:
        self._context = app.app_context()
        self._transaction: Any = None

    def __enter__(self) -> Session:
        self._context.push()
        self._transaction = db.transaction()
        session: Session = self._transaction.__enter__()
        return session

    def __exit__(self, *error: Any) -> Any:
        try:
            return self._transaction.__exit__(*error)
        finally:
            db.db.session.remove()
            self._context.pop()
