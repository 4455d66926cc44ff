"""What a learner remembers, and how that has gone."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.queries.periods import period_named
from quizapp.queries.progress import progress_view
from quizapp.services.memory_acts import resume_fact
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.progress_page import variables
from quizapp.web.study_forms import CardForm
from quizapp.web.viewer import actor

bp = Blueprint("progress", __name__)


@bp.get("/progress")
@access(Access.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show recall against the target, what comes, the year, the topics and the quizzes."""
    course, now = current_course(), datetime.now(UTC)
    period = period_named(request.args.get("period"))
    view = progress_view(db.session(), learner=actor(), course_id=course.id, now=now, period=period)
    return render_template(
        "progress/show.html",
        due_count=view.waiting.left,
        **variables(view, course=course, is_own=True),
    )


@bp.post("/progress/resume")
@access(Access.SIGNED_IN)
def resume() -> ResponseReturnValue:
    """Take a card that was put aside back into the queue."""
    back = redirect(url_for("progress.show", course=request.args.get("course")), 303)
    try:
        form = CardForm.read(request.form)
    except Invalid:
        flash("That could not be read. Use the button beside the card.", "bad")
        return back
    with transaction() as session:
        resume_fact(
            session,
            actor=actor(),
            course_id=form.course_id,
            fact_id=form.fact_id,
            now=datetime.now(UTC),
        )
    flash("The card is back in your reviews.", "good")
    return back
