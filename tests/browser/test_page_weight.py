"""How much a first visit loads: the site is meant for slow and metered connections."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Response

from tests.support.journeys import become_guest

MOST_BYTES = 200_000
#: The page, four style sheets, two fonts, two images, and a small module for each behaviour.
MOST_REQUESTS = 17

pytestmark = pytest.mark.browser


class Scales:
    """Weighs what a page loads, uncompressed, each file once."""

    def __init__(self, page: Page) -> None:
        self.responses: list[Response] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        self.responses.append(response)

    def weigh(self) -> dict[str, int]:
        return {
            response.url: len(response.body())
            for response in self.responses
            if response.status == 200
        }


def test_the_landing_page_is_light(page: Page) -> None:
    scales = Scales(page)

    page.goto("/", wait_until="networkidle")

    weights = scales.weigh()
    assert sum(weights.values()) < MOST_BYTES, weights
    assert len(weights) <= MOST_REQUESTS, weights


def test_the_review_page_is_light(page: Page) -> None:
    become_guest(page)
    page.wait_for_load_state("networkidle")  # what that visit still loads is not weighed
    address, scales = page.url, Scales(page)
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})

    page.goto(address, wait_until="networkidle")

    weights = scales.weigh()
    assert sum(weights.values()) < MOST_BYTES, weights
    assert len(weights) <= MOST_REQUESTS, weights
