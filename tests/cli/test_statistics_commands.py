"""`quizapp statistics recount`, run as a person would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from quizapp.models import QuizTotal
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting


def sat(session: Any) -> None:
    """Store an attempt that is handed in, and count it wrongly."""
    sitting = Sitting(session, Make(session), NOON)
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    session.execute(sa.update(QuizTotal).values(n=5))


def test_a_recount_names_what_differs_and_puts_it_right_when_it_may(
    quizapp: Callable[..., subprocess.CompletedProcess[str]], store: Any
) -> None:
    store(sat)

    checked = quizapp("statistics", "recount", "--check")
    righted = quizapp("statistics", "recount")
    again = quizapp("statistics", "recount", "--check")

    assert checked.returncode == 1
    assert "stored 5, counted 1" in checked.stderr
    assert "1 difference, put right" in righted.stdout
    assert (again.returncode, again.stderr) == (0, "")


def test_it_is_a_command_of_its_own(
    quizapp_process: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    done = quizapp_process("statistics", "recount", "--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0 attempts")
