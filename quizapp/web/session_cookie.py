"""The signed cookie that holds the session."""

from __future__ import annotations

from flask import Flask, Response
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from itsdangerous import URLSafeTimedSerializer


class SessionCookie(SecureCookieSessionInterface):
    """Flask's own session cookie, with the signer made once instead of for every request."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if session.modified or not session:
            super().save_session(app, session, response)
        else:  # nothing to send; caches must know that it was read
            response.headers.add("Vary", "Cookie")


def init_app(app: Flask) -> None:
    """Let the application keep its sessions this way."""
    app.session_interface = SessionCookie()
