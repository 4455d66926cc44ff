"""Pages through the test client, on a migrated SQLite database of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.app import create_app
from quizapp.models import UserSession
from quizapp.queries.accounts import token_hash
from tests.support.make import Make
from tests.support.settings import settings_for


@pytest.fixture
def app(tmp_path: Path, sqlite_url: str) -> Iterator[Flask]:
    app = create_app(settings_for(sqlite_url, tmp_path))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def stored(app: Flask) -> Callable[[], AbstractContextManager[Make]]:
    """Return `with stored() as make:`, which commits what the block makes."""

    @contextmanager
    def block() -> Iterator[Make]:
        with app.app_context(), db.transaction() as session:
            yield Make(session)

    return block


@pytest.fixture
def sign_in(app: Flask) -> Callable[[FlaskClient, int], str]:
    """Return sign_in(client, user_id), which gives the client a session and returns its token."""

    def act(client: FlaskClient, user_id: int) -> str:
        token = f"token-of-user-{user_id}"
        now = datetime.now(UTC)
        with app.app_context(), db.transaction() as session:
            session.merge(
                UserSession(
                    token_hash=token_hash(token),
                    user_id=user_id,
                    created_at=now,
                    expires_at=now + timedelta(days=1),
                )
            )
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return token

    return act


def csrf_token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "the page holds no form token"
    return found.group(1)


@pytest.fixture
def post() -> Callable[..., TestResponse]:
    """Return post(client, url, data, on=page), which sends a form with the token of a page."""

    def act(
        client: FlaskClient, url: str, data: dict[str, Any] | None = None, *, on: str = "/sign-in"
    ) -> TestResponse:
        token = csrf_token(client.get(on, follow_redirects=True).text)
        return client.post(url, data={**(data or {}), "csrf_token": token})

    return act


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Return `with statements() as seen:`, which lists the SQL that the block runs."""

    @contextmanager
    def block() -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                seen.append(statement)

        with app.app_context():
            engine = db.db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return block
