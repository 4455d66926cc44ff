"""Names that the glossary explains, and the words that prove a fact, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import PHONE_WIDTH
from tests.support.journeys import COURSE, Card

pytestmark = pytest.mark.browser
OPEN = ".term-pop:popover-open"
LONG_NAME = "Islamic Revolutionary Guard Corps (IRGC)"


def open_text(page: Page, fragment: str = "") -> None:
    """Go from the course to its text."""
    page.goto(f"/courses/{COURSE}")
    address = page.locator("main a[href^='/sources/']").first.get_attribute("href")
    page.goto(f"{address}{fragment}")


def term(page: Page, words: str) -> Locator:
    return page.locator("label.term", has_text=re.compile(rf"^{re.escape(words)}$")).first


def selected(page: Page) -> str:
    return str(page.evaluate("getSelection().toString()"))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_click_on_a_name_explains_it(open_page: Callable[..., Page], javascript: bool) -> None:
    page = open_page(javascript=javascript)
    open_text(page)

    term(page, "Dehghan").click()

    note = page.locator(OPEN)
    expect(note.get_by_role("heading", name="Hossein Dehghan")).to_be_visible()
    expect(note).to_contain_text("minister of defence")
    expect(note.locator("[lang=fa][dir=rtl]")).to_be_visible()
    note.get_by_role("link", name="In the glossary").click()
    expect(page).to_have_url(re.compile(r"/glossary#term-hossein-dehghan$"))
    expect(page.locator("#term-hossein-dehghan")).to_be_in_viewport()


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_keyboard_opens_and_closes_a_note_and_keeps_its_place(page: Page, key: str) -> None:
    open_text(page)
    button = page.get_by_role("button", name="Dehghan", exact=True)

    button.focus()
    page.keyboard.press(key)

    expect(page.locator(OPEN)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(OPEN).get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(OPEN)).to_have_count(0)
    expect(button).to_be_focused()
    outline = term(page, "Dehghan").evaluate("one => getComputedStyle(one).outlineStyle")
    assert outline == "solid"


def test_a_click_elsewhere_and_the_cross_close_a_note(page: Page) -> None:
    open_text(page)
    term(page, "Dehghan").click()

    page.mouse.click(5, 5)
    expect(page.locator(OPEN)).to_have_count(0)
    term(page, "Dehghan").click()
    page.locator(OPEN).get_by_role("button", name="Close").click()

    expect(page.locator(OPEN)).to_have_count(0)


def test_a_name_is_selected_and_copied_with_its_sentence(page: Page) -> None:
    open_text(page, "#p1")
    paragraph = page.locator("#p1 .text > p").first
    name = term(page, "Dehghan")
    box = name.bounding_box()
    assert box

    paragraph.evaluate("one => getSelection().selectAllChildren(one)")
    assert "Iran's defence minister, Dehghan, criticised Moscow" in " ".join(selected(page).split())
    page.evaluate("getSelection().removeAllRanges()")
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 2, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 40, middle, steps=8)
    page.mouse.up()

    assert selected(page).startswith("Dehghan")
    expect(page.locator(OPEN)).to_have_count(0)


def test_a_long_name_breaks_across_lines_like_the_text_around_it(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(width=PHONE_WIDTH)
    open_text(page)
    words = term(page, LONG_NAME).locator("span")
    places = "one => [...one.getClientRects()].map(box => [Math.round(box.left), box.top])"
    broken = []

    for width in range(330, 430, 10):
        page.set_viewport_size({"width": width, "height": 800})
        first, *rest = words.evaluate(places)
        broken += [width for left, top in rest[:1] if left < first[0] and top > first[1]]

    assert broken, "a box would start a line of its own, at every width"


def test_on_a_phone_the_note_is_a_sheet_at_the_bottom(open_page: Callable[..., Page]) -> None:
    page = open_page(width=PHONE_WIDTH)
    open_text(page)
    term(page, "Dehghan").click()
    note = page.locator(OPEN)
    expect(note).to_be_visible()

    box = note.evaluate(
        "one => { const b = one.getBoundingClientRect();"
        " return [b.left, Math.round(innerWidth - b.right), Math.round(innerHeight - b.bottom)] }"
    )

    assert box == [0, 0, 0]


def test_on_a_wide_screen_the_note_stands_at_its_name(page: Page) -> None:
    open_text(page)
    name = term(page, "Dehghan")
    name.click()
    note, at = page.locator(OPEN).bounding_box(), name.bounding_box()
    assert note
    assert at

    below = abs(note["y"] - (at["y"] + at["height"]))
    above = abs(note["y"] + note["height"] - at["y"])
    assert min(below, above) < 16
    assert abs(note["x"] - at["x"]) < 4 or note["x"] + note["width"] >= at["x"]


def test_a_card_explains_names_with_its_answer_and_not_before(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("guest")
    page.goto("/review")
    card = Card(page)
    buttons = page.locator("label.term > button")

    assert page.locator(".q-card label.term").count() == 0
    assert buttons.count()
    for button in buttons.all():
        expect(button).to_be_hidden()
    card.show.click()
    expect(card.answer).to_be_visible()
    page.locator(".answer-side label.term").first.click()
    expect(page.locator(OPEN)).to_be_visible()
    nonce = card.nonce
    page.keyboard.press("3")  # it belongs to the note while that is open
    page.keyboard.press("Escape")

    assert card.nonce == nonce
    expect(page.locator(OPEN)).to_have_count(0)


def test_a_card_leads_to_its_own_words_in_the_text(open_as: Callable[..., Page]) -> None:
    page = open_as("guest", width=PHONE_WIDTH)
    page.goto("/review")
    Card(page).show.click()
    words = page.locator(".answer-side .passage mark").first.inner_text()

    page.get_by_role("link", name="Read in context").first.click()

    expect(page).to_have_url(re.compile(r"/sources/\d+\?fact=\d+#"))
    assert " ".join(page.locator("main mark").all_inner_texts()) == words
    expect(page.locator("main mark").first).to_be_in_viewport()
    expect(page.get_by_text("The marked words prove:")).to_be_in_viewport()
    page.get_by_role("link", name="Clear the mark").click()
    expect(page.locator("main mark")).to_have_count(0)


def test_a_text_prints_without_what_the_screen_adds(page: Page) -> None:
    open_text(page)
    page.emulate_media(media="print")

    for gone in (".top", ".side-toc", ".crumbs", ".foot", "[data-print]", ".reading-key"):
        expect(page.locator(gone).first).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".print-notes li").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"http://[^ ]+/sources/\d+$"))).to_be_visible()
    line = term(page, "Dehghan").evaluate("one => getComputedStyle(one).textDecorationLine")
    assert line == "none"
    assert page.locator(".para sup:visible").count() == page.locator(".print-notes li").count()
    used = page.locator(".reading .body .used").first
    assert used.evaluate("one => getComputedStyle(one).borderBlockEndWidth") == "0px"


def test_names_can_be_told_apart_in_forced_colours(page: Page) -> None:
    open_text(page)
    page.emulate_media(forced_colors="active")

    look = term(page, "Dehghan").evaluate("one => getComputedStyle(one).textDecoration")

    assert "underline" in look
    assert "dotted" in look
