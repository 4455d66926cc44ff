"""Before an attempt is handed in, nothing the server sends tells what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from quizapp.app import create_app
from quizapp.db import db, transaction
from quizapp.models import User
from tests.support.journeys import Attempt, sign_up, someone_new
from tests.support.make import Make
from tests.support.server import LiveServer
from tests.support.settings import settings_for

TITLE = "Five kinds of secrets"

pytestmark = pytest.mark.browser


def secret_questions(secret: str) -> dict[str, dict[str, object]]:
    """Return one question of each type; whatever a learner may not see yet holds `secret`."""
    options = [
        {"text": text, "key": is_key, "feedback": f"{secret} feedback"}
        for text, is_key in (("Alpha", True), ("Beta", False), ("Gamma", False))
    ]
    why = {"explanation": f"{secret} explanation"}
    return {
        "single_choice": {"stem": "Which one?", "options": options, **why},
        "multiple_response": {"stem": "Which ones?", "options": options, **why},
        "true_false": {"stem": "It is so.", "key": True, "feedback": f"{secret} reason", **why},
        "short_text": {"stem": "What?", "accepted": [f"{secret} key", f"{secret} also"], **why},
        "cloze": {"text": f"It is {{{{{secret} gap|{secret} variant::a hint}}}}.", **why},
    }


def store_quiz(server: LiveServer, email: str, secret: str) -> None:
    """Store a course with a quiz of such questions and let the owner of the address join it."""
    database = f"sqlite:///{server.folder / 'quizapp.sqlite3'}"
    app = create_app(settings_for(database, server.folder))
    with app.app_context():
        with transaction() as session:
            make = Make(session)
            course = make.course(slug=secret[:12], is_public=False)
            passage = make.passage(course, f"It is {secret} proof. Nothing else is said here.")
            questions = [
                make.question(
                    make.fact(course, passage=passage, statement=f"{secret} fact {name}"), name, raw
                )
                for name, raw in secret_questions(secret).items()
            ]
            make.quiz(course, questions, title=TITLE)
            make.enrol(session.scalars(select(User).where(User.email == email)).one(), course)
        db.session.remove()
        db.engine.dispose()


def record(page: Page) -> dict[str, str]:
    """Return what will hold every body that the page gets from now on, by its address."""
    bodies: dict[str, str] = {}

    def pass_on(route: Route) -> None:
        response = route.fetch(max_redirects=0)
        address = f"{len(bodies)} {route.request.method} {route.request.url}"
        bodies[address] = response.body().decode("utf-8", errors="replace") + str(response.headers)
        route.fulfill(response=response)

    page.route("**/*", pass_on)
    return bodies


def shape(option: str) -> str:
    """Return the source of an option without what must differ: place, letter, text, its choice."""
    bare = re.sub(r' (?:value|data-key)="[^"]*"| checked(?:="")?', "", option)
    return re.sub(r">[^<>]+<", "><", bare)


@pytest.mark.parametrize("javascript", [True, False])
def test_no_answer_leaves_the_server_before_handing_in(
    open_page: Callable[..., Page], live_server: LiveServer, javascript: bool
) -> None:
    # Pages that pass through the recorder come too late for the animation between two pages.
    page = open_page(javascript=javascript, reduced_motion=True)
    person, secret = someone_new(), f"zq{uuid4().hex}"
    page.goto("/sign-up")
    sign_up(page, person)
    store_quiz(live_server, person.email, secret)
    bodies, quiz = record(page), Attempt(page)

    quiz.start(TITLE, course=secret[:12])
    for number in range(1, 6):
        quiz.expect_question(number)
        shapes = {shape(one.evaluate("one => one.outerHTML")) for one in page.locator(".opt").all()}
        assert len(shapes) <= 1, "an option looks other than the rest"
        quiz.answer()
        quiz.press("Flag for later")
        expect(page.get_by_role("button", name="Flagged", exact=True)).to_be_visible()
        quiz.press("Next" if number < 5 else "Check")
    expect(page.get_by_text("5 of 5 questions answered")).to_be_visible()

    assert len(bodies) > 15
    assert [address for address, body in bodies.items() if secret in body] == []
    page.get_by_role("button", name="Submit answers").click()
    page.goto(page.url + "?show=all")
    # The results are made of the same words: the search above could have found them.
    assert any(secret in body for body in bodies.values())
    expect(page.get_by_text(f"{secret} feedback").first).to_be_visible()
    for word in ("reason", "key", "gap", "explanation", "proof"):
        expect(page.get_by_text(f"{secret} {word}").first).to_be_attached()
