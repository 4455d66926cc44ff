"""Looking after one card by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import Card, become_guest

pytestmark = pytest.mark.browser


def tab_until(page: Page, name: str) -> None:
    """Press Tab until the element with this label or these words has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => (document.activeElement.labels?.[0] ?? document.activeElement).innerText"
        )
        if name in (found or ""):
            return
    raise AssertionError(f"no {name!r} by Tab")


def test_a_card_is_looked_at_moved_and_put_back_by_keyboard(page: Page) -> None:
    become_guest(page)
    page.goto("/review")
    card = Card(page)
    card.rate("Easy")
    page.goto("/progress")
    tab_until(page, "Your cards")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your cards")
    page.keyboard.press("/")
    tab_until(page, "Order")
    page.keyboard.press("n")
    page.wait_for_url("**sort=due**")
    page.wait_for_load_state()
    first = page.locator("tbody th a").first
    statement = first.inner_text()
    tab_until(page, statement)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(statement[:20])
    expect(page.locator(".card-log tbody tr")).to_have_count(1)

    tab_until(page, "Next date")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    tab_until(page, "Move")
    page.keyboard.press("Enter")
    lede = page.locator(".card-head .lede")
    expect(lede).to_contain_text("the day you chose")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.get_by_text("The card comes back on the day it had before.")).to_be_visible()
    expect(page.locator(".card-log .undone")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("y")
    expect(lede).to_contain_text("the day you chose")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(lede).not_to_contain_text("the day you chose")
    page.wait_for_load_state()
    tab_until(page, "Put aside")
    page.keyboard.press("Enter")
    expect(lede).to_contain_text("You put it aside")
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(lede).to_contain_text("when your chance of recalling it will have fallen")
