"""Whoever goes through a page by Tab sees where they are, whatever bars stay in sight."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import COURSE

pytestmark = pytest.mark.browser

#: What has the focus: its name, whether it shows that, and whether a bar lies over its middle.
_FOCUSED = """
() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const ring = (part) => part && (getComputedStyle(part).outlineStyle !== "none"
    || getComputedStyle(part).boxShadow !== "none");
  const { x, y, width, height } = one.getBoundingClientRect();
  const bar = document.elementFromPoint(x + width / 2, y + height / 2)
    ?.closest(".save-bar, .nav, .bulk, .quiz-nav");
  const parts = [one, one.parentElement, one.nextElementSibling, ...(one.labels ?? [])];
  const isMarked = parts.some(ring);
  const name = (one.getAttribute("aria-label") || one.innerText || one.name || "").slice(0, 40);
  return { name, isMarked: Boolean(isMarked), isCovered: Boolean(bar && !bar.contains(one)) };
}
"""
_MANY = 200


@pytest.mark.parametrize("width", [DESKTOP_WIDTH, PHONE_WIDTH])
@pytest.mark.parametrize("path", ["questions/new", "questions", "quizzes/1"])
def test_what_has_the_focus_is_seen(open_as: Callable[..., Page], path: str, width: int) -> None:
    page = open_as("instructor", reduced_motion=True, width=width)
    page.goto(f"/teach/{COURSE}/{path}")
    found = []

    for _ in range(_MANY):
        page.keyboard.press("Tab")
        focused = page.evaluate(_FOCUSED)
        if focused is None:
            break
        found.append(focused)

    assert len(found) > 20
    assert [one["name"] for one in found if not one["isMarked"]] == []
    assert [one["name"] for one in found if one["isCovered"]] == []
