"""Settings of when cards come back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, SelectChoice, SelectField
from wtforms.widgets import TextInput

from quizapp.db import db, transaction
from quizapp.errors import Invalid, Problem
from quizapp.memory.settings import (
    MAXIMUM_INTERVAL_DAYS,
    MAXIMUM_LEECH_THRESHOLD,
    MemorySettings,
)
from quizapp.memory.steps import parse_steps, show_steps
from quizapp.queries.courses import CourseInfo, courses
from quizapp.queries.leeches import count_leeches
from quizapp.queries.memory_rules import rules_in_force
from quizapp.services import profiles
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form, WholeNumber
from quizapp.web.viewer import actor
from quizapp.web.wording import WEEKDAYS

bp = Blueprint("scheduling", __name__)

#: What one may want of a day of the week, by the percentage of its load.
LOADS = {100: "As many as usual", 50: "Fewer", 0: "As few as possible"}
_PLAIN = (
    "learning_steps",
    "relearning_steps",
    "minimum_interval_days",
    "maximum_interval_days",
    "fuzz",
    "load_balance",
    "leech_threshold",
)
RECOMMENDED = MemorySettings()
_SAVED = "Saved. Cards keep the dates that they have until you rate them again."


class StepsField(Field):
    """Waits in seconds, typed as "1m 10m"."""

    widget = TextInput()

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else show_steps(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data: tuple[int, ...] = ()
        try:
            self.data = parse_steps(valuelist[0] if valuelist else "", path=self.name)
        except Invalid as error:
            self.process_errors.extend(problem.message for problem in error.problems)


class SchedulingForm(Form):
    learning_steps = StepsField(
        "Steps of a new card",
        description="1m 10m is a minute, then ten minutes.",
        render_kw={"autocomplete": "off", "maxlength": 200},
    )
    relearning_steps = StepsField(
        "Steps of a forgotten card",
        description="After you missed a card that you knew.",
        render_kw={"autocomplete": "off", "maxlength": 200},
    )
    minimum_interval_days = WholeNumber(
        "Shortest interval (days)",
        low=1,
        high=MAXIMUM_INTERVAL_DAYS,
        description="After the last step.",
    )
    maximum_interval_days = WholeNumber(
        "Longest interval (days)",
        low=1,
        high=MAXIMUM_INTERVAL_DAYS,
        description="365 days are a year.",
    )
    fuzz = BooleanField(
        "Spread cards",
        description="Moves each date by a few days, so that cards learnt together come apart.",
    )
    load_balance = BooleanField(
        "Even out the days",
        description="Of the days within that spread, takes one on which little is due.",
    )
    leech_threshold = WholeNumber(
        "Tell me after",
        low=0,
        high=MAXIMUM_LEECH_THRESHOLD,
        description="So many times forgotten after you knew it; 0 never tells.",
    )

    @property
    def weekdays(self) -> list[Any]:
        return [self[_day(number)] for number in range(len(WEEKDAYS))]

    def attach(self, error: Invalid) -> None:
        """Show what is wrong with the week beside its first day."""
        super().attach(
            Invalid(
                [
                    Problem(_day(0), one.message) if one.path == "easy_days" else one
                    for one in error.problems
                ]
            )
        )

    def chosen(self) -> Mapping[str, Any]:
        """Return the settings that were typed; whether they can hold, `MemorySettings` says."""
        week = tuple(field.data for field in self.weekdays)
        return {**{name: self[name].data for name in _PLAIN}, "easy_days": week}


def _day(number: int) -> str:
    return f"easy_day_{number}"


def _weekday_field(name: str) -> SelectField:
    wrong = "Choose from the list."
    return SelectField(
        name,
        coerce=int,
        choices=[SelectChoice(share, words) for share, words in LOADS.items()],
        invalid_value_message=wrong,
        invalid_choice_message=wrong,
    )


for _number, _name in enumerate(WEEKDAYS):
    setattr(SchedulingForm, _day(_number), _weekday_field(_name))


@bp.get("/settings/scheduling")
@access(Access.MEMBER)
def show() -> ResponseReturnValue:
    """Show when cards of the course come back; or, to be looked at first, what is recommended."""
    course = current_course()
    held, is_recommended = _held(course), "recommended" in request.args
    form = SchedulingForm(data=_typed(RECOMMENDED if is_recommended else held))
    return _page(form, course, held, is_recommended=is_recommended)


@bp.post("/settings/scheduling")
@access(Access.MEMBER)
def save() -> ResponseReturnValue:
    """Keep when cards of the course come back."""
    form, course = SchedulingForm(), current_course()
    if not form.validate():
        return _page(form, course, _held(course)), 422
    try:
        with transaction() as session:
            profiles.update_settings(
                session,
                actor=actor(),
                course_id=course.id,
                chosen=form.chosen(),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _page(form, course, _held(course)), 422
    flash(_SAVED, "good")
    return redirect(url_for("scheduling.show", course=course.slug), 303)


def _held(course: CourseInfo) -> MemorySettings:
    return rules_in_force(db.session(), learner_id=actor().id, course_id=course.id).settings


def _typed(settings: MemorySettings) -> dict[str, Any]:
    """Return what stands in the fields for these settings."""
    shares = [min(LOADS, key=lambda share: abs(share - one)) for one in settings.easy_days]
    return {
        **{name: getattr(settings, name) for name in _PLAIN},
        **{_day(number): share for number, share in enumerate(shares)},
    }


def _page(
    form: SchedulingForm, course: CourseInfo, held: MemorySettings, *, is_recommended: bool = False
) -> str:
    person, threshold = actor(), held.leech_threshold
    return render_template(
        "account/scheduling.html",
        form=form,
        course=course,
        courses=courses(db.session(), list(person.roles)),
        leeches=count_leeches(db.session(), actor=person, course_id=course.id, threshold=threshold),
        is_recommended=is_recommended,
    )
