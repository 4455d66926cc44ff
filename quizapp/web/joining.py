"""Into a course and out of it: join codes, invitations, leaving and going back."""

from __future__ import annotations

from datetime import UTC, datetime

import flask
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from quizapp.db import db, transaction
from quizapp.errors import NotFound
from quizapp.queries import joining
from quizapp.services import enrolments, invitation_links, join_codes
from quizapp.services.limits import network_of
from quizapp.web.access import Access, access
from quizapp.web.auth import INVITATION
from quizapp.web.forms import Form
from quizapp.web.viewer import actor, viewer

bp = Blueprint("joining", __name__)

_WELCOME = "You are in. The first cards wait for you under Review."


class CodeForm(Form):
    """A join code as it was read out."""

    class Meta:
        csrf = False  # the form asks for a page and changes nothing

    code = StringField(
        "Join code",
        description="Eight letters and digits. Case, spaces and dashes do not matter.",
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "maxlength": "40",
            "required": True,
        },
    )


@bp.get("/join")
@access(Access.EVERYONE)
def ask() -> ResponseReturnValue:
    """Ask for a code; one that is given leads to its page."""
    form = CodeForm(request.args)
    if form.code.data is None:
        return render_template("joining/code.html", form=form)
    if code := join_codes.read_code(form.code.data):
        return redirect(url_for("joining.offer", code=code), 303)
    return _no_such_code(form.code.data)


@bp.get("/join/<code>")
@access(Access.EVERYONE)
def offer(code: str) -> ResponseReturnValue:
    """Show which course a code is of and who teaches it; nobody has joined yet."""
    found = _offered(code)
    if found is None:
        return _no_such_code(code)
    place = url_for("joining.offer", code=join_codes.read_code(code))
    return _show_offer(found, accept=place, back=place)


@bp.post("/join/<code>")
@access(Access.MEMBER)
def join(code: str) -> ResponseReturnValue:
    """Make the viewer a student of the course of the code."""
    if _offered(code) is None:
        return _no_such_code(code)
    try:
        with transaction() as session:
            slug, is_new = join_codes.join_by_code(
                session, actor=actor(), code=code, now=datetime.now(UTC)
            )
    except NotFound:
        return _no_such_code(code)
    flash(_WELCOME if is_new else "You are in this course.", "good")
    return redirect(url_for("library.course", slug=slug), 303)


@bp.get("/invited/<token>")
@access(Access.EVERYONE)
def invited(token: str) -> ResponseReturnValue:
    """Take the token out of the address, so that no page, history or referrer shows it."""
    flask.session[INVITATION] = token
    return redirect(url_for("joining.invitation"), 303)


@bp.get("/invited")
@access(Access.EVERYONE)
def invitation() -> ResponseReturnValue:
    """Show what the viewer is invited to, if the link still works."""
    found = joining.invited_by(db.session(), token=_token(), now=datetime.now(UTC))
    if found is None:
        return _link_over()
    place = url_for("joining.invitation")
    return _show_offer(found, accept=place, back=place)


@bp.post("/invited")
@access(Access.MEMBER)
def accept() -> ResponseReturnValue:
    """Use the invitation up and join."""
    try:
        with transaction() as session:
            slug = invitation_links.accept(
                session, actor=actor(), token=_token(), now=datetime.now(UTC)
            )
    except NotFound:
        return _link_over()
    flask.session.pop(INVITATION, None)
    flash("You are in.", "good")
    return redirect(url_for("library.course", slug=slug), 303)


@bp.post("/invited/decline")
@access(Access.EVERYONE)
def decline() -> ResponseReturnValue:
    """Use the invitation up without joining; no account is needed for that."""
    try:
        with transaction() as session:
            invitation_links.decline(session, token=_token(), now=datetime.now(UTC))
    except NotFound:
        return _link_over()
    flask.session.pop(INVITATION, None)
    flash("You declined the invitation. You can ask for another at any time.")
    return redirect(url_for("library.courses"), 303)


@bp.post("/courses/<slug>/leave")
@access(Access.SIGNED_IN)
def leave(slug: str) -> ResponseReturnValue:
    """Take the viewer out of a course; the page has asked first."""
    with transaction() as session:
        title = enrolments.leave_course(session, actor=actor(), slug=slug, now=datetime.now(UTC))
    flash(f"You left “{title}”. What you learnt is kept, should you go back.", "good")
    return redirect(url_for("library.courses"), 303)


@bp.post("/courses/<slug>/return")
@access(Access.SIGNED_IN)
def go_back(slug: str) -> ResponseReturnValue:
    """Put the viewer back into a course that they left."""
    with transaction() as session:
        enrolments.return_to_course(session, actor=actor(), slug=slug, now=datetime.now(UTC))
    flash("You are back, and everything is as it was.", "good")
    return redirect(url_for("library.course", slug=slug), 303)


def _offered(code: str) -> joining.Offer | None:
    """Return what a code offers; one that is wrong is counted.

    :raises LimitReached: too many were wrong.
    """
    now, network = datetime.now(UTC), network_of(request.remote_addr)
    person = viewer().actor
    join_codes.require_guesses(db.session(), actor=person, network=network, now=now)
    found = joining.offered_by(db.session(), code=join_codes.read_code(code), now=now)
    if found is None:
        with transaction() as session:
            join_codes.count_guess(session, actor=person, network=network, now=now)
    return found


def _no_such_code(typed: str) -> ResponseReturnValue:
    form = CodeForm(formdata=None, data={"code": typed[:40]})
    form.code.errors = [joining.NO_SUCH_CODE]
    return render_template("joining/code.html", form=form), 404


def _show_offer(found: joining.Offer, *, accept: str, back: str) -> str:
    """Return the page of an offer. `accept` takes the yes; `back` is where sign-in leads to."""
    person = viewer().actor
    role = person.roles.get(found.course_id) if person else None
    return render_template("joining/offer.html", offer=found, accept=accept, back=back, role=role)


def _token() -> str:
    return str(flask.session.get(INVITATION, ""))


def _link_over() -> ResponseReturnValue:
    flask.session.pop(INVITATION, None)
    return render_template("joining/over.html", message=joining.LINK_OVER), 404
