"""What the tests in a browser share: pages of people who are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.journeys import Person, demo_people
from tests.support.server import LiveServer
from tests.support.visitor import Visitor


@pytest.fixture(scope="session")
def people(live_server: LiveServer) -> dict[str, Person]:
    """The demo accounts by their role: "student", "instructor"."""
    return demo_people(live_server.folder)


@pytest.fixture(scope="session")
def visitors(live_server: LiveServer, people: dict[str, Person]) -> dict[str, Visitor]:
    """The same people and a guest, over plain HTTP, signed in once for the whole run."""
    signed_in = {role: Visitor(live_server) for role in people}
    for role, visitor in signed_in.items():
        visitor.sign_in(people[role].email, people[role].password)
    guest = Visitor(live_server)
    guest.submit(guest.open("/try").form("/try"))
    return {**signed_in, "guest": guest}


@pytest.fixture
def open_as(
    open_page: Callable[..., Page], visitors: dict[str, Visitor], live_server: LiveServer
) -> Callable[..., Page]:
    """A function that opens a page as one of them: `open_as("student", width=390)`."""

    def act(role: str, **view: object) -> Page:
        page = open_page(**view)
        page.context.add_cookies(
            [
                {"name": name, "value": text, "url": live_server.url}
                for name, text in visitors[role].cookies.items()
            ]
        )
        return page

    return act
