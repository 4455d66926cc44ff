"""The worker writes to learners about their week: once, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.db import db, transaction
from quizapp.jobs import letters, worker
from quizapp.jobs.mail import message
from quizapp.models import Job, JobState, User, WeeklyLetter
from quizapp.services import weekly_letters
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.mail import Letter
from quizapp.services.stop_links import Stopping, read_stop_token
from tests.support.apps import database_of
from tests.support.desk import Desk
from tests.support.make import Make

SITE = "https://learn.example/"


class Killed(BaseException):
    """The worker is gone: nothing that would follow is done."""


@pytest.fixture
def app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(sqlite_url, tmp_path) as app:
        yield app


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """Put a list in the place of the mail server."""
    seen: list[Letter] = []
    monkeypatch.setattr(letters, "deliver", lambda _settings, letter: seen.append(letter))
    return seen


def day_zone(now: datetime) -> str:
    """Return a zone in which it is day now."""
    zones = ("UTC", "Asia/Tokyo", "America/Denver")
    return next(zone for zone in zones if now.astimezone(ZoneInfo(zone)).hour in range(8, 20))


@pytest.fixture
def learner(app: Flask) -> int:
    """Store a learner who rated a card yesterday and whose letter is due; return their id."""
    return store_learner(app, days=1)


def store_learner(app: Flask, *, days: int) -> int:
    now = datetime.now(UTC)
    since = now - timedelta(days=days + 1)
    with app.app_context(), transaction() as session:
        desk = Desk(session, Make(session), now)
        zone = day_zone(now)
        user = session.get_one(User, desk.actor.id)
        user.timezone = zone
        session.flush()
        desk.actor = desk.make.actor(user)
        desk.rate(desk.fact(), now=now - timedelta(days=days))
        session.add(
            WeeklyLetter(
                learner_id=user.id,
                email=user.email,
                site=SITE,
                weekday=0,
                wanted_at=since,
                confirmed_at=since,
                next_at=now - timedelta(minutes=1),
                is_idle=False,
            )
        )
        enqueue(session, name=JobName.LOOK_FOR_LETTERS, payload={}, now=now)
    return desk.actor.id


def work(app: Flask) -> None:
    while worker.do_one(app):
        pass


def change(app: Flask, **values: Any) -> None:
    with app.app_context(), transaction() as session:
        session.execute(sa.update(User).values(**values))


def job(app: Flask) -> Job | None:
    with app.app_context():
        return db.session.scalar(sa.select(Job).where(Job.name == JobName.SEND_WEEK))


def let_it_run_again(app: Flask) -> None:
    """Bring the lease, or the wait, of the letter's job to its end."""
    with app.app_context(), transaction() as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        values = {"leased_until": None, "run_after": past}
        session.execute(sa.update(Job).where(Job.name == JobName.SEND_WEEK).values(**values))


def test_a_letter_goes_out_once_and_can_be_stopped_from_it(app, learner, sent):
    work(app)
    with app.app_context(), transaction() as session:
        enqueue(session, name=JobName.LOOK_FOR_LETTERS, payload={}, now=datetime.now(UTC))
    work(app)

    (letter,) = sent
    assert letter.subject == "Your week on Footnote: 1 card on 1 day"
    token = letter.stop.removeprefix(f"{SITE}letters/stop/")
    secret = app.extensions["quizapp.settings"].secret_key
    with app.app_context():
        made_at = db.session.get_one(User, learner).created_at
    assert read_stop_token(secret, token) == Stopping(learner, made_at)
    assert letter.stop in letter.body
    assert letter.stop in letter.html
    wire = message(letter, sender="Footnote <post@footnote.example>").as_bytes()
    assert f"\r\nList-Unsubscribe: <{letter.stop}>\r\n".encode() in wire
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire
    assert f"-{learner}@footnote.example>".encode() in wire


def test_a_worker_that_is_killed_while_it_sends_sends_no_second_one(
    app, learner, sent, monkeypatch
):
    def die(_settings: Any, letter: Letter) -> None:
        sent.append(letter)
        raise Killed

    monkeypatch.setattr(letters, "deliver", die)
    with pytest.raises(Killed):
        work(app)
    assert job(app) is not None

    let_it_run_again(app)
    work(app)

    assert job(app) is None
    assert len(sent) == 1


def test_a_worker_that_is_killed_before_that_sends_it_later(app, learner, sent, monkeypatch):
    def die(*_: Any, **__: Any) -> None:
        raise Killed

    monkeypatch.setattr(letters, "begin_letter", die)
    with pytest.raises(Killed):
        work(app)
    monkeypatch.setattr(letters, "begin_letter", weekly_letters.begin_letter)
    let_it_run_again(app)
    work(app)

    assert len(sent) == 1


def test_a_letter_that_was_refused_is_tried_again(app, learner, sent, monkeypatch):
    def refuse(*_: Any) -> None:
        raise ConnectionRefusedError("no server")

    monkeypatch.setattr(letters, "deliver", refuse)
    work(app)
    waiting = job(app)
    assert waiting is not None
    assert (waiting.state, waiting.tries) == (JobState.WAITING, 1)

    monkeypatch.setattr(letters, "deliver", lambda _settings, letter: sent.append(letter))
    let_it_run_again(app)
    work(app)

    assert len(sent) == 1


@pytest.mark.parametrize(
    "changed",
    [{"is_guest": True}, {"is_disabled": True}, {"email": "other@example.org"}],
)
def test_who_may_not_get_it_any_more_gets_none(app, learner, sent, changed):
    change(app, **changed)

    work(app)

    assert sent == []
    assert job(app) is None


def test_after_long_silence_the_last_letter_says_that_it_is_the_last(app, sent):
    learner = store_learner(app, days=60)

    work(app)

    (letter,) = sent
    assert letter.subject == "Your weekly letters from Footnote have stopped"
    with app.app_context():
        kept = db.session.get_one(WeeklyLetter, learner)
        assert (kept.next_at, kept.is_idle) == (None, True)


def test_the_letter_that_confirms_has_the_only_copy_of_its_secret(app, learner, sent):
    with app.app_context(), transaction() as session:
        session.execute(sa.update(WeeklyLetter).values(confirmed_at=None, next_at=None))
        payload = {"learner_id": learner}
        now = datetime.now(UTC)
        enqueue(session, name=JobName.SEND_CONFIRMATION, payload=payload, now=now)

    work(app)

    (letter,) = sent
    token = letter.body.split(f"{SITE}letters/confirm/")[1].split()[0]
    with app.app_context():
        kept = db.session.get_one(WeeklyLetter, learner)
        assert kept.token_hash != token
        with transaction() as session:
            weekly_letters.confirm_letters(session, token=token, now=datetime.now(UTC))
        assert db.session.get_one(WeeklyLetter, learner).next_at is not None
