"""Practising what may be forgotten: by keyboard alone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import Attempt, become_guest

pytestmark = pytest.mark.browser

TOPIC = "Article 146"


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the element with this label or these words has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if name in (found or ""):
            return
    raise AssertionError(f"no {name!r} by Tab")


def test_a_practice_by_keyboard_from_the_choice_to_the_results(page: Page) -> None:
    become_guest(page)
    quiz = Attempt(page)
    page.goto("/quizzes")
    tab_to(page, "Practise what you may forget")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Practise")

    tab_to(page, TOPIC)
    page.keyboard.press("Space")
    tab_to(page, "10 questions")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("5 questions")).to_be_checked()
    tab_to(page, "After each question")
    tab_to(page, "Start practice")
    page.keyboard.press("Enter")

    quiz.expect_question(1)
    expect(page.locator(".quiz-name")).to_contain_text(f"Practice: {TOPIC}")
    # Facts that were never met are asked to be recognised: there is something to choose.
    assert quiz.options.count() or quiz.lists.count()
    quiz.answer()
    page.keyboard.press("k")
    expect(page.locator("#q1 mark").first).to_be_visible()
    page.wait_for_load_state()  # keys are heard once the scripts are there
    page.keyboard.press("Enter")
    quiz.expect_question(2)

    page.keyboard.press("Escape")
    expect(page.get_by_text("1 of 5 answered")).to_be_visible()
    page.keyboard.press("Enter")
    quiz.expect_question(2)
    quiz.hand_in()
    expect(page.get_by_role("link", name="Practise again")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_another_practice_starts_only_after_a_question(
    open_page: Callable[..., Page], javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    become_guest(page)
    quiz = Attempt(page)
    page.goto("/practise")
    page.get_by_label("Another number").check()
    page.get_by_label("The other number").fill("3")
    page.get_by_role("button", name="Start practice").click()
    quiz.expect_question(1)

    page.goto("/practise")
    page.get_by_label("Aleppo").check()
    page.get_by_role("button", name="Start another practice").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hand in the open practice?")
    page.get_by_role("link", name="Continue the open practice").click()
    quiz.expect_question(1)
    page.go_back()
    page.get_by_role("button", name="Hand it in and start the new one").click()

    quiz.expect_question(1)
    expect(page.locator(".quiz-name")).to_contain_text("Practice: Aleppo")
    quiz.hand_in()
    page.get_by_role("link", name="Practise again").click()
    expect(page.get_by_label("Aleppo")).to_be_checked()
    expect(page.get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("cell", name="0 of 3")).to_be_visible()
