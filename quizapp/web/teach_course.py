"""The instructor's pages of a course as a whole: its settings, and making another from it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.models import CopyState
from quizapp.policy import may_teach
from quizapp.queries.course_copies import contents_of, copy_head, parts_of, unused_copy
from quizapp.queries.course_settings import may_publish, stored_course
from quizapp.queries.courses import CourseInfo, course_by_id
from quizapp.services.course_copies import ask_copy, copy_later, make_copy, undo_copy
from quizapp.services.courses import revise_course
from quizapp.web.access import Access, access
from quizapp.web.anki import LOOK_AGAIN_SECONDS
from quizapp.web.course_forms import CopyForm, SettingsForm, filled
from quizapp.web.courses import TAKEN
from quizapp.web.quiz_rows import LARGEST_ID, id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_course")

#: A course with more paragraphs, facts and questions in all is copied by a worker.
MOST_AT_ONCE = 1_000


@bp.get("/settings")
@access(Access.INSTRUCTOR)
def show(course: str) -> ResponseReturnValue:
    """Show what is said of the course."""
    taught = taught_course(course)
    return _settings(taught, None)


@bp.post("/settings")
@access(Access.INSTRUCTOR)
def save(course: str) -> ResponseReturnValue:
    """Keep what is said of the course; when someone else was first, show both and lose neither."""
    taught, form = taught_course(course), SettingsForm()
    seen = id_of(form.seen.data)
    keys: dict[str, Any] = {"actor": actor(), "course_id": taught.id}
    try:
        with transaction() as session:
            revise_course(session, **keys, written=form.written, seen=-1 if seen is None else seen)
    except Invalid as error:
        form.attach(error)
        return _settings(taught, form), 422
    except Conflict:
        return _settings(taught, form, is_late=True), 409
    flash("Saved.", "good")
    return redirect(url_for("teach_course.show", course=taught.slug), 303)


@bp.get("/copy")
@access(Access.INSTRUCTOR)
def copy(course: str) -> ResponseReturnValue:
    """Show what a copy would hold, and ask what to call it."""
    taught = taught_course(course)
    return _copy(taught, CopyForm(formdata=None, title=f"{taught.title} (copy)"[:200]))


@bp.post("/copy")
@access(Access.INSTRUCTOR)
def make(course: str) -> ResponseReturnValue:
    """Make a copy, or leave a large one to a worker; an archived course is copied as well."""
    taught, form = taught_course(course, stays=True), CopyForm()
    written = form.wanted(summary=taught.summary, language=taught.language)
    is_small = parts_of(db.session(), course_id=taught.id) <= MOST_AT_ONCE
    now = datetime.now(UTC)
    keys: dict[str, Any] = {"actor": actor(), "course_id": taught.id, "written": written}
    try:
        with transaction() as session:
            if is_small:
                copy_id = make_copy(session, **keys, now=now)
            else:
                copy_id = ask_copy(session, **keys, now=now)
                copy_later(session, copy_id=copy_id, now=now)
    except Invalid as error:
        form.attach(error)
        return _copy(taught, form), 422
    except Conflict:
        form.slug.errors = [*form.slug.errors, TAKEN]
        return _copy(taught, form), 409
    return redirect(url_for("teach_course.made", course=taught.slug, copy_id=copy_id), 303)


@bp.get(f"/copies/<int(max={LARGEST_ID}):copy_id>")
@access(Access.INSTRUCTOR)
def made(course: str, copy_id: int) -> ResponseReturnValue:
    """Show how far a copy has come, then what it holds."""
    taught = taught_course(course)
    head = copy_head(db.session(), actor=actor(), course_id=taught.id, copy_id=copy_id)
    is_open, is_still = head.state is CopyState.COPYING, "still" in request.args
    page = render_template(
        "teach/copy_made.html",
        course=taught,
        head=head,
        is_still=is_still,
        may_open=may_teach(actor(), head.course_id),
    )
    again = {"Refresh": str(LOOK_AGAIN_SECONDS)} if is_open and not is_still else {}
    return page, again


@bp.post("/copy/undo")
@access(Access.INSTRUCTOR)
def undo(course: str) -> ResponseReturnValue:
    """Take back the copy that this course is, while nobody else has used it."""
    taught = taught_course(course)
    try:
        with transaction() as session:
            source_id = undo_copy(
                session, actor=actor(), course_id=taught.id, now=datetime.now(UTC)
            )
            back = course_by_id(session, source_id).slug if source_id else None
    except Conflict as error:
        flash(str(error), "warn")
        return redirect(url_for("teach_course.show", course=taught.slug), 303)
    rest = " What it was made from is as it was." if back else ""
    flash(f"“{taught.title}” is gone.{rest}", "good")
    place = url_for("teach_course.copy", course=back) if back else url_for("library.courses")
    return redirect(place, 303)


def _settings(course: CourseInfo, form: SettingsForm | None, *, is_late: bool = False) -> str:
    """Return the page with what is in the form, or what is stored.

    :param is_late: somebody else saved meanwhile: both are shown.
    """
    session = db.session()
    stored = stored_course(session, actor=actor(), course_id=course.id)
    theirs = filled(stored)
    if form is None:
        form = theirs
    elif is_late:
        form.seen.data = str(stored.edited)
    return render_template(
        "teach/course_settings.html",
        course=course,
        form=form,
        stored=stored,
        theirs=theirs if is_late else None,
        may_publish=stored.is_public or may_publish(session, actor=actor()),
        is_unused_copy=unused_copy(session, course_id=course.id),
    )


def _copy(course: CourseInfo, form: CopyForm) -> str:
    contents = contents_of(db.session(), actor=actor(), course_id=course.id)
    return render_template("teach/copy.html", course=course, form=form, contents=contents)
