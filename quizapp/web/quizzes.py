"""Quizzes to take: the list, and the page that says the rules before one starts."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries import quizzes
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import close_overdue
from quizapp.services.limits import ACCESS_CODE, count_against, forget_tries
from quizapp.web import quiz_words as words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form
from quizapp.web.viewer import actor

bp = Blueprint("quizzes", __name__)

_SEED_BITS = 63


class StartForm(Form):
    """What a quiz may ask for before it starts."""

    access_code = StringField("Access code", description="Your instructor gives it to you.")


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
    return render_template("quizzes/index.html", course=course, quizzes=lines, words=words)


@bp.get("/quizzes/<int(max=9223372036854775807):quiz_id>")
@access(Access.SIGNED_IN)
def show(quiz_id: int) -> ResponseReturnValue:
    """Show the rules of a quiz and the attempts so far."""
    return _show(quiz_id, StartForm(formdata=None))


@bp.post("/quizzes/<int(max=9223372036854775807):quiz_id>/start")
@access(Access.SIGNED_IN)
def start(quiz_id: int) -> ResponseReturnValue:
    """Start an attempt, or go on with the one that is open.

    Whoever comes too early, too late or once too often reads so on the quiz's page.
    """
    form, now = StartForm(), datetime.now(UTC)
    given, limited = form.access_code.data or "", f"{actor().id} {quiz_id}"
    if given:
        # In a transaction of its own: a try counts even if what follows fails.
        with transaction() as session:
            count_against(session, limit=ACCESS_CODE, subject=limited, now=now)
    try:
        with transaction() as session:
            started = start_attempt(
                session,
                actor=actor(),
                quiz_id=quiz_id,
                seed=secrets.randbits(_SEED_BITS),
                now=now,
                access_code=given,
            )
            if given:
                forget_tries(session, limit=ACCESS_CODE, subject=limited)
    except Invalid as error:
        if form.access_code.name not in request.form:
            # A button elsewhere, or a page from before there was a code, had no field for it.
            return _back(quiz_id, error.problems[0].message)
        form.attach(error)
        return _show(quiz_id, form), 422
    except Conflict as error:
        return _back(quiz_id, str(error))
    if started.resumed:
        return redirect(url_for("attempts.resume", attempt_id=started.attempt_id), 303)
    return redirect(url_for("attempts.question", attempt_id=started.attempt_id, n=1), 303)


def _back(quiz_id: int, message: str) -> ResponseReturnValue:
    flash(message, "warn")
    return redirect(url_for("quizzes.show", quiz_id=quiz_id), 303)


def _show(quiz_id: int, form: StartForm) -> str:
    now = datetime.now(UTC)
    page = quizzes.quiz_page(db.session(), actor=actor(), quiz_id=quiz_id, now=now)
    if page.quiz.has_overdue:
        with transaction() as session:
            close_overdue(session, actor=actor(), now=now)
        page = quizzes.quiz_page(db.session(), actor=actor(), quiz_id=quiz_id, now=now)
    return render_template("quizzes/show.html", page=page, quiz=page.quiz, form=form, words=words)
