"""`quizapp attempts replay`, run as a person would."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.models import Attempt, Response
from tests.support.command import Done, run_here
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

Replay = Callable[..., Done]


@pytest.fixture
def replay(quizapp: Replay) -> Replay:
    return partial(quizapp, "attempts", "replay")


def sat(session: Any) -> int:
    """Store two attempts, one handed in for one point of one, one open; return the first."""
    sitting = Sitting(session, Make(session), NOON)
    sitting.start(sitting.quiz("single_choice"))
    sitting.answer_rightly(0)
    sitting.submit()
    handed_in = sitting.attempt_id
    sitting.start(sitting.quiz("cloze"), seed=2)
    return handed_in


def mark_of(attempt_id: int) -> Callable[[Any], Any]:
    return lambda session: session.scalar(sa.select(Attempt.mark).where(Attempt.id == attempt_id))


def marked(attempt_id: int, mark: Fraction) -> Callable[[Any], Any]:
    """Return what stores a mark that the log knows nothing of."""
    change = sa.update(Attempt).where(Attempt.id == attempt_id).values(mark=mark)
    return lambda session: session.execute(change)


def test_where_everything_is_as_its_log_says_the_check_succeeds(replay: Replay, store: Any) -> None:
    store(sat)

    done = replay("--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 attempts replayed in ")
    assert done.stdout.endswith(": 0 differences\n")


def test_the_check_names_what_differs_changes_nothing_and_fails(replay: Replay, store: Any) -> None:
    attempt_id = store(sat)
    store(marked(attempt_id, Fraction(1, 3)))

    done = replay("--check")

    assert done.returncode == 1
    assert done.stdout.endswith(": 1 difference\n")
    assert f"attempt {attempt_id} of learner" in done.stderr
    assert done.stderr.endswith("stored 1/3 of 1, replayed 1 of 1\n")
    assert store(mark_of(attempt_id)) == Fraction(1, 3)


def test_without_the_check_it_is_put_right(replay: Replay, store: Any) -> None:
    attempt_id = store(sat)
    store(marked(attempt_id, Fraction(0)))

    done = replay()

    assert done.returncode == 0
    assert done.stdout.endswith(": 1 difference, put right\n")
    assert store(mark_of(attempt_id)) == 1
    assert replay("--check").returncode == 0


def test_a_lost_answer_does_not_pass_the_check(replay: Replay, store: Any) -> None:
    store(sat)
    store(lambda session: session.execute(sa.delete(Response)))

    assert replay("--check").returncode == 1


def test_an_empty_database_has_no_differences(replay: Replay) -> None:
    done = replay("--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0 attempts replayed")


def test_it_is_a_command_of_its_own(quizapp_process: Replay) -> None:
    done = quizapp_process("attempts", "replay", "--check")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("0 attempts replayed")


def test_a_database_that_is_not_set_up_is_named(tmp_path: Path) -> None:
    done = run_here("attempts", "replay", "--check", QUIZAPP_DATA=str(tmp_path / "none"))

    assert done.returncode == 1
    assert "quizapp init" in done.stderr
    assert "Traceback" not in done.stderr
