"""Fits as jobs: real workers, processes and databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.db import db, transaction
from quizapp.jobs import handlers, worker
from quizapp.jobs.fitting import FitFailed
from quizapp.memory.state import NEW_STATE
from quizapp.models import FitOutcome, Job, MemoryFit, MemoryRules, Origin, Review, Revision
from quizapp.queries.memory_fits import fits_of
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.memory_fits import ask_fit
from quizapp.services.memory_rules import keep_rules
from tests.support.apps import database_of
from tests.support.forgetful import history
from tests.support.learnt import LEARNT
from tests.support.make import Make


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(database_url, tmp_path) as app:
        yield app


def learner(app: Flask, *, reviews: int = 0) -> dict[str, int]:
    """Store a learner with a history and a fit asked for; return the payload of its job."""
    with app.app_context(), transaction() as session:
        make = Make(session)
        course = make.course()
        topic, passage = make.topic(course), make.passage(course)
        actor = make.learner(course)
        keys = {"learner_id": actor.id, "course_id": course.id}
        rows: list[dict[str, Any]] = []
        revisions: dict[int, tuple[int, int]] = {}
        for number, past in enumerate(history(reviews=reviews, seed=1).reviews if reviews else ()):
            if past.fact not in revisions:
                fact = make.fact(course, topic, passage)
                question = make.question(fact, "short_text")
                found = sa.select(Revision.id).where(Revision.question_id == question.id)
                revisions[past.fact] = (fact.id, session.scalars(found).one())
            fact_id, revision_id = revisions[past.fact]
            at = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(days=past.day)
            told = {"fact_id": fact_id, "revision_id": revision_id, "rating": past.rating}
            stamp = {"id": number + 1, "at": at, "day": at.date(), "nonce": f"nonce-{number}"}
            blank = {
                "origin": Origin.FLASHCARD,
                "duration_ms": 0,
                "before": NEW_STATE.to_json(),
                "rules": 1,
            }
            rows.append(keys | told | stamp | blank)
        if rows:
            keep_rules(session, actor=actor, course_id=course.id, now=datetime.now(UTC))
            session.execute(sa.insert(Review), rows)
        ask_fit(session, actor=actor, course_id=course.id, now=datetime.now(UTC))
    return keys | {"number": 1}


def work(app: Flask, payload: dict[str, int]) -> None:
    with app.app_context():
        handlers.fit_memory(app.extensions["quizapp.settings"], payload)


def rules(app: Flask) -> list[Any]:
    with app.app_context():
        return list(db.session().scalars(sa.select(MemoryRules.settings)))


@pytest.fixture
def forgetful(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(sqlite_url, tmp_path) as app:
        yield app


def test_a_worker_fits_a_forgetful_learner(forgetful: Flask) -> None:
    keys = learner(forgetful, reviews=900)

    assert worker.do_one(forgetful)

    with forgetful.app_context():
        fits = fits_of(db.session(), learner_id=keys["learner_id"], course_id=keys["course_id"])
        assert db.session().scalars(sa.select(Job)).all() == []
    assert fits.last is not None
    assert fits.last.outcome is FitOutcome.ADOPTED
    assert fits.last.correction.trials == fits.last.trials > 200
    (_, held) = rules(forgetful)
    assert tuple(held["weights"]) == fits.last.weights


def test_two_workers_at_once_keep_one_result(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    payload, both = learner(app), threading.Barrier(2)

    def learn(*_given: Any) -> Any:
        both.wait(10)
        return LEARNT

    monkeypatch.setattr(handlers, "learn", learn)
    threads = [threading.Thread(target=work, args=(app, payload)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(rules(app)) == 1
    with app.app_context():
        (outcome,) = db.session().scalars(sa.select(MemoryFit.outcome))
    assert outcome is FitOutcome.ADOPTED
    work(app, payload)  # Whoever comes later finds nothing to do.
    assert len(rules(app)) == 1


def test_a_fit_that_fails_is_over_and_changes_nothing(
    forgetful: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload = learner(forgetful)

    def learn(*_given: Any) -> Any:
        raise FitFailed("The process was killed.")

    monkeypatch.setattr(handlers, "learn", learn)
    with pytest.raises(FitFailed):
        work(forgetful, payload)
    work(forgetful, payload)

    with forgetful.app_context():
        (outcome,) = db.session().scalars(sa.select(MemoryFit.outcome))
    assert (outcome, rules(forgetful)) == (FitOutcome.FAILED, [])


def test_a_look_leaves_the_next_look(forgetful: Flask) -> None:
    with forgetful.app_context(), transaction() as session:
        enqueue(session, name=JobName.LOOK_FOR_FITS, payload={}, now=datetime.now(UTC))

    assert worker.do_one(forgetful)

    with forgetful.app_context():
        (left,) = db.session().scalars(sa.select(Job))
    assert left.name == JobName.LOOK_FOR_FITS
    assert left.run_after > datetime.now(UTC) + timedelta(minutes=5)
