"""Pages that explain: the keys, accessibility, privacy."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp.web.access import Access, access

bp = Blueprint("help", __name__)


@bp.get("/help")
@access(Access.EVERYONE)
def index() -> ResponseReturnValue:
    """Explain how the site works, in questions and answers."""
    return render_template("help/index.html")


@bp.get("/help/keyboard")
@access(Access.EVERYONE)
def keyboard() -> ResponseReturnValue:
    """List the keys, and let this browser switch single keys off."""
    return render_template("help/keyboard.html")


@bp.get("/accessibility")
@access(Access.EVERYONE)
def accessibility() -> ResponseReturnValue:
    """Say what works for whom, and what was not tested."""
    return render_template("help/accessibility.html")


@bp.get("/privacy")
@access(Access.EVERYONE)
def privacy() -> ResponseReturnValue:
    """Say what is kept, why, for how long, and what is not."""
    return render_template("help/privacy.html")
