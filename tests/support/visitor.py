"""Someone who uses the site over HTTP alone: cookies, pages, forms; no browser, no script."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

from tests.support.server import LiveServer, Reply

TIMEOUT_SECONDS = 10
_FORM = "application/x-www-form-urlencoded"


class Unanswered(Exception):
    """The connection broke before an answer came: whether the request counted is unknown."""


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form of a page: where it goes, and what its fields hold as the page was shown.

    Buttons are not among the fields: say which one is pressed when sending. `offered` has the
    values of radio buttons and tick boxes, chosen or not.
    """

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """A page that was got. `url` is where it was found, after redirections."""

    url: str
    reply: Reply
    forms: tuple[PageForm, ...]
    links: tuple[str, ...]

    def form(self, action: str) -> PageForm:
        """Return the first form whose address contains `action`.

        :raises LookupError: there is none; the message names those that are there.
        """
        for form in self.forms:
            if action in form.action:
                return form
        there = [form.action for form in self.forms]
        raise LookupError(f"{self.url} ({self.reply.status}) has no form {action!r}, only {there}")

    def link(self, address: str) -> str:
        """Return the first link whose address contains `address`.

        :raises LookupError: there is none.
        """
        for href in self.links:
            if address in href:
                return href
        raise LookupError(f"{self.url} ({self.reply.status}) has no link to {address!r}")


@dataclass(slots=True)
class Visitor:
    """One person with cookies of their own; survives a restart of the server.

    :param after_sending: called when a request is on its way, before its answer is there.
    """

    server: LiveServer
    cookies: dict[str, str] = field(default_factory=dict)
    after_sending: Callable[[], None] = lambda: None

    def open(self, address: str) -> Seen:
        """Return the page at an address, after redirections."""
        for _ in range(5):
            reply = self.request("GET", address)
            if reply.status not in (301, 302, 303, 307, 308):
                return self._seen(address, reply)
            address = urljoin(address, _path(reply.headers["location"]))
        raise AssertionError(f"too many redirections, the last one to {address}")

    def send(self, form: PageForm, values: Mapping[str, str | list[str]] | None = None) -> Reply:
        """Post a form with what it holds, changed by `values`; redirections are not followed."""
        return self.post(form.action, {**form.fields, **(values or {})})

    def post(self, address: str, values: Mapping[str, str | list[str]]) -> Reply:
        """Post values as a form; redirections are not followed.

        :raises Unanswered: the connection broke.
        """
        return self.request("POST", address, urlencode(values, doseq=True))

    def submit(self, form: PageForm, values: Mapping[str, str | list[str]] | None = None) -> Seen:
        """Post a form and return the page that it leads to."""
        reply = self.send(form, values)
        if reply.status != 303:
            return self._seen(form.action, reply)
        return self.open(urljoin(form.action, _path(reply.headers["location"])))

    def sign_in(self, email: str, password: str) -> None:
        """Begin a session.

        :raises AssertionError: the site refused.
        """
        page = self.open("/sign-in")
        reply = self.send(page.form(""), {"email": email, "password": password})
        assert reply.status == 303, f"sign-in of {email} gave {reply.status}"

    def request(
        self, method: str, address: str, body: str | bytes | None = None, kind: str = _FORM
    ) -> Reply:
        """Send one request with this visitor's cookies and keep what it sets.

        :param kind: of the body.
        :raises Unanswered: the connection broke.
        """
        headers = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = kind
            headers["Referer"] = self.server.url + address
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.server.port, timeout=TIMEOUT_SECONDS
        )
        with contextlib.closing(connection):
            try:
                connection.request(method, address, body, headers)
                self.after_sending()
                response = connection.getresponse()
                text = response.read().decode("utf-8")
            except (OSError, http.client.HTTPException) as error:
                raise Unanswered(f"{method} {address}: {error}") from error
        for name, header in response.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = header.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        found = {name.lower(): header for name, header in response.getheaders()}
        return Reply(response.status, found, text)

    @staticmethod
    def _seen(address: str, reply: Reply) -> Seen:
        reader = _Reader(address)
        reader.feed(reply.text)
        return Seen(address, reply, tuple(reader.forms), tuple(reader.links))


def read_forms(address: str, text: str) -> tuple[PageForm, ...]:
    """Return the forms of a page at an address."""
    reader = _Reader(address)
    reader.feed(text)
    return tuple(reader.forms)


class _Reader(HTMLParser):
    """Collects the links and the forms of a page, with what a browser would send of them."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[PageForm] = []
        self.links: list[str] = []
        self._select: str | None = None
        self._textarea: str | None = None
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: text or "" for name, text in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            action = _path(urljoin(self.address, given.get("action", "") or self.address))
            self.forms.append(PageForm(action, given.get("method", "get")))
            self._open = True
        elif self._open and tag == "input" and "name" in given:
            self._input(given, dict(attrs))
        elif self._open and tag == "select" and "name" in given:
            self._select = given["name"]
        elif tag == "option" and self._select:
            known = self.forms[-1].fields
            if "selected" in given or self._select not in known:
                known[self._select] = [given.get("value", "")]
        elif self._open and tag == "textarea" and "name" in given:
            self._textarea = given["name"]
            self.forms[-1].fields[self._textarea] = [""]

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields[self._textarea][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def _input(self, given: dict[str, str], attributes: Mapping[str, str | None]) -> None:
        kind = given.get("type", "text")
        if kind in ("submit", "button", "image", "reset", "file"):
            return
        form, text = self.forms[-1], given.get("value", "on" if kind == "checkbox" else "")
        if kind in ("radio", "checkbox"):
            form.offered.setdefault(given["name"], []).append(text)
            if "checked" not in attributes:
                return
        form.fields.setdefault(given["name"], []).append(text)


def _path(url: str) -> str:
    """Return the path and the query of an address."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
