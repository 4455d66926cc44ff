"""Every response carries the headers, errors included, and none may be cached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from quizapp.db import transaction
from quizapp.web.access import Access, access, declared_access
from quizapp.web.assets import asset
from quizapp.web.security import HEADERS
from tests.support.make import Make

#: A value for every converter and name that addresses use.
VALUES = {
    "act": "bury",
    "position": 9,
    "slot": 9,
    "slug": "none-such",
    "course": "none-such",
    "token": "x" * 43,
    "code": "x",
}


def address(rule: Rule) -> str:
    values = {name: VALUES.get(name, 999_999) for name in rule.arguments}
    built = rule.build(values)
    assert built is not None, rule
    return built[1]


def check(response: TestResponse, what: str) -> None:
    for name, value in HEADERS.items():
        assert response.headers.get(name) == value, f"{what} has no {name}"
    assert "no-store" in response.headers["Cache-Control"], what
    if response.data:
        assert "charset=utf-8" in response.content_type or "json" in response.content_type, what


def rules(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            yield method, rule


def test_every_address_answers_with_the_headers(app: Flask, client: FlaskClient) -> None:
    for method, rule in rules(app):
        check(client.open(address(rule), method=method), f"{method} {rule.rule}")


def test_every_address_answers_a_member_with_the_headers(
    app: Flask,
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], str],
) -> None:
    with stored() as make:
        user = make.user()
        make.enrol(user, make.course())
    sign_in(client, user.id)
    for method, rule in rules(app):
        response = client.open(address(rule), method=method)

        check(response, f"{method} {rule.rule}")
        assert response.status_code < 500, f"{method} {rule.rule} answered {response.status_code}"


def test_every_write_without_a_token_is_refused(app: Flask, client: FlaskClient) -> None:
    writes = [(method, rule) for method, rule in rules(app) if method not in ("GET", "HEAD")]

    for method, rule in writes:
        response = client.open(address(rule), method=method)
        # Mail programs send this one (RFC 8058): a link that we have not signed does nothing.
        refused = 404 if rule.endpoint == "letters.stop" else 400
        assert response.status_code == refused, f"{method} {rule.rule} took a write without a token"
    assert writes


def test_every_view_says_who_may_use_it(app: Flask) -> None:
    silent = [e for e in app.view_functions if declared_access(app, e) is None]

    assert silent == []


@pytest.mark.parametrize(
    ("path", "status"), [("/none-such", 404), ("/healthz/", 404), ("/static/0/none.css", 404)]
)
def test_error_pages_carry_the_headers_too(client: FlaskClient, path: str, status: int) -> None:
    response = client.get(path)

    check(response, path)
    assert response.status_code == status


def test_a_fault_shows_a_reference_and_nothing_else(
    unstarted_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @unstarted_app.get("/fault")
    @access(Access.EVERYONE)
    def fault() -> str:
        raise ZeroDivisionError("the canary of this fault")

    response = unstarted_app.test_client().get("/fault")

    check(response, "a fault")
    assert response.status_code == 500
    assert "canary" not in response.text
    assert "Traceback" not in response.text
    reference = next(r for r in caplog.records if r.levelname == "ERROR").args[0]  # type: ignore[index]
    assert str(reference) in response.text


def test_a_request_that_is_too_large_is_refused(app: Flask, client: FlaskClient) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]

    response = client.post("/sign-in", data={"email": "x" * (limit + 1)})

    check(response, "a large request")
    assert response.status_code == 413


def test_another_host_name_is_not_answered(client: FlaskClient) -> None:
    response = client.get("/healthz", headers={"Host": "evil.example.org"})

    assert response.status_code == 400


def test_strict_transport_is_asked_for_over_https_only(client: FlaskClient) -> None:
    plain = client.get("/healthz")
    secure = client.get("/healthz", base_url="https://localhost")

    assert "Strict-Transport-Security" not in plain.headers
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]


def test_static_files_are_immutable_and_carry_the_policy(client: FlaskClient) -> None:
    with client.get(asset("css/base.css")) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]
        for name, value in HEADERS.items():
            assert response.headers.get(name) == value


def test_health_is_503_when_the_schema_is_missing(app: Flask, client: FlaskClient) -> None:
    with app.app_context(), transaction() as session:
        session.connection().exec_driver_sql("PRAGMA foreign_keys=OFF")
        session.connection().exec_driver_sql("ALTER TABLE course RENAME TO gone")

    response = client.get("/healthz")

    assert response.status_code == 503
    assert "quizapp init" in response.text
