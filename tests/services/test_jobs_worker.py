"""The worker: does jobs, outlives what fails, sends letters, stops when told to."""

from __future__ import annotations

import logging
import os
import re
import signal
import smtplib
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.config import PRODUCTION
from quizapp.db import database_app, db, transaction
from quizapp.errors import Invalid
from quizapp.jobs import handlers, worker
from quizapp.jobs.mail import deliver, message
from quizapp.jobs.turns import Turns
from quizapp.models import AttemptState, Enrolment, Job, JobState, User
from quizapp.services import resets
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.mail import Letter, changed_letter, reset_letter
from tests.support.apps import database_of
from tests.support.make import Make
from tests.support.settings import settings_for
from tests.support.sitting import Sitting

LETTER = {"to": "amara@example.org", "subject": "Hello", "body": "Grüße\n"}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(database_url, tmp_path) as app:
        yield app


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Put a list in the place of every mail sent."""
    seen: list[Any] = []
    monkeypatch.setitem(
        handlers.HANDLERS, JobName.SEND_MAIL, lambda _settings, payload: seen.append(payload)
    )
    return seen


def leave(app: Flask, name: str = "send_mail", payload: Any = None, **given: Any) -> None:
    now = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        enqueue(session, name=name, payload=payload or LETTER, now=now, **given)


def jobs(app: Flask) -> list[Job]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Job).order_by(Job.id)))


class TestDoingOne:
    def test_a_job_is_done_once_and_gone(self, app, handled):
        leave(app)

        assert worker.do_one(app)
        assert not worker.do_one(app)

        assert handled == [LETTER]
        assert jobs(app) == []

    def test_a_job_for_later_is_left_alone(self, app, handled):
        leave(app, run_after=datetime.now(UTC) + timedelta(minutes=1))

        assert not worker.do_one(app)

        assert handled == []

    def test_what_fails_is_tried_later_and_logged_without_the_payload(
        self, app, monkeypatch, caplog
    ):
        def refuse(*_: Any) -> None:
            raise smtplib.SMTPServerDisconnected("gone")

        monkeypatch.setitem(handlers.HANDLERS, JobName.SEND_MAIL, refuse)
        leave(app)

        assert worker.do_one(app)

        (job,) = jobs(app)
        assert (job.state, job.tries) == (JobState.WAITING, 1)
        assert job.error == "SMTPServerDisconnected: gone"
        assert job.run_after > datetime.now(UTC) + timedelta(seconds=50)
        assert "failed" in caplog.text
        assert "amara" not in caplog.text

    def test_what_is_wrong_in_itself_is_parked_at_once(self, app):
        leave(app, payload=LETTER | {"to": "a@example.org\nBcc: b@example.org"})

        worker.do_one(app)

        assert [job.state for job in jobs(app)] == [JobState.FAILED]

    def test_a_handler_that_breaks_off_leaves_nothing_half_done(self, app, monkeypatch):
        def half(*_: Any) -> None:
            with transaction() as session:
                session.add(User(name="Half", created_at=datetime.now(UTC)))
                session.flush()
                raise RuntimeError("broke off")

        monkeypatch.setitem(handlers.HANDLERS, JobName.SEND_MAIL, half)
        leave(app)

        worker.do_one(app)

        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0
        assert [job.tries for job in jobs(app)] == [1]

    def test_many_of_one_kind_hold_up_no_other(self, app, monkeypatch):
        """Five learners set a date at once, and then somebody forgets a password."""
        done: list[str] = []
        for name in (JobName.PLAN_EXAM, JobName.SEND_RESET, JobName.SEND_MAIL):
            monkeypatch.setitem(handlers.HANDLERS, name, lambda *_, name=name: done.append(name))
        wanted = ("plan_exam",) * 5 + ("send_reset", "send_mail", "send_mail")
        begun = datetime.now(UTC) - timedelta(minutes=1)
        for second, name in enumerate(wanted):
            leave(app, name, run_after=begun + timedelta(seconds=second))
        turns = Turns()

        while worker.do_one(app, turns):
            pass

        plan, reset, mail = "plan_exam", "send_reset", "send_mail"
        assert done == [plan, reset, mail, plan, mail, plan, plan, plan]

    def test_every_name_has_a_handler(self):
        assert set(handlers.HANDLERS) == set(JobName)


class TestResetMail:
    def test_the_letter_holds_a_link_that_works(self, app, caplog):
        with app.app_context(), transaction() as session:
            user = User(name="A", email="amara@example.org", created_at=datetime.now(UTC))
            session.add(user)
        wish = {"email": "amara@example.org", "site": "https://learn.example/"}
        leave(app, "send_reset", wish)

        worker.do_one(app)

        link = re.search(r"https://learn\.example/reset/(\S+)", caplog.text)
        with app.app_context():
            email = resets.reset_email(db.session(), token=link[1], now=datetime.now(UTC))
        assert email == "amara@example.org"
        assert jobs(app) == []

    def test_nothing_is_sent_to_an_address_without_an_account(self, app, caplog):
        leave(app, "send_reset", {"email": "no@example.org", "site": "https://x.example/"})

        worker.do_one(app)

        assert "no@example.org" not in caplog.text
        assert jobs(app) == []


def test_cleaning_up_comes_back_in_an_hour(app):
    leave(app, "purge_expired", {})

    worker.do_one(app)

    (job,) = jobs(app)
    assert job.name == "purge_expired"
    assert timedelta(minutes=59) < job.run_after - datetime.now(UTC) <= timedelta(hours=1)


def test_cleaning_up_comes_back_even_when_it_fails(app, monkeypatch):
    def refuse(*_: Any, **__: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(handlers, "purge_guests", refuse)
    leave(app, "purge_expired", {})

    worker.do_one(app)

    assert [(job.name, job.tries) for job in jobs(app)] == [
        ("purge_expired", 1),
        ("purge_expired", 0),
    ]


def test_the_loop_works_until_it_is_stopped(app, handled):
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(app, stop))
    leave(app)

    thread.start()
    deadline = time.monotonic() + 20
    while not handled and time.monotonic() < deadline:
        time.sleep(0.01)
    stop.set()
    thread.join(10)

    assert handled == [LETTER]
    assert not thread.is_alive()


def test_a_database_that_is_not_there_is_waited_for(tmp_path, monkeypatch, caplog):
    app = database_app(settings_for(f"sqlite:///{tmp_path / 'none' / 'none.sqlite3'}", tmp_path))
    stop = threading.Event()
    monkeypatch.setattr(worker, "PAUSE_SECONDS", 0.01)
    thread = threading.Thread(target=worker.run, args=(app, stop))

    thread.start()
    deadline = time.monotonic() + 20
    while caplog.text.count("jobs wait") < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    is_alive = thread.is_alive()
    stop.set()
    thread.join(10)

    assert is_alive
    assert caplog.text.count("jobs wait") >= 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_cleanly_when_asked(sqlite_url, tmp_path, number):
    environment = os.environ | {"QUIZAPP_DATA": str(tmp_path), "QUIZAPP_DATABASE_URL": sqlite_url}
    app = database_app(settings_for(sqlite_url, tmp_path))
    leave(app)
    process = subprocess.Popen(
        [sys.executable, "-m", "quizapp.jobs"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 30
    while any(job.name == "send_mail" for job in jobs(app)) and time.monotonic() < deadline:
        time.sleep(0.05)

    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()

    assert process.returncode == 0
    assert "mail to amara@example.org: Hello" in said
    assert "Traceback" not in said


class TestLetters:
    @pytest.mark.parametrize("path", ["to", "subject"])
    @pytest.mark.parametrize("ending", ["\nBcc: b@example.org", "\r\n\r\nbody", "\x00", "\u2028x"])
    def test_no_header_can_be_smuggled_in(self, path, ending):
        with pytest.raises(Invalid):
            Letter(**LETTER | {path: LETTER[path] + ending})

    @pytest.mark.parametrize("to", ["", "a@x.org, b@x.org", "A <a@x.org>", "a@x.org;b@x.org"])
    def test_a_letter_goes_to_one_address(self, to):
        with pytest.raises(Invalid):
            Letter(**LETTER | {"to": to})

    def test_the_link_stands_in_the_letter_and_no_name_does(self):
        letter = reset_letter(resets.Reset("a@example.org", "tok"), site="https://x.example/")

        assert "https://x.example/reset/tok\n" in letter.body
        assert letter.body.startswith("Hello,\n")

    def test_the_letter_about_a_change_says_what_to_do(self):
        letter = changed_letter(email="a@example.org", site="https://x.example/")

        assert (letter.to, "https://x.example/forgot" in letter.body) == ("a@example.org", True)


class _Smtp(socketserver.StreamRequestHandler):
    """Takes one letter and keeps what was said."""

    def handle(self) -> None:
        said: list[str] = self.server.said  # type: ignore[attr-defined]
        self.wfile.write(b"220 ready\r\n")
        in_body = False
        for raw in self.rfile:
            line = raw.decode().rstrip("\r\n")
            said.append(line)
            if in_body and line != ".":
                continue
            in_body = line == "data"
            replies = {"data": b"354 go on", "QUIT": b"221 bye"}
            self.wfile.write(replies.get(line, b"250 ok") + b"\r\n")


class TestDelivering:
    @pytest.fixture
    def said(self) -> Iterator[tuple[int, list[str]]]:
        with socketserver.TCPServer(("127.0.0.1", 0), _Smtp) as server:
            server.said = []
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield server.server_address[1], server.said
            server.shutdown()
            thread.join()

    def test_a_letter_goes_over_the_wire(self, said, tmp_path):
        port, lines = said
        settings = replace(
            settings_for("sqlite:///x", tmp_path),
            smtp_url=f"smtp://127.0.0.1:{port}",
            mail_from="footnote@example.org",
        )

        deliver(settings, Letter(**LETTER))

        assert "mail FROM:<footnote@example.org>" in lines
        assert "rcpt TO:<amara@example.org>" in lines
        assert "Subject: Hello" in lines
        assert "Gr=C3=BC=C3=9Fe" in lines

    def test_a_server_that_is_not_there_is_an_error_that_can_be_tried_again(self, tmp_path):
        settings = replace(settings_for("sqlite:///x", tmp_path), smtp_url="smtp://127.0.0.1:1")

        with pytest.raises(OSError, match="refused"):
            deliver(settings, Letter(**LETTER))

    def test_without_a_server_development_writes_the_letter_to_the_log(self, tmp_path, caplog):
        with caplog.at_level(logging.WARNING):
            deliver(settings_for("sqlite:///x", tmp_path), Letter(**LETTER))

        assert "mail to amara@example.org: Hello" in caplog.text
        assert "Grüße" in caplog.text

    def test_without_a_server_production_refuses_and_logs_no_secret(self, tmp_path, caplog):
        settings = replace(
            settings_for("sqlite:///x", tmp_path), env=PRODUCTION, trusted_hosts=("x.example",)
        )

        with pytest.raises(Invalid, match="QUIZAPP_SMTP_URL"):
            deliver(settings, Letter(**LETTER))

        assert "Grüße" not in caplog.text

    def test_a_subject_in_any_script_survives(self):
        made = message(Letter(**LETTER | {"subject": "Пароль изменён"}), sender="f@example.org")

        assert b"Subject: =?utf-8?" in made.as_bytes()
        assert made["Auto-Submitted"] == "auto-generated"


class TestAttemptsWhoseTimeIsOver:
    @pytest.fixture
    def sitting(self, app: Flask) -> Iterator[Sitting]:
        """An attempt of ten minutes that began an hour ago and was left with an answer."""
        with app.app_context():
            with transaction() as session:
                begun = datetime.now(UTC) - timedelta(hours=1)
                sitting = Sitting(session, Make(session), begun)
                sitting.start(sitting.quiz("single_choice", time_limit_minutes=10))
                sitting.answer_rightly(0)
            yield sitting

    def test_they_are_handed_in_at_their_deadline_though_nobody_looks(self, app, sitting):
        leave(app, name="close_overdue")

        assert worker.do_one(app)

        attempt = sitting.attempt()
        assert attempt.state is AttemptState.SUBMITTED
        assert attempt.submitted_at == attempt.due_at
        assert sitting.stored_mark() == 1
        assert len(sitting.reviews()) == 1

    def test_who_has_left_the_course_gets_the_mark_and_no_review(self, app, sitting):
        with transaction() as session:
            session.execute(sa.delete(Enrolment))
        leave(app, name="close_overdue")

        assert worker.do_one(app)

        assert sitting.stored_mark() == 1
        assert sitting.reviews() == []

    def test_the_next_look_is_in_a_minute(self, app):
        leave(app, name="close_overdue")

        worker.do_one(app)

        with app.app_context():
            (row,) = db.session().scalars(sa.select(Job)).all()
        assert row.name == "close_overdue"
        assert row.run_after - datetime.now(UTC) > timedelta(seconds=50)
