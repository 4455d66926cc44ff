"""Whatever a request holds, the answer is a page that says so, on either database: no fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, ClassVar

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect, Rule

from quizapp import db
from quizapp.models import Role
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.attempt_start import start_attempt
from quizapp.services.data_exports import ask_export
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.marked import hand_in, tokens
from tests.support.postgres import EphemeralPostgres
from tests.support.settings import settings_for

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
_VALUES = {"sqlite": tuple(HOSTILE), "postgresql": _FOR_DATABASES}
on_both = pytest.mark.parametrize("kind", _VALUES)
with_each_value = pytest.mark.parametrize(
    ("kind", "value"),
    [(kind, HOSTILE[name]) for kind, names in _VALUES.items() for name in names],
    ids=[f"{kind}-{name}" for kind, names in _VALUES.items() for name in names],
)
#: Names that views look for among all that was sent: of rows, and of responses.
_ROWS = {
    *("choice", "text", "gap-0", "match-0", "place-0", "place-1", "certainty", "rows", "tags"),
    *("content_options-0-text", "content_options-0-credit", "content_options-key"),
    *("content_text", "content_key", "content_scoring", "content_accepted", "content_answer"),
    *("content_foreseen-0-text", "content_foreseen-0-credit", "content_number"),
    *("content_tolerance", "content_units", "content_pairs-0-left", "content_items-0-text"),
    *("bands-0-text", "bands-0-percent", "slot-0-mark", "slot-0-question", "slot-1-mark"),
    *("slot-1-count", "slot-1-topic", "slot-1-type", "slot-1-tags", "picture", "waiver"),
}
_ANY = "*"
#: What every form holds, and is not what this is about.
_TOKEN = "csrf_token"
#: A view that reads other names once it has some is asked again with those, so often.
_ROUNDS = 4
#: The least that a server takes in one request, by default.
_MOST_BYTES = 1_000_000


class Heard(ImmutableMultiDict[str, Any]):
    """What was sent, noting the names by which it is read; `_ANY` where all are looked through."""

    names: ClassVar[set[str]] = set()

    def __contains__(self, name: object) -> bool:
        self.names.add(str(name))
        return super().__contains__(name)

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return super().__getitem__(name)

    def getlist(self, name: str, type: Any = None) -> list[Any]:
        """Return all values of a name."""
        self.names.add(name)
        return super().getlist(name, type)

    def __iter__(self) -> Iterator[str]:
        self.names.add(_ANY)
        return super().__iter__()

    def items(self, multi: bool = False) -> Any:
        """Return names with values."""
        self.names.add(_ANY)
        return super().items(multi)

    def lists(self) -> Any:
        """Return names with all their values."""
        self.names.add(_ANY)
        return super().lists()


class Listening(Request):
    parameter_storage_class = Heard  # type: ignore[assignment]


#: By which names each view has read what was sent, as far as requests so far have shown.
READ: dict[tuple[str, str], set[str]] = {}


def statuses(
    method: str, rule: Rule, ask: Callable[[list[str]], int], *, is_new: bool = False
) -> Iterator[int]:
    """Ask a view with the names that it reads, until it reads no others; yield what it answers.

    :param is_new: ask once with none of them in any case.
    """
    if is_new or (method, rule.rule) not in READ:
        Heard.names.clear()
        yield ask([])
        READ.setdefault((method, rule.rule), set()).update(_read(method))
    known = READ[method, rule.rule]
    for _ in range(_ROUNDS):
        Heard.names.clear()
        # A course that is not there would hide the rest.
        for names in (known - {"course"}, known & {"course"}):
            if names:
                yield ask(sorted(names))
        if not (new := _read(method) - known):
            return
        known |= new


def _read(method: str) -> set[str]:
    rows = _ROWS if method == "POST" and _ANY in Heard.names else set()
    return (Heard.names | rows) - {_ANY, _TOKEN}


def _heard(method: str) -> set[str]:
    """Return the names that pages have read."""
    return set().union(*(names for (sent_by, _), names in READ.items() if sent_by == method))


@pytest.fixture(scope="module")
def app_on_postgresql(
    migrated_postgres: EphemeralPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Flask:
    """The app of all tests of this file; its database comes with each of them."""
    folder = tmp_path_factory.mktemp("hostile")
    app = make_app(settings_for(migrated_postgres.url("hostile"), folder))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.fixture
def on_postgresql(
    app_on_postgresql: Flask, migrated_postgres: EphemeralPostgres
) -> Iterator[Flask]:
    migrated_postgres.create_database("hostile", template="migrated")
    yield app_on_postgresql
    with app_on_postgresql.app_context():
        db.db.session.remove()
        db.db.engine.dispose()
    migrated_postgres.drop_database("hostile")


@pytest.fixture
def kind() -> str:
    return "sqlite"


@pytest.fixture
def app(
    app: Flask, kind: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Flask:
    """An app with an empty database of the kind; without tokens, which are not what is tested."""
    chosen: Flask = request.getfixturevalue("on_postgresql") if kind == "postgresql" else app
    monkeypatch.setattr(chosen, "request_class", Listening)
    monkeypatch.setitem(chosen.config, "WTF_CSRF_ENABLED", False)
    return chosen


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
        user = make.user(is_admin=True)
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
        ask_export(make.session, actor=actor, now=NOON)
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


def rules(app: Flask, method: str) -> Iterator[Rule]:
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or set()):
            yield rule


def path_of(rule: Rule, names: dict[str, str]) -> str:
    path = rule.rule
    for name in rule.arguments:
        end = path.index(f"{name}>")
        path = path[: path.rindex("<", 0, end)] + names[name] + path[end + len(name) + 1 :]
    return path


@on_both
def test_no_query_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], kind: str
) -> None:
    faults = []
    for rule in rules(app, "GET"):
        path = path_of(rule, addresses)
        for name in _VALUES[kind]:
            sent = HOSTILE[name].encode("utf-8", "surrogatepass")[:2_000]

            def ask(names: list[str], path: str = path, sent: bytes = sent) -> int:
                return client.get(path, query_string=dict.fromkeys(names, sent)).status_code

            for status in statuses("GET", rule, ask, is_new=name == "nul"):
                if status >= 500:
                    faults.append(f"GET {path} with {name} in its query answered {status}")
    assert not faults
    assert _heard("GET") >= {"course", "period", "q", "page", "sort"}


@with_each_value
def test_no_form_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], value: str
) -> None:
    sent = value.encode("utf-8", "surrogatepass")
    at_once = _MOST_BYTES // (len(sent) + 100) - 1
    for rule in rules(app, "POST"):
        path = path_of(rule, addresses)
        # These take no fields, and after them all others would be refused.
        if path.endswith(("/sign-out", "/try", "/archive", "/leave")):
            continue

        def ask(names: list[str], path: str = path) -> int:
            some = [names[at : at + at_once] for at in range(0, len(names), at_once)] or [[]]
            # A name that nobody reads, as a form without any is none.
            return max(
                client.post(path, data=dict.fromkeys([_ANY, *part], sent)).status_code
                for part in some
            )

        for status in statuses("POST", rule, ask):
            assert status < 500, f"POST {path} answered {status}"
            assert status != 413, f"POST {path} was not read"
    assert client.get("/admin/jobs").status_code == 200, "they are signed out, or no admin"
    assert _heard("POST") >= {"amount", "unit", "weekday", "what", "browser", "held", "whom"}


@on_both
def test_no_address_breaks_a_page(
    app: Flask, client: FlaskClient, addresses: dict[str, str], kind: str
) -> None:
    faults, seen = [], app.url_map.bind("localhost")
    for value in _VALUES[kind]:
        part = HOSTILE[value].encode("utf-8", "surrogatepass")[:2_000].decode("latin-1")
        is_told = False
        for rule in rules(app, "GET"):
            for name in rule.arguments:
                path = path_of(rule, addresses | {name: part})
                try:
                    seen.match(path, method="GET")
                except RequestRedirect:
                    pass
                except (NotFound, MethodNotAllowed):
                    if is_told:
                        continue  # no view is reached: once is enough
                    is_told = True
                status = client.get(path).status_code
                if status >= 500:
                    faults.append(f"GET {rule.rule} with {value} for {name} answered {status}")
    assert not faults


def test_a_binary_body_is_refused(client: FlaskClient, addresses: dict[str, str]) -> None:
    body = bytes(range(256)) * 64
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "application/json"):
        response = client.post("/review/grade", data=body, content_type=kind)

        assert response.status_code in (400, 413, 422), kind
