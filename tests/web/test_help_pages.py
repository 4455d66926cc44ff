"""The pages that explain."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

PAGES = {
    "/help": "When in doubt, take this one",
    "/help/keyboard": "Show the answer",
    "/accessibility": "have not been done yet",
    "/privacy": "One cookie",
}


@pytest.mark.parametrize(("url", "words"), PAGES.items())
def test_everyone_may_read_them(client: FlaskClient, url: str, words: str) -> None:
    page = client.get(url)

    assert page.status_code == 200
    assert words in page.text


@pytest.mark.parametrize("url", PAGES)
def test_they_lead_to_each_other_and_not_to_themselves(client: FlaskClient, url: str) -> None:
    main = client.get(url).text.partition('aria-label="Help"')[2].partition("</nav>")[0]

    assert {other for other in PAGES if f'href="{other}"' in main} == set(PAGES) - {url}


@pytest.mark.parametrize("url", PAGES)
def test_they_ask_the_database_nothing_of_a_stranger(
    client: FlaskClient, statements: Any, url: str
) -> None:
    with statements() as seen:
        client.get(url)

    assert seen == []


def test_the_privacy_page_names_every_cookie_there_is(client: FlaskClient, stored: Any) -> None:
    client.get("/sign-in")  # a page with a form sets what forms need

    cookies = client.get_cookie("footnote")

    assert cookies is not None
    assert len(client._cookies) == 1, "say on the privacy page what else is kept in browsers"
