"""Goals and reminders: a goal for the day, a letter each week, an address for calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice, SelectField

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.memory.goals import MOST, Goal, GoalUnit
from quizapp.queries.courses import CourseInfo, courses
from quizapp.queries.reminders import Letters, Reminders, reminders
from quizapp.services import calendar_feeds, weekly_letters
from quizapp.services.goals import set_goal
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form, WholeNumber
from quizapp.web.viewer import actor
from quizapp.web.wording import WEEKDAYS

bp = Blueprint("goals", __name__)

_NONE, _USUAL_AMOUNT, _MONDAY = "none", 20, 0


class GoalForm(Form):
    unit = RadioField(
        "Each day",
        choices=[
            SelectChoice(_NONE, "No goal"),
            SelectChoice(GoalUnit.CARDS.value, "A number of cards"),
            SelectChoice(GoalUnit.MINUTES.value, "A number of minutes"),
        ],
        invalid_choice_message="Choose from the list.",
    )
    amount = WholeNumber(
        "How many",
        low=1,
        high=MOST[GoalUnit.CARDS],
        description=f"Up to {MOST[GoalUnit.CARDS]} cards or {MOST[GoalUnit.MINUTES]} minutes.",
    )


class LetterForm(Form):
    weekday = SelectField(
        "Day",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        invalid_value_message="Choose a day from the list.",
        invalid_choice_message="Choose a day from the list.",
        description="At 8 in the morning.",
    )


@bp.get("/settings/goals")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show what one aims for and is reminded of."""
    return _show()


@bp.post("/settings/goals")
@access(Access.MEMBER)
def save() -> ResponseReturnValue:
    """Keep the goal of the current course, or that there is none."""
    form, course = GoalForm(), current_course()
    is_none = form.unit.data == _NONE
    if is_none:
        form.amount.validators, form.amount.process_errors = [], []
    if not form.validate():
        return _show(goal_form=form), 422
    try:
        goal = None if is_none else Goal(GoalUnit(form.unit.data), form.amount.data)
        with transaction() as session:
            set_goal(session, actor=actor(), course_id=course.id, goal=goal, now=datetime.now(UTC))
    except Invalid as error:
        form.attach(error)
        return _show(goal_form=form), 422
    flash("Your goal is set. You see it on Today." if goal else "You have no goal.", "good")
    return _back()


@bp.post("/settings/goals/letters")
@access(Access.MEMBER)
def want_letters() -> ResponseReturnValue:
    """Have a letter sent each week, once the address is confirmed."""
    form = LetterForm()
    if not form.validate():
        return _show(letter_form=form), 422
    with transaction() as session:
        must_confirm = weekly_letters.want_letters(
            session,
            actor=actor(),
            weekday=form.weekday.data,
            site=request.url_root,
            now=datetime.now(UTC),
        )
    if must_confirm:
        flash("Look into your mail: a link there confirms that you want these letters.", "good")
    else:
        flash("Your weekly letter is on.", "good")
    return _back()


@bp.post("/settings/goals/letters/stop")
@access(Access.MEMBER)
def stop_letters() -> ResponseReturnValue:
    """Send no more letters."""
    with transaction() as session:
        weekly_letters.stop_letters(session, learner_id=actor().id, now=datetime.now(UTC))
    flash("No more letters are sent. You can turn them on again at any time.", "good")
    return _back()


@bp.post("/settings/goals/calendar")
@access(Access.MEMBER)
def make_calendar() -> ResponseReturnValue:
    """Make an address for calendars and show it: this page alone ever does."""
    with transaction() as session:
        token = calendar_feeds.make_feed(session, actor=actor(), now=datetime.now(UTC))
    return _show(address=url_for("calendar.feed", token=token, _external=True))


@bp.post("/settings/goals/calendar/remove")
@access(Access.MEMBER)
def remove_calendar() -> ResponseReturnValue:
    """Let the address fail."""
    with transaction() as session:
        calendar_feeds.remove_feed(session, actor=actor())
    flash("The address is gone. Calendars that read it show nothing new.", "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(url_for("goals.show", course=request.args.get("course")), 303)


def _show(
    *,
    goal_form: GoalForm | None = None,
    letter_form: LetterForm | None = None,
    address: str = "",
) -> str:
    course = current_course() if actor().roles or request.args.get("course") else None
    found = reminders(db.session(), learner_id=actor().id, course_id=course.id if course else None)
    return render_template(
        "account/goals.html",
        course=course,
        courses=_courses(course),
        goal=found.goal,
        form=goal_form or _goal_form(found),
        letter_form=letter_form or _letter_form(found),
        letters=_told(found.letters),
        feed_made=found.feed_made_at and found.feed_made_at.astimezone(_zone()).date(),
        address=address,
    )


def _courses(course: CourseInfo | None) -> list[CourseInfo]:
    return courses(db.session(), list(actor().roles)) if course else []


def _goal_form(found: Reminders) -> GoalForm:
    goal = found.goal
    return GoalForm(
        formdata=None,
        unit=goal.unit.value if goal else _NONE,
        amount=goal.amount if goal else _USUAL_AMOUNT,
    )


def _letter_form(found: Reminders) -> LetterForm:
    return LetterForm(formdata=None, weekday=found.letters.weekday if found.letters else _MONDAY)


def _told(letters: Letters | None) -> dict[str, Any] | None:
    """Return what the page says of the letters; None where none were ever wanted."""
    if letters is None:
        return None
    next_on = letters.next_at and letters.next_at.astimezone(_zone()).date()
    return {
        "email": letters.email,
        "is_waiting": not letters.is_confirmed and letters.stopped_at is None,
        "is_idle": letters.is_idle,
        "next_on": next_on,
        "weekday": WEEKDAYS[letters.weekday],
    }


def _zone() -> ZoneInfo:
    return ZoneInfo(actor().timezone)
