"""Whatever a request holds, the answer is a page that says so, on either database: no fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from quizapp import db
from quizapp.models import Role
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.attempt_start import start_attempt
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.marked import hand_in, tokens
from tests.support.settings import settings_for
from tests.web.conftest import csrf_token

HOSTILE = {
    "nul": "a\x00b",
    "a lone surrogate": "\ud800",
    "long": "x" * 70_000,
    "a large number": "9" * 40,
    "a negative number": "-1",
    "right to left and marks": "\u202e\u0301\u200d👩‍👩‍👧",
    "markup": "<script>alert(1)</script>{{7*7}}",
    "a path": "../../etc/passwd",
    "nothing": "",
}
#: What PostgreSQL may take otherwise than SQLite; other texts are texts to both.
_FOR_DATABASES = ("nul", "a lone surrogate", "long", "a large number", "a negative number")
_CASES = [
    *(("sqlite", name) for name in HOSTILE),
    *(("postgresql", name) for name in _FOR_DATABASES),
]
on_both = pytest.mark.parametrize(
    ("database_url", "value"),
    [(kind, HOSTILE[name]) for kind, name in _CASES],
    ids=[f"{kind}-{name}" for kind, name in _CASES],
    indirect=["database_url"],
)
#: Every name that a form of ours sends.
FIELDS = (
    *("email", "name", "password", "present", "new", "timezone", "day_start_hour"),
    *("desired_retention", "new_per_day", "next", "course_id", "fact", "revision", "seen"),
    *("nonce", "rating", "duration_ms", "review", "limit", "topic", "done", "go", "turn"),
    *("certainty", "access_code"),
    *("length", "number", "behaviour", "seed", "after", "instead_of"),
    *("choice", "text", "gap-0", "status", "statement", "passage", "exact", "type", "rows"),
    *("content_stem", "content_options-0-text", "content_options-key", "content_accepted"),
    *("content_text", "content_key", "content_explanation", "content_scoring"),
    *("content_number", "content_tolerance", "content_units", "content_pairs-0-left"),
    *("content_items-0-text", "content_answer", "match-0", "place-0", "place-1", "tags"),
    *("heading", "locator", "note", "agreed", "prefix", "suffix"),
    *("share", "points", "comment", "about", "answer", "fix", "response", "quiz", "action", "page"),
    *("title", "summary", "time_limit_minutes", "opens_at", "opens_at-was", "closes_at"),
    *("attempts_allowed", "grace_seconds", "counting", "behaviour", "tries", "penalty_percent"),
    *("pass_mark_percent", "access_code", "disclosure-sent", "disclosure-during", "bands-0-text"),
    *("bands-0-percent", "slot-0-mark", "slot-0-question", "slot-1-mark", "slot-1-count"),
    *("slot-1-topic", "slot-1-type", "slot-1-tags", "find", "found", "find_topic", "find_type"),
    *("reviews_per_day", "order", "learn_ahead_minutes", "rest_days", "first_day", "last_day"),
    *("learning_steps", "minimum_interval_days", "leech_threshold", "easy_days-0", "promised"),
    *("unsure", "new_nonce", "days", "percent", "day", "minutes", "target", "before", "package"),
    *("way", "cued_from_days", "free_from_days", "course"),
    *("id", "all", "act", "tag", "first", "second", "undo", "draft", "thread", "waiver", "edit"),
    *("file", "format", "outline", "author", "year", "licence", "more-text", "more-after"),
    *("find_page", "to", "learner", "extra_time_percent", "extra_attempts", "reason", "q"),
    *("code", "addresses", "role", "group", "ends_on", "sure", "name", "slug", "language"),
    *("is_public", "dates", "shift_days", "seen", "picture", "picture_words", "picture_place"),
    *("content_options-0-credit", "content_foreseen-0-text", "content_foreseen-0-credit"),
)
#: Every name that an address of ours carries.
QUERY = (
    *("course", "topic", "limit", "done", "card", "q", "type", "status", "sort", "page", "show"),
    *("seed", "group", "needs", "names", "to"),
)
QUERY += (
    "spread",
    "leech",
    "ahead",
    "missed",
    "nonce",
    "percent",
    "day",
    "minutes",
    "before",
    "cards",
)
QUERY += ("length", "behaviour", "after", "ask", "response")
QUERY += ("draft", "from", "to", "author", "citation", "kind", "tag", "version", "attempts", "item")
QUERY += ("quality", "code", "still", "all")


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(settings_for(database_url, tmp_path))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


@pytest.fixture
def addresses(
    app: Flask,
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], Any],
) -> dict[str, str]:
    """Sign in somebody who teaches and learns; return a value for each part of an address."""
    with stored() as make:
        course = make.course()
        fact = make.fact(course)
        question = make.question(fact)
        own_words = make.question(make.fact(course), "self_rated")
        quiz = make.quiz(course, [question, own_words])
        user = make.user()
        make.enrol(user, course, Role.INSTRUCTOR)
        group, student = make.group(course), make.user()
        make.enrol(student, course)
        actor = actor_for_id(make.session, user.id)
        assert isinstance(actor, Actor)
        hand_in(make, actor, quiz, 1)
        (answer,) = tokens(make, app, actor, quiz, own_words)
        attempt = start_attempt(make.session, actor=actor, quiz_id=quiz.id, seed=1, now=NOON)
        make.challenge(actor, attempt.attempt_id, question)
        regrade = make.regrade(question)
        names = {
            "slug": course.slug,
            "course": course.slug,
            "source_id": "1",
            "quiz_id": str(quiz.id),
            "question_id": str(own_words.id),
            "answer": answer,
            "attempt_id": str(attempt.attempt_id),
            "passage_id": "1",
            "fact_id": str(fact.id),
            "act": "bury",
            "import_id": "1",
            "message_id": "1",
            "number": "1",
            "job_id": "1",
            "bulk_id": "1",
            "media_id": "1",
            "name": "csv",
            "file": f"{'0' * 32}.png",
            "position": "0",
            "slot": "0",
            "regrade_id": str(regrade.id),
            "learner_id": str(student.id),
            "group_id": str(group.id),
            "n": "1",
            "code": "ABCD2345",
            "copy_id": "1",
            "invitation_id": "1",
            "token": "x" * 43,
        }
    sign_in(client, user.id)
    return names


def paths(app: Flask, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            end = path.index(f"{name}>")
            path = path[: path.rindex("<", 0, end)] + names[name] + path[end + len(name) + 1 :]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path


@on_both
def test_no_query_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], value: str
) -> None:
    sent = value.encode("utf-8", "surrogatepass")[:2_000]
    for names in (QUERY[:1], QUERY[1:]):  # a course that is not there would hide the rest
        for method, path in paths(app, addresses):
            # Those that teach name the course in their path, and read no other.
            is_read = method == "GET" and (names != QUERY[:1] or not path.startswith("/teach/"))
            if is_read:
                status = client.get(path, query_string=dict.fromkeys(names, sent)).status_code
                assert status < 500, f"GET {path} answered {status}"


@on_both
def test_no_form_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], value: str
) -> None:
    sent = value.encode("utf-8", "surrogatepass")
    for method, path in paths(app, addresses):
        # These take no fields, and after them all others would be refused.
        if method != "POST" or path.endswith(("/sign-out", "/try", "/archive", "/leave")):
            continue
        data: dict[str, Any] = dict.fromkeys(FIELDS, sent)
        data["csrf_token"] = csrf_token(client.get("/settings/profile").text)
        status = client.post(path, data=data).status_code
        assert status < 500, f"POST {path} answered {status}"


@on_both
def test_no_address_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], value: str
) -> None:
    part = value.encode("utf-8", "surrogatepass")[:2_000].decode("latin-1")
    for name in addresses:
        for (method, path), (_, usual) in zip(
            paths(app, addresses | {name: part}), paths(app, addresses), strict=True
        ):
            if method == "GET" and path != usual:
                status = client.get(path).status_code
                assert status < 500, f"GET with {name} answered {status}"


def test_a_binary_body_is_refused(client: FlaskClient, addresses: dict[str, str]) -> None:
    body = bytes(range(256)) * 64
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "application/json"):
        response = client.post("/review/grade", data=body, content_type=kind)

        assert response.status_code in (400, 413), kind
