"""Answering cards by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import Card, become_guest

pytestmark = pytest.mark.browser


def test_cards_are_answered_changed_and_taken_back_by_keys(page: Page) -> None:
    become_guest(page)
    card, fact = Card(page), Card(page).fact

    page.keyboard.press("n")
    expect(page.get_by_text("Counted as Again.")).to_be_visible()
    expect(card.rating("Again")).to_be_focused()
    expect(card.evidence).to_be_visible()
    page.keyboard.press("Control+z")
    page.wait_for_url("**/review?card=*")
    assert card.fact == fact

    page.keyboard.press("a")
    expect(page.get_by_text("Counted as")).to_be_visible()
    page.keyboard.press("2")
    page.wait_for_url("**/review")
    assert card.done >= 1
