"""Accessibility checks in a page: axe-core, and whether anything makes it scroll sideways."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

#: WCAG 2.2 AA and what it includes.
_ALL = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

# Playwright evaluates from outside the page, so the strict content security policy stays on.
_RUN = """
async only => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  return found.violations.flatMap(rule => rule.nodes.map(node =>
    `${rule.id}: ${node.target.join(" ")}: ${node.failureSummary.replace(/\\s+/g, " ")}`));
}
"""
_WIDER = """
() => {
  const excess = document.scrollingElement.scrollWidth - innerWidth;
  if (excess <= 0) return [];
  const names = [...document.querySelectorAll("body *")]
    .filter(one => one.getBoundingClientRect().right > innerWidth + 0.5)
    .map(one => `<${one.tagName.toLowerCase()} class="${one.getAttribute("class") ?? ""}">`);
  return [`${excess} px too wide`, ...names.slice(0, 6)];
}
"""


@cache
def _script() -> str:
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return every violation of WCAG 2.2 AA that axe-core finds: rule, element, what to do.

    Open the page with reduced motion: a colour half-way through a transition is no fault.
    """
    # Half a megabyte to read: once for a page, however often it is checked.
    if not page.evaluate("'axe' in window"):
        page.evaluate(_script())
    found: list[str] = page.evaluate(_RUN, _ALL)
    return found


def sideways(page: Page) -> list[str]:
    """Return what makes the page wider than its window; empty if it does not scroll sideways."""
    found: list[str] = page.evaluate(_WIDER)
    return found
