"""Numbers, lists, pairs and orders, by keyboard and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.asked import store_quiz
from tests.support.axe import sideways, violations
from tests.support.journeys import Attempt, Person
from tests.support.make import RAW
from tests.support.server import LiveServer

TITLE = "Four more kinds"
QUESTIONS = {
    "ordering": RAW["ordering"],
    "matching": RAW["matching"],
    "numeric": RAW["numeric"],
    "cloze": {"text": "Article {{146|~5|~44}} of the {{constitution}}."},
}
#: By the alphabet, which is how an order is shown where nothing is shuffled.
ALEPPO, ASTANA = "Eastern Aleppo was retaken", "The first Astana talks"
STRIKES = "The strikes were announced"

pytestmark = pytest.mark.browser


@pytest.fixture
def begin(
    open_page: Callable[..., Page], live_server: LiveServer, join: Callable[[Page], Person]
) -> Callable[..., Attempt]:
    """A function that begins the quiz in a page of its own."""

    def act(**view: object) -> Attempt:
        page = open_page(**view)
        person, words = join(page), f"kinds{uuid4().hex}"
        store_quiz(live_server, person.email, TITLE, QUESTIONS, words=words, shuffle_options=False)
        quiz = Attempt(page)
        quiz.start(TITLE, course=words[:12])
        return quiz

    return act


def order(page: Page) -> list[str]:
    """Return the items of an order as they stand, each with the position it has."""
    return [
        f"{row.locator('select').input_value()} {row.locator('[data-item]').inner_text()}"
        for row in page.locator("[data-ordering] > li").all()
    ]


def answer_the_rest(quiz: Attempt) -> None:
    """Answer from the second question on, all of it rightly."""
    page = quiz.page
    quiz.expect_question(2)
    page.get_by_label("Astana").select_option("Russia, Iran and Turkey")
    page.get_by_label("Geneva").select_option("United Nations")
    quiz.press("Next")
    quiz.expect_question(3)
    page.get_by_label("Your answer in days").fill("A week")
    quiz.press("Next")
    quiz.expect_question(4)
    page.get_by_label("Gap 1").select_option("146")
    page.get_by_label("Gap 2").fill("Constitution")


def test_an_order_is_made_by_keyboard_and_says_what_moved(begin: Callable[..., Attempt]) -> None:
    quiz = begin()
    page = quiz.page
    strikes = page.locator("[data-ordering] > li", has_text=STRIKES)
    up = strikes.get_by_role("button", name="Move up")
    said = page.locator("[data-ordering-said]")

    up.focus()
    page.keyboard.press("Enter")
    expect(said).to_have_text("The strikes were announced: moved to position 2 of 3")
    page.keyboard.press("Space")

    expect(said).to_contain_text("moved to position 1 of 3")
    expect(up).to_be_focused()
    expect(up).to_have_attribute("aria-disabled", "true")
    expect(quiz.saved).to_be_visible()
    assert order(page) == [f"1 {STRIKES}", f"2 {ALEPPO}", f"3 {ASTANA}"]
    quiz.press("Next")
    answer_the_rest(quiz)
    quiz.hand_in()
    expect(page.get_by_role("heading", name="4 of 4 right")).to_be_visible()


def test_an_order_stands_as_it_was_saved_and_a_position_moves_its_item(
    begin: Callable[..., Attempt],
) -> None:
    quiz = begin()
    page = quiz.page

    page.get_by_label(STRIKES).select_option("1")
    expect(quiz.saved).to_be_visible()
    page.reload()

    assert [row.split()[0] for row in order(page)] == ["1", "2", "3"]
    assert STRIKES in order(page)[0]
    page.get_by_label(STRIKES).select_option("")
    assert [row[0] for row in order(page)] == [" ", " ", " "]


def test_without_scripts_two_items_in_one_place_are_told_so(
    begin: Callable[..., Attempt],
) -> None:
    quiz = begin(javascript=False)
    page = quiz.page
    expect(page.locator("[data-move]").first).to_be_hidden()
    for words, position in ((STRIKES, "1"), (ALEPPO, "1"), (ASTANA, "3")):
        page.get_by_label(words).select_option(position)

    quiz.press("Next")

    quiz.expect_question(1)
    expect(page.locator(".order .err")).to_have_count(2)
    expect(page.locator(".order .err").first).to_contain_text("both have position 1; give each its")
    expect(page.get_by_label(ASTANA)).to_have_value("3")
    expect(page.get_by_label(ALEPPO)).to_have_attribute("aria-invalid", "true")
    page.get_by_label(ALEPPO).select_option("2")
    quiz.press("Next")
    answer_the_rest(quiz)
    quiz.hand_in()
    expect(page.get_by_role("heading", name="4 of 4 right")).to_be_visible()


@pytest.mark.parametrize("view", [{}, {"width": 320}, {"dark": True}])
def test_every_kind_can_be_used_by_everybody(
    begin: Callable[..., Attempt], view: dict[str, object]
) -> None:
    quiz = begin(**view)
    found = {}
    for number in range(1, 5):
        quiz.expect_question(number)
        found[number] = [*violations(quiz.page), *sideways(quiz.page)]
        quiz.answer()
        quiz.press("Next" if number < 4 else "Check")
    quiz.press("Submit answers")
    expect(quiz.page.get_by_role("heading", name="Your answers")).to_be_visible()
    quiz.page.goto(quiz.page.url + "?show=all")
    found[5] = [*violations(quiz.page), *sideways(quiz.page)]

    assert {number: problems for number, problems in found.items() if problems} == {}
