"""The instructor's pages: the list of questions, their editor, their past."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.models import Status
from quizapp.queries import authoring as authored
from quizapp.queries.courses import CourseInfo
from quizapp.questions.registry import TYPES
from quizapp.services import authoring
from quizapp.web import question_list
from quizapp.web.access import Access, access
from quizapp.web.glossary import PageTerms, page_terms
from quizapp.web.question_form import (
    LARGEST_ID,
    QuestionForm,
    blank_form,
    filled_form,
    id_of,
    posted_form,
)
from quizapp.web.question_preview import Preview, preview_stored, preview_written
from quizapp.web.quiz_rows import moment_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("teach")

_QUESTION = f"/questions/<int(max={LARGEST_ID}):question_id>"
_MOVE = re.compile(r"(up|down)-([0-9]{1,2})")
_SAVED = {
    Status.DRAFT: "Saved as a draft. Only instructors see it.",
    Status.READY: "Saved. Learners are asked this from now on.",
    Status.RETIRED: "Saved. The question stays retired.",
}


@bp.get("/questions")
@access(Access.INSTRUCTOR)
def questions(course: str) -> ResponseReturnValue:
    """List a course's questions; the address holds what is searched and how it is sorted."""
    return question_list.show(taught_course(course))


@bp.get("/questions/new")
@access(Access.INSTRUCTOR)
def question_new(course: str) -> ResponseReturnValue:
    """Show an empty form for a type of question."""
    taught = taught_course(course)
    form = blank_form(request.args.get("type", ""), fact_id=id_of(request.args.get("fact")))
    return _editor(taught, form)


@bp.post("/questions/new")
@access(Access.INSTRUCTOR)
def question_create(course: str) -> ResponseReturnValue:
    """Store a new question, or show the form again with what its buttons ask for."""
    taught, form = taught_course(course), posted_form(request.form)
    if _rearrange(form):
        return _editor(taught, form)
    written = form.written
    try:
        with transaction() as session:
            question_id = authoring.create_question(
                session, actor=actor(), course_id=taught.id, written=written, now=datetime.now(UTC)
            )
    except Invalid as error:
        form.attach(error)
        return _editor(taught, form), 422
    except Conflict as error:  # somebody stored something of the same name just then
        form.form_errors.append(f"{error} Nothing was saved yet: save once more.")
        return _editor(taught, form), 409
    flash(_SAVED[written.status], "good")
    return redirect(_address(taught, question_id), 303)


@bp.get(_QUESTION)
@access(Access.INSTRUCTOR)
def question(course: str, question_id: int) -> ResponseReturnValue:
    """Show a question in its form."""
    taught = taught_course(course)
    stored = _stored(taught, question_id)
    return _editor(taught, filled_form(stored), stored)


