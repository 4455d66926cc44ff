"""An instructor makes a quiz, and a student takes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import COURSE

pytestmark = pytest.mark.browser

QUIZZES = f"/teach/{COURSE}/quizzes"
STEM = "The base at the centre of the episode was"


def make_quiz(page: Page, title: str) -> None:
    """Make a practice quiz of one chosen question and a draw, with three tries and a pass mark."""
    page.goto(QUIZZES)
    page.get_by_role("link", name="New quiz").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Introduction").fill("Some **practice** before the test.")
    page.get_by_label("Attempts allowed").fill("5")
    page.get_by_label("Search questions").fill("airbase")
    page.get_by_label("Search questions").press("Enter")
    first = page.locator(".picks button").first
    stem = page.locator(".picks p").first.inner_text()
    first.click()
    expect(page.locator(".slot a")).to_have_text(stem)
    page.get_by_role("button", name="Add a draw").click()
    page.get_by_label("Draw of row 2").fill("2")
    page.get_by_label("Points each of row 2").fill("1.5")
    draw = page.locator(".slot").nth(1)
    draw.get_by_text("Topics: all topics").click()
    draw.get_by_label("Article 146").check()
    draw.get_by_text("Types: all types").click()
    draw.get_by_label("One right answer").check()
    page.locator("details.more > summary").click()
    page.get_by_label("Practice with several tries").check()
    page.get_by_label("Tries", exact=True).fill("3")
    page.get_by_label("Penalty, percent").fill("20")
    page.get_by_label("Pass mark, percent").fill("50")
    page.get_by_role("button", name="Save and open to students").first.click()
    expect(page.get_by_text("Students see the quiz like this from now on")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_quiz_that_an_instructor_makes_is_taken_by_a_student(
    open_as: Callable[..., Page], javascript: bool
) -> None:
    page = open_as("instructor", javascript=javascript)
    title = f"Practice {uuid4().hex[:8]}"

    make_quiz(page, title)

    expect(page.get_by_label("Draw of row 2")).to_have_value("2")
    expect(page.get_by_label("Points each of row 2")).to_have_value("1.5")
    page.get_by_role("link", name="Preview").click()
    expect(page.locator(".preview-slots > li")).to_have_count(3)
    before = page.locator(".preview-slots").inner_text()
    for _ in range(8):  # a draw may repeat itself
        page.get_by_role("link", name="Draw once more").click()
        if page.locator(".preview-slots").inner_text() != before:
            break
    assert page.locator(".preview-slots").inner_text() != before

    student = open_as("student", javascript=javascript)
    student.goto(f"/quizzes?course={COURSE}")
    student.get_by_role("heading", name=title).get_by_role("link").click()
    expect(student.get_by_role("main")).to_contain_text(re.compile(r"50\s*%"))
    expect(student.get_by_text("3 questions", exact=False).first).to_be_visible()
    student.get_by_role("button", name="Start").click()
    expect(student.get_by_role("heading", level=1)).to_have_text(re.compile("^Question 1"))

    page.goto(QUIZZES)
    row = page.locator(".quiz-row").filter(has_text=title)
    expect(row).to_contain_text("1 open")
    row.get_by_role("link", name=title).click()
    expect(page.get_by_text("Attempts that have begun keep")).to_be_visible()
    page.get_by_role("button", name="Retire quiz").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Quiz brought back.")).to_be_visible()


def test_a_mistake_opens_what_is_folded_and_keeps_what_was_typed(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("instructor", javascript=False)
    page.goto(f"{QUIZZES}/new")
    page.get_by_label("Title").fill("Kept")
    page.locator("details.more > summary").click()
    page.get_by_label("Tries", exact=True).fill("99")

    page.get_by_role("button", name="Save as a draft").first.click()

    summary = page.locator("[data-error-summary]")
    expect(summary).to_contain_text("Give a number from 1 to 10.")
    expect(page.get_by_label("Tries", exact=True)).to_be_visible()
    expect(page.get_by_label("Tries", exact=True)).to_have_value("99")
    expect(page.get_by_label("Title")).to_have_value("Kept")


def test_needs_groups_and_exceptions_are_set_without_a_script(
    open_as: Callable[..., Page],
) -> None:
    page, name = open_as("instructor", javascript=False), f"Evening {uuid4().hex[:6]}"
    page.goto(f"/teach/{COURSE}/people")
    page.get_by_label("Name of the group").fill(name)
    page.get_by_role("button", name="Make a group").click()
    page.get_by_label("Name or email of a student to add").fill("student@")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("button", name=re.compile("^Add")).click()
    page.get_by_role("link", name="Back to the group").click()
    expect(page.get_by_text("1 student", exact=True)).to_be_visible()
    group = page.url

    page.goto(f"{QUIZZES}/new")
    title = f"Sitting {uuid4().hex[:6]}"
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Save as a draft").first.click()
    page.get_by_role("link", name="Add an exception").click()
    page.get_by_role("link", name=name).click()
    page.get_by_label("Time limit, minutes").fill("45")
    page.get_by_label("Reason").fill("A second sitting")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("45 minutes")).to_be_visible()
    page.get_by_role("button", name=re.compile("Remove")).click()
    expect(page.get_by_text("the quiz runs alike for everybody")).to_be_visible()

    page.goto(group)
    page.locator("summary", has_text="Delete group").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("deleted. Its students are still in the course")).to_be_visible()
