"""Attempts whose time is over are handed in: each tried once in a round, none hidden by others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.jobs import closing, worker
from quizapp.models import Attempt, AttemptState, Job
from quizapp.services.attempt_submit import overdue_attempts, submit_attempt
from quizapp.services.jobs import JobName, enqueue
from tests.support.apps import database_of
from tests.support.make import Make
from tests.support.sitting import Sitting


class Endless(BaseException):
    """The same attempt was tried again in the same round."""


def begin(sitting: Sitting, *, grace: int = 0, after: float = 0) -> int:
    """Begin an attempt of ten minutes for somebody new, so many seconds late; return its id."""
    quiz = sitting.quiz("single_choice", time_limit_minutes=10, grace_seconds=grace)
    learner, sitting.now = sitting.make.learner(sitting.course), sitting.at(after)
    sitting.start(quiz, actor=learner)
    sitting.now = sitting.at(-after)
    return sitting.attempt_id


def test_those_in_a_long_grace_hide_none_that_are_due_later(
    session: Session, make: Make, now: datetime
) -> None:
    sitting = Sitting(session, make, now)
    in_grace = [begin(sitting, grace=600) for _ in range(5)]
    due = [begin(sitting, after=60 + n) for n in range(3)]
    at = {"now": sitting.at(780), "limit": 2}

    first = overdue_attempts(session, **at)
    second = overdue_attempts(session, **at, after=first[-1])

    assert [one.attempt_id for one in first] == due[:2]
    assert [one.attempt_id for one in second] == due[2:]
    assert overdue_attempts(session, **at, after=second[-1]) == ()
    after_all = overdue_attempts(session, now=sitting.at(1201))
    assert sorted(one.attempt_id for one in after_all) == sorted(in_grace + due)


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(sqlite_url, tmp_path) as app:
        yield app


@pytest.mark.parametrize(
    ("wrong", "error"), [(NotFound("Gone."), ""), (RuntimeError("broken"), "RuntimeError: broken")]
)
def test_one_that_cannot_be_handed_in_is_tried_once_and_holds_up_no_other(
    app: Flask, monkeypatch: pytest.MonkeyPatch, wrong: Exception, error: str
) -> None:
    now = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        sitting = Sitting(session, Make(session), now - timedelta(hours=1))
        first, second, third = (begin(sitting, after=n) for n in range(3))
        enqueue(session, name=JobName.CLOSE_OVERDUE, payload={}, now=now)
    tried: list[int] = []

    def submit(session: Session, *, attempt_id: int, **given: Any) -> object:
        if attempt_id in tried:
            raise Endless
        tried.append(attempt_id)
        if attempt_id == first:
            raise wrong
        return submit_attempt(session, attempt_id=attempt_id, **given)

    monkeypatch.setattr(closing, "submit_attempt", submit)
    worker.do_one(app)

    assert tried == [first, second, third]
    with app.app_context():
        is_open = sa.select(Attempt.id).where(Attempt.state == AttemptState.OPEN)
        assert list(db.session.scalars(is_open)) == [first]
        errors = set(db.session.scalars(sa.select(Job.error).where(Job.tries > 0)))
        assert errors == ({error} if error else set())


def test_more_than_one_turn_s_work_is_gone_on_with_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        begin(Sitting(session, Make(session), now - timedelta(hours=1)))
        enqueue(session, name=JobName.CLOSE_OVERDUE, payload={}, now=now)
    monkeypatch.setattr(closing, "SLICE_SECONDS", 0.0)

    worker.do_one(app)

    with app.app_context():
        (job,) = db.session.scalars(sa.select(Job))
        assert job.run_after <= datetime.now(UTC)
