"""Making a course with nothing in it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries.course_settings import may_publish
from quizapp.queries.courses import course_by_id
from quizapp.services.courses import create_course
from quizapp.web.access import Access, access
from quizapp.web.course_forms import NewCourseForm
from quizapp.web.viewer import actor

bp = Blueprint("courses", __name__)


@bp.get("/courses/new")
@access(Access.INSTRUCTOR)
def new() -> ResponseReturnValue:
    """Show the form of a new course."""
    return _show(NewCourseForm(formdata=None))


@bp.post("/courses/new")
@access(Access.INSTRUCTOR)
def create() -> ResponseReturnValue:
    """Make a course; its maker teaches it."""
    form = NewCourseForm()
    try:
        with transaction() as session:
            course_id = create_course(
                session, actor=actor(), written=form.written, now=datetime.now(UTC)
            )
            slug = course_by_id(session, course_id).slug
    except Invalid as error:
        form.attach(error)
        return _show(form), 422
    except Conflict:
        form.slug.errors = [*form.slug.errors, TAKEN]
        return _show(form), 409
    flash("The course is there. Add its first text: questions cite its paragraphs.", "good")
    return redirect(url_for("texts.index", course=slug), 303)


#: Somebody made a course with the same address at the same moment.
TAKEN = "Another course got this address just then. Choose another."


def _show(form: NewCourseForm) -> str:
    may = may_publish(db.session(), actor=actor())
    return render_template("teach/course_new.html", form=form, may_publish=may)
