"""Headers that every response carries, errors included."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR_SECONDS = 31_536_000
_STRICT = ("Strict-Transport-Security", f"max-age={_YEAR_SECONDS}; includeSubDomains")
# Pages differ by who looks and carry form tokens: no cache may keep them.
_ALWAYS = (*HEADERS.items(), ("Cache-Control", "no-store"))


def init_app(app: Flask) -> None:
    """Add the headers to every response that Flask sends; static files get their own."""
    app.wsgi_app = _Protected(app, app.wsgi_app)  # type: ignore[assignment, method-assign]


class _Protected:
    """A WSGI application whose responses carry the headers, unless a view set them itself."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self._app, self._inner = app, inner

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        is_secure = environ["wsgi.url_scheme"] == "https" and not self._app.debug
        added = (*_ALWAYS, _STRICT) if is_secure else _ALWAYS

        def start_protected(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            present = {name.lower() for name, _ in headers}
            headers += [header for header in added if header[0].lower() not in present]
            return start(status, headers, *error)

        return self._inner(environ, start_protected)
