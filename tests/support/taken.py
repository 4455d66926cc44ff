"""An attempt taken through the pages of the test client."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.models import Attempt, Quiz, Response
from quizapp.services.attempt_start import start_attempt
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]
SCRIPT = {"X-Requested-With": "fetch"}


class Taken:
    """An attempt of the learner who is signed in; its pages and forms."""

    def __init__(self, client: FlaskClient, stored: Stored, attempt_id: int, quiz_id: int) -> None:
        self.client, self.stored, self.id, self.quiz_id = client, stored, attempt_id, quiz_id

    def get(self, place: object, **given: Any) -> TestResponse:
        return self.client.get(f"/attempts/{self.id}/{place}", **given)

    def send(
        self,
        n: int,
        go: str = "next",
        *,
        form: str | None = None,
        headers: Mapping[str, str] | None = None,
        **fields: Any,
    ) -> TestResponse:
        """Post the form of question `n`, as its page now holds it or as `form` did."""
        html = form or self.get(n).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', html))
        data = hidden | {name.replace("_", "-"): value for name, value in fields.items()}
        if go:
            data["go"] = go
        return self.client.post(f"/attempts/{self.id}/{n}", data=data, headers=headers)

    def post(self, place: str, page: str = "results") -> TestResponse:
        """Press the button of a page that posts to this place."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page).text)
        assert token
        data = {"csrf_token": token.group(1)}
        return self.client.post(f"/attempts/{self.id}/{place}", data=data)

    def submit(self) -> TestResponse:
        return self.post("submit", "check")

    def rule(self, **settings: Any) -> None:
        """Let the instructor change settings of the quiz now."""
        with self.stored() as make:
            quiz = make.session.get_one(Quiz, self.quiz_id)
            quiz.settings = {**quiz.settings, **settings}

    def rows(self) -> list[tuple[int, str, Any, int | None]]:
        """Return the log: slot, action, content and certainty."""
        with self.stored() as make:
            found = make.session.execute(
                sa.select(
                    Response.slot, Response.action, Response.content, Response.certainty
                ).order_by(Response.slot, Response.seq)
            )
            return [(row.slot, row.action.value, row.content, row.certainty) for row in found]

    def mark(self) -> Any:
        with self.stored() as make:
            return make.session.scalar(sa.select(Attempt.mark).where(Attempt.id == self.id))


def take(
    client: FlaskClient,
    stored: Stored,
    sign_in: Callable[[FlaskClient, int], str],
    questions: Sequence[tuple[str, dict[str, Any] | None]],
    *,
    ago: float = 0,
    text: str = "It names bases of any kind. The rest says nothing.",
    note: str = "",
    allowance: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Taken:
    """Start an attempt, so many seconds ago, at a quiz of such questions: type and raw content.

    :param allowance: what the learner has in every quiz of the course.
    """
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        topic = make.topic(course, title="The base")
        passage = make.passage(course, text=text)
        user = make.user(timezone="Asia/Tehran")
        make.enrol(user, course)
        if allowance:
            make.accommodate(user, course, **allowance)
        asked = [
            make.question(make.fact(course, topic, passage, note=note), name, raw)
            for name, raw in questions
        ]
        rules = {"shuffle_options": False} | settings
        quiz = make.quiz(course, asked, title="Astana", settings=rules)
        started = start_attempt(
            make.session,
            actor=make.actor(user),
            quiz_id=quiz.id,
            seed=5,
            now=datetime.now(UTC) - timedelta(seconds=ago),
        )
        user_id, quiz_id = user.id, quiz.id
    sign_in(client, user_id)
    return Taken(client, stored, started.attempt_id, quiz_id)
