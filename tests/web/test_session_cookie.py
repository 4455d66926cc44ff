"""The session cookie is sent when it changed, and only then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.make import Make
from tests.web.conftest import csrf_token


@pytest.fixture
def learner(
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], str],
) -> FlaskClient:
    with stored() as make:
        user = make.user()
        make.enrol(user, make.course())
    sign_in(client, user.id)
    client.get("/settings/profile")  # its form puts a token into the session
    return client


def test_a_page_that_changes_nothing_sends_no_cookie(learner: FlaskClient) -> None:
    response = learner.get("/settings/profile")

    assert "Set-Cookie" not in response.headers
    assert response.headers["Vary"] == "Cookie"


def test_a_permanent_session_is_not_renewed_with_every_page(learner: FlaskClient) -> None:
    with learner.session_transaction() as session:
        session.permanent = True

    assert "Set-Cookie" not in learner.get("/settings/profile").headers


def test_what_is_said_on_the_next_page_is_sent(learner: FlaskClient) -> None:
    token = csrf_token(learner.get("/settings/profile").text)

    response = learner.post(
        "/review/undo", data={"csrf_token": token, "course_id": "1", "step": "1"}
    )

    assert "Set-Cookie" in response.headers
    assert response.headers["Vary"] == "Cookie"


def test_signing_out_takes_the_session_out_of_the_cookie(learner: FlaskClient) -> None:
    token = csrf_token(learner.get("/settings/profile").text)

    learner.post("/sign-out", data={"csrf_token": token})

    with learner.session_transaction() as session:
        assert "_user_id" not in session


def test_a_cookie_whose_signature_was_changed_is_nobodys(app: Flask, learner: FlaskClient) -> None:
    name = app.config["SESSION_COOKIE_NAME"]
    cookie = learner.get_cookie(name)
    assert cookie is not None

    # Its first character: the last one of base64 has bits that stand for nothing.
    said, _, signature = cookie.value.rpartition(".")
    other = "A" if signature[0] != "A" else "B"
    learner.set_cookie(name, f"{said}.{other}{signature[1:]}")

    assert learner.get("/today").status_code == 303


def test_the_cookie_holds_no_fingerprint_of_the_browser(
    client: FlaskClient,
    post: Callable[..., TestResponse],
    stored: Callable[[], AbstractContextManager[Make]],
) -> None:
    with stored() as make:
        make.course()

    post(client, "/try", on="/try")

    with client.session_transaction() as session:
        assert session["_user_id"]
        assert not session["_id"]
