"""A student's marks of a course in one place."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.queries.own_marks import own_marks
from quizapp.services.attempt_submit import close_overdue
from quizapp.web import grade_words
from quizapp.web import quiz_words as words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.viewer import actor

bp = Blueprint("grades", __name__)


@bp.get("/grades")
@access(Access.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what counts in each quiz, what was said of it and what is open."""
    course, now = current_course(), datetime.now(UTC)
    marks = own_marks(db.session(), actor=actor(), course_id=course.id, now=now)
    if marks.has_overdue:
        with transaction() as session:
            close_overdue(session, actor=actor(), now=now)
        marks = own_marks(db.session(), actor=actor(), course_id=course.id, now=now)
    return render_template(
        "quizzes/marks.html", course=course, marks=marks, words=words, grade_words=grade_words
    )
