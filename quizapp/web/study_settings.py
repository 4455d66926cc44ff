"""Settings of the daily work: how much a day, in which order, when not, and pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import InputRequired

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.memory.settings import (
    MAXIMUM_LEARN_AHEAD_MINUTES,
    MAXIMUM_REVIEWS_PER_DAY,
    Order,
)
from quizapp.queries.courses import CourseInfo, courses
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.pauses import pause_ahead, pauses
from quizapp.services import pauses as pausing
from quizapp.services import profiles
from quizapp.web import account, study_words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form, WholeNumber
from quizapp.web.viewer import actor
from quizapp.web.wording import WEEKDAYS

bp = account.bp
_ORDERS = {
    Order.RECALL: "Likeliest forgotten first",
    Order.DUE: "Longest due first",
    Order.TOPIC: "Topic by topic",
    Order.RANDOM: "Shuffled, anew each day",
}
_NO_DATE = "Enter a date, like 2026-08-31."


class StudyForm(Form):
    desired_retention = WholeNumber(
        "Target recall (%)",
        low=70,
        high=97,
        description="How much you want to remember when a card comes back. "
        "Higher means more cards a day; 90 suits most people.",
    )
    new_per_day = WholeNumber(
        "New facts a day",
        low=0,
        high=profiles.MAXIMUM_NEW_PER_DAY,
        description="Each comes back several times.",
    )
    reviews_per_day = WholeNumber(
        "Reviews a day, at most",
        low=0,
        high=MAXIMUM_REVIEWS_PER_DAY,
        description="What is beyond that waits a day.",
    )
    order = SelectField(
        "Which review comes first",
        choices=[SelectChoice(order.value, words) for order, words in _ORDERS.items()],
        invalid_value_message="Choose an order from the list.",
        invalid_choice_message="Choose an order from the list.",
        description="New facts are mixed in evenly, whichever you choose.",
    )
    learn_ahead_minutes = WholeNumber(
        "Repeat early, minutes",
        low=0,
        high=MAXIMUM_LEARN_AHEAD_MINUTES,
        description="A card you have just begun or missed comes back after some minutes. "
        "With nothing else left, it may come back this much earlier.",
    )
    rest_days = SelectMultipleField(
        "Days of rest",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        invalid_value_message="Choose days from the list.",
        invalid_choice_message="Choose days from the list.",
        description="Nothing is expected on them: your days in a row go on without them.",
    )


class PauseForm(Form):
    first_day = DateField(
        "First day",
        [InputRequired(_NO_DATE)],
        invalid_value_message=_NO_DATE,
        description="The first day without cards.",
    )
    last_day = DateField(
        "Last day",
        [InputRequired(_NO_DATE)],
        invalid_value_message=_NO_DATE,
        description="The last day without cards.",
    )
    everywhere = BooleanField("In all my courses")


@bp.get("/settings/study")
@access(Access.MEMBER)
def study() -> ResponseReturnValue:
    """Show how one studies the current course."""
    course = current_course()
    today = study_words.clock_of(actor()).day_of(datetime.now(UTC))
    return _show(course, _study_form(course), PauseForm(first_day=today))


@bp.post("/settings/study")
@access(Access.MEMBER)
def save_study() -> ResponseReturnValue:
    """Keep how one studies the course."""
    form, course = StudyForm(), current_course()
    if not form.validate():
        return _show(course, form, PauseForm(formdata=None)), 422
    try:
        with transaction() as session:
            profiles.update_study(
                session,
                actor=actor(),
                course_id=course.id,
                now=datetime.now(UTC),
                desired_retention=form.desired_retention.data / 100,
                new_per_day=form.new_per_day.data,
                reviews_per_day=form.reviews_per_day.data,
                order=Order(form.order.data),
                learn_ahead_minutes=form.learn_ahead_minutes.data,
                rest_days=tuple(sorted(form.rest_days.data)),
            )
    except Invalid as error:
        form.attach(error)
        return _show(course, form, PauseForm(formdata=None)), 422
    flash("Saved.", "good")
    return redirect(url_for("account.study", course=course.slug), 303)


@bp.post("/settings/study/pause")
@access(Access.MEMBER)
def set_pause() -> ResponseReturnValue:
    """Pause the course, or all courses, from one day to another."""
    form, course = PauseForm(), current_course()
    if not form.validate():
        return _show(course, _study_form(course), form), 422
    try:
        with transaction() as session:
            pausing.set_pause(
                session,
                actor=actor(),
                course_id=course.id,
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                everywhere=form.everywhere.data,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _show(course, _study_form(course), form), 422
    flash("Your pause is set.", "good")
    return redirect(url_for("account.study", course=course.slug), 303)


@bp.post("/settings/study/pause/end")
@access(Access.MEMBER)
def end_pause() -> ResponseReturnValue:
    """End the pause that goes on or was to come."""
    course = current_course()
    with transaction() as session:
        ended = pausing.end_pause(
            session,
            actor=actor(),
            course_id=course.id,
            everywhere="everywhere" in request.form,
            now=datetime.now(UTC),
        )
    flash("Your pause is over." if ended else "There was no pause.", "good" if ended else "")
    return redirect(url_for("study.today", course=request.args.get("course")), 303)


def _study_form(course: CourseInfo) -> StudyForm:
    rules = rules_in_force(db.session(), learner_id=actor().id, course_id=course.id)
    chosen = rules.settings
    return StudyForm(
        formdata=None,
        desired_retention=round(chosen.desired_retention * 100),
        new_per_day=chosen.new_per_day,
        reviews_per_day=chosen.reviews_per_day,
        order=chosen.order.value,
        learn_ahead_minutes=chosen.learn_ahead_minutes,
        rest_days=list(chosen.rest_days),
    )


def _show(course: CourseInfo, form: StudyForm, pause_form: PauseForm) -> str:
    mine = courses(db.session(), list(actor().roles))
    today = study_words.clock_of(actor()).day_of(datetime.now(UTC))
    if pause_form.first_day.data is None and not pause_form.errors:
        pause_form.first_day.data = today
    found = pauses(db.session(), learner_id=actor().id, course_id=course.id)
    return render_template(
        "account/study.html",
        form=form,
        pause_form=pause_form,
        pause=_told(pause_ahead(found, today), today),
        course=course,
        courses=mine,
    )


def _told(pause: tuple[date, date] | None, today: date) -> dict[str, Any] | None:
    """Return what the page says of a pause."""
    if pause is None:
        return None
    return {"first": pause[0], "last": pause[1], "is_on": pause[0] <= today}
