"""What the tests in a browser share: pages of people who are signed in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.journeys import Person, demo_people, someone_new
from tests.support.server import LiveServer
from tests.support.visitor import Visitor


@pytest.fixture(scope="session")
def people(live_server: LiveServer) -> dict[str, Person]:
    """The demo accounts by their role: "student", "instructor"."""
    return demo_people(live_server.folder)


@pytest.fixture(scope="session")
def visitors(live_server: LiveServer, people: dict[str, Person]) -> dict[str, Visitor]:
    """The same people, a guest and an admin, over plain HTTP, signed in once for the whole run."""
    signed_in = {role: Visitor(live_server) for role in people}
    for role, visitor in signed_in.items():
        visitor.sign_in(people[role].email, people[role].password)
    guest = Visitor(live_server)
    guest.submit(guest.open("/try").form("/try"))
    return {**signed_in, "guest": guest, "admin": _admin(live_server)}


def _admin(server: LiveServer) -> Visitor:
    """Make an account that may run the site, as whoever runs it does, and sign in."""
    email = "admin@example.org"
    made = server.command("user", "create", "--admin", email)
    assert made.returncode == 0, made.stderr
    admin = Visitor(server)
    admin.sign_in(email, made.stdout.split()[-1])
    return admin


@pytest.fixture
def open_as(
    open_page: Callable[..., Page], visitors: dict[str, Visitor], live_server: LiveServer
) -> Callable[..., Page]:
    """A function that opens a page as one of them: `open_as("student", width=390)`."""

    def act(role: str, **view: object) -> Page:
        page = open_page(**view)
        become(page, visitors[role])
        return page

    return act


@pytest.fixture
def join(live_server: LiveServer) -> Callable[[Page], Person]:
    """A function that signs somebody new up over plain HTTP and lets the page be theirs.

    For tests that begin after that: the page where people sign up has tests of its own.
    """

    def act(page: Page) -> Person:
        person, visitor = someone_new(), Visitor(live_server)
        form = visitor.open("/sign-up").form("/sign-up")
        reply = visitor.send(form, {"email": person.email, "password": person.password})
        assert reply.status == 303, f"signing up gave {reply.status}"
        become(page, visitor)
        return person

    return act


def become(page: Page, visitor: Visitor) -> None:
    """Let the page be that of somebody who uses the site over HTTP."""
    url = visitor.server.url
    cookies = [{"name": name, "value": text, "url": url} for name, text in visitor.cookies.items()]
    page.context.add_cookies(cookies)
