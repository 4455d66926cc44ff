"""Studying for a date: the page that sets it and says how it looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import DateField
from wtforms.validators import InputRequired

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.queries.courses import CourseInfo
from quizapp.queries.exams import ExamView, exam_view
from quizapp.services import exams
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.exam_words import Prospect, Words
from quizapp.web.forms import Form, WholeNumber
from quizapp.web.study_words import clock_of
from quizapp.web.viewer import actor

bp = Blueprint("exam", __name__)

_WANTED_DAY = "Enter a date, like 2027-03-31."
LOOK_AGAIN_SECONDS = 2
_USUAL = {"target": 90, "minutes": 15}


class _Day(DateField):
    """A date that says what to type when it is left empty or holds something else."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_WANTED_DAY) from error


class ExamForm(Form):
    day = _Day(
        "Day of the exam",
        [InputRequired(_WANTED_DAY)],
        description="You study up to the day before it.",
    )
    minutes = WholeNumber(
        "Minutes a day",
        low=exams.MINUTES[0],
        high=exams.MINUTES[1],
        description="That you will study on every day until then.",
    )
    target = WholeNumber(
        "Target (%)",
        low=round(exams.TARGETS[0] * 100),
        high=round(exams.TARGETS[1] * 100),
        description="How much of the course you want to recall on that day.",
    )


@bp.get("/exam")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show the exam of the current course, or the form to set one.

    While its plan is being made the page looks again by itself, until it is asked not to.
    Values in the address stand in the form: those of a date that was just removed.
    """
    course = current_course()
    found = exam_view(db.session(), actor=actor(), course_id=course.id)
    shown = _page(course, found, _form_of(found))
    is_watched = _is_being_made(found) and "still" not in request.args
    # A header of HTTP: a page that reloads by a tag of its own cannot be told to stop.
    return shown, {"Refresh": str(LOOK_AGAIN_SECONDS)} if is_watched else {}


@bp.post("/exam")
@access(Access.MEMBER)
def save() -> ResponseReturnValue:
    """Study for a date from now on."""
    form, course = ExamForm(), current_course()
    if not form.validate():
        return _refused(course, form)
    try:
        with transaction() as session:
            exams.set_exam(
                session,
                actor=actor(),
                course_id=course.id,
                day=form.day.data,
                target=form.target.data / 100,
                minutes=form.minutes.data,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _refused(course, form)
    flash("Your exam date is set. Your cards follow its plan as soon as it is made.", "good")
    return redirect(url_for("exam.show", course=course.slug), 303)


@bp.post("/exam/remove")
@access(Access.MEMBER)
def remove() -> ResponseReturnValue:
    """Study without a date again; what was set stands in the form, to be set again."""
    course = current_course()
    found = exam_view(db.session(), actor=actor(), course_id=course.id)
    with transaction() as session:
        exams.remove_exam(session, actor=actor(), course_id=course.id)
    flash("Your exam date is removed. Your cards come as usual again.", "good")
    back = _values(found) if found else {}
    return redirect(url_for("exam.show", course=course.slug, **back), 303)


def _values(found: ExamView) -> dict[str, Any]:
    return {
        "day": found.day.isoformat(),
        "minutes": found.minutes,
        "target": round(found.target * 100),
    }


def _form_of(found: ExamView | None) -> ExamForm:
    if found is not None:
        return ExamForm(None, **_values(found) | {"day": found.day})
    given: dict[str, Any] = dict(_USUAL)
    for name in _USUAL:
        given[name] = request.args.get(name, given[name], type=int)
    try:
        given["day"] = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        given["day"] = None
    return ExamForm(None, **given)


def _refused(course: CourseInfo, form: ExamForm) -> ResponseReturnValue:
    found = exam_view(db.session(), actor=actor(), course_id=course.id)
    return _page(course, found, form), 422


def _is_being_made(found: ExamView | None) -> bool:
    prospect = _prospect(found)
    return prospect is not None and prospect.is_being_made


def _prospect(found: ExamView | None) -> Prospect | None:
    today = clock_of(actor()).day_of(datetime.now(UTC))
    return Prospect(found, today) if found else None


def _page(course: CourseInfo, found: ExamView | None, form: ExamForm) -> str:
    prospect = _prospect(found)
    outlook = prospect.outlook if prospect and not prospect.is_over else None
    return render_template(
        "exam/show.html",
        course=course,
        form=form,
        prospect=prospect,
        words=Words(prospect, outlook) if prospect and outlook else None,
        # A form on a page that reloads would lose what is typed.
        is_still="still" in request.args or request.method == "POST",
        # Set again by one press, after it was removed.
        is_back=found is None and form.day.data is not None and not form.errors,
    )
