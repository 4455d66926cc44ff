"""`quizapp progress recount`, run as a person would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from quizapp.models import QuarterTotal
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
