"""A student writes in their own words; an instructor marks by keyboard, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.asked import store_quiz
from tests.support.journeys import Attempt, Person, sign_up, someone_new
from tests.support.make import RAW
from tests.support.server import LiveServer

pytestmark = pytest.mark.browser


@pytest.fixture
def student(open_page: Callable[..., Page]) -> Callable[..., tuple[Page, str]]:
    """Return student(javascript=…): the page and the address of someone new."""

    def act(*, javascript: bool = True) -> tuple[Page, str]:
        page, person = open_page(javascript=javascript, reduced_motion=True), someone_new()
        page.goto("/sign-up")
        sign_up(page, person)
        return page, person.email

    return act


def test_two_answers_are_marked_by_keyboard_and_one_is_taken_back(
    student: Callable[..., tuple[Page, str]],
    open_as: Callable[..., Page],
    live_server: LiveServer,
    people: dict[str, Person],
) -> None:
    slug = "ownwordskeys"
    writer, email = student()
    teacher = people["instructor"].email
    store_quiz(
        live_server, email, "Essay", {"self_rated": RAW["self_rated"]}, words=slug, teacher=teacher
    )
    for text in ("Because of the publicity.", "I do not know."):
        Attempt(writer).start("Essay", course=slug)
        box = writer.get_by_label("Your answer, in your own words")
        box.fill(text)
        expect(writer.get_by_text(f"{len(text)} of 4,000 characters")).to_be_visible()
        expect(writer.locator("[data-saved]")).to_contain_text("Saved")
        Attempt(writer).hand_in()
        expect(writer.get_by_text("1 answer waits to be marked.")).to_be_visible()
    results = writer.url

    page = open_as("instructor", reduced_motion=True)
    page.goto(f"/teach/{slug}/questions")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.get_by_role("link", name=re.compile(r"^Mark\b")).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 1 of 2")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 2 of 2")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 1 of 2 2 wait")
    page.keyboard.press("p")
    page.keyboard.type("0.3")
    page.keyboard.press("Escape")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("4")
    expect(page.get_by_label("Or exact points")).to_have_value("")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 2 of 2 1 wait")
    expect(page.get_by_text("Saved: 0.75 of 1 for the last answer")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 1 of 2 2 wait")
    page.keyboard.press("5")
    page.keyboard.press("c")
    page.keyboard.type("That is **it**.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Answer 2 of 2")
    page.keyboard.press("5")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Every answer to this question is marked.")).to_be_visible()
    assert email not in page.content()

    writer.goto(results)
    expect(writer.locator(".score")).to_contain_text("1 of 1")
    expect(writer.get_by_text("waits to be marked")).to_have_count(0)


def test_marking_works_without_scripts(
    student: Callable[..., tuple[Page, str]],
    open_as: Callable[..., Page],
    live_server: LiveServer,
    people: dict[str, Person],
) -> None:
    slug = "ownwordsform"
    writer, email = student(javascript=False)
    teacher = people["instructor"].email
    store_quiz(
        live_server, email, "Plain", {"self_rated": RAW["self_rated"]}, words=slug, teacher=teacher
    )
    Attempt(writer).start("Plain", course=slug)
    writer.get_by_label("Your answer, in your own words").fill("Because.")
    Attempt(writer).hand_in()

    page = open_as("instructor", javascript=False)
    page.goto(f"/teach/{slug}/marking")
    page.get_by_role("link", name=re.compile(r"^Mark\b")).click()
    page.get_by_text("½").click()
    page.get_by_label("Comment").fill("Half of it.")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_text("Every answer to this question is marked.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 waits")
