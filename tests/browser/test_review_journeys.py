"""Learning with flashcards, from the landing page on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import Card, become_guest, sign_up, someone_new

pytestmark = pytest.mark.browser


def test_a_guest_rates_the_first_card_with_three_keys(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Try a card now").first.focus()
    card = Card(page)

    page.keyboard.press("Enter")
    expect(card.question).to_be_visible()
    expect(card.answer).to_be_hidden()
    first, done = card.nonce, card.done
    page.keyboard.press("Space")
    expect(card.answer).to_be_visible()
    expect(card.evidence).to_be_visible()
    expect(card.rating("Good")).to_be_focused()
    page.keyboard.press("3")

    card.wait_for_another(first)
    assert card.done == done + 1


def test_the_first_button_is_a_few_tabs_away(page: Page) -> None:
    page.goto("/")
    button = page.get_by_role("button", name="Try a card now").first

    for _ in range(6):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break

    expect(button).to_be_focused()


@pytest.mark.parametrize("width", [320, PHONE_WIDTH, DESKTOP_WIDTH])
def test_the_list_of_keys_opens_by_its_key_at_every_width(
    open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width)
    become_guest(page)

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_the_button_of_the_keys_shows_itself_on_a_phone_when_it_has_the_focus(
    open_page: Callable[..., Page],
) -> None:
    page = open_page(width=PHONE_WIDTH)
    become_guest(page)
    button = page.get_by_role("button", name="Keyboard shortcuts")
    hidden = button.bounding_box()

    page.locator("header.focus-bar a").first.focus()
    for _ in range(4):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break

    expect(button).to_be_focused()
    shown = button.bounding_box()
    assert hidden is not None
    assert shown is not None
    assert hidden["width"] <= 1
    assert shown["width"] >= 24


@pytest.mark.parametrize("width", [PHONE_WIDTH, DESKTOP_WIDTH])
def test_what_happened_is_told_in_the_width_of_the_card(
    open_page: Callable[..., Page], width: int
) -> None:
    page = open_page(width=width)
    become_guest(page)

    page.get_by_role("button", name="Put off until tomorrow").click()

    told, card = (page.locator(place).bounding_box() for place in (".flash", ".flash-card"))
    assert told is not None
    assert card is not None
    assert (told["x"], told["width"]) == pytest.approx((card["x"], card["width"]), abs=1)


def test_a_guest_reviews_five_cards_with_two_keys_each(page: Page) -> None:
    become_guest(page)
    card, seen, lefts = Card(page), [], [Card(page).left]

    for key in ("4", "3", "4", "Space", "4"):
        before = card.nonce
        seen.append(card.fact)
        page.keyboard.press("Space")
        expect(card.answer).to_be_visible()
        page.keyboard.press(key)
        card.wait_for_another(before)
        lefts.append(card.left)

    assert len(set(seen)) == 5
    assert card.done == 5
    # A new card that was not easy comes once more today.
    assert [lefts[0] - left for left in lefts] == [0, 1, 1, 2, 2, 3]


def test_undo_brings_the_last_card_back(page: Page) -> None:
    become_guest(page)
    card = Card(page)
    fact, words, left, first = card.fact, card.question.inner_text(), card.left, card.nonce
    card.rate("Easy")
    second = card.nonce
    assert card.left == left - 1

    page.keyboard.press("u")

    card.wait_for_another(second)
    assert (card.fact, card.question.inner_text(), card.left) == (fact, words, left)
    assert card.nonce != first
    card.rate("Again")


def test_single_keys_can_be_switched_off(page: Page) -> None:
    become_guest(page)
    card, address = Card(page), page.url
    before = card.nonce
    page.goto("/help/keyboard")
    page.locator("input[data-single-keys]").uncheck()
    page.goto(address)
    card.show.click()
    before = card.nonce

    page.keyboard.press("3")
    page.keyboard.press("4")

    assert card.nonce == before
    card.rating("Good").click()
    card.wait_for_another(before)


def test_flashcards_need_no_script(open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    become_guest(page)
    card = Card(page)
    expect(card.answer).to_be_hidden()
    fact, left = card.fact, card.left

    card.rate("Easy")
    assert card.fact != fact
    assert card.left == left - 1
    page.get_by_role("button", name="Undo the last step").click()
    expect(card.question).to_be_visible()

    assert (card.fact, card.left) == (fact, left)
    card.show.click()
    expect(card.evidence).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_account_keeps_what_the_guest_learnt(
    open_page: Callable[..., Page], javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    become_guest(page)
    for word in ("Good", "Easy"):
        Card(page).rate(word)
    next_card, left = Card(page).question.inner_text(), Card(page).left

    page.goto("/today")
    page.get_by_role("complementary", name="Guest").get_by_role("link").click()
    sign_up(page, someone_new())

    page.goto("/review")
    assert (Card(page).question.inner_text(), Card(page).left) == (next_card, left)
    page.goto("/review/done")
    expect(page.get_by_text("You rated 2 cards today")).to_be_visible()
    expect(page.get_by_role("complementary", name="Guest")).to_have_count(0)


def test_a_card_left_open_in_another_tab_is_not_rated_twice(page: Page) -> None:
    become_guest(page)
    card, other = Card(page), page.context.new_page()
    other.goto(page.url)
    assert Card(other).fact == card.fact
    card.rate("Easy")
    left = card.left

    Card(other).rate("Again")

    expect(other.get_by_text("That card was already rated")).to_be_visible()
    assert (Card(other).fact, Card(other).left) == (card.fact, left)
