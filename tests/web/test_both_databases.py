"""The main job, from a guest's first card to the results of a quiz, on each database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.bank.check import check
from quizapp.bank.schema import Bank
from quizapp.models import AttemptState, Memory, Origin, Review, User
from quizapp.models.attempt import Attempt
from quizapp.paths import QUESTION_BANK
from quizapp.services.bank_sync import load_bank
from tests.support.apps import make_app
from tests.support.settings import settings_for
from tests.web.conftest import csrf_token


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The site with the shipped bank, on SQLite and then on PostgreSQL."""
    app = make_app(settings_for(database_url, tmp_path))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context(), db.transaction() as session:
        load_bank(session, Bank(check(QUESTION_BANK).courses, ()), now=datetime.now(UTC))
    yield app
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name} in the page"
    return found.group(1)


def follow(client: FlaskClient, url: str, data: dict[str, str], page: str) -> TestResponse:
    response = client.post(url, data={**data, "csrf_token": csrf_token(page)})
    assert response.status_code == 303, f"POST {url} answered {response.status_code}"
    return client.get(response.location)


def rate(client: FlaskClient, page: str, rating: int) -> str:
    names = ("course_id", "fact", "revision", "seen", "nonce")
    data = {name: hidden(page, name) for name in names} | {"rating": str(rating)}
    return follow(client, "/review/grade", data, page).text


def test_a_guest_learns_signs_up_and_takes_a_quiz(app: Flask, client: FlaskClient) -> None:
    page = follow(client, "/try", {"timezone": "Asia/Kathmandu"}, client.get("/").text).text
    for rating in (3, 1, 4):
        page = rate(client, page, rating)
    page = client.get("/sign-up").text
    account = {"email": "vera@example.org", "password": "a quiet harbour", "name": "Vera"}
    today = follow(client, "/sign-up", account, page).text
    assert "Vera" in today

    quizzes = client.get("/quizzes").text
    address = re.search(r'href="(/quizzes/\d+)"', quizzes)
    assert address
    start = client.get(address.group(1)).text
    question = follow(client, f"{address.group(1)}/start", {}, start)
    attempt = question.request.path.rsplit("/", 1)[0]
    follow(
        client,
        question.request.path,
        {
            "nonce": hidden(question.text, "nonce"),
            "turn": "0",
            "seen": "0",
            "choice": "0",
            "go": "check",
        },
        question.text,
    )
    results = follow(client, f"{attempt}/submit", {}, client.get(f"{attempt}/check").text)
    again = follow(client, f"{attempt}/submit", {}, client.get("/forgot").text)

    assert results.status_code == 200
    assert "<mark>" in results.text
    assert again.request.path == results.request.path
    assert client.get("/progress").status_code == 200
    with app.app_context():
        session = db.db.session()
        vera = session.scalars(sa.select(User).where(User.email == "vera@example.org")).one()
        reviews = session.execute(
            sa.select(Review.origin, Review.fact_id)
            .where(Review.learner_id == vera.id)
            .order_by(Review.id)
        ).all()
        attempts = session.scalars(sa.select(Attempt.state)).all()
        remembered = session.scalars(
            sa.select(Memory.fact_id).where(Memory.learner_id == vera.id)
        ).all()
    assert vera.timezone == "Asia/Kathmandu"
    assert [review.origin for review in reviews] == [Origin.FLASHCARD] * 3 + [Origin.QUIZ]
    assert attempts == [AttemptState.SUBMITTED]
    assert sorted(remembered) == sorted({review.fact_id for review in reviews})
