"""The instructor's pages of people: students with what they need, and groups."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries import class_page, people
from quizapp.queries.courses import CourseInfo
from quizapp.questions.reading import clean
from quizapp.services import allowances
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import LARGEST_ID, id_of, moment_of, number_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_people")

_STUDENT = f"/people/<int(max={LARGEST_ID}):learner_id>"
_GROUP = f"/groups/<int(max={LARGEST_ID}):group_id>"
_LONGEST_SEARCH = 200
_SAME_NAME = "Somebody gave a group this name just then. Nothing was saved; choose another."


class NeedsForm(Form):
    """What one student needs in every quiz."""

    extra_time_percent = StringField(
        "Extra time, percent",
        description="25 is a quarter more, 100 is twice the time. Empty: none.",
        render_kw={"inputmode": "numeric", "maxlength": "9", "list": "usual-time"},
    )
    extra_attempts = StringField(
        "Extra attempts",
        description="On top of what a quiz allows. Empty: none.",
        render_kw={"inputmode": "numeric", "maxlength": "9"},
    )
    hides_countdown = BooleanField(
        "No countdown", description="The clock that runs down is hidden; the end is still named."
    )
    reason = TextAreaField(
        "Reason (optional)",
        description="The student reads it, and so do the other instructors of the course.",
        render_kw={"rows": 2, "maxlength": allowances.REASON_LIMIT},
    )
    seen = HiddenField()


class GroupForm(Form):
    """The name of a group."""

    name = StringField(
        "Name of the group", render_kw={"maxlength": allowances.NAME_LIMIT, "required": True}
    )


@bp.get("/people")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List a course's students and groups."""
    return _index(taught_course(course), GroupForm())


@bp.get(_STUDENT)
@access(Access.INSTRUCTOR)
def student(course: str, learner_id: int) -> ResponseReturnValue:
    """Show what a student needs."""
    found = taught_course(course)
    one = _one(found, learner_id)
    return _student(found, one, _filled(one))


