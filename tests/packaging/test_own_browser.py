"""The tests' own browser: it notices what a person would see only in the console."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.support.browser import PHONE_WIDTH, Pages, View

pytestmark = pytest.mark.browser

HEAD = '<link rel="icon" href="data:,">'
PLACES = {
    "/fine": (200, "<p id=a>fine</p>"),
    "/gone": (404, "<p>no such page</p>"),
    "/broken-script": (200, '<script src="/broken.js"></script>'),
    "/broken.js": (200, "nowhere()"),
    "/inline-script": (200, "<script>document.title = 'x'</script>"),
    "/inline-style": (200, "<p style='color: red'>red</p>"),
    "/missing-file": (200, "<img src=/none.png>"),
}


class Site(BaseHTTPRequestHandler):
    """A few pages under a policy as strict as the app's."""

    def do_GET(self) -> None:
        status, body = PLACES.get(self.path, (404, ""))
        is_script = self.path.endswith(".js")
        self.send_response(status)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header(
            "Content-Security-Policy", "default-src 'none'; script-src 'self'; img-src 'self' data:"
        )
        self.end_headers()
        self.wfile.write((body if is_script else HEAD + body).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the pages above."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def pages(browser: Browser, site: str) -> Iterator[Pages]:
    """Pages of the site above."""
    pages = Pages(browser, site)
    yield pages
    pages.close()


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("/broken-script", "nowhere is not defined"),
        ("/inline-script", "Content Security Policy"),
        ("/inline-style", "Content Security Policy"),
        ("/missing-file", "none.png"),
    ],
)
def test_a_fault_that_only_the_console_tells_is_noticed(
    pages: Pages, address: str, told: str
) -> None:
    pages.open().goto(address)

    (complaint,) = pages.unexpected()

    assert told in complaint


@pytest.mark.parametrize("address", ["/fine", "/gone"])
def test_a_sound_page_and_an_expected_refusal_are_no_fault(pages: Pages, address: str) -> None:
    pages.open().goto(address)

    assert pages.unexpected() == []


def test_a_page_can_be_dark_narrow_and_without_scripts(pages: Pages) -> None:
    page = pages.open(View(width=PHONE_WIDTH, dark=True, javascript=False))

    page.goto("/broken-script")

    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is True
    assert page.evaluate("innerWidth") == PHONE_WIDTH
    assert pages.unexpected() == []
