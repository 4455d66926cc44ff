"""Taking a quiz, from its rules to the results."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import Attempt, become_guest
from tests.support.places import OPEN_QUIZ, TIMED_QUIZ

pytestmark = pytest.mark.browser

ANSWERED_AND_FLAGGED = re.compile(r"\d ?, answered, flagged$")


def test_a_quiz_by_keyboard_from_start_to_results(page: Page) -> None:
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(OPEN_QUIZ)

    page.keyboard.press("b")
    expect(quiz.options.nth(1)).to_be_checked()
    expect(quiz.saved).to_be_visible()
    page.keyboard.press("f")
    expect(quiz.in_palette(1)).to_have_accessible_name(ANSWERED_AND_FLAGGED)
    expect(quiz.options.nth(1)).to_be_checked()
    page.keyboard.press("ArrowRight")
    quiz.expect_question(2)
    quiz.fields.first.fill("the wrong words")
    page.keyboard.press("Enter")
    quiz.expect_question(3)
    page.keyboard.press("ArrowLeft")
    quiz.expect_question(2)
    expect(quiz.fields.first).to_have_value("the wrong words")

    quiz.hand_in()

    expect(page.get_by_text(re.compile("Go through the"))).to_be_visible()
    expect(page.locator(".answer .passage mark").first).to_be_visible()
    expect(page.locator("#q2")).to_contain_text("the wrong words")
    expect(page.locator("#q2").get_by_text("Accepted", exact=True)).to_be_visible()
    expect(page.locator("#q3").get_by_text("Right answer")).to_be_visible()
    expect(page.locator("#q3").get_by_text("Not answered")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_whoever_leaves_a_quiz_goes_on_where_something_is_to_do(
    open_page: Callable[..., Page], javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(OPEN_QUIZ)
    quiz.answer()
    quiz.press("Next")
    quiz.expect_question(2)
    quiz.answer()
    quiz.press("Flag for later")
    expect(quiz.in_palette(2)).to_have_accessible_name(ANSWERED_AND_FLAGGED)

    quiz.press("Save and leave the quiz")
    page.wait_for_url("**/quizzes**")
    page.goto("/today")
    page.goto("/quizzes")
    page.get_by_role("link", name=re.compile("Continue")).click()

    quiz.expect_question(3)
    quiz.press("Previous")
    quiz.expect_question(2)
    expect(quiz.fields.first).to_have_value("something else")
    quiz.in_palette(1).click()
    quiz.expect_question(1)
    expect(quiz.options.first).to_be_checked()
    quiz.press("Check answers and finish")
    expect(page.get_by_text("2 of 10 questions answered, 1 flagged")).to_be_visible()


def test_what_is_chosen_is_saved_before_the_page_is_left(page: Page) -> None:
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(OPEN_QUIZ)
    address = page.url

    page.locator(".opt").nth(2).click()
    page.goto("/today")
    page.goto(address)

    expect(quiz.options.nth(2)).to_be_checked()


@pytest.mark.parametrize("javascript", [True, False])
def test_handing_in_twice_changes_nothing(open_page: Callable[..., Page], javascript: bool) -> None:
    page = open_page(javascript=javascript)
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(OPEN_QUIZ)
    quiz.answer()
    other = page.context.new_page()
    other.goto(page.url)
    quiz.hand_in()
    address, score = page.url, page.locator(".score").inner_text()
    page.goto("/review/done")
    rated = page.get_by_text(re.compile(r"You rated \d+")).inner_text()
    page.goto(address)

    Attempt(other).answer()
    other.locator(".opt").last.click()
    Attempt(other).press("Next")
    expect(other.get_by_text("This quiz is handed in")).to_be_visible()
    page.go_back()
    page.go_back()
    page.go_back()

    page.goto(address)
    assert page.locator(".score").inner_text() == score
    assert other.locator(".score").inner_text() == score
    page.goto("/review/done")
    assert page.get_by_text(re.compile(r"You rated \d+")).inner_text() == rated


def test_the_check_page_of_a_finished_quiz_leads_to_its_results(page: Page) -> None:
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(OPEN_QUIZ)
    quiz.press("Check answers and finish")
    check, stale = page.url, page.context.new_page()
    stale.goto(check)
    page.get_by_role("button", name="Submit answers").click()
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()

    page.go_back()
    expect(page.get_by_role("heading", name="Your answers")).to_be_visible()
    stale.get_by_role("button", name="Submit answers").click()

    expect(stale.get_by_role("heading", name="Your answers")).to_be_visible()
    page.goto("/quizzes")
    expect(page.get_by_role("link", name=re.compile("Continue"))).to_have_count(0)


def test_a_quiz_with_a_time_limit_shows_what_is_left(page: Page) -> None:
    become_guest(page)
    quiz = Attempt(page)
    quiz.start(TIMED_QUIZ)
    timer = page.get_by_role("timer")

    expect(timer).to_contain_text(re.compile(r"1[45]:\d\d"))
    shown = timer.inner_text()
    expect(timer).not_to_have_text(shown)
    page.get_by_role("button", name="Hide time").click()

    expect(page.locator("[data-time]")).to_be_hidden()
