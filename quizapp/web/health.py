"""Whether this server can do its work, for whatever watches over it."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.queries.health import can_read
from quizapp.web.access import Access, access

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@access(Access.EVERYONE)
def show() -> ResponseReturnValue:
    """Answer 200 "ok" when the database can be read; else the error handlers answer 503."""
    can_read(db.session())
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}
