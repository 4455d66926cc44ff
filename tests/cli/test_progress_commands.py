"""`quizapp progress recount`, run as a person would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.cli import progress
from quizapp.models import QuarterTotal
from quizapp.services.progress_recount import Miscounted, Recounted
from tests.support.command import run_here
from tests.support.desk import Desk
from tests.support.make import NOON, Make


def miscounted(session: Any) -> None:
    """Store two reviews, and count five more."""
    desk = Desk(session, Make(session), NOON)
    desk.rate(desk.fact())
    desk.rate(desk.fact())
    session.execute(sa.update(QuarterTotal).values(reviews=7))


def test_a_recount_names_what_differs_and_puts_it_right_when_it_may(
    quizapp: Callable[..., subprocess.CompletedProcess[str]], store: Any
) -> None:
    store(miscounted)

    checked = quizapp("progress", "recount", "--check")
    righted = quizapp("progress", "recount")
    again = quizapp("progress", "recount", "--check")

    assert checked.returncode == 1
    assert "stored reviews 7, counted 2" in checked.stderr
    assert righted.stdout.startswith("2 reviews of 1 learners recounted in ")
    assert "1 difference, put right" in righted.stdout
    assert (again.returncode, again.stderr) == (0, "")


def test_neither_counting_nor_storing_has_to_end_when_a_page_would(
    postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []

    def note(session: Session, *_: Any) -> None:
        names = ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout")
        limits.append([session.scalar(sa.text(f"SHOW {name}")) for name in names])

    def count(session: Session) -> Iterator[Recounted]:
        note(session)
        yield Recounted(differences=[Miscounted(1, 1, 1, "a test")])

    monkeypatch.setattr(progress, "recount", count)
    monkeypatch.setattr(progress, "store_recount", note)
    place = {"QUIZAPP_DATA": str(tmp_path), "QUIZAPP_DATABASE_URL": postgresql_url}

    done = run_here("progress", "recount", **place)

    assert done.returncode == 0
    assert limits == [["0", "0", "5s"]] * 2
