"""Two instructors who save at the same moment, on both databases: one wins, neither loses."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.models import Role
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import submit_attempt
from tests.support.apps import make_app
from tests.support.make import NOON, Make
from tests.support.settings import settings_for
from tests.support.visitor import PageForm, read_forms

Values = Mapping[str, Any]


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = make_app(settings_for(database_url, tmp_path))
    app.config["TESTING"] = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.db.session.remove()
        db.db.engine.dispose()


@contextmanager
def commits_together(app: Flask) -> Iterator[None]:
    """Let a transaction that is about to commit wait for the other, unless that waits for it."""
    barrier = Barrier(2)

    def wait(_session: Any) -> None:
        # Broken is the barrier when the other waits for a lock: it can only go on after this.
        with suppress(BrokenBarrierError):
            barrier.wait(timeout=0.4)

    with app.app_context():
        factory = db.db.session
        event.listen(factory, "before_commit", wait)
        try:
            yield
        finally:
            event.remove(factory, "before_commit", wait)


@dataclass
class Staff:
    """Two instructors of one course, each with a browser, and what they both have open."""

    app: Flask
    clients: tuple[FlaskClient, FlaskClient]
    slug: str
    ids: dict[str, int]

    def form(self, client: FlaskClient, address: str, holds: str) -> PageForm:
        """Return the form of a page that has such a field."""
        page = client.get(address)
        assert page.status_code == 200, address
        return next(
            one
            for one in read_forms(address, page.text)
            if one.method == "post" and holds in one.fields | one.offered
        )

    def race(self, address: str, holds: str, *changed: Values) -> tuple[TestResponse, ...]:
        """Open one page twice, then send both forms at once; whoever won comes first."""
        address = f"/teach/{self.slug}{address}"
        forms = [self.form(client, address, holds) for client in self.clients]
        start = Barrier(2)

        def send(place: int) -> TestResponse:
            start.wait(timeout=30)
            data = {**forms[place].fields, **changed[place]}
            return self.clients[place].post(forms[place].action, data=data)

        with commits_together(self.app), ThreadPoolExecutor(2) as pool:
            told = list(pool.map(send, range(2)))
        return tuple(sorted(told, key=lambda answer: answer.status_code))

    def wins_once(self, address: str, holds: str, *words: Values) -> str:
        """Return the page of whoever came second: it holds what both wrote."""
        first, second = self.race(address, holds, *words)
        assert (first.status_code, second.status_code) == (303, 409)
        page = html.unescape(second.text)
        for values in words:
            for word in values.values():
                assert word in page
        return page


@pytest.fixture
def stored(app: Flask) -> Callable[[], AbstractContextManager[Make]]:
    @contextmanager
    def block() -> Iterator[Make]:
        with app.app_context(), db.transaction() as session:
            yield Make(session)

    return block


@pytest.fixture
def staff(
    app: Flask,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], str],
) -> Staff:
    with stored() as make:
        course = make.course()
        passage = make.passage(course)
        question = make.question(make.fact(course, make.topic(course), passage), "short_text")
        quiz = make.quiz(course, [question])
        people = [make.user(), make.user()]
        for person in people:
            make.enrol(person, course, Role.INSTRUCTOR)
        learner = make.learner(course)
        group = make.group(course)
        own: dict[str, Any] = {"actor": learner, "now": NOON}
        attempt = start_attempt(make.session, quiz_id=quiz.id, seed=1, **own).attempt_id
        submit_attempt(make.session, attempt_id=attempt, **own)
        make.challenge(learner, attempt, question)
        ids = {
            "question": question.id,
            "quiz": quiz.id,
            "passage": passage.id,
            "learner": learner.id,
            "group": group.id,
            "attempt": attempt,
        }
        slug, persons = course.slug, [person.id for person in people]
    clients = (app.test_client(), app.test_client())
    for client, person in zip(clients, persons, strict=True):
        sign_in(client, person)
    return Staff(app, clients, slug, ids)


def test_one_quiz(staff: Staff) -> None:
    page = staff.wins_once(
        f"/quizzes/{staff.ids['quiz']}", "title", {"title": "Ann’s"}, {"title": "Bob’s"}
    )

    assert "Someone else saved this quiz" in page


def test_the_text_of_one_question(staff: Staff) -> None:
    field = "content_stem"
    page = staff.wins_once(
        f"/questions/{staff.ids['question']}", field, {field: "Ann asks"}, {field: "Bob asks"}
    )

    assert "Stored now: version 2" in page


def test_the_tags_of_one_question(staff: Staff) -> None:
    page = staff.wins_once(
        f"/questions/{staff.ids['question']}", "tags", {"tags": "anns"}, {"tags": "bobs"}
    )

    assert "Stored now: version 1" in page


def test_one_passage(staff: Staff) -> None:
    page = staff.wins_once(
        f"/texts/{staff.ids['passage']}", "note", {"note": "Ann’s note"}, {"note": "Bob’s note"}
    )

    assert "Someone else" in page


@pytest.mark.parametrize("already", [False, True])
def test_what_one_student_needs(staff: Staff, already: bool) -> None:
    address = f"/people/{staff.ids['learner']}"
    if already:
        first = staff.form(staff.clients[0], f"/teach/{staff.slug}{address}", "extra_attempts")
        data = {**first.fields, "extra_attempts": "3"}
        assert staff.clients[0].post(first.action, data=data).status_code == 303

    page = staff.wins_once(
        address,
        "extra_time_percent",
        {"extra_time_percent": "25", "reason": "Ann’s reason"},
        {"extra_time_percent": "50", "reason": "Bob’s reason"},
    )

    assert "Someone else changed this" in page


def test_needs_that_one_sets_and_another_takes_away(staff: Staff) -> None:
    address = f"/people/{staff.ids['learner']}"
    first = staff.form(staff.clients[0], f"/teach/{staff.slug}{address}", "extra_attempts")
    data = {**first.fields, "extra_attempts": "3"}
    assert staff.clients[0].post(first.action, data=data).status_code == 303

    told = staff.race(address, "extra_attempts", {"extra_attempts": "7"}, {"extra_attempts": ""})

    assert [answer.status_code for answer in told] == [303, 409]


@pytest.mark.parametrize("whom", ["students/{learner}", "groups/{group}"])
def test_one_exception(staff: Staff, whom: str) -> None:
    page = staff.wins_once(
        f"/quizzes/{staff.ids['quiz']}/exceptions/{whom.format(**staff.ids)}",
        "time_limit_minutes",
        {"time_limit_minutes": "41", "reason": "Ann’s reason"},
        {"time_limit_minutes": "57", "reason": "Bob’s reason"},
    )

    assert "Someone else changed this" in page


def test_one_answer_to_a_challenge(staff: Staff) -> None:
    page = staff.wins_once(
        f"/challenges/{staff.ids['attempt']}/0",
        "answer",
        {"answer": "Ann answers this."},
        {"answer": "Bob answers that."},
    )

    assert "This was changed while you wrote" in page


@pytest.mark.parametrize(
    ("fixes", "told"),
    [
        (("drop", "give_all"), "Other marks would change than a moment ago"),
        (("drop", "drop"), "That holds already"),
    ],
)
def test_one_regrade(staff: Staff, fixes: tuple[str, str], told: str) -> None:
    address = f"/teach/{staff.slug}/questions/{staff.ids['question']}/regrade"
    stated = [
        {"fix": fix, "reason": f"{name} says why.", "quiz": "", "revision": "1"}
        for fix, name in zip(fixes, ("Ann", "Bob"), strict=True)
    ]
    plans = []
    for client, values in zip(staff.clients, stated, strict=True):
        form = staff.form(client, address, "fix")
        page = client.post(address, data={**form.fields, **values}).text
        plans += [one for one in read_forms(address, page) if "seen" in one.fields][:1]
    start = Barrier(2)

    def send(place: int) -> TestResponse:
        start.wait(timeout=30)
        return staff.clients[place].post(address, data={**plans[place].fields, "action": "apply"})

    with commits_together(staff.app), ThreadPoolExecutor(2) as pool:
        first, second = sorted(pool.map(send, range(2)), key=lambda answer: answer.status_code)

    assert (first.status_code, second.status_code // 100) == (303, 4)
    page = html.unescape(second.text)
    assert told in page
    assert "Ann says why." in page or "Bob says why." in page


@pytest.mark.parametrize("place", ["/quizzes/new", "/groups"])
def test_two_of_the_same_name_are_never_a_fault(staff: Staff, place: str) -> None:
    field, shown = ("title", place) if "quizzes" in place else ("name", "/people")

    told = staff.race(shown, field, {field: "The same"}, {field: "The same"})

    assert told[0].status_code == 303
    assert told[1].status_code in (303, 409, 422)
    if told[1].status_code != 303:
        assert "The same" in told[1].text


def test_a_member_who_is_added_while_the_group_is_deleted(staff: Staff) -> None:
    home = f"/teach/{staff.slug}/groups/{staff.ids['group']}"
    token = staff.form(staff.clients[0], home, "csrf_token").fields["csrf_token"]
    other = staff.form(staff.clients[1], home, "csrf_token").fields["csrf_token"]
    sent = (
        (f"{home}/members", {"learner": str(staff.ids["learner"]), "csrf_token": token}),
        (f"{home}/delete", {"csrf_token": other}),
    )
    start = Barrier(2)

    def send(place: int) -> int:
        start.wait(timeout=30)
        address, data = sent[place]
        return staff.clients[place].post(address, data=data).status_code

    with commits_together(staff.app), ThreadPoolExecutor(2) as pool:
        codes = list(pool.map(send, range(2)))

    assert codes[1] == 303
    assert codes[0] in (303, 404)
