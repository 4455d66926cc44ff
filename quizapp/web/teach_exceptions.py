"""The instructor's pages of exceptions: what one quiz does differently for some."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField, TextAreaField

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries import people
from quizapp.queries.courses import CourseInfo
from quizapp.queries.teach_quizzes import QuizHead, quiz_head
from quizapp.questions.reading import clean
from quizapp.services import allowances
from quizapp.services.allowances import Whom, WrittenException
from quizapp.web.access import Access, access
from quizapp.web.forms import Form
from quizapp.web.quiz_rows import LARGEST_ID, MomentField, id_of, moment_of, number_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach_exceptions")

_ALL = f"/quizzes/<int(max={LARGEST_ID}):quiz_id>/exceptions"
_STUDENT = f"{_ALL}/students/<int(max={LARGEST_ID}):learner_id>"
_GROUP = f"{_ALL}/groups/<int(max={LARGEST_ID}):group_id>"
_LONGEST_SEARCH = 200
_TIMES = ("opens_at", "closes_at")
_NUMBERS = ("time_limit_minutes", "attempts_allowed")


def _time(label: str) -> Any:
    field: Any = MomentField(
        label, description="Empty: as for everybody.", render_kw={"type": "datetime-local"}
    )
    return field


def _number(label: str) -> Any:
    shown = {"inputmode": "numeric", "maxlength": "9", "autocomplete": "off"}
    return StringField(label, description="Empty: as for everybody.", render_kw=shown)


class ExceptionForm(Form):
    """What a quiz does differently for a student or a group."""

    opens_at = _time("Opens")
    closes_at = _time("Closes")
    time_limit_minutes = _number("Time limit, minutes")
    attempts_allowed = _number("Attempts allowed")
    reason = TextAreaField(
        "Reason",
        description="Those whom it is for read it on the page of the quiz.",
        render_kw={"rows": 2, "maxlength": allowances.REASON_LIMIT, "required": True},
    )
    seen = HiddenField()

    @property
    def written(self) -> WrittenException:
        """Return what was typed, for the services."""
        fields: Any = self._fields
        rules = {name: fields[name].stated for name in _TIMES}
        rules |= {name: number_of(fields[name].data) for name in _NUMBERS}
        return WrittenException(rules, self.reason.data or "")


@bp.get(_ALL)
@access(Access.INSTRUCTOR)
def index(course: str, quiz_id: int) -> ResponseReturnValue:
    """List for whom a quiz runs differently, and whom a search finds to add."""
    found = taught_course(course)
    quiz = _quiz(found, quiz_id)
    session, who = db.session(), actor()
    text, _ = clean(request.args.get("q", "")[:_LONGEST_SEARCH], _LONGEST_SEARCH)
    wanted = people.StudentFilter(text=text, page=id_of(request.args.get("page")) or 1)
    return render_template(
        "teach/quiz_exceptions.html",
        course=found,
        quiz=quiz,
        rows=people.exceptions(session, actor=who, course_id=found.id, quiz_id=quiz_id),
        groups=people.groups(session, actor=who, course_id=found.id),
        found=people.students(session, actor=who, course_id=found.id, wanted=wanted),
        wanted=wanted,
        chosen={"course": found.slug, "quiz_id": quiz_id} | ({"q": text} if text else {}),
    )


@bp.get(_STUDENT)
@access(Access.INSTRUCTOR)
def student(course: str, quiz_id: int, learner_id: int) -> ResponseReturnValue:
    """Show the exception for a student."""
    return _show(taught_course(course), quiz_id, Whom(learner_id))


@bp.post(_STUDENT)
@access(Access.INSTRUCTOR)
def save_student(course: str, quiz_id: int, learner_id: int) -> ResponseReturnValue:
    """Keep the exception for a student."""
    return _save(taught_course(course), quiz_id, Whom(learner_id))


@bp.post(f"{_STUDENT}/remove")
@access(Access.INSTRUCTOR)
def remove_student(course: str, quiz_id: int, learner_id: int) -> ResponseReturnValue:
    """Let the quiz run for a student as for everybody."""
    return _remove(taught_course(course), quiz_id, Whom(learner_id))


@bp.get(_GROUP)
@access(Access.INSTRUCTOR)
def group(course: str, quiz_id: int, group_id: int) -> ResponseReturnValue:
    """Show the exception for a group."""
    return _show(taught_course(course), quiz_id, Whom(group_id, is_group=True))


@bp.post(_GROUP)
@access(Access.INSTRUCTOR)
def save_group(course: str, quiz_id: int, group_id: int) -> ResponseReturnValue:
    """Keep the exception for a group."""
    return _save(taught_course(course), quiz_id, Whom(group_id, is_group=True))


@bp.post(f"{_GROUP}/remove")
@access(Access.INSTRUCTOR)
def remove_group(course: str, quiz_id: int, group_id: int) -> ResponseReturnValue:
    """Let the quiz run for a group as for everybody."""
    return _remove(taught_course(course), quiz_id, Whom(group_id, is_group=True))


def _show(course: CourseInfo, quiz_id: int, whom: Whom) -> str:
    row = _row(course, quiz_id, whom)
    data: dict[str, Any] = {}
    if row is not None:
        stated = row.override
        data = {name: getattr(stated, name) for name in _TIMES}
        data |= {name: str(getattr(stated, name) or "") for name in _NUMBERS}
        data |= {"reason": row.reason, "seen": row.seen.isoformat()}
    return _page(course, quiz_id, whom, ExceptionForm(formdata=None, data=data), row)


def _save(course: CourseInfo, quiz_id: int, whom: Whom) -> ResponseReturnValue:
    form = ExceptionForm()
    try:
        with transaction() as session:
            allowances.set_exception(
                session,
                actor=actor(),
                course_id=course.id,
                quiz_id=quiz_id,
                whom=whom,
                written=form.written,
                seen=moment_of(form.seen.data),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _page(course, quiz_id, whom, form, _row(course, quiz_id, whom)), 422
    except Conflict as error:
        row = _row(course, quiz_id, whom)
        form.seen.data = row.seen.isoformat() if row else ""
        form.form_errors.append(
            f"{error} What is set now stands above the form. Save to replace it."
        )
        return _page(course, quiz_id, whom, form, row, is_stale=True), 409
    flash("Saved. It holds for attempts that begin from now on.", "good")
    return redirect(_address(course, quiz_id), 303)


def _remove(course: CourseInfo, quiz_id: int, whom: Whom) -> ResponseReturnValue:
    with transaction() as session:
        allowances.remove_exception(
            session, actor=actor(), course_id=course.id, quiz_id=quiz_id, whom=whom
        )
    flash("Exception removed. The quiz runs as for everybody.", "good")
    return redirect(_address(course, quiz_id), 303)


def _address(course: CourseInfo, quiz_id: int) -> str:
    return url_for("teach_exceptions.index", course=course.slug, quiz_id=quiz_id)


def _quiz(course: CourseInfo, quiz_id: int) -> QuizHead:
    return quiz_head(db.session(), actor=actor(), course_id=course.id, quiz_id=quiz_id)


def _row(course: CourseInfo, quiz_id: int, whom: Whom) -> people.ExceptionRow | None:
    rows = people.exceptions(db.session(), actor=actor(), course_id=course.id, quiz_id=quiz_id)
    wanted = (whom.id, whom.is_group)
    return next((row for row in rows if (row.whom, row.is_group) == wanted), None)


def _page(
    course: CourseInfo,
    quiz_id: int,
    whom: Whom,
    form: ExceptionForm,
    row: people.ExceptionRow | None,
    *,
    is_stale: bool = False,
) -> str:
    """Return the form of an exception; `row` is what is stored."""
    find = people.group if whom.is_group else people.student
    key = {"group_id" if whom.is_group else "learner_id": whom.id}
    one: Any = find(db.session(), actor=actor(), course_id=course.id, **key)
    return render_template(
        "teach/quiz_exception.html",
        course=course,
        quiz=_quiz(course, quiz_id),
        whom=whom,
        name=one.name,
        allowance=None if whom.is_group else one.allowance,
        form=form,
        row=row,
        is_stale=is_stale,
        zone=actor().timezone,
    )
