"""One's own data: a copy of all of it, and the end of the account."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from wtforms import BooleanField, PasswordField, RadioField, SelectChoice

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models.ownership import HELD
from quizapp.policy import require_instructor
from quizapp.queries.data_exports import ending_of, export_item, exports_of
from quizapp.queries.own_courses import left_courses, sole_titles
from quizapp.services import credentials, mail
from quizapp.services.account_deletions import GRACE, ask_deletion, keep_account
from quizapp.services.data_exports import KEPT, ask_export, count_export, drop_export
from quizapp.web.access import Access, access
from quizapp.web.anki import LOOK_AGAIN_SECONDS
from quizapp.web.forms import Form
from quizapp.web.sent_files import sent_file
from quizapp.web.uploads import settings
from quizapp.web.viewer import actor, viewer

bp = Blueprint("own_data", __name__)

_EVERYTHING, _STATISTICS = "everything", "statistics"


class DeletionForm(Form):
    what = RadioField(
        "What becomes of your answers in quizzes?",
        choices=[
            SelectChoice(
                _EVERYTHING, "Everything goes, and statistics are counted again without me"
            ),
            SelectChoice(
                _STATISTICS, "My answers go; what they added to statistics stays, without a name"
            ),
        ],
        default=_EVERYTHING,
        invalid_choice_message="Choose one of the two.",
        invalid_value_message="Choose one of the two.",
    )
    present = PasswordField(
        "Your password", render_kw={"autocomplete": "current-password", "required": True}
    )


class GuestDeletionForm(Form):
    agreed = BooleanField("Yes, delete everything that I did here")


@bp.get("/settings/data")
@access(Access.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what can be done with one's own data."""
    now = datetime.now(UTC)
    session, person = db.session(), actor()
    return render_template(
        "account/data.html",
        exports=exports_of(session, learner_id=person.id, now=now),
        ending=ending_of(session, user_id=person.id),
        days=KEPT.days,
        held=dict.fromkeys(held.about for held in HELD.values() if held.is_copied),
    )


@bp.post("/settings/data/copies")
@access(Access.SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Have a copy of all that is one's own made."""
    return asked_copy(None, url_for("own_data.show"))


def asked_copy(course_id: int | None, back: str) -> ResponseReturnValue:
    """Have a copy made, and lead to where it says how far it is."""
    now = datetime.now(UTC)
    with transaction() as session:
        count_export(session, actor=actor(), now=now)
    try:
        with transaction() as session:
            number = ask_export(session, actor=actor(), now=now, course_id=course_id)
    except Conflict as error:
        flash(str(error), "warn")
        return redirect(back, 303)
    return redirect(url_for("own_data.progress", number=number), 303)


@bp.get("/settings/data/copies/<int(max=2147483647):number>")
@access(Access.SIGNED_IN)
def progress(number: int) -> ResponseReturnValue:
    """Show how far a copy has come, and at the end where it is."""
    now = datetime.now(UTC)
    item = export_item(db.session(), learner_id=actor().id, number=number, now=now)
    is_still = "still" in request.args
    shown = render_template("account/copy.html", item=item, is_still=is_still, days=KEPT.days)
    is_over = is_still or not item.is_open
    return shown, {} if is_over else {"Refresh": str(LOOK_AGAIN_SECONDS)}


@bp.get("/settings/data/copies/<int(max=2147483647):number>/file")
@access(Access.SIGNED_IN)
def download(number: int) -> ResponseReturnValue:
    """Send a copy that is there; of a course only to whoever still teaches it."""
    person, now = actor(), datetime.now(UTC)
    item = export_item(db.session(), learner_id=person.id, number=number, now=now)
    if item.course_id is not None:
        require_instructor(person, item.course_id)
    path = settings().exports / f"{item.file}.zip"
    if not item.is_done or not path.is_file():
        raise NotFound("This copy is not there. Ask for another one.")
    name = f"{item.slug or 'footnote'}-{item.created_at:%Y-%m-%d}.zip"
    return sent_file(path, name=name, media_type="application/zip")


@bp.post("/settings/data/copies/<int(max=2147483647):number>/drop")
@access(Access.SIGNED_IN)
def drop(number: int) -> ResponseReturnValue:
    """Throw a copy away before its time."""
    item = export_item(db.session(), learner_id=actor().id, number=number, now=datetime.now(UTC))
    with transaction() as session:
        drop_export(session, actor=actor(), number=number)
    if not item.is_open:
        (settings().exports / f"{item.file}.zip").unlink(missing_ok=True)
        flash("The copy is thrown away.", "good")
    return redirect(url_for("own_data.show"), 303)


@bp.get("/settings/data/delete")
@access(Access.SIGNED_IN)
def delete() -> ResponseReturnValue:
    """Say what deleting the account does, and ask for the password."""
    return _deletion(_form())


@bp.post("/settings/data/delete")
@access(Access.SIGNED_IN)
def ask_to_delete() -> ResponseReturnValue:
    """Have the account deleted: after two weeks, or at once where nobody could come back."""
    form, person, now = _form(), actor(), datetime.now(UTC)
    if not form.validate():
        return _deletion(form), 422
    try:
        if isinstance(form, DeletionForm):
            _require_password(form, now)
        elif not form.agreed.data:
            raise Invalid([Problem("agreed", "Tick the box to say that you are sure.")])
        with transaction() as session:
            ask_deletion(
                session,
                actor=person,
                keeps_statistics=isinstance(form, DeletionForm) and form.what.data == _STATISTICS,
                token=viewer().token,
                now=now,
            )
            if person.email:
                letter = mail.deletion_letter(
                    email=person.email, days=GRACE.days, site=request.url_root
                )
                mail.post_letter(session, letter=letter, now=now)
    except Invalid as error:
        form.attach(error)
        return _deletion(form), 422
    if not person.is_guest:
        return redirect(url_for("own_data.show"), 303)
    logout_user()
    flash("All that you did here as a guest is being deleted.", "good")
    return redirect(url_for("home.index"), 303)


@bp.post("/settings/data/keep")
@access(Access.SIGNED_IN)
def keep() -> ResponseReturnValue:
    """Take the deletion back."""
    with transaction() as session:
        keep_account(session, actor=actor())
    flash("Your account stays. Nothing was deleted.", "good")
    return redirect(url_for("own_data.show"), 303)


def _require_password(form: DeletionForm, now: datetime) -> None:
    """Pass whoever knows the password; each try is counted as one for another password is.

    :raises Invalid: it is another one.
    """
    with transaction() as session:
        credentials.count_password_change(session, actor=actor(), now=now)
    password = form.present.data or ""
    credentials.prove_present_password(db.session(), actor=actor(), password=password)


def _form() -> DeletionForm | GuestDeletionForm:
    return GuestDeletionForm() if viewer().is_guest else DeletionForm()


def _deletion(form: Form) -> str:
    session, person = db.session(), actor()
    return render_template(
        "account/delete.html",
        form=form,
        days=GRACE.days,
        own=sole_titles(session, user_id=person.id),
        left=left_courses(session, user_id=person.id),
    )
