"""Who looks at the page: Flask-Login's user is our actor and the session row's token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask
from flask_login import LoginManager, current_user

from quizapp.db import db
from quizapp.models import Role
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_token


@dataclass(frozen=True, slots=True)
class Viewer:
    """What Flask-Login and the templates need of whoever looks; nobody when `actor` is None."""

    actor: Actor | None = None
    token: str = ""

    @property
    def is_signed_in(self) -> bool:
        return self.actor is not None

    # Flask-Login asks for the next four.
    is_authenticated = is_signed_in
    is_active = is_signed_in

    @property
    def is_anonymous(self) -> bool:
        return self.actor is None

    def get_id(self) -> str:
        return self.token

    @property
    def is_guest(self) -> bool:
        return self.actor is not None and self.actor.is_guest

    @property
    def is_admin(self) -> bool:
        return self.actor is not None and self.actor.is_admin

    @property
    def name(self) -> str:
        return self.actor.name if self.actor else ""

    @property
    def initials(self) -> str:
        """The first letters of the first and the last name, at most two."""
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def teaches(self) -> bool:
        return self.actor is not None and Role.INSTRUCTOR in self.actor.roles.values()

    @property
    def learns(self) -> bool:
        return self.actor is not None and bool(self.actor.roles)


class _Logins(LoginManager):
    """Flask-Login without its fingerprint of the browser.

    Our session row is the session; the fingerprint adds nothing to it, and is made for every
    request and kept in the cookie even where nobody looks at it.
    """

    def __init__(self) -> None:
        super().__init__()
        self.session_protection = None
        self._session_identifier_generator = str


NOBODY = Viewer()
_login_manager = _Logins()


@_login_manager.user_loader
def _load(token: str) -> Viewer | None:
    actor = actor_for_token(db.session(), token, now=datetime.now(UTC))
    return Viewer(actor, token) if actor else None


def viewer() -> Viewer:
    """Return whoever sent this request; loaded once."""
    return cast(Viewer, current_user)


def actor() -> Actor:
    """Return the signed-in actor; for views that `access` lets only signed-in people reach."""
    found = viewer().actor
    if found is None:
        raise RuntimeError("actor() on a page that nobody need be signed in for")
    return found


def init_app(app: Flask) -> None:
    """Install Flask-Login; templates know the viewer as `viewer`."""
    _login_manager.anonymous_user = lambda: NOBODY
    # Flask-Login's template variable would be a second name for the same thing.
    _login_manager.init_app(app, add_context_processor=False)
    app.context_processor(lambda: {"viewer": current_user})
