"""A student doubts a question; the instructor answers, regrades, and takes it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.asked import store_quiz
from tests.support.axe import sideways, violations
from tests.support.browser import DESKTOP_WIDTH
from tests.support.journeys import Attempt, Person
from tests.support.make import RAW
from tests.support.server import LiveServer

DOUBT = "The passage names the Tigris too, so that should count as well."
REASON = "The passage names both rivers; the question did not say which."

pytestmark = pytest.mark.browser


def check(page: Page, javascript: bool) -> None:
    """Look for what keeps people from using the page; the tools for that are scripts."""
    if javascript:
        assert not violations(page)
        assert not sideways(page)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_challenge_leads_to_a_regrade_and_its_undoing_leads_back(
    *,
    open_as: Callable[..., Page],
    open_page: Callable[..., Page],
    join: Callable[[Page], Person],
    live_server: LiveServer,
    people: dict[str, Person],
    javascript: bool,
) -> None:
    slug = "withscripts" if javascript else "plainforms"
    questions = {
        "short_text": {"stem": "Which river?", "accepted": ["Euphrates"], "explanation": ""},
        "single_choice": RAW["single_choice"],
    }
    teacher = people["instructor"].email
    student = open_page(javascript=javascript, reduced_motion=True)
    # Somebody new: the demo student would begin in this course from then on.
    email = join(student).email
    store_quiz(live_server, email, f"Rivers, {slug}", questions, words=slug, teacher=teacher)
    quiz = Attempt(student)
    quiz.start(f"Rivers, {slug}", course=slug)
    quiz.fields.first.fill("Tigris")
    quiz.hand_in()
    results = student.url.partition("?")[0] + "?show=all"
    expect(student.locator(".score")).to_contain_text("0 of 2")

    first = student.locator("#q1")
    first.get_by_text("Something wrong with this question?").click()
    first.get_by_label("What is wrong, and why?").fill(DOUBT)
    first.get_by_label(re.compile("^The passage P")).check()
    check(student, javascript)
    first.get_by_role("button", name=re.compile(r"^Send\b")).click()
    expect(first.get_by_text("Waiting for your instructor")).to_be_visible()
    expect(first.get_by_text(DOUBT).first).to_be_visible()

    page = open_as("instructor", javascript=javascript, reduced_motion=True)
    page.goto(f"/teach/{slug}/challenges")
    expect(page.get_by_role("link", name=re.compile(r"^Challenges\s*1 waiting$"))).to_be_visible()
    expect(page.get_by_text(DOUBT)).to_be_visible()
    page.get_by_role("link", name=re.compile(r"^Regrade\b(?!s)")).click()
    expect(page.get_by_label("Accept another response too")).to_be_checked()
    expect(page.get_by_role("radio", name=re.compile("Tigris"))).to_be_checked()
    page.get_by_label("Why?").fill(REASON)
    page.get_by_role("button", name="See what would change").click()
    row = page.locator("table.changes tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("0 of 2")
    expect(row).to_contain_text("1 of 2")
    for width in (DESKTOP_WIDTH, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check(page, javascript)
    page.set_viewport_size({"width": DESKTOP_WIDTH, "height": 900})
    student.goto(results)
    expect(student.locator(".score")).to_contain_text("0 of 2")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("1 mark changed; students see")).to_be_visible()
    page.goto(f"/teach/{slug}/challenges")
    page.get_by_label("Answer the student").fill("You are **right**.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("Answered", exact=True)).to_be_visible()

    student.goto(results)
    expect(student.locator(".score")).to_contain_text("1 of 2")
    expect(student.get_by_text(re.compile(r"^Was 0 of 2 until \d+ \w+ \d{4}"))).to_be_visible()
    expect(first.get_by_text("“Tigris” counts as right too.")).to_be_visible()
    expect(first.get_by_text(REASON)).to_be_visible()
    expect(first.locator(".reply strong")).to_have_text("right")
    check(student, javascript)

    page.goto(f"/teach/{slug}/regrades")
    page.get_by_role("link", name=re.compile("^Undo")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Undo this regrade?")
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Undone. 1 mark changed")).to_be_visible()
    student.goto(results)
    expect(student.locator(".score")).to_contain_text("0 of 2")
    expect(
        student.get_by_text(re.compile("^Was 0 of 2 until .*, then 1 of 2 until"))
    ).to_be_visible()
    expect(first.get_by_text(REASON)).to_have_count(0)
