"""Pages through the test client, on a migrated SQLite database of their own."""

from __future__ import annotations

import re
import shutil
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
from quizapp.models import UserSession
from quizapp.queries.accounts import token_hash
from tests.support.apps import make_app
from tests.support.make import Make
from tests.support.settings import settings_for
from tests.support.sqlite import without_waiting


def _make(database: Path) -> Flask:
    app = make_app(settings_for(f"sqlite:///{database}", database.parent))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def unstarted_app(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Flask]:
    """An app of this test's own that has answered nobody yet, so that a view can be added."""
    app = _make(shutil.copyfile(migrated_sqlite, tmp_path / "app.sqlite3"))
    yield app
    with app.app_context():
        db.db.engine.dispose()


@pytest.fixture(scope="session")
def lasting_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The app of all tests of one process: its addresses and pages are compiled once."""
    app = _make(tmp_path_factory.mktemp("app") / "app.sqlite3")
    with app.app_context():
        without_waiting(db.db.engine)
    return app


@pytest.fixture
def app(lasting_app: Flask, migrated_sqlite: Path) -> Iterator[Flask]:
    """The app, with an empty, migrated database and with its settings as they were made."""
    config = dict(lasting_app.config)
    folder = lasting_app.extensions["quizapp.settings"].data
    shutil.rmtree(folder)
    folder.mkdir()
    shutil.copyfile(migrated_sqlite, folder / "app.sqlite3")
    yield lasting_app
    with lasting_app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()
    lasting_app.config.clear()
    lasting_app.config.update(config)


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
