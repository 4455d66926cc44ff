"""A learner's cards: the list of them, and the page of one with what can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField
from wtforms.widgets import DateInput

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS
from quizapp.queries.card_list import CardFilter, Order, Which, list_cards
from quizapp.queries.card_page import card_page
from quizapp.queries.courses import CourseInfo
from quizapp.services import memory_acts, study
from quizapp.web import card_chart, card_words, study_words
from quizapp.web.access import Access, access
from quizapp.web.course import current_course
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.study_forms import StepForm, small
from quizapp.web.viewer import actor

bp = Blueprint("cards", __name__)

_CARD = f"/cards/<int(max={LARGEST_ID}):fact_id>"
_LONGEST_SEARCH = 200
_LARGEST_REVIEW_ID = 2**63 - 1
_NO_DAY = "Choose a day, like 3 December as 2026-12-03."
_ACTS: Mapping[str, Callable[..., None]] = {
    "suspend": memory_acts.suspend_fact,
    "resume": memory_acts.resume_fact,
    "bury": memory_acts.bury_fact,
    "reset": memory_acts.reset_fact,
}
_Known = TypeVar("_Known", bound=StrEnum)


class MoveForm(Form):
    day = StringField("Next date", widget=DateInput(), description="The card comes back then.")

    @property
    def chosen(self) -> date:
        """Return the day. :raises Invalid: it is none; it stands beside the field then."""
        try:
            return date.fromisoformat(self.day.data or "")
        except ValueError as error:
            self.day.errors = [_NO_DAY]
            raise Invalid([]) from error


@bp.get("/progress/cards")
@access(Access.SIGNED_IN)
def index() -> ResponseReturnValue:
    """List the learner's cards; the address holds what is searched and how it is sorted."""
    course, now, wanted = current_course(), datetime.now(UTC), _filter()
    found = list_cards(db.session(), actor=actor(), course_id=course.id, wanted=wanted, now=now)
    chosen = {
        "course": request.args.get("course"),
        "show": wanted.which.value if wanted.which is not Which.ALL else None,
        "q": wanted.text,
        "sort": wanted.order.value if wanted.order is not Order.COURSE else None,
    }
    return render_template(
        "cards/index.html",
        course=course,
        found=found,
        wanted=wanted,
        chosen={name: value for name, value in chosen.items() if value},
        kinds=list(Which),
        orders=list(Order),
        words=card_words,
        now=now,
    )


@bp.get(_CARD)
@access(Access.SIGNED_IN)
def show(fact_id: int) -> ResponseReturnValue:
    """Show what the learner's memory holds of one fact, and how it came to that."""
    return _show(current_course(), fact_id)


@bp.post(f"{_CARD}/<any({', '.join(_ACTS)}):act>")
@access(Access.SIGNED_IN)
def change(fact_id: int, act: str) -> ResponseReturnValue:
    """Put the card aside, bring it back, put it off, or begin it again."""
    course = current_course()
    with transaction() as session:
        _ACTS[act](
            session, actor=actor(), course_id=course.id, fact_id=fact_id, now=datetime.now(UTC)
        )
    flash(card_words.SAID[act], "good")
    return _back(fact_id)


@bp.post(f"{_CARD}/move")
@access(Access.SIGNED_IN)
def move(fact_id: int) -> ResponseReturnValue:
    """Let the card come back on another day."""
    course, form = current_course(), MoveForm()
    try:
        with transaction() as session:
            memory_acts.move_due_date(
                session,
                actor=actor(),
                course_id=course.id,
                fact_id=fact_id,
                day=form.chosen,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _show(course, fact_id, form), 422
    flash("Moved. The card comes back on the day you chose.", "good")
    return _back(fact_id)


@bp.post(f"{_CARD}/undo")
@access(Access.SIGNED_IN)
def undo(fact_id: int) -> ResponseReturnValue:
    """Take back the learner's last step, if it is still the one that the page named."""
    return _step(fact_id, _undo)


@bp.post(f"{_CARD}/redo")
@access(Access.SIGNED_IN)
def redo(fact_id: int) -> ResponseReturnValue:
    """Do again what was taken back last."""
    return _step(fact_id, _redo)


def _undo(form: StepForm, now: datetime) -> str:
    with transaction() as session:
        step = study.undo_step(
            session, actor=actor(), course_id=form.course_id, step_id=form.step_id, now=now
        )
    return study_words.undone(step) if step.kind else "The rating was taken back."


def _redo(form: StepForm, _now: datetime) -> str:
    with transaction() as session:
        step = study.redo_step(session, actor=actor(), course_id=form.course_id, after=form.step_id)
    return study_words.redone(step)


def _step(fact_id: int, do: Callable[[StepForm, datetime], str]) -> ResponseReturnValue:
    try:
        flash(do(StepForm.read(request.form), datetime.now(UTC)), "good")
    except Invalid:
        flash("That could not be read. Use the button on this page.", "bad")
    except (Conflict, NotFound) as error:
        flash(str(error), "warn")
    return _back(fact_id)


def _show(course: CourseInfo, fact_id: int, form: MoveForm | None = None) -> str:
    now = datetime.now(UTC)
    view = card_page(
        db.session(),
        actor=actor(),
        course_id=course.id,
        fact_id=fact_id,
        now=now,
        before=_before(request.args.get("before", "")),
    )
    today = view.clock.day_of(now)
    due_at = view.memory.state.due_at
    if form is None:
        form = MoveForm(formdata=None)
        form.day.data = max(view.clock.day_of(due_at), today).isoformat() if due_at else ""
    return render_template(
        "cards/show.html",
        course=course,
        view=view,
        form=form,
        now=now,
        due_count=view.waiting.left,
        first_day=today.isoformat(),
        last_day=(today + timedelta(days=MAXIMUM_INTERVAL_DAYS)).isoformat(),
        figures=card_words.figures(view, now),
        why=card_words.why(view, now),
        rows=card_words.history_rows(view),
        forms_by_rank=card_words.FORMS,
        curve=card_chart.curve(view, now),
        carried={"course": request.args.get("course")},
    )


def _back(fact_id: int) -> ResponseReturnValue:
    return redirect(url_for("cards.show", fact_id=fact_id, course=request.args.get("course")), 303)


def _filter() -> CardFilter:
    address = request.args
    text = " ".join(address.get("q", "").replace("\0", " ").split())[:_LONGEST_SEARCH]
    return CardFilter(
        which=_known(Which, address.get("show"), Which.ALL),
        order=_known(Order, address.get("sort"), Order.COURSE),
        text=text,
        page=address.get("page", 1, type=small) or 1,
    )


def _known(kind: type[_Known], text: str | None, otherwise: _Known) -> _Known:
    return kind(text) if text in list(kind) else otherwise


def _before(text: str) -> int | None:
    """Return the id to page on from; what is no id shows the newest."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(_LARGEST_REVIEW_ID))):
        return None
    number = int(text)
    return number if number <= _LARGEST_REVIEW_ID else None
