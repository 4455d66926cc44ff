"""Coming in and going out: accounts, guests, forgotten passwords."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import flask
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from quizapp.db import db, transaction
from quizapp.errors import Invalid, NotFound
from quizapp.queries.accounts import actor_for_token
from quizapp.queries.data_exports import ending_of
from quizapp.queries.settings import reviews_kept
from quizapp.services import accounts, credentials, guests, mail, resets, sessions, zones
from quizapp.services.limits import network_of
from quizapp.web import filters
from quizapp.web.access import Access, access, safe_next
from quizapp.web.auth_forms import ForgotForm, ResetForm, SignInForm, SignUpForm
from quizapp.web.browser_names import browser_name
from quizapp.web.forms import Form
from quizapp.web.viewer import Viewer, viewer

bp = Blueprint("auth", __name__)

#: Where the cookie keeps the link of an invitation while its reader signs up or in.
INVITATION = "invitation_token"
_RESET = "reset_token"
_log = logging.getLogger(__name__)


@bp.get("/sign-up")
@access(Access.EVERYONE)
def sign_up() -> ResponseReturnValue:
    """Show the form for a new account; a guest's account keeps what the guest learnt."""
    return _go_on() if _is_member() else _show("auth/sign_up.html", SignUpForm())


@bp.post("/sign-up")
@access(Access.EVERYONE)
def create_account() -> ResponseReturnValue:
    """Make the account and sign in to it."""
    if _is_member():
        return _go_on()
    form, guest, now = SignUpForm(), viewer().actor, datetime.now(UTC)
    with transaction() as session:
        accounts.count_sign_up(session, network=_network(), now=now)
    try:
        account = accounts.prepare_account(
            email=form.email.data or "",
            password=form.password.data or "",
            name=form.name.data or "",
            timezone=_zone(form.timezone.data or "", guest.timezone if guest else "UTC"),
        )
        with transaction() as session:
            user_id = accounts.sign_up(session, account=account, guest=guest, now=now)
            token = sessions.open_session(session, user_id=user_id, now=now, browser=_browser())
    except Invalid as error:
        form.attach(error)
        return _show("auth/sign_up.html", form), 422
    _begin(token)
    flash("Your account is ready. Everything you learn is kept in it.", "good")
    return _go_on()


@bp.get("/sign-in")
@access(Access.EVERYONE)
def sign_in() -> ResponseReturnValue:
    """Show the form, with a word to guests about what they leave behind."""
    return _go_on() if _is_member() else _show("auth/sign_in.html", SignInForm())


@bp.post("/sign-in")
@access(Access.EVERYONE)
def check_sign_in() -> ResponseReturnValue:
    """Compare the password, end the present session and begin a new one."""
    if _is_member():
        return _go_on()
    form, now, network = SignInForm(), datetime.now(UTC), _network()
    email = form.email.data or ""
    with transaction() as session:
        credentials.count_sign_in(session, email=email, network=network, now=now)
    try:
        proof = credentials.authenticate(
            db.session(), email=email, password=form.password.data or ""
        )
        with transaction() as session:
            sessions.close_session(session, token=viewer().token)
            token = credentials.sign_in(
                session, proof=proof, email=email, network=network, now=now, browser=_browser()
            )
    except Invalid as error:
        _log.warning("sign-in refused, from %s", network)
        form.attach(error)
        return _show("auth/sign_in.html", form), 422
    _begin(token)
    _warn_of_end(proof.user_id)
    return _go_on()


@bp.post("/sign-out")
@access(Access.EVERYONE)
def sign_out() -> ResponseReturnValue:
    """End this browser's session; a copy of its cookie opens nothing afterwards.

    A guest with something to lose is asked once more: nobody could ever open it again.
    """
    guest = viewer().actor if viewer().is_guest else None
    if guest and "sure" not in request.form:
        rated = reviews_kept(db.session(), actor=guest)
        if rated:
            return render_template("auth/leave.html", rated=rated)
    with transaction() as session:
        sessions.close_session(session, token=viewer().token)
    logout_user()
    flask.session.clear()
    response = make_response(redirect(url_for("home.index"), 303))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@bp.get("/try")
@access(Access.EVERYONE)
def try_now() -> ResponseReturnValue:
    """Show what trying means, with one button."""
    if viewer().is_signed_in:
        return redirect(url_for("study.review"), 303)
    return render_template("auth/try.html")


