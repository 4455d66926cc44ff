"""Headers that every response carries, errors included."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
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


def init_app(app: Flask) -> None:
    """Add the headers to every response that Flask sends; static files get their own."""

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        # Pages differ by who looks and carry form tokens: no cache may keep them.
        response.headers.setdefault("Cache-Control", "no-store")
        if request.is_secure and not current_app.debug:
            response.headers.setdefault(
                "Strict-Transport-Security", f"max-age={_YEAR_SECONDS}; includeSubDomains"
            )
        return response
