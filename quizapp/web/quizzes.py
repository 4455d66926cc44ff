"""Quizzes to take: the list, and the page that says the rules before one starts."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.queries import quizzes
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import close_overdue
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.viewer import actor

bp = Blueprint("quizzes", __name__)

_SEED_BITS = 63


@bp.get("/quizzes")
@access(Access.SIGNED_IN)
def index() -> ResponseReturnValue:
    """Show the quizzes of the course with what the learner has done of them."""
    course, now = current_course(), datetime.now(UTC)
    lines = quizzes.quiz_list(db.session(), actor=actor(), course_id=course.id, now=now)
    if any(line.has_overdue for line in lines):
        with transaction() as session:
            close_overdue(session, actor=actor(), now=now)
        lines = quizzes.quiz_list(db.session(), actor=actor(), course_id=course.id, now=now)
    return render_template("quizzes/index.html", course=course, quizzes=lines)


@bp.get("/quizzes/<int(max=9223372036854775807):quiz_id>")
@access(Access.SIGNED_IN)
def show(quiz_id: int) -> ResponseReturnValue:
    """Show the rules of a quiz and the attempts so far."""
    now = datetime.now(UTC)
    page = quizzes.quiz_page(db.session(), actor=actor(), quiz_id=quiz_id, now=now)
    if page.quiz.has_overdue:
        with transaction() as session:
            close_overdue(session, actor=actor(), now=now)
        page = quizzes.quiz_page(db.session(), actor=actor(), quiz_id=quiz_id, now=now)
    return render_template("quizzes/show.html", page=page, quiz=page.quiz)


@bp.post("/quizzes/<int(max=9223372036854775807):quiz_id>/start")
@access(Access.SIGNED_IN)
def start(quiz_id: int) -> ResponseReturnValue:
    """Start an attempt, or go on with the one that is open."""
    with transaction() as session:
        started = start_attempt(
            session,
            actor=actor(),
            quiz_id=quiz_id,
            seed=secrets.randbits(_SEED_BITS),
            now=datetime.now(UTC),
        )
    if started.resumed:
        return redirect(url_for("attempts.resume", attempt_id=started.attempt_id), 303)
    return redirect(url_for("attempts.question", attempt_id=started.attempt_id, n=1), 303)
