"""What holds on every page: no accessibility violation, no sideways scrolling, no errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.support.apps import make_app
from tests.support.axe import sideways, violations
from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import Person
from tests.support.places import EVERYONE, PLACES, ROLES, Place, prepare
from tests.support.server import LiveServer
from tests.support.settings import settings_for
from tests.support.visitor import Visitor

NARROW_WIDTH = 320
#: What answers GET with no page of its own: it leads elsewhere, is a file or part of a page, or
#: is for machines.
NO_PAGES = {
    "analysis.download",
    "teach_class.download",
    "teach_grades.as_csv",
    "teach_grades.as_excel",
    "anki.export",
    "attempts.resume",
    "calendar.feed",
    "health.show",
    "joining.invited",
    "media_files.show",
    "own_data.download",
    "question_imports.template",
    "retention.load",
    "sign_in_settings.take_token",
}
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


def faults(page: Page) -> dict[str, list[str]]:
    """Return what is wrong with an open page, by how it was looked at.

    Contrast is by far the dearest to check: a screen shows it in light, a phone in dark.
    """
    found = {"light": violations(page)}
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 900})
    found["dark, on a phone"] = violations(page) + sideways(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": NARROW_WIDTH, "height": 900})
    found["on a small phone"] = sideways(page)
    page.set_viewport_size({"width": DESKTOP_WIDTH, "height": 900})
    return {look: wrong for look, wrong in found.items() if wrong}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_is_accessible_in_both_themes_and_fits_a_phone(
    open_for: Callable[..., Page], made: dict[str, str], role: str
) -> None:
    page, found = open_for(role), {}

    for place in places_of(role):
        place.visit(page, made)
        found[place.name] = faults(page)

    assert not {name: wrong for name, wrong in found.items() if wrong}


def test_every_page_answers_as_it_should(
    live_server: LiveServer, visitors: dict[str, Visitor], made: dict[str, str]
) -> None:
    wanted = {"not found": 404, "link no longer works": 404, "forbidden": 403}
    wanted |= {"a wrong join code": 404, "an invitation that is over": 404}
    wanted |= {"a link of a letter that is over": 404}
    wanted |= {"no link to a new address": 404}
    everybody = {EVERYONE: Visitor(live_server), **visitors}

    found = {
        place.name: everybody[place.role].open(place.address.format_map(made)).reply.status
        for place in PLACES
    }

    assert found == {place.name: wanted.get(place.name, 200) for place in PLACES}


def test_no_page_is_left_out(tmp_path: Path, made: dict[str, str]) -> None:
    app = make_app(settings_for(f"sqlite:///{tmp_path / 'unused.sqlite3'}", tmp_path))
    addresses = app.url_map.bind("127.0.0.1")
    seen = set()
    for place in PLACES:
        path = urlsplit(place.address.format_map(made)).path
        if addresses.test(path):
            seen.add(addresses.match(path)[0])
    pages = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert pages - seen == NO_PAGES
