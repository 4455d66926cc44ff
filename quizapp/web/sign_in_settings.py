"""How one signs in: another address, and the browsers that are signed in."""

from __future__ import annotations

from datetime import UTC, datetime

import flask
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.queries.browsers import signed_in_browsers
from quizapp.services import credentials, email_changes, sessions
from quizapp.web.access import Access, access
from quizapp.web.auth_forms import EmailAddressField
from quizapp.web.forms import Form
from quizapp.web.viewer import actor, viewer

bp = Blueprint("sign_in_settings", __name__)

#: Where the cookie keeps the link of a new address while its reader looks at the page.
_LINK = "address_token"


class AddressForm(Form):
    email = EmailAddressField("New email address")
    present = PasswordField(
        "Your password", render_kw={"autocomplete": "current-password", "required": True}
    )


@bp.get("/settings/sign-in")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Say how one signs in, and lead to what changes it."""
    session, person, now = db.session(), actor(), datetime.now(UTC)
    found = signed_in_browsers(session, user_id=person.id, token=viewer().token, now=now)
    waiting = email_changes.waiting_address(session, user_id=person.id, now=now)
    return render_template("account/sign_in.html", browsers=len(found), waiting=waiting)


@bp.get("/settings/email")
@access(Access.MEMBER)
def address() -> ResponseReturnValue:
    """Show the form for another address."""
    return _address(AddressForm())


@bp.post("/settings/email")
@access(Access.MEMBER)
def ask_address() -> ResponseReturnValue:
    """Have the new mailbox asked, and the old one told."""
    form, person, now = AddressForm(), actor(), datetime.now(UTC)
    try:
        email = email_changes.check_address(person, form.email.data or "")
        with transaction() as session:
            credentials.count_password_change(session, actor=person, now=now)
        proof = credentials.prove_present_password(
            db.session(), actor=person, password=form.present.data or ""
        )
        with transaction() as session:
            email_changes.count_change(session, actor=person, now=now)
        with transaction() as session:
            email_changes.ask_change(
                session, actor=person, proof=proof, email=email, site=request.url_root, now=now
            )
    except Invalid as error:
        form.attach(error)
        return _address(form), 422
    flash("Look into the mail of the new address: it holds a link.", "good")
    return redirect(url_for("sign_in_settings.address"), 303)


@bp.post("/settings/email/forget")
@access(Access.MEMBER)
def forget_address() -> ResponseReturnValue:
    """Stay with the address in use; the link works no more."""
    with transaction() as session:
        email_changes.forget_change(session, user_id=actor().id)
    flash("Your address stays as it is.", "good")
    return redirect(url_for("sign_in_settings.address"), 303)


@bp.get("/new-address/<token>")
@access(Access.EVERYONE)
def take_token(token: str) -> ResponseReturnValue:
    """Take the token out of the address, so that no page, history or referrer shows it."""
    flask.session[_LINK] = token
    return redirect(url_for("sign_in_settings.confirm"), 303)


@bp.get("/new-address")
@access(Access.EVERYONE)
def confirm() -> ResponseReturnValue:
    """Ask whether to use the address; whoever opens the mail need not be signed in here."""
    try:
        email = email_changes.asked_address(db.session(), token=_token(), now=datetime.now(UTC))
    except NotFound as error:
        return _over(error)
    return render_template("auth/new_address.html", email=email)


@bp.post("/new-address")
@access(Access.EVERYONE)
def use_address() -> ResponseReturnValue:
    """Use the address from now on."""
    try:
        with transaction() as session:
            email_changes.use_address(
                session, token=_token(), site=request.url_root, now=datetime.now(UTC)
            )
    except (NotFound, Conflict) as error:
        return _over(error)
    flask.session.pop(_LINK, None)
    flash("From now on you sign in with the new address.", "good")
    is_member = viewer().is_signed_in and not viewer().is_guest
    return redirect(url_for("sign_in_settings.address" if is_member else "auth.sign_in"), 303)


@bp.get("/settings/browsers")
@access(Access.MEMBER)
def browsers() -> ResponseReturnValue:
    """List the browsers that are signed in."""
    found = signed_in_browsers(
        db.session(), user_id=actor().id, token=viewer().token, now=datetime.now(UTC)
    )
    return render_template("account/browsers.html", browsers=found)


@bp.post("/settings/browsers")
@access(Access.MEMBER)
def sign_out_browsers() -> ResponseReturnValue:
    """Sign one browser out, or all but this one."""
    name = request.form.get("browser", "")
    with transaction() as session:
        if name:
            sessions.close_one(session, user_id=actor().id, name=name)
        else:
            sessions.close_all(session, user_id=actor().id, but=viewer().token)
    flash("Signed out." if name else "All other browsers are signed out.", "good")
    return redirect(url_for("sign_in_settings.browsers"), 303)


def _address(form: AddressForm) -> str:
    waiting = email_changes.waiting_address(db.session(), user_id=actor().id, now=datetime.now(UTC))
    return render_template(
        "account/email.html", form=form, waiting=waiting, hours=email_changes.HOURS
    )


def _token() -> str:
    return str(flask.session.get(_LINK, ""))


def _over(error: NotFound | Conflict) -> ResponseReturnValue:
    flask.session.pop(_LINK, None)
    return render_template("auth/new_address_over.html", message=str(error)), 404