@bp.post("/try")
@access(Access.EVERYONE)
def start_trying() -> ResponseReturnValue:
    """Make a guest and lead to the first card."""
    if not viewer().is_signed_in:
        now = datetime.now(UTC)
        with transaction() as session:
            guests.count_guest(session, network=_network(), now=now)
        with transaction() as session:
            guest_id = guests.make_guest(
                session, timezone=request.form.get("timezone", ""), now=now
            )
            token = sessions.open_session(session, user_id=guest_id, now=now, browser=_browser())
        _begin(token)
    return redirect(url_for("study.review"), 303)


@bp.get("/forgot")
@access(Access.EVERYONE)
def forgot() -> ResponseReturnValue:
    """Ask for the address to send a link to."""
    return render_template("auth/forgot.html", form=ForgotForm())


@bp.post("/forgot")
@access(Access.EVERYONE)
def send_reset() -> ResponseReturnValue:
    """Leave the work to a job; the answer is the same for every address."""
    form, now = ForgotForm(), datetime.now(UTC)
    email = form.email.data or ""
    with transaction() as session:
        resets.count_reset(session, email=email, network=_network(), now=now)
    try:
        with transaction() as session:
            resets.request_reset(session, email=email, site=request.url_root, now=now)
    except Invalid as error:
        form.attach(error)
        return render_template("auth/forgot.html", form=form), 422
    return render_template("auth/forgot_sent.html")


@bp.get("/reset/<token>")
@access(Access.EVERYONE)
def reset(token: str) -> ResponseReturnValue:
    """Take the token out of the address, so that no page, history or referrer shows it."""
    flask.session[_RESET] = token
    return redirect(url_for("auth.choose_password"), 303)


@bp.get("/reset")
@access(Access.EVERYONE)
def choose_password() -> ResponseReturnValue:
    """Show the form, if the link still works."""
    try:
        email = resets.reset_email(db.session(), token=_reset_token(), now=datetime.now(UTC))
    except NotFound as error:
        return _link_is_over(error)
    return render_template("auth/reset.html", form=ResetForm(), email=email)


@bp.post("/reset")
@access(Access.EVERYONE)
def save_password() -> ResponseReturnValue:
    """Use the link up, end every session, and lead to the sign-in page."""
    form, token, now = ResetForm(), _reset_token(), datetime.now(UTC)
    email = ""
    try:
        email = resets.reset_email(db.session(), token=token, now=now)
        new_hash = credentials.hash_new_password(form.password.data or "", email=email)
        with transaction() as session:
            resets.reset_password(session, token=token, new_hash=new_hash, now=now)
            letter = mail.changed_letter(email=email, site=request.url_root)
            mail.post_letter(session, letter=letter, now=now)
    except NotFound as error:
        return _link_is_over(error)
    except Invalid as error:
        form.attach(error)
        return render_template("auth/reset.html", form=form, email=email), 422
    logout_user()
    flask.session.clear()
    flash("Your password is changed. Sign in with it.", "good")
    return redirect(url_for("auth.sign_in"), 303)


def _begin(token: str) -> None:
    """Bind this browser to a new session; of the cookie before it stays an invitation alone."""
    actor = actor_for_token(db.session(), token, now=datetime.now(UTC))
    invitation = flask.session.get(INVITATION)
    flask.session.clear()
    if invitation is not None:
        flask.session[INVITATION] = invitation
    flask.session.permanent = True
    login_user(Viewer(actor, token))


def _show(template: str, form: Form) -> str:
    """Return a page with a form; it tells guests how much they have learnt."""
    guest = viewer().actor
    rated = reviews_kept(db.session(), actor=guest) if guest else 0
    return render_template(template, form=form, rated=rated)


def _go_on() -> ResponseReturnValue:
    return redirect(safe_next(request.args.get("next")) or url_for("study.today"), 303)


def _is_member() -> bool:
    return viewer().is_signed_in and not viewer().is_guest


def _zone(said: str, otherwise: str) -> str:
    """Return the zone that the browser said; without a script it says none."""
    return said if zones.is_zone(said) else otherwise


def _browser() -> str:
    return browser_name(request.user_agent.string)


def _warn_of_end(user_id: int) -> None:
    """Remind whoever comes back that their account is going to be deleted."""
    ending = ending_of(db.session(), user_id=user_id)
    if ending is not None:
        when = filters.day(ending.due_at)
        flash(f"Your account will be deleted on {when}. Keep it in Settings, Your data.", "warn")


def _network() -> str:
    return network_of(request.remote_addr)


def _reset_token() -> str:
    return str(flask.session.get(_RESET, ""))


def _link_is_over(error: NotFound) -> ResponseReturnValue:
    flask.session.pop(_RESET, None)
    return render_template("auth/reset_over.html", message=str(error)), 404
