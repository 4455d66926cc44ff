"""Making a wrong key good: what to do, a look at every change, doing it, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, SelectChoice, SelectField, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.grading.regrades import RegradeFix
from quizapp.queries import regrade_list as listed
from quizapp.queries.courses import CourseInfo
from quizapp.queries.given_responses import Asked, responses_to
from quizapp.services.regrade_marks import Change, fingerprint
from quizapp.services.regrades import (
    NewRegrade,
    apply_regrade,
    plan_regrade,
    plan_undo,
    undo_regrade,
)
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.regrade_words import (
    CHOICES,
    ChangePage,
    change_row,
    decided,
    page_of,
    totals,
)
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor
from quizapp.web.wording import count

bp = blueprint("regrades")

_QUESTION = f"/questions/<int(max={LARGEST_ID}):question_id>/regrade"
_UNDO = f"/regrades/<int(max={LARGEST_ID}):regrade_id>/undo"


class RegradeForm(Form):
    """What to do about a key that was wrong. `response` names one of those that were given."""

    fix = RadioField(
        "What should count?",
        choices=[SelectChoice(fix.value, words) for fix, words in CHOICES.items()],
        validate_choice=False,
    )
    response = StringField()
    quiz = SelectField("Where?", validate_choice=False)
    reason = TextAreaField(
        "Why?",
        description="Students read this beside their mark and beside the question.",
        render_kw={"rows": 3},
    )


@dataclass(frozen=True, slots=True)
class Case:
    """The question that is looked at, the version that was asked, and what was given to it."""

    course: CourseInfo
    question: listed.RegradedQuestion
    asked: Asked

    @property
    def version(self) -> listed.Version:
        return self.question.version(self.asked.revision_id)

    @property
    def is_current(self) -> bool:
        return self.version.number == self.question.current_number


@bp.get(_QUESTION)
@access(Access.INSTRUCTOR)
def regrade(course: str, question_id: int) -> ResponseReturnValue:
    """Show what can be done about one version of a question."""
    case = _case(course, question_id)
    token = request.args.get("response", "")
    found = case.asked.find(token)
    picked = found is not None and not found.is_right
    # A version that is asked no longer was most likely corrected: that is proposed.
    data = {} if case.is_current else {"fix": RegradeFix.CORRECT.value}
    if picked:
        data = {"fix": RegradeFix.ACCEPT.value, "response": token}
    form = RegradeForm(formdata=None, data=data)
    return _form(case, form)


@bp.post(_QUESTION)
@access(Access.INSTRUCTOR)
def regrade_send(course: str, question_id: int) -> ResponseReturnValue:
    """Show what a regrade would change, show its form again, or do it."""
    case, form = _case(course, question_id), RegradeForm()
    action = request.form.get("action", "")
    if action == "edit":
        return _form(case, form)
    try:
        if action != "apply":
            return _plan(case, form)
        return _apply(case, form)
    except Invalid as error:
        form.attach(error)
        return _form(case, form), 422


@bp.get("/regrades")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List what was decided, the newest first."""
    taught = taught_course(course)
    page = id_of(request.args.get("page")) or 1
    found = listed.regrades(db.session(), actor=actor(), course_id=taught.id, page=page)
    return render_template("teach/regrades.html", course=taught, found=found, decided=decided)


@bp.get(_UNDO)
@access(Access.INSTRUCTOR)
def undo(course: str, regrade_id: int) -> ResponseReturnValue:
    """Ask before a decision is taken back, with every mark that this changes."""
    taught = taught_course(course)
    row = _row(taught, regrade_id)
    if row.undone_at is not None:
        flash("That regrade was undone already.")
        return _to_list(taught)
    return _undo(taught, row)


@bp.post(_UNDO)
@access(Access.INSTRUCTOR)
def undo_send(course: str, regrade_id: int) -> ResponseReturnValue:
    """Take a decision back, or ask again where other marks would change than were shown."""
    taught = taught_course(course)
    row = _row(taught, regrade_id)
    if row.undone_at is not None:
        flash("That regrade was undone already.")
        return _to_list(taught)
    if "page" in request.form:
        return _undo(taught, row)
    try:
        with transaction() as session:
            changes = undo_regrade(
                session,
                actor=actor(),
                regrade_id=regrade_id,
                now=datetime.now(UTC),
                seen=request.form.get("seen", ""),
            )
    except Conflict as error:
        return _undo(taught, row, str(error)), 409
    flash(f"Undone. {_changed(changes)}", "good")
    return _to_list(taught)


