"""Before an attempt is handed in, nothing the server sends tells what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from quizapp.questions.registry import GRADABLE
from tests.support.asked import store_quiz
from tests.support.journeys import Attempt, sign_up, someone_new
from tests.support.samples import SAMPLES
from tests.support.server import LiveServer

TITLE = "Every kind of secret"

pytestmark = pytest.mark.browser


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
    questions = {name: SAMPLES[name].hidden(secret) for name in GRADABLE}
    unseen = [secret, *(word for name in GRADABLE for word in SAMPLES[name].unseen)]
    store_quiz(live_server, person.email, TITLE, questions, words=secret)
    bodies, quiz = record(page), Attempt(page)

    quiz.start(TITLE, course=secret[:12])
    for number in range(1, len(questions) + 1):
        quiz.expect_question(number)
        shapes = {shape(one.evaluate("one => one.outerHTML")) for one in page.locator(".opt").all()}
        assert len(shapes) <= 1, "an option looks other than the rest"
        quiz.answer()
        quiz.press("Flag for later")
        expect(page.get_by_role("button", name="Flagged", exact=True)).to_be_visible()
        quiz.press("Next" if number < len(questions) else "Check")
    count = len(questions)
    expect(page.get_by_text(f"{count} of {count} questions answered")).to_be_visible()

    assert len(bodies) > 15
    assert [
        address for address, body in bodies.items() if any(word in body for word in unseen)
    ] == []
    page.get_by_role("button", name="Submit answers").click()
    page.goto(page.url + "?show=all")
    # The results are made of the same words: the search above could have found them.
    assert any(secret in body for body in bodies.values())
    expect(page.get_by_text(f"{secret} feedback").first).to_be_visible()
    told = set(re.findall(rf"{secret} (\w+)", repr(questions)))
    assert len(told) > len(("explanation", "feedback"))
    for word in sorted({*told, "proof"}):
        expect(page.get_by_text(f"{secret} {word}").first).to_be_attached()
