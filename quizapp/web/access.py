"""Every route says who may use it; one that does not say answers nobody."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.errors import Forbidden
from quizapp.web.viewer import viewer


class Access(StrEnum):
    """Who may reach a view at all; the view's service still checks whose thing it is."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed in"  # guests included
    MEMBER = "member"  # has an account with an email
    INSTRUCTOR = "instructor"  # teaches at least one course, or runs the site
    ADMIN = "admin"  # runs the site


_View = TypeVar("_View", bound=Callable[..., ResponseReturnValue])
_DECLARED: dict[object, Access] = {}


def access(level: Access) -> Callable[[_View], _View]:
    """Return a decorator that declares who may use a view."""

    def declare(view: _View) -> _View:
        _DECLARED[view] = level
        return view

    return declare


def declared_access(app: Flask, endpoint: str) -> Access | None:
    """Return what the view of an endpoint declared, or None."""
    return _DECLARED.get(app.view_functions[endpoint])


def safe_next(target: str | None) -> str | None:
    """Return a place on this site to go on to, or None when it would lead elsewhere.

    Browsers read backslashes as slashes and drop control characters, so both are refused.
    """
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    if "\\" in target or any(ord(character) < 33 or ord(character) == 127 for character in target):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def init_app(app: Flask) -> None:
    """Check every request against what its view declared, before anything else runs."""

    @app.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None  # no such page: the 404 page follows
        level = declared_access(app, request.endpoint)
        if level is None:
            abort(404)
        if level is Access.EVERYONE:
            return None
        if not viewer().is_signed_in:
            return _sign_in_first()
        if level is Access.MEMBER and viewer().is_guest:
            flash("Create an account first: guests keep their progress only in this browser.")
            return redirect(url_for("auth.sign_up"), 303)
        if level is Access.INSTRUCTOR and not (viewer().teaches or viewer().is_admin):
            raise Forbidden("Only instructors may see this page.")
        if level is Access.ADMIN and not viewer().is_admin:
            raise Forbidden("Only those who run this site may see this page.")
        return None


def _sign_in_first() -> ResponseReturnValue:
    """Lead to the sign-in page, and from there back to the page that was asked for."""
    place = request.full_path.rstrip("?")
    if request.method != "GET":
        # A form cannot be sent again after signing in; go back to the page it stood on.
        referrer = urlsplit(request.referrer or "")
        place = referrer.path if referrer.netloc == request.host else ""
    return redirect(url_for("auth.sign_in", next=safe_next(place)), 303)