@bp.post(_QUESTION)
@access(Access.INSTRUCTOR)
def question_revise(course: str, question_id: int) -> ResponseReturnValue:
    """Store what was changed; when someone else was first, show both and lose neither."""
    taught, form = taught_course(course), posted_form(request.form)
    if _rearrange(form):
        return _editor(taught, form, _stored(taught, question_id))
    written = form.written
    try:
        with transaction() as session:
            authoring.revise_question(
                session,
                actor=actor(),
                course_id=taught.id,
                question_id=question_id,
                written=written,
                seen=id_of(form.seen.data) or 0,
                seen_at=moment_of(form.seen_at.data),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        form.attach(error)
        return _editor(taught, form, _stored(taught, question_id)), 422
    except Conflict:
        return _conflict(taught, form, question_id), 409
    flash(_SAVED[written.status], "good")
    return redirect(_address(taught, question_id), 303)


@bp.post("/preview")
@access(Access.INSTRUCTOR)
def preview(course: str) -> ResponseReturnValue:
    """Return a question as learners would see it, as a part of a page."""
    taught, form = taught_course(course), posted_form(request.form)
    return render_template(
        "teach/_preview.html", preview=_preview(taught, form), terms=_terms(taught)
    )


@bp.post(f"{_QUESTION}/retire")
@access(Access.INSTRUCTOR)
def question_retire(course: str, question_id: int) -> ResponseReturnValue:
    """Take a question away from learners; the list offers to undo it."""
    taught = taught_course(course)
    with transaction() as session:
        before = authoring.retire_question(
            session,
            actor=actor(),
            course_id=taught.id,
            question_id=question_id,
            now=datetime.now(UTC),
        )
    flash("Question retired. Learners are no longer asked it.", f"undo {question_id} {before}")
    return redirect(url_for("teach.questions", course=taught.slug), 303)


@bp.post(f"{_QUESTION}/restore")
@access(Access.INSTRUCTOR)
def question_restore(course: str, question_id: int) -> ResponseReturnValue:
    """Bring a retired question back: as it was, when that is being undone, or as a draft."""
    taught = taught_course(course)
    is_ready = request.form.get("status") == Status.READY.value
    with transaction() as session:
        authoring.restore_question(
            session,
            actor=actor(),
            course_id=taught.id,
            question_id=question_id,
            status=Status.READY if is_ready else Status.DRAFT,
            now=datetime.now(UTC),
        )
    flash("Question restored." if is_ready else "Question restored as a draft.", "good")
    return redirect(_address(taught, question_id), 303)


@bp.get(f"{_QUESTION}/history")
@access(Access.INSTRUCTOR)
def question_history(course: str, question_id: int) -> ResponseReturnValue:
    """List the revisions of a question."""
    taught = taught_course(course)
    past = authored.revisions(
        db.session(), actor=actor(), course_id=taught.id, question_id=question_id
    )
    return render_template(
        "teach/history.html", course=taught, question_id=question_id, past=past, types=TYPES
    )


def _stored(course: CourseInfo, question_id: int) -> authored.StoredQuestion:
    return authored.stored_question(
        db.session(), actor=actor(), course_id=course.id, question_id=question_id
    )


def _address(course: CourseInfo, question_id: int) -> str:
    return url_for("teach.question", course=course.slug, question_id=question_id)


def _rearrange(form: QuestionForm) -> bool:
    """Do what a button of the form asks for other than saving; return whether one did."""
    action = request.form.get("action", "save")
    if form.rows is not None and action == "add-row":
        form.rows.add_row()
    elif form.rows is not None and (move := _MOVE.fullmatch(action)):
        form.rows.move(int(move[2]), -1 if move[1] == "up" else 1)
    return action != "save"


def _terms(course: CourseInfo) -> PageTerms:
    return page_terms(course.id, course.slug, course.glossary_sha256)


def _preview(course: CourseInfo, form: QuestionForm) -> Preview:
    return preview_written(actor=actor(), course=course, written=form.written)


def _editor(
    course: CourseInfo,
    form: QuestionForm,
    stored: authored.StoredQuestion | None = None,
    conflict: Preview | None = None,
) -> str:
    """Return the editor with whatever is in the form."""
    listed = form.fact_id or (stored.fact_id if stored else None)
    material = authored.material(db.session(), actor=actor(), course_id=course.id, fact_id=listed)
    form.offer(material, stored=stored)
    return render_template(
        "teach/editor.html",
        course=course,
        form=form,
        kind=TYPES[form.type.data],
        stored=stored,
        conflict=conflict,
        material=material,
        preview=_preview(course, form),
        terms=_terms(course),
    )


def _conflict(course: CourseInfo, form: QuestionForm, question_id: int) -> str:
    """Return the editor with what was typed, beside what was stored meanwhile."""
    stored = _stored(course, question_id)
    form.seen.data, form.seen_at.data = str(stored.number), stored.updated_at.isoformat()
    theirs = preview_stored(actor=actor(), course=course, stored=stored)
    return _editor(course, form, stored, theirs)
