"""Practice that a learner puts together: topics, how many questions, and when to hear."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, SelectMultipleField
from wtforms.widgets import CheckboxInput

from quizapp.db import db, transaction
from quizapp.errors import Invalid, Problem
from quizapp.grading.practice import LENGTHS, MAX_LENGTH, Choice
from quizapp.grading.settings import Behaviour
from quizapp.queries.courses import CourseInfo
from quizapp.queries.practise import PracticePage, practice_page, practised
from quizapp.services.practise import start_practice
from quizapp.web import practise_words as words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form
from quizapp.web.viewer import actor

bp = Blueprint("practise", __name__)

_SEED_BITS = 63
_DIGITS = 19
OTHER = "other"


class PractiseForm(Form):
    """What is practised. Its values can stand in an address too, as `choice_in` reads them."""

    topic = SelectMultipleField(
        "Topics",
        description="Tick none to practise all of them.",
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    length = RadioField(
        "How many questions?",
        choices=[
            *(SelectChoice(str(one), f"{one} questions") for one in LENGTHS),
            SelectChoice(OTHER, "Another number"),
        ],
        validate_choice=False,
    )
    number = IntegerField(
        "The other number",
        description=f"From 1 to {MAX_LENGTH}.",
        render_kw={"inputmode": "numeric", "min": 1, "max": MAX_LENGTH},
    )
    behaviour = RadioField(
        "When do you hear how you did?", choices=words.BEHAVIOURS, validate_choice=False
    )
    seed = HiddenField()
    after = HiddenField()
    instead_of = HiddenField()

    @property
    def choice(self) -> Choice:
        """Return what was chosen.

        :raises Invalid: it cannot be read, at "length", "number" or "behaviour".
        """
        length = self.length.data or ""
        if length == OTHER:
            if not 1 <= (self.number.data or 0) <= MAX_LENGTH:
                message = f"Enter a whole number from 1 to {MAX_LENGTH}."
                raise Invalid([Problem("number", message)])
        elif length not in map(str, LENGTHS):
            raise Invalid([Problem("length", "Choose how many questions.")])
        if self.behaviour.data not in set(Behaviour):
            raise Invalid([Problem("behaviour", "Choose when you want to hear how you did.")])
        count = self.number.data if length == OTHER else int(length)
        return Choice(tuple(self.topic.data or ()), count, Behaviour(self.behaviour.data))


@bp.get("/practise")
@access(Access.SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what can be practised; values in the address are chosen already.

    `ask` shows the question whether the practice that is open should be handed in.
    """
    course, now = current_course(), datetime.now(UTC)
    page = practice_page(db.session(), actor=actor(), course_id=course.id, now=now)
    after = _number(request.args.get("after", ""))
    choice = _choice_in(course, after)
    form = _form_for(choice, after)
    if page.open and "ask" in request.args:
        return render_template(
            "quizzes/practise_anew.html",
            course=course,
            open=page.open,
            form=form,
            length=choice.length,
            values=_values(choice, after),
        )
    return _page(course, page, form)


@bp.post("/practise")
@access(Access.SIGNED_IN)
def start() -> ResponseReturnValue:
    """Start a practice; if another is open, go and ask what should become of it."""
    course, now = current_course(), datetime.now(UTC)
    form = PractiseForm()
    after = _number(form.after.data)
    try:
        choice = form.choice
        with transaction() as session:
            started = start_practice(
                session,
                actor=actor(),
                course_id=course.id,
                choice=choice,
                seed=_number(form.seed.data) or secrets.randbits(_SEED_BITS),
                now=now,
                after=after,
                instead_of=_number(form.instead_of.data),
            )
    except Invalid as error:
        form.attach(error)
        page = practice_page(db.session(), actor=actor(), course_id=course.id, now=now)
        return _page(course, page, form), 422
    if started.must_ask:
        values = _values(choice, after)
        return redirect(url_for("practise.show", course=course.slug, **values, ask=1), 303)
    if started.is_new:
        return redirect(url_for("attempts.question", attempt_id=started.attempt_id, n=1), 303)
    return redirect(url_for("attempts.resume", attempt_id=started.attempt_id), 303)


def _page(course: CourseInfo, page: PracticePage, form: PractiseForm) -> str:
    form.topic.choices = [SelectChoice(topic.key, topic.title) for topic in page.topics]
    return render_template(
        "quizzes/practise.html",
        course=course,
        page=page,
        form=form,
        why=words.why(page),
        counts={topic.key: words.topic(topic) for topic in page.topics},
    )


def _choice_in(course: CourseInfo, after: int | None) -> Choice:
    """Return what the address says, then what the earlier practice was, then what is usual."""
    usual = Choice()
    if after is not None:
        earlier = practised(db.session(), actor=actor(), course_id=course.id, attempt_id=after)
        usual = earlier.choice if earlier else usual
    length = _number(request.args.get("length", "")) or 0
    behaviour = request.args.get("behaviour", "")
    return Choice(
        topics=tuple(dict.fromkeys(request.args.getlist("topic"))) or usual.topics,
        length=length if 1 <= length <= MAX_LENGTH else usual.length,
        behaviour=Behaviour(behaviour) if behaviour in set(Behaviour) else usual.behaviour,
    )


def _form_for(choice: Choice, after: int | None) -> PractiseForm:
    is_usual = choice.length in LENGTHS
    return PractiseForm(
        formdata=None,
        data={
            "topic": list(choice.topics),
            "length": str(choice.length) if is_usual else OTHER,
            "number": None if is_usual else choice.length,
            "behaviour": choice.behaviour.value,
            "seed": str(secrets.randbits(_SEED_BITS)),
            "after": after or "",
        },
    )


def _values(choice: Choice, after: int | None) -> Mapping[str, Any]:
    """Return what stands for a choice in an address."""
    values: dict[str, Any] = {
        "topic": list(choice.topics),
        "length": choice.length,
        "behaviour": choice.behaviour.value,
    }
    return values | ({"after": after} if after else {})


def _number(text: str | None) -> int | None:
    """Return a whole number that a database can hold; None for anything else."""
    if not text or len(text) > _DIGITS or not (text.isascii() and text.isdecimal()):
        return None
    number = int(text)
    return number if number < 1 << _SEED_BITS else None
