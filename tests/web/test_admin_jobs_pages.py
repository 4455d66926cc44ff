"""The page of background work, for those who run the site."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from quizapp.db import db
from quizapp.models import Job, JobState
from quizapp.services.jobs import MAXIMUM_TRIES, JobName, claim
from quizapp.web.job_words import WORDS, reason
from tests.web.conftest import csrf_token

NOW = datetime.now(UTC)
SECRET = "https://learn.example.org/reset/very-secret"


def job(name: str = JobName.SEND_MAIL, **given: Any) -> Job:
    values: dict[str, Any] = {
        "payload": {},
        "state": JobState.WAITING,
        "run_after": NOW + timedelta(hours=1),
        "leased_until": None,
        "tries": 0,
        "error": "",
        "created_at": NOW,
    }
    return Job(name=name, **values | given)


@pytest.fixture(autouse=True)
def at_that_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be the moment at which this file was read, however long other tests took since."""

    class Still(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return NOW.astimezone(tz)

    monkeypatch.setattr("quizapp.web.admin_jobs.datetime", Still)


@pytest.fixture
def admin(client: FlaskClient, stored: Any, sign_in: Any) -> FlaskClient:
    with stored() as make:
        user = make.user(is_admin=True)
        make.course(slug="law", title="The law of the sea")
        user_id = user.id
    sign_in(client, user_id)
    return client


def put(stored: Callable[[], AbstractContextManager[Any]], *jobs: Job) -> list[int]:
    with stored() as make:
        make.session.add_all(jobs)
        make.session.flush()
        return [one.id for one in jobs]


def post(client: FlaskClient, address: str) -> Any:
    token = csrf_token(client.get("/forgot").text)
    return client.post(address, data={"csrf_token": token}, follow_redirects=True)


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_nothing_to_do_is_said(admin: FlaskClient) -> None:
    page = plain(admin.get("/admin/jobs").text)

    assert "Running 0 Waiting 0 To be tried again 0 Given up 0" in page
    assert "Nothing waits." in page
    assert "What did not work" not in page


def test_each_job_stands_where_it_belongs_with_its_reason_and_its_course(
    admin: FlaskClient, stored: Any
) -> None:
    lease = NOW + timedelta(minutes=2)
    put(
        stored,
        job(JobName.FIND_DUPLICATES, payload={"course_id": 1}, tries=1, leased_until=lease),
        job(JobName.PLAN_EXAMS),
        job(JobName.SEND_INVITATION, error="OSError: no route", tries=2),
        job(state=JobState.FAILED, error="Refused: cannot be read", tries=5),
    )

    page = plain(admin.get("/admin/jobs").text)

    assert "Running 1 Waiting 1 To be tried again 1 Given up 1" in page
    running, waiting = page.partition("Jobs that a worker is at")[2].split("Jobs that wait")
    assert "Look for questions that ask the same The law of the sea" in running
    assert "1 of 5" in running
    assert "Plan the days before exams repeats" in waiting
    assert "Send a letter Given up Refused: cannot be read" in page
    assert "Send an invitation Tried again" in page
    assert "OSError: no route" in page


def test_nothing_of_what_a_job_was_given_is_shown(admin: FlaskClient, stored: Any) -> None:
    put(
        stored,
        job(
            state=JobState.FAILED,
            payload={"to": "amara@example.org", "text": "a private letter", "site": SECRET},
            error=f"SMTPRecipientsRefused: {{'amara@example.org': (550, b'{SECRET}')}}",
        ),
    )

    page = admin.get("/admin/jobs").text

    assert "SMTPRecipientsRefused: " in plain(page)
    for secret in ("amara@example.org", "private letter", "very-secret"):
        assert secret not in page


def test_what_was_given_up_is_done_when_asked_and_has_all_its_tries_again(
    app: Flask, admin: FlaskClient, stored: Any
) -> None:
    [job_id] = put(stored, job(state=JobState.FAILED, error="OSError", tries=MAXIMUM_TRIES))

    page = post(admin, f"/admin/jobs/{job_id}/again").text

    assert "It is next." in page
    with app.app_context():
        claimed = claim(db.session(), now=datetime.now(UTC), lease_seconds=60)
    assert claimed is not None
    assert (claimed.id, claimed.tries) == (job_id, 1)


def test_throwing_away_asks_first_and_says_what_is_lost(
    app: Flask, admin: FlaskClient, stored: Any
) -> None:
    [job_id] = put(stored, job(state=JobState.FAILED, error="OSError: away", tries=5))
    address = f"/admin/jobs/{job_id}/throw-away"

    asked = plain(admin.get(address).text)
    done = post(admin, address).text

    assert "The letter is never sent. This cannot be undone." in asked
    assert "Thrown away." in done
    with app.app_context():
        assert db.session.scalars(sa.select(Job.id)).all() == []
    assert admin.get(address).status_code == 404


@pytest.mark.parametrize("act", ["again", "throw-away"])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"leased_until": NOW + timedelta(hours=1), "error": "OSError"}, "A worker is at this job"),
        ({}, "has not failed"),
    ],
)
def test_what_runs_or_never_failed_is_left_alone(
    admin: FlaskClient, stored: Any, act: str, given: dict[str, Any], words: str
) -> None:
    [job_id] = put(stored, job(**given))

    response = post(admin, f"/admin/jobs/{job_id}/{act}")

    assert response.status_code == 409
    assert words in response.text


def test_a_worker_that_is_not_there_is_missed(admin: FlaskClient, stored: Any) -> None:
    put(stored, job(JobName.CLOSE_OVERDUE, run_after=NOW - timedelta(minutes=17)))

    assert "a job has been due for 17 minutes" in admin.get("/admin/jobs").text


def test_it_takes_the_same_statements_however_many_jobs(
    admin: FlaskClient, stored: Any, statements: Any
) -> None:
    def some(number: int) -> list[Job]:
        names = (JobName.FIND_DUPLICATES, JobName.FIT_MEMORY, JobName.COPY_COURSE)
        payload = {"course_id": 1, "copy_id": 1}
        return [job(names[n % 3], payload=payload, error="x" * (n % 2)) for n in range(number)]

    put(stored, *some(6))
    with statements() as few:
        admin.get("/admin/jobs")
    put(stored, *some(60))
    with statements() as many:
        admin.get("/admin/jobs")

    assert len(few) == len(many) == 8


def test_every_kind_of_job_has_words() -> None:
    assert set(WORDS) == {name.value for name in JobName}


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("a@b.org refused", "… refused"),
        ("see https://x.org/t/abc now", "see … now"),
        ("OSError: [Errno 111] refused", "OSError: [Errno 111] refused"),
    ],
)
def test_reasons_hide_addresses_and_links(error: str, shown: str) -> None:
    assert reason(error) == shown
