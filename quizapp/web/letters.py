"""Links in letters: they work signed out, and opening one never changes anything."""

from __future__ import annotations

from datetime import UTC, datetime

import flask
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.queries.reminders import letters_to_confirm
from quizapp.services import weekly_letters
from quizapp.services.stop_links import read_stop_token
from quizapp.web.access import Access, access

bp = Blueprint("letters", __name__)

_CONFIRM = "letters_token"
_NOT_OURS = (
    "This link is not whole. Copy all of it from the letter, or turn the letters off in your "
    "settings."
)


@bp.get("/letters/confirm/<token>")
@access(Access.EVERYONE)
def open_link(token: str) -> ResponseReturnValue:
    """Take the token out of the address, so that no page, history or referrer shows it."""
    flask.session[_CONFIRM] = token
    return redirect(url_for("letters.ask"), 303)


@bp.get("/letters/confirm")
@access(Access.EVERYONE)
def ask() -> ResponseReturnValue:
    """Ask whether letters are wanted, if the link still works: programs open links too."""
    email = letters_to_confirm(db.session(), token=_token(), now=datetime.now(UTC))
    if email is None:
        return _over(weekly_letters.LINK_OVER)
    return render_template("letters/confirm.html", email=email)


@bp.post("/letters/confirm")
@access(Access.EVERYONE)
def confirm() -> ResponseReturnValue:
    """Begin to send letters to the address of the link."""
    try:
        with transaction() as session:
            weekly_letters.confirm_letters(session, token=_token(), now=datetime.now(UTC))
    except NotFound as error:
        return _over(str(error))
    flask.session.pop(_CONFIRM, None)
    return render_template("letters/confirmed.html")


@bp.get("/letters/stop/<token>")
@access(Access.EVERYONE)
def ask_to_stop(token: str) -> ResponseReturnValue:
    """Show the button that stops the letters."""
    if read_stop_token(_key(), token) is None:
        return _over(_NOT_OURS)
    return render_template("letters/stop.html", token=token)


@bp.post("/letters/stop/<token>")
@access(Access.EVERYONE)
def stop(token: str) -> ResponseReturnValue:
    """Stop the letters at once.

    Mail programs send this by themselves, without a cookie or a form's token (RFC 8058): the
    signature of the link is the proof. No redirect follows, as they ask for.
    """
    found = read_stop_token(_key(), token)
    if found is None:
        return _over(_NOT_OURS)
    with transaction() as session:
        weekly_letters.stop_letters(
            session, learner_id=found.learner_id, since=found.since, now=datetime.now(UTC)
        )
    if request.form.get("List-Unsubscribe") == "One-Click":
        return "Stopped.\n", {"Content-Type": "text/plain; charset=utf-8"}
    return render_template("letters/stopped.html")


def _over(message: str) -> ResponseReturnValue:
    flask.session.pop(_CONFIRM, None)
    return render_template("letters/over.html", message=message), 404


def _token() -> str:
    return str(flask.session.get(_CONFIRM, ""))


def _key() -> str:
    return str(current_app.config["SECRET_KEY"])
