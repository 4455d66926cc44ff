"""What holds on every page: no accessibility violation, no sideways scrolling, no errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from quizapp.app import create_app
from tests.support.axe import sideways, violations
from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import Person
from tests.support.places import EVERYONE, PLACES, ROLES, Place, prepare
from tests.support.server import LiveServer
from tests.support.settings import settings_for
from tests.support.visitor import Visitor

NARROW_WIDTH = 320
#: What answers GET with no page of its own: it leads elsewhere, or is for machines.
NO_PAGES = {"anki.export", "attempts.resume", "health.show"}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="session")
def made(visitors: dict[str, Visitor], people: dict[str, Person]) -> dict[str, str]:
    """What addresses are made of: a quiz, an attempt that goes on, one that is finished."""
    return prepare(**visitors, email=people["student"].email)


def places_of(role: str) -> list[Place]:
    return [place for place in PLACES if place.role == role]


@pytest.fixture
def open_for(open_page: Callable[..., Page], open_as: Callable[..., Page]) -> Callable[..., Page]:
    """A function that opens a page for someone: a person of a role, or any visitor."""

    def act(role: str, **view: object) -> Page:
        view["reduced_motion"] = True
        return open_page(**view) if role == EVERYONE else open_as(role, **view)

    return act


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("width", [DESKTOP_WIDTH, PHONE_WIDTH])
def test_no_page_breaks_the_accessibility_guidelines(
    open_for: Callable[..., Page], made: dict[str, str], width: int, role: str
) -> None:
    page, found = open_for(role, width=width), {}

    for place in places_of(role):
        place.visit(page, made)
        found[place.name] = violations(page)

    assert not {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("role", ROLES)
def test_dark_colours_are_told_apart_on_every_page(
    open_for: Callable[..., Page], made: dict[str, str], role: str
) -> None:
    page, found = open_for(role, dark=True), {}

    for place in places_of(role):
        place.visit(page, made)
        found[place.name] = violations(page, only_colours=True)

    assert not {name: faults for name, faults in found.items() if faults}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_scrolls_sideways_on_a_phone(
    open_for: Callable[..., Page], made: dict[str, str], role: str
) -> None:
    page, found = open_for(role, width=PHONE_WIDTH), {}

    for place in places_of(role):
        place.visit(page, made)
        for width in (PHONE_WIDTH, NARROW_WIDTH):
            page.set_viewport_size({"width": width, "height": 900})
            found[place.name, width] = sideways(page)

    assert not {name: faults for name, faults in found.items() if faults}


def test_every_page_answers_as_it_should(
    live_server: LiveServer, visitors: dict[str, Visitor], made: dict[str, str]
) -> None:
    wanted = {"not found": 404, "link no longer works": 404, "forbidden": 403}
    everybody = {EVERYONE: Visitor(live_server), **visitors}

    found = {
        place.name: everybody[place.role].open(place.address.format_map(made)).reply.status
        for place in PLACES
    }

    assert found == {place.name: wanted.get(place.name, 200) for place in PLACES}


def test_no_page_is_left_out(tmp_path: Path, made: dict[str, str]) -> None:
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'unused.sqlite3'}", tmp_path))
    addresses = app.url_map.bind("127.0.0.1")
    seen = set()
    for place in PLACES:
        path = urlsplit(place.address.format_map(made)).path
        if addresses.test(path):
            seen.add(addresses.match(path)[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert pages - seen == NO_PAGES
