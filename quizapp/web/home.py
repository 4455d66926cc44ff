"""The first page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.queries.home import home
from quizapp.web.access import Access, access
from quizapp.web.viewer import viewer

bp = Blueprint("home", __name__)


@bp.get("/")
@access(Access.EVERYONE)
def index() -> ResponseReturnValue:
    """Show newcomers what this is, with a real card; lead everyone else to their day."""
    if viewer().is_signed_in:
        return redirect(url_for("study.today"), 303)
    found = home(db.session())
    return render_template(
        "home/index.html", course=found.course, topics=found.topics, demo=found.demo
    )
