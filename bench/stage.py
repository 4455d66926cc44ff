"""A database to measure on: one course, and learners with everything their browser would hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Flask, session
from flask_login import login_user
from flask_wtf.csrf import generate_csrf

from quizapp.app import create_app
from quizapp.bank.digest import digest
from quizapp.config import Settings
from quizapp.db import db, transaction, upgrade
from quizapp.models import (
    Course,
    Enrolment,
    Fact,
    Question,
    Revision,
    Role,
    Status,
    Topic,
    User,
    UserSession,
)
from quizapp.queries.accounts import actor_for_token, token_hash
from quizapp.questions.registry import TYPES
from quizapp.web.viewer import Viewer

#: Of databases that live as long as one measurement.
SECRET = "only-for-measuring-0123456789-abcdefghijklmnop"  # noqa: S105
FACTS = 500


@dataclass(frozen=True, slots=True)
class Browser:
    """What one learner sends: the signed cookie and the token of its forms."""

    cookie: str
    csrf_token: str
    course_id: int
    facts: tuple[tuple[int, int], ...]

    def body(self, number: int, run: str) -> bytes:
        """Return the form of the learner's n-th rating; facts come round in turn."""
        seen, place = divmod(number, len(self.facts))
        fact_id, revision_id = self.facts[place]
        return urlencode(
            {
                "csrf_token": self.csrf_token,
                "course_id": self.course_id,
                "fact": fact_id,
                "revision": revision_id,
                "seen": seen,
                "nonce": f"{run}-{number:08}",
                "rating": 3 if number % 5 else 1,
                "duration_ms": 4000,
            }
        ).encode()


def build(settings: Settings, learners: int) -> list[Browser]:
    """Make the database and return a browser for each learner."""
    upgrade(settings)
    app = create_app(settings)
    with app.app_context(), transaction() as stored:
        course_id, facts = _course(stored)
        tokens = [_learner(stored, number, course_id) for number in range(learners)]
    browsers = [_browser(app, token, course_id, facts) for token in tokens]
    with app.app_context():
        db.engine.dispose()
    return browsers


def _course(stored: Any) -> tuple[int, tuple[tuple[int, int], ...]]:
    now = datetime.now(UTC)
    course = Course(slug="measured", title="Measured", summary="", language="en", created_at=now)
    stored.add(course)
    stored.flush()  # generate course.id
    topic = Topic(course_id=course.id, key="t", title="T", summary="", position=0)
    stored.add(topic)
    stored.flush()  # generate topic.id
    return course.id, tuple(_facts(stored, course.id, topic.id, now))


def _facts(stored: Any, course_id: int, topic_id: int, now: datetime) -> Iterator[tuple[int, int]]:
    kind = TYPES["short_text"]
    content = kind.dump(kind.parse({"stem": "Which river?", "accepted": ["Euphrates"]}))
    for number in range(FACTS):
        fact = Fact(
            course_id=course_id,
            topic_id=topic_id,
            key=f"f{number}",
            statement=f"Fact {number}.",
            note="",
            record="",
            status=Status.READY,
            position=number,
        )
        stored.add(fact)
        stored.flush()  # generate fact.id
        question = Question(
            course_id=course_id,
            fact_id=fact.id,
            key=f"q{number}",
            type=kind.name,
            recall=int(kind.recall),
            status=Status.READY,
            stem="Which river?",
            current_number=1,
            updated_at=now,
        )
        stored.add(question)
        stored.flush()  # generate question.id
        revision = Revision(
            question_id=question.id,
            number=1,
            type=kind.name,
            content=content,
            sha256=digest(content),
            created_at=now,
        )
        stored.add(revision)
        stored.flush()  # generate revision.id
        yield fact.id, revision.id


def _learner(stored: Any, number: int, course_id: int) -> str:
    now, token = datetime.now(UTC), f"measured-{number:04}-0123456789abcdef"
    user = User(email=f"learner{number}@example.org", name="Learner", created_at=now)
    stored.add(user)
    stored.flush()  # generate user.id
    stored.add(Enrolment(user_id=user.id, course_id=course_id, role=Role.STUDENT, joined_at=now))
    stored.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    return token


def _browser(app: Flask, token: str, course_id: int, facts: tuple[tuple[int, int], ...]) -> Browser:
    with app.test_request_context():
        session.permanent = True
        login_user(Viewer(actor_for_token(db.session(), token, now=datetime.now(UTC)), token))
        csrf_token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(session))}"
    return Browser(cookie, csrf_token, course_id, facts)


@contextmanager
def counting(settings: Settings) -> Iterator[Any]:
    """Give a function that counts the reviews that the database holds."""
    engine = sa.create_engine(settings.database_url)
    try:
        yield lambda: _count(engine)
    finally:
        engine.dispose()


def _count(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM review")).scalar_one())