def _case(slug: str, question_id: int) -> Case:
    course, session = taught_course(slug), db.session()
    question = listed.regraded_question(
        session, actor=actor(), course_id=course.id, question_id=question_id
    )
    asked = responses_to(
        session,
        actor=actor(),
        course_id=course.id,
        revision_ids=[one.id for one in question.versions],
        revision_id=question.id_of(id_of(request.values.get("revision"))),
    )
    return Case(course, question, asked)


def _stated(case: Case, form: RegradeForm) -> NewRegrade:
    """Return what the form states; a response that nobody gave is none."""
    version, given = case.version, case.asked.find(form.response.data or "")
    is_accept = form.fix.data == RegradeFix.ACCEPT.value
    return NewRegrade(
        revision_id=version.id,
        fix=form.fix.data or "",
        reason=form.reason.data or "",
        quiz_id=id_of(form.quiz.data) or 0 if form.quiz.data else None,
        response=version.kind.fill(version.content, given.response)
        if is_accept and given
        else None,
    )


def _form(case: Case, form: RegradeForm) -> str:
    form.quiz.choices = [SelectChoice("", "Every quiz that asked it")] + [
        SelectChoice(str(quiz_id), f"Only {title}") for quiz_id, title in case.asked.quizzes.items()
    ]
    held = listed.regrades_of(
        db.session(), actor=actor(), course_id=case.course.id, question_id=case.question.id
    )
    return render_template(
        "teach/regrade.html",
        course=case.course,
        case=case,
        form=form,
        held=held,
        decided=decided,
    )


def _plan(case: Case, form: RegradeForm, changed: str = "") -> str:
    """Return the page with every change; nothing is stored.

    :param changed: what is to be said if other marks would change than were looked at.
    """
    changes = plan_regrade(
        db.session(), actor=actor(), stated=_stated(case, form), now=datetime.now(UTC)
    )
    given = case.asked.find(form.response.data or "")
    fix = RegradeFix(form.fix.data)
    quiz_id = id_of(form.quiz.data)
    return render_template(
        "teach/regrade_plan.html",
        course=case.course,
        case=case,
        form=form,
        words=decided(fix, given.words if given and fix is RegradeFix.ACCEPT else ""),
        quiz_title=case.asked.quizzes.get(quiz_id, "") if quiz_id else "",
        found=_changes(changes),
        seen=fingerprint(changes),
        changed=changed,
    )


def _apply(case: Case, form: RegradeForm) -> ResponseReturnValue:
    try:
        with transaction() as session:
            _, changes = apply_regrade(
                session,
                actor=actor(),
                stated=_stated(case, form),
                now=datetime.now(UTC),
                seen=request.form.get("seen", ""),
            )
    except Conflict as error:
        return _plan(case, form, str(error)), 409
    flash(f"Done. {_changed(changes)}", "good")
    return _to_list(case.course)


def _undo(course: CourseInfo, row: listed.RegradeRow, changed: str = "") -> str:
    changes = plan_undo(db.session(), actor=actor(), regrade_id=row.id)
    return render_template(
        "teach/regrade_undo.html",
        course=course,
        row=row,
        words=decided(row.fix, row.accepted),
        found=_changes(changes),
        seen=fingerprint(changes),
        changed=changed,
    )


def _changes(changes: Sequence[Change]) -> ChangePage:
    """Return the page of the changes that a button asked for; the names of that page alone."""
    some, page, pages = page_of(changes, id_of(request.form.get("page")) or 1)
    session = db.session()
    names = listed.names_of(session, {one.learner_id for one in some})
    titles = listed.quiz_titles(session, {one.quiz_id for one in some})
    rows = tuple(change_row(one, names, titles) for one in some)
    return ChangePage(rows, totals(changes), page, pages)


def _changed(changes: Sequence[Change]) -> str:
    if not changes:
        return "No mark was changed by it."
    return f"{count(len(changes), 'mark')} changed; students see what it was before, and why."


def _row(course: CourseInfo, regrade_id: int) -> listed.RegradeRow:
    return listed.one_regrade(
        db.session(), actor=actor(), course_id=course.id, regrade_id=regrade_id
    )


def _to_list(course: CourseInfo) -> ResponseReturnValue:
    return redirect(url_for("regrades.index", course=course.slug), 303)
