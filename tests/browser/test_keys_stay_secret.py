"""Before an attempt is handed in, nothing the server sends tells what is right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Error, Page, Route, expect

from quizapp.questions.registry import GRADABLE
from tests.support.asked import store_quiz
from tests.support.journeys import Attempt, Person
from tests.support.samples import SAMPLES
from tests.support.server import LiveServer

TITLE = "Every kind of secret"

pytestmark = pytest.mark.browser


#: Every address but those of static files: those are the same for everybody and lie in the package.
_MADE = re.compile(r"^https?://[^/]+/(?!static/)")


def record(page: Page) -> dict[str, str]:
    """Return what will hold every body made for the page from now on, by its address."""
    bodies: dict[str, str] = {}

    def pass_on(route: Route) -> None:
        response = route.fetch(max_redirects=0)
        address = f"{len(bodies)} {route.request.method} {route.request.url}"
        try:
            body = response.body().decode("utf-8", errors="replace")
        except Error:
            return  # the page has gone on and waits for this no longer
        bodies[address] = body + str(response.headers)
        route.fulfill(response=response)

    page.route(_MADE, pass_on)
    return bodies


def shape(option: str) -> str:
    """Return the source of an option without what must differ: place, letter, text, its choice."""
    bare = re.sub(r' (?:value|data-key)="[^"]*"| checked(?:="")?', "", option)
    return re.sub(r">[^<>]+<", "><", bare)


#: How each behaviour is run through without ever being shown what is right.
BEHAVIOURS: tuple[dict[str, Any], ...] = (
    {"behaviour": "deferred"},
    {"behaviour": "certainty"},
    {"behaviour": "practice", "tries": 3},
    {"behaviour": "immediate", "disclosure": {"during": ["response", "marks"]}},
)


def answer_wrongly(page: Page) -> None:
    """Give a response that is not right, so that a question may be tried again."""
    for wrong in ("Beta", "False"):
        for option in page.locator(".opt", has_text=wrong).all():
            option.click()
    for field in page.locator("form#question input[type=text]").all():
        field.fill("something else")
    lists = page.locator("form#question select").all()
    is_order = page.locator("[data-ordering]").count()
    for place, one in enumerate(lists):
        one.select_option(index=len(lists) - place if is_order else 2)


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize("rules", BEHAVIOURS, ids=lambda rules: str(rules["behaviour"]))
def test_no_answer_leaves_the_server_before_handing_in(
    open_page: Callable[..., Page],
    live_server: LiveServer,
    join: Callable[[Page], Person],
    javascript: bool,
    rules: dict[str, Any],
) -> None:
    # Pages that pass through the recorder come too late for the animation between two pages.
    page = open_page(javascript=javascript, reduced_motion=True)
    person, secret = join(page), f"zq{uuid4().hex}"
    questions = {name: SAMPLES[name].hidden(secret) for name in GRADABLE}
    unseen = [secret, *(word for name in GRADABLE for word in SAMPLES[name].unseen)]
    rules = rules | {"shuffle_options": False}
    store_quiz(live_server, person.email, TITLE, questions, words=secret, **rules)
    bodies, quiz = record(page), Attempt(page)

    quiz.start(TITLE, course=secret[:12])
    for number in range(1, len(questions) + 1):
        quiz.expect_question(number)
        shapes = {shape(one.evaluate("one => one.outerHTML")) for one in page.locator(".opt").all()}
        assert len(shapes) <= 1, "an option looks other than the rest"
        answer_wrongly(page)
        check_if_asked(quiz, rules["behaviour"])
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
    # What is foreseen is told to whoever gives it, and nobody did.
    shown = [{**one, "foreseen": ()} for one in questions.values()]
    told = set(re.findall(rf"{secret} (\w+)", repr(shown)))
    assert len(told) > len(("explanation", "feedback"))
    for word in sorted({*told, "proof"}):
        expect(page.get_by_text(f"{secret} {word}").first).to_be_attached()


def check_if_asked(quiz: Attempt, behaviour: str) -> None:
    """Ask how the response did, where the quiz says so; in practice nothing is right yet."""
    if behaviour == "practice":
        quiz.press("Check this answer")
        expect(quiz.page.locator("#so-far")).to_be_visible()
        expect(quiz.page.locator(".hint-card").first).to_be_visible()
    elif behaviour == "immediate":
        quiz.press("Check this answer")
        expect(quiz.page.locator(".given, .answer").first).to_be_visible()
