"""Settings: what people change about themselves."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, SelectChoice, SelectField, StringField

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.queries.people import own_allowances
from quizapp.services import credentials, mail, profiles
from quizapp.services.zones import zone_names
from quizapp.web.access import Access, access
from quizapp.web.auth_forms import new_password_field
from quizapp.web.forms import Form
from quizapp.web.viewer import actor, viewer

bp = Blueprint("account", __name__)


class ZoneForm(Form):
    timezone = StringField(
        "Time zone",
        description="Your day and your cards follow it. Area and city, like Europe/Lisbon.",
        render_kw={"list": "zones", "autocomplete": "off", "required": True},
    )


class ProfileForm(ZoneForm):
    name = StringField(
        "Name",
        description="As your class knows you. Your instructors see it.",
        render_kw={"autocomplete": "name", "maxlength": 100, "required": True},
    )
    day_start_hour = SelectField(
        "Your day starts at",
        coerce=int,
        choices=[SelectChoice(hour, f"{hour}:00") for hour in range(24)],
        invalid_value_message="Choose an hour from the list.",
        invalid_choice_message="Choose an hour from the list.",
        description="New cards appear at this hour; until then it is still the day before.",
    )


class PasswordForm(Form):
    present = PasswordField(
        "Present password", render_kw={"autocomplete": "current-password", "required": True}
    )
    password = new_password_field("New password")


@bp.get("/settings/profile")
@access(Access.SIGNED_IN)
def settings() -> ResponseReturnValue:
    """Show who one is here and when one's day begins; guests see their zone only."""
    person = actor()
    if person.is_guest:
        return _show("account/guest.html", ZoneForm(obj=person))
    return _show_profile(ProfileForm(obj=person))


@bp.post("/settings/profile")
@access(Access.SIGNED_IN)
def save_profile() -> ResponseReturnValue:
    """Keep what was set."""
    form = ZoneForm() if viewer().is_guest else ProfileForm()
    if not form.validate():
        return _show_profile(form), 422
    try:
        with transaction() as session:
            if isinstance(form, ProfileForm):
                profiles.update_profile(
                    session,
                    actor=actor(),
                    name=form.name.data or "",
                    timezone=form.timezone.data or "",
                    day_start_hour=form.day_start_hour.data,
                )
            else:
                profiles.update_timezone(session, actor=actor(), timezone=form.timezone.data or "")
    except Invalid as error:
        form.attach(error)
        return _show_profile(form), 422
    return _saved(url_for("account.settings"))


@bp.get("/settings/password")
@access(Access.MEMBER)
def password() -> ResponseReturnValue:
    """Show the form for another password."""
    return _show("account/password.html", PasswordForm())


@bp.post("/settings/password")
@access(Access.MEMBER)
def change_password() -> ResponseReturnValue:
    """Keep the new password and end all other sessions."""
    form, person, now = PasswordForm(), actor(), datetime.now(UTC)
    with transaction() as session:
        credentials.count_password_change(session, actor=person, now=now)
    try:
        proof = credentials.prove_present_password(
            db.session(), actor=person, password=form.present.data or ""
        )
        email = person.email or ""
        new_hash = credentials.hash_new_password(form.password.data or "", email=email)
        with transaction() as session:
            credentials.change_password(
                session, proof=proof, new_hash=new_hash, token=viewer().token
            )
            letter = mail.changed_letter(email=email, site=request.url_root)
            mail.post_letter(session, letter=letter, now=now)
    except Invalid as error:
        form.attach(error)
        return _show("account/password.html", form), 422
    flash("Your password is changed. All other browsers are signed out.", "good")
    return redirect(url_for("account.password"), 303)


def _show_profile(form: ZoneForm) -> str:
    if not isinstance(form, ProfileForm):
        return _show("account/guest.html", form)
    allowances = own_allowances(db.session(), actor=actor())
    return render_template(
        "account/profile.html", form=form, zones=zone_names(), allowances=allowances
    )


def _show(template: str, form: Form) -> str:
    return render_template(template, form=form, zones=zone_names())


def _saved(address: str) -> ResponseReturnValue:
    flash("Saved.", "good")
    return redirect(address, 303)
