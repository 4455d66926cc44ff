"""Spreading what waits over days from the page of the day, and taking that back."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import transaction
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.services import study
from quizapp.services.spreading import spread_backlog
from quizapp.web import study_words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.study_forms import StepForm, is_small, small
from quizapp.web.viewer import actor

bp = Blueprint("spreading", __name__)


@bp.post("/today/spread")
@access(Access.SIGNED_IN)
def spread() -> ResponseReturnValue:
    """Spread what waits over the days that were chosen."""
    course, days = current_course(), request.form.get("days", "")
    try:
        with transaction() as session:
            moved = spread_backlog(
                session,
                actor=actor(),
                course_id=course.id,
                days=small(days) if is_small(days) else 0,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(error.problems[0].message, "bad")
        return _today()
    except Conflict as error:
        flash(str(error), "bad")
        return _today()
    if not moved:
        flash("Nothing waits that could be spread.")
    return _today()


@bp.post("/today/unspread")
@access(Access.SIGNED_IN)
def unspread() -> ResponseReturnValue:
    """Take the spreading back, if it is the last step."""
    try:
        form = StepForm.read(request.form)
        with transaction() as session:
            undone = study.undo_step(
                session,
                actor=actor(),
                course_id=form.course_id,
                step_id=form.step_id,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(error.problems[0].message, "bad")
        return _today()
    except (Conflict, NotFound) as error:
        flash(str(error))
        return _today()
    flash(study_words.undone(undone))
    return _today()


def _today() -> ResponseReturnValue:
    return redirect(url_for("study.today", course=request.args.get("course")), 303)
