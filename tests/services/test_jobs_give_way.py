"""A worker lets others write: between two jobs, and between the parts of a long one."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp.db import database_app, db, transaction
from quizapp.jobs import handlers, worker
from quizapp.models import User
from quizapp.services.guests import KEPT, purge_guests
from quizapp.services.jobs import JobName, enqueue
from tests.support.settings import settings_for


def test_all_lost_guests_go_in_one_round_ten_in_a_transaction(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, now = settings_for(sqlite_url, tmp_path), datetime.now(UTC)
    app, left = database_app(settings), []

    def count() -> int | None:
        return db.session.scalar(sa.select(sa.func.count()).select_from(User))

    def counting(session: object, **given: datetime) -> bool:
        left.append(count())
        return purge_guests(db.session(), **given)

    monkeypatch.setattr(handlers, "purge_guests", counting)
    with app.app_context():
        with transaction() as session:
            lost = {"name": "Guest", "is_guest": True, "created_at": now - KEPT - timedelta(days=1)}
            session.add_all([User(**lost) for _ in range(25)])

        handlers.purge_all(settings, {})

        assert (left, count()) == ([25, 15, 5], 0)
        db.session.remove()
        db.engine.dispose()


class _Noting(threading.Event):
    """Notes how long the loop pauses, without doing so, and ends it when there is no work."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waited.append(timeout or 0)
        if timeout == worker.POLL_SECONDS:
            self.set()
        return self.is_set()


def test_the_loop_pauses_after_every_job(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, stop, now = database_app(settings_for(sqlite_url, tmp_path)), _Noting(), datetime.now(UTC)
    monkeypatch.setitem(handlers.HANDLERS, JobName.SEND_MAIL, lambda *_: None)
    monkeypatch.setattr(worker, "_start", lambda _app: None)
    with app.app_context(), transaction() as session:
        for _ in range(3):
            enqueue(session, name=JobName.SEND_MAIL, payload={}, now=now)

    worker.run(app, stop)

    assert stop.waited == [0.02, 0.02, 0.02, 1.0]
    with app.app_context():
        db.engine.dispose()
