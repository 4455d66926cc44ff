"""How each named error looks in a browser."""

from __future__ import annotations

import secrets

import flask
from flask import Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from quizapp.db import database_errors, unavailable
from quizapp.errors import (
    Conflict,
    Forbidden,
    Invalid,
    LimitReached,
    NotFound,
    QuizError,
    Unavailable,
)

STATUS: dict[type[QuizError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    LimitReached: 429,
    Unavailable: 503,
}
_MESSAGES = {
    400: "The browser sent something this page cannot read. Go back and try again.",
    403: "You may not do that.",
    404: "There is no page at this address. It may have moved, or the link may be wrong.",
    405: "This address takes another kind of request. Go back and use the buttons on the page.",
    413: "That is too large to send. Shorten it and try again.",
    421: "This server does not answer to that host name.",
    500: "Something broke on our side. Your work up to the last saved step is safe.",
}


def init_app(app: Flask) -> None:
    """Turn every error into a page: named ones, HTTP ones, the database's and the rest."""
    app.register_error_handler(QuizError, _show_named)
    app.register_error_handler(CSRFError, _show_csrf)
    app.register_error_handler(HTTPException, _show_http)
    for kind in database_errors():
        app.register_error_handler(kind, _show_database)
    app.register_error_handler(Exception, _show_fault)


def _show_named(error: QuizError) -> ResponseReturnValue:
    status = STATUS[type(error)]
    headers = {}
    if isinstance(error, LimitReached):
        headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, Unavailable):
        headers["Retry-After"] = "5"
    message = str(error)
    if isinstance(error, Invalid):
        message = " ".join(problem.message for problem in error.problems)
    return _page(status, message), status, headers


def _show_csrf(_error: CSRFError) -> ResponseReturnValue:
    message = (
        "This form is no longer valid, perhaps because you signed in or out in another tab. "
        "Go back, load the page again and send it once more."
    )
    return _page(400, message), 400


def _show_http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 and error.response is not None:  # a redirect that routing raised
        return error.response
    headers = [(k, v) for k, v in error.get_headers() if k in ("Allow", "Retry-After")]
    return _page(status, _MESSAGES.get(status, error.name + ".")), status, headers


def _show_database(error: Exception) -> ResponseReturnValue:
    flask.current_app.logger.error("database: %s", type(error).__name__, exc_info=error)
    return _show_named(unavailable(error))


def _show_fault(error: Exception) -> ResponseReturnValue:
    reference = secrets.token_hex(6)
    flask.current_app.logger.error(
        "fault %s on %s %s", reference, request.method, _logged_path(), exc_info=error
    )
    return _page(500, _MESSAGES[500], reference), 500


def _logged_path() -> str:
    """Return the path of the request for the log; what in it is a secret is not written down."""
    secret = (request.view_args or {}).get("token")
    return request.path.replace(secret, "…") if secret else request.path


def _page(status: int, message: str, reference: str = "") -> str:
    """Return the error page; where the database is the trouble, one that does not need it."""
    plain = status >= 500 or (request.endpoint is None and status == 400)
    template = "errors/plain.html" if plain else "errors/problem.html"
    return render_template(template, status=status, message=message, reference=reference)
