"""Questions that ask the same, side by side."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Invalid, NotFound
from quizapp.models import BulkKind, Status
from quizapp.queries.duplicates import duplicates
from quizapp.services.bulk_acts import Picked, change_many
from quizapp.services.duplicates import ask_for_duplicates, say_distinct
from quizapp.web.access import Access, access
from quizapp.web.question_form import id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_duplicates")


@bp.get("/questions/duplicates")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """Show the pairs that wait, and when they were looked for."""
    taught = taught_course(course)
    page = id_of(request.args.get("page")) or 1
    found = duplicates(db.session(), actor=actor(), course_id=taught.id, page=page)
    return render_template("teach/duplicates.html", course=taught, found=found)


@bp.post("/questions/duplicates")
@access(Access.INSTRUCTOR)
def look(course: str) -> ResponseReturnValue:
    """Have them looked for."""
    taught = taught_course(course)
    with transaction() as session:
        ask_for_duplicates(session, actor=actor(), course_id=taught.id, now=datetime.now(UTC))
    return redirect(url_for("teach_duplicates.index", course=taught.slug), 303)


@bp.post("/questions/duplicates/distinct")
@access(Access.INSTRUCTOR)
def distinct(course: str) -> ResponseReturnValue:
    """Keep that two questions are no duplicates, or take that back."""
    taught = taught_course(course)
    first, second = id_of(request.form.get("first")), id_of(request.form.get("second"))
    if not first or not second:
        raise NotFound("There is no such pair of questions.")
    is_so = request.form.get("undo") is None
    with transaction() as session:
        say_distinct(
            session,
            actor=actor(),
            course_id=taught.id,
            first_id=first,
            second_id=second,
            is_so=is_so,
        )
    if is_so:
        flash("You will not be asked about these two again.", f"distinct {first} {second}")
    return _back(taught.slug)


@bp.post("/questions/duplicates/retire")
@access(Access.INSTRUCTOR)
def retire(course: str) -> ResponseReturnValue:
    """Retire one of two; it can be undone like any act on many questions."""
    taught = taught_course(course)
    question_id = id_of(request.form.get("question"))
    try:
        with transaction() as session:
            done = change_many(
                session,
                actor=actor(),
                course_id=taught.id,
                kind=BulkKind.STATUS,
                value=Status.RETIRED,
                picked=Picked((question_id,) if question_id else ()),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(" ".join(problem.message for problem in error.problems), "warn")
        return _back(taught.slug)
    if done.act_id:
        flash("Question retired. Learners are no longer asked it.", f"bulk {done.act_id}")
    return _back(taught.slug)


def _back(slug: str) -> ResponseReturnValue:
    page = id_of(request.args.get("page")) or 1
    return redirect(url_for("teach_duplicates.index", course=slug, page=page), 303)
