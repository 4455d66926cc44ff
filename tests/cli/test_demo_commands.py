"""`quizapp demo`: learners who never were, in a database that has room for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from quizapp.models import Attempt, AttemptState, Memory, Review, User
from quizapp.services.demo_course import DEMO_SLUG
from quizapp.services.passwords import is_password
from tests.support.command import Done, run_here
from tests.support.make import Make

SMALL = ("demo", "--year", "--students", "2", "--facts", "30", "--until", "2026-06-30")
#: What the commands find that work out from the log what is stored besides it.
CHECKS = (
    ("memory", "replay", "--check"),
    ("attempts", "replay", "--check"),
    ("statistics", "recount", "--check"),
    ("progress", "recount", "--check"),
)


def test_a_year_is_what_its_log_tells_and_its_people_can_sign_in(
    quizapp: Callable[..., Done], store: Any, tmp_path: Path
) -> None:
    made = quizapp(*SMALL)

    assert (made.returncode, made.stderr) == (0, "")
    assert store(_found) == (2, 2, {AttemptState.SUBMITTED})
    assert [quizapp(*words).returncode for words in CHECKS] == [0, 0, 0, 0]
    kept = tmp_path / "demo-accounts.txt"
    assert kept.stat().st_mode & 0o777 == 0o600
    told = {line.split()[1]: line.split()[2] for line in kept.read_text().splitlines()}
    hashes = dict(store(lambda session: session.execute(sa.select(User.email, _HASH)).all()))
    assert {email for email in told if not is_password(told[email], hashes[email])} == set()
    assert {"learner02@example.org", "demo-teacher@example.org"} <= set(told)


def test_a_second_year_in_the_same_database_is_refused_and_adds_nothing(
    quizapp: Callable[..., Done], store: Any
) -> None:
    store(lambda session: Make(session).course(slug=DEMO_SLUG))
    before = store(_found)

    again = quizapp(*SMALL)

    assert again.returncode == 1
    assert "has a demo year already, and nothing was added" in again.stderr
    assert store(_found) == before


def test_no_demo_is_made_in_production(sqlite_url: str, tmp_path: Path) -> None:
    done = run_here(
        *SMALL,
        QUIZAPP_ENV="production",
        QUIZAPP_DATA=str(tmp_path),
        QUIZAPP_DATABASE_URL=sqlite_url,
        QUIZAPP_SECRET_KEY="0123456789" * 4,
        QUIZAPP_TRUSTED_HOSTS="learn.example.org",
    )

    assert done.returncode == 1
    assert "does not belong in production" in done.stderr


_HASH = User.password_hash


def _found(session: Any) -> tuple[int, int, set[AttemptState]]:
    """Return how many learners have reviews, how many have memories, and how attempts stand."""
    learners = (
        session.scalar(sa.select(sa.func.count(one.learner_id.distinct())))
        for one in (Review, Memory)
    )
    return (*learners, set(session.scalars(sa.select(Attempt.state))))  # type: ignore[return-value]
