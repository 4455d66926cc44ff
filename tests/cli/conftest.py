"""The commands, run as a person would, on a database of the test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quizapp import db
from tests.support.apps import make_app
from tests.support.settings import settings_for


@pytest.fixture
def quizapp(database_url: str, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """A function that runs `quizapp` with these words on the test's database."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("QUIZAPP_")}
    own = {"QUIZAPP_DATA": str(tmp_path), "QUIZAPP_DATABASE_URL": database_url}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "quizapp", *words],
            env=kept | own,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


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
