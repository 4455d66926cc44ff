"""The commands, run as a person would, on a database of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from quizapp import db
from tests.support.apps import make_app
from tests.support.command import Done, run_here, run_process
from tests.support.settings import settings_for


@pytest.fixture
def quizapp(database_url: str, tmp_path: Path) -> Callable[..., Done]:
    """A function that runs `quizapp` with these words on the test's database."""
    return partial(run_here, QUIZAPP_DATA=str(tmp_path), QUIZAPP_DATABASE_URL=database_url)


@pytest.fixture
def quizapp_process(sqlite_url: str, tmp_path: Path) -> Callable[..., Done]:
    """The same on a SQLite database, as a process of its own."""
    return partial(run_process, QUIZAPP_DATA=str(tmp_path), QUIZAPP_DATABASE_URL=sqlite_url)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Callable[[Callable[[Any], Any]], Any]:
    """A function that runs another in a transaction of the database and returns what it does."""
    app = make_app(settings_for(database_url, tmp_path))

    def run(act: Callable[[Any], Any]) -> Any:
        with app.app_context():
            with db.transaction() as session:
                found = act(session)
            db.db.session.remove()
            db.db.engine.dispose()
        return found

    return run
