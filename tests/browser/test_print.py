"""What is printed: nothing is cut off, and no page stays white because a card is a page long."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.axe import sideways
from tests.support.journeys import COURSE

pytestmark = pytest.mark.browser

#: What lies between the margins of A4, in CSS pixels: upright, and on its side.
_UPRIGHT, _ON_ITS_SIDE = 672, 1046
_HIDDEN_PARTS = """
() => [...document.querySelectorAll("main .cal, main .table-wrap")]
  .filter(one => one.scrollWidth > one.clientWidth + 1
    || (one.firstElementChild?.getBoundingClientRect().left ?? 0) < -1)
  .map(one => one.className)
"""
_WHOLE_CARDS = """
() => [...document.querySelectorAll("main .card:has(.table, .plot)")]
  .filter(one => getComputedStyle(one).breakInside === "avoid").length
"""
_PALE = """
() => [...document.querySelectorAll("main .sw, main .week .done span:first-child, main td.c")]
  .filter(one => getComputedStyle(one).printColorAdjust !== "exact").length
"""


@pytest.mark.parametrize(
    ("role", "path", "width"),
    [
        ("student", "/progress", _UPRIGHT),
        ("instructor", f"/teach/{COURSE}/class", _ON_ITS_SIDE),
    ],
)
def test_a_page_of_figures_is_printed_whole(
    open_as: Callable[..., Page], role: str, path: str, width: int
) -> None:
    page = open_as(role, width=width)
    page.goto(path)

    page.emulate_media(media="print")

    assert page.locator("main .plot, main .cal, main table").count()
    assert sideways(page) == []
    assert page.evaluate(_HIDDEN_PARTS) == []
    assert page.evaluate(_WHOLE_CARDS) == 0
    assert page.evaluate(_PALE) == 0
