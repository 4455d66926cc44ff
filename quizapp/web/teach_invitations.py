"""The instructor's pages of invitations: a list is pasted, planned and sent."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import RadioField, SelectChoice, SelectField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Invalid, LimitReached, Problem
from quizapp.models import Role
from quizapp.queries import class_page, people
from quizapp.queries.courses import CourseInfo
from quizapp.services import invitations
from quizapp.services.invitation_list import LONGEST_TEXT
from quizapp.services.list_table import LONGEST_LIST, text_of_file
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("teach_invitations")

_ONE = f"/invitations/<int(max={LARGEST_ID}):invitation_id>"


class ListForm(Form):
    """A list of addresses, and what those on it are to be."""

    addresses = TextAreaField(
        "Email addresses",
        description=(
            f"One a line, up to {LONGEST_LIST}. Names may stand beside them; commas, semicolons "
            "and cells of a spreadsheet are understood. A first line that names its columns, such "
            "as Email, Name, Section, puts each into a section."
        ),
        render_kw={"rows": 8, "maxlength": LONGEST_TEXT, "spellcheck": "false"},
    )
    file = FileField(
        "Or a file",
        description="A CSV file or an Excel sheet with the columns Email, Name and Section. "
        "It is read into the list, for you to look at.",
        render_kw={"accept": ".csv,.tsv,.txt,.xlsx"},
    )
    role = RadioField(
        "Invite them as",
        choices=[
            SelectChoice(Role.STUDENT.value, "Students"),
            SelectChoice(Role.INSTRUCTOR.value, "Instructors"),
        ],
        default=Role.STUDENT.value,
    )
    group = SelectField(
        "Section", description="For students. They are put into it when they accept."
    )


@bp.get("/invitations")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List who is invited and what became of it."""
    found, now = taught_course(course), datetime.now(UTC)
    listed = class_page.invitations(
        db.session(),
        actor=actor(),
        course_id=found.id,
        page=id_of(request.args.get("page")) or 1,
        now=now,
    )
    return render_template("teach/invitations.html", course=found, found=listed, now=now)


@bp.get("/invitations/new")
@access(Access.INSTRUCTOR)
def new(course: str) -> ResponseReturnValue:
    """Ask for a list."""
    return _form(taught_course(course), ListForm())


@bp.post("/invitations/new")
@access(Access.INSTRUCTOR)
def invite(course: str) -> ResponseReturnValue:
    """Show what inviting a list would do; send letters once that was seen."""
    found, form = taught_course(course), ListForm()
    try:
        _take_file(form)
    except Invalid as error:
        form.attach(error)
        return _form(found, form), 422
    wanted = invitations.Wanted(
        text=form.addresses.data or "",
        role=Role.INSTRUCTOR if form.role.data == Role.INSTRUCTOR.value else Role.STUDENT,
        group_id=id_of(form.group.data),
    )
    try:
        if request.form.get("action") != "send":
            plan = invitations.plan_invitations(
                db.session(),
                actor=actor(),
                course_id=found.id,
                wanted=wanted,
                now=datetime.now(UTC),
            )
            return _form(found, form, plan)
        plan = _send(found, wanted)
    except Invalid as error:
        form.attach(error)
        return _form(found, form), 422
    except LimitReached as error:
        form.form_errors.append(str(error))
        return _form(found, form), 429
    flash(f"{count(len(plan.new), 'invitation')} on the way.", "good")
    if plan.bad:
        # What could not be read comes back to be mended; sending it again doubles nothing.
        lines = [plan.head] if plan.head else []
        form.addresses.data = "\n".join(dict.fromkeys([*lines, *(bad.text for bad in plan.bad)]))
        return _form(found, form, left_over=True)
    return redirect(url_for("teach_invitations.index", course=found.slug), 303)


@bp.post(f"{_ONE}/resend")
@access(Access.INSTRUCTOR)
def resend(course: str, invitation_id: int) -> ResponseReturnValue:
    """Send a new link; the one before fails."""
    found = taught_course(course)
    with transaction() as session:
        email = invitations.resend(
            session,
            actor=actor(),
            course_id=found.id,
            invitation_id=invitation_id,
            site=request.url_root,
            now=datetime.now(UTC),
        )
    flash(f"A new link is on the way to {email}. The link before it has stopped working.", "good")
    return _back(found)


@bp.post(f"{_ONE}/take-back")
@access(Access.INSTRUCTOR)
def take_back(course: str, invitation_id: int) -> ResponseReturnValue:
    """Let the link fail; the invitation can be sent again."""
    found = taught_course(course)
    with transaction() as session:
        email = invitations.take_back(
            session,
            actor=actor(),
            course_id=found.id,
            invitation_id=invitation_id,
            now=datetime.now(UTC),
        )
    flash(f"Taken back: the link to {email} has stopped working. You can send a new one.", "good")
    return _back(found)


def _take_file(form: ListForm) -> None:
    """Let a file that was chosen stand in the list.

    :raises Invalid: at "file": it cannot be read, or a list is typed besides.
    """
    chosen = request.files.get(form.file.name)
    if not chosen or not chosen.filename:
        return
    if (form.addresses.data or "").strip():
        message = "There is a list in the box already. Empty it, or leave the file away."
        raise Invalid([Problem("file", message)])
    form.addresses.data = text_of_file(chosen.read())


def _send(course: CourseInfo, wanted: invitations.Wanted) -> invitations.Plan:
    with transaction() as session:
        return invitations.invite(
            session,
            actor=actor(),
            course_id=course.id,
            wanted=wanted,
            site=request.url_root,
            now=datetime.now(UTC),
        )


def _back(course: CourseInfo) -> ResponseReturnValue:
    page = id_of(request.form.get("page"))
    return redirect(url_for("teach_invitations.index", course=course.slug, page=page), 303)


def _form(
    course: CourseInfo,
    form: ListForm,
    plan: invitations.Plan | None = None,
    *,
    left_over: bool = False,
) -> str:
    groups = people.groups(db.session(), actor=actor(), course_id=course.id)
    form.group.choices = [
        SelectChoice("", "No section"),
        *(SelectChoice(str(one.id), one.name) for one in groups),
    ]
    return render_template(
        "teach/invite.html",
        course=course,
        form=form,
        plan=plan,
        has_groups=bool(groups),
        left_over=left_over,
    )
