"""What is over is thrown away a little at a time, so that others can write in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp.db import database_app, db, transaction
from quizapp.jobs import handlers
from quizapp.models import User
from quizapp.services.guests import KEPT, purge_guests
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
