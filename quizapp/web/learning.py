"""What the program learns from how somebody remembers, and what they leave to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, NotFound
from quizapp.memory.settings import MemorySettings
from quizapp.queries.courses import CourseInfo, courses
from quizapp.queries.memory_fits import fits_of, reviews_counted
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services import memory_fits, profiles
from quizapp.web import learning_words as words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form
from quizapp.web.study_forms import is_small, small
from quizapp.web.viewer import actor

bp = Blueprint("learning", __name__)

SWITCHES = ("grade_for_me", "two_buttons", "fit", "use_answer_times")


class LearningForm(Form):
    grade_for_me = BooleanField(
        "Answer on the card",
        description="You choose or type, and the card is rated by your answer. You can always "
        "count it as something else. Off: look at the answer and rate yourself.",
    )
    two_buttons = BooleanField(
        "Two buttons instead of four",
        description="Rate with Missed and Got it, keys 1 and 2.",
    )
    fit = BooleanField(
        "Fit the predictions to me",
        description="Tried by itself each time your reviews have grown by 5 %.",
    )
    use_answer_times = BooleanField(
        "Let my answer times count",
        description="Slow counts as Hard and quick as Easy for typed answers, and only while "
        "your own past shows that this predicts better. From 500 answers on.",
    )


@bp.get("/settings/learning")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show what was learnt so far, what came of it, and what can be switched."""
    course = current_course()
    mine = {"learner_id": actor().id, "course_id": course.id}
    settings = rules_in_force(db.session(), **mine).settings
    form = LearningForm(data={name: getattr(settings, name) for name in SWITCHES})
    return _page(form, course, settings)


@bp.post("/settings/learning")
@access(Access.MEMBER)
def save() -> ResponseReturnValue:
    """Keep what is left to the program."""
    course, form = current_course(), LearningForm()
    switches = {name: bool(getattr(form, name).data) for name in SWITCHES}
    with transaction() as session:
        profiles.update_settings(
            session,
            actor=actor(),
            course_id=course.id,
            chosen=switches,
            now=datetime.now(UTC),
        )
    flash("Saved.", "good")
    return _back(course)


@bp.post("/settings/learning/fit")
@access(Access.MEMBER)
def fit() -> ResponseReturnValue:
    """Have a fit tried now; the page says when it is over."""
    course = current_course()
    with transaction() as session:
        memory_fits.ask_fit(session, actor=actor(), course_id=course.id, now=datetime.now(UTC))
    return _back(course)


@bp.post("/settings/learning/undo")
@access(Access.MEMBER)
def undo() -> ResponseReturnValue:
    """Take an adopted fit back."""
    return _swapped(memory_fits.undo_fit, "Taken back. What held before holds again.")


@bp.post("/settings/learning/redo")
@access(Access.MEMBER)
def redo() -> ResponseReturnValue:
    """Use a fit that was taken back again."""
    return _swapped(memory_fits.redo_fit, "The fit is in use again.")


def _swapped(act: Callable[..., None], said: str) -> ResponseReturnValue:
    course, number = current_course(), request.form.get("number", "")
    try:
        with transaction() as session:
            act(
                session,
                actor=actor(),
                course_id=course.id,
                number=small(number) if is_small(number) else 0,
                now=datetime.now(UTC),
            )
    except (Conflict, NotFound) as error:
        flash(str(error), "bad")
        return _back(course)
    flash(said, "good")
    return _back(course)


def _page(form: LearningForm, course: CourseInfo, settings: MemorySettings) -> str:
    mine = {"learner_id": actor().id, "course_id": course.id}
    fits = fits_of(db.session(), **mine)
    return render_template(
        "account/learning.html",
        form=form,
        course=course,
        courses=courses(db.session(), list(actor().roles)),
        learnt=words.Learnt(fits, reviews_counted(db.session(), **mine), settings, actor()),
        here={"course": course.slug},
    )


def _back(course: CourseInfo) -> ResponseReturnValue:
    return redirect(url_for("learning.show", course=course.slug), 303)
