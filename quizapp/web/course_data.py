"""A copy of a whole course, for whoever teaches it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db
from quizapp.queries.course_copies import contents_of
from quizapp.queries.data_exports import exports_of
from quizapp.services.data_exports import KEPT
from quizapp.web.access import Access, access
from quizapp.web.own_data import asked_copy
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("course_data")


@bp.get("/export/course")
@access(Access.INSTRUCTOR)
def show(course: str) -> ResponseReturnValue:
    """Say what a copy of the course holds, and list those that there are."""
    taught, session = taught_course(course), db.session()
    now = datetime.now(UTC)
    return render_template(
        "teach/export_course.html",
        course=taught,
        contents=contents_of(session, actor=actor(), course_id=taught.id),
        exports=exports_of(session, learner_id=actor().id, now=now, course_id=taught.id),
        days=KEPT.days,
    )


@bp.post("/export/course")
@access(Access.INSTRUCTOR)
def ask(course: str) -> ResponseReturnValue:
    """Have a copy of the course made; of an archived one as well."""
    taught = taught_course(course, stays=True)
    return asked_copy(taught.id, url_for("course_data.show", course=taught.slug))