@bp.post(_STUDENT)
@access(Access.INSTRUCTOR)
def save_student(course: str, learner_id: int) -> ResponseReturnValue:
    """Keep what a student needs."""
    found, form = taught_course(course), NeedsForm()
    written = allowances.WrittenNeeds(
        extra_time_percent=number_of(form.extra_time_percent.data),
        extra_attempts=number_of(form.extra_attempts.data),
        hides_countdown=bool(form.hides_countdown.data),
        reason=form.reason.data or "",
    )
    try:
        with transaction() as session:
            is_anything = allowances.set_needs(
                session,
                actor=actor(),
                course_id=found.id,
                learner_id=learner_id,
                written=written,
                seen=moment_of(form.seen.data),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _student(found, _one(found, learner_id), form), 422
    except Conflict as error:
        one = _one(found, learner_id)
        form.seen.data = one.seen.isoformat() if one.seen else ""
        form.form_errors.append(
            f"{error} What is set now stands beside the form. Save to replace it."
        )
        return _student(found, one, form, is_stale=True), 409
    flash(
        "Saved. It holds for attempts that begin from now on."
        if is_anything
        else "Saved. Quizzes run for this student as for everybody.",
        "good",
    )
    return redirect(url_for("teach_people.student", course=found.slug, learner_id=learner_id), 303)


@bp.post("/groups")
@access(Access.INSTRUCTOR)
def create_group(course: str) -> ResponseReturnValue:
    """Make a group and open it."""
    found, form = taught_course(course), GroupForm()
    try:
        with transaction() as session:
            group_id = allowances.create_group(
                session, actor=actor(), course_id=found.id, name=form.name.data or ""
            )
    except Invalid as error:
        form.attach(error)
        return _index(found, form), 422
    except Conflict:
        form.form_errors.append(_SAME_NAME)
        return _index(found, form), 409
    flash("Group made. Add students to it.", "good")
    return redirect(_group_address(found, group_id), 303)


@bp.get(_GROUP)
@access(Access.INSTRUCTOR)
def group(course: str, group_id: int) -> ResponseReturnValue:
    """Show a group: its name, its members, and who could be added."""
    found = taught_course(course)
    row = people.group(db.session(), actor=actor(), course_id=found.id, group_id=group_id)
    return _group(found, row, GroupForm(formdata=None, data={"name": row.name}))


@bp.post(_GROUP)
@access(Access.INSTRUCTOR)
def rename_group(course: str, group_id: int) -> ResponseReturnValue:
    """Give a group another name."""
    found, form = taught_course(course), GroupForm()
    try:
        with transaction() as session:
            allowances.rename_group(
                session,
                actor=actor(),
                course_id=found.id,
                group_id=group_id,
                name=form.name.data or "",
            )
    except Invalid as error:
        form.attach(error)
        row = people.group(db.session(), actor=actor(), course_id=found.id, group_id=group_id)
        return _group(found, row, form), 422
    except Conflict:
        form.form_errors.append(_SAME_NAME)
        row = people.group(db.session(), actor=actor(), course_id=found.id, group_id=group_id)
        return _group(found, row, form), 409
    flash("Saved.", "good")
    return redirect(_group_address(found, group_id), 303)


@bp.post(f"{_GROUP}/delete")
@access(Access.INSTRUCTOR)
def delete_group(course: str, group_id: int) -> ResponseReturnValue:
    """Delete a group; the page has asked first."""
    found = taught_course(course)
    with transaction() as session:
        name = allowances.delete_group(
            session, actor=actor(), course_id=found.id, group_id=group_id
        )
    flash(f"Group “{name}” deleted. Its students are still in the course.", "good")
    return redirect(url_for("teach_people.index", course=found.slug), 303)


@bp.post(f"{_GROUP}/members")
@access(Access.INSTRUCTOR)
def set_member(course: str, group_id: int) -> ResponseReturnValue:
    """Put a student into a group, or take them out."""
    found = taught_course(course)
    with transaction() as session:
        allowances.set_member(
            session,
            actor=actor(),
            course_id=found.id,
            group_id=group_id,
            learner_id=id_of(request.form.get("learner")) or 0,
            is_member=request.form.get("to") != "out",
        )
    text = clean(request.form.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)[0] or None
    page = id_of(request.form.get("page"))
    address = url_for("teach_people.group", course=found.slug, group_id=group_id, q=text, page=page)
    return redirect(address, 303)


def _wanted(group_id: int | None = None) -> people.StudentFilter:
    """Return whom the address asks for; what it cannot mean does not filter."""
    args = request.args
    text, _ = clean(args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    return people.StudentFilter(
        text=text,
        group_id=group_id or id_of(args.get("group")),
        with_needs=args.get("needs") == "1",
        page=id_of(args.get("page")) or 1,
    )


def _index(course: CourseInfo, form: GroupForm) -> str:
    wanted = _wanted()
    found = people.students(db.session(), actor=actor(), course_id=course.id, wanted=wanted)
    groups = people.groups(db.session(), actor=actor(), course_id=course.id)
    now = datetime.now(UTC)
    parts = class_page.class_parts(db.session(), actor=actor(), course_id=course.id, now=now)
    removed = id_of(request.args.get("removed"))
    chosen = {
        "course": course.slug,
        "q": wanted.text,
        "group": wanted.group_id,
        "needs": "1" if wanted.with_needs else None,
    }
    return render_template(
        "teach/people.html",
        course=course,
        found=found,
        groups=groups,
        parts=parts,
        now=now,
        removed=next((one for one in parts.former if one.id == removed and one.is_removed), None),
        wanted=wanted,
        chosen={name: value for name, value in chosen.items() if value},
        form=form,
    )


def _one(course: CourseInfo, learner_id: int) -> people.Student:
    return people.student(db.session(), actor=actor(), course_id=course.id, learner_id=learner_id)


def _filled(one: people.Student) -> NeedsForm:
    allowance = one.allowance
    percent = (allowance.time_factor - 1) * 100
    data = {
        "extra_time_percent": str(round(percent)) if percent else "",
        "extra_attempts": str(allowance.extra_attempts or ""),
        "hides_countdown": allowance.hides_countdown,
        "reason": one.reason,
        "seen": one.seen.isoformat() if one.seen else "",
    }
    return NeedsForm(formdata=None, data=data)


def _student(
    course: CourseInfo, one: people.Student, form: NeedsForm, *, is_stale: bool = False
) -> str:
    own = people.exceptions(db.session(), actor=actor(), course_id=course.id, learner_id=one.id)
    return render_template(
        "teach/person.html",
        course=course,
        student=one,
        form=form,
        exceptions=own,
        is_stale=is_stale,
    )


def _group_address(course: CourseInfo, group_id: int) -> str:
    return url_for("teach_people.group", course=course.slug, group_id=group_id)


def _group(course: CourseInfo, row: people.GroupRow, form: GroupForm) -> str:
    """Return the page of a group: its members, or whoever a search finds in the course."""
    asked = _wanted()
    is_search = bool(asked.text)
    wanted = people.StudentFilter(
        text=asked.text, group_id=None if is_search else row.id, page=asked.page
    )
    found = people.students(db.session(), actor=actor(), course_id=course.id, wanted=wanted)
    return render_template(
        "teach/group.html",
        course=course,
        group=row,
        found=found,
        form=form,
        is_search=is_search,
        wanted=wanted,
        chosen={"course": course.slug, "group_id": row.id}
        | ({"q": asked.text} if asked.text else {}),
    )
