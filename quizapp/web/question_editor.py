"""The editor of a question: writing it, looking at it, saving it, retiring it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.models import Status
from quizapp.queries import authoring as authored
from quizapp.queries import question_life as life
from quizapp.queries.courses import CourseInfo
from quizapp.queries.question_drafts import Drafts, drafts_of
from quizapp.questions.edits import EditKind
from quizapp.questions.registry import TYPES
from quizapp.services import authoring
from quizapp.services.publishing import reasons_against
from quizapp.services.question_drafts import discard_draft
from quizapp.web.access import Access, access
from quizapp.web.glossary import PageTerms, page_terms
from quizapp.web.question_clash import Clash, begin_clash, resumed_clash
from quizapp.web.question_drafts import restored_form
from quizapp.web.question_form import (
    LARGEST_ID,
    QuestionForm,
    blank_form,
    filled_form,
    id_of,
    posted_form,
)
from quizapp.web.question_pictures import offered, sent_form
from quizapp.web.question_preview import Preview, preview_written
from quizapp.web.quiz_rows import moment_of
from quizapp.web.reviewing import ReviewForm
from quizapp.web.taught import taught_course
from quizapp.web.teach import bp
from quizapp.web.viewer import actor

QUESTION = f"/questions/<int(max={LARGEST_ID}):question_id>"
_MOVE = re.compile(r"(up|down)-([0-9]{1,2})")
_SAVED = {
    Status.DRAFT: "Saved as a draft. Only instructors see it.",
    Status.IN_REVIEW: "Sent for review. An instructor can approve it now.",
    Status.READY: "Saved. Learners are asked this from now on.",
    Status.RETIRED: "Saved. The question stays retired.",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What the editor shows beside the form.

    :param version: another revision whose content is in the form. :param review: a form that was
        sent and is not sound.
    """

    clash: Clash | None = None
    drafts: Drafts = field(default_factory=Drafts)
    version: int | None = None
    review: ReviewForm | None = None


#: What undoing a retirement says of each status that it brings back but a draft's.
_UNRETIRED = {
    Status.READY.value: "Question restored.",
    Status.IN_REVIEW.value: "Question restored. It waits for review again.",
}


@bp.get("/questions/new")
@access(Access.INSTRUCTOR)
def question_new(course: str) -> ResponseReturnValue:
    """Show an empty form for a type of question, or the draft that the address names."""
    taught = taught_course(course)
    drafts = _drafts(taught, None, request.args.get("draft", ""))
    form = restored_form(drafts.chosen) if drafts.chosen else None
    if form is None:
        form = blank_form(request.args.get("type", ""), fact_id=id_of(request.args.get("fact")))
    return _editor(taught, form, beside=Beside(drafts=drafts))


@bp.post("/questions/new")
@access(Access.INSTRUCTOR)
def question_create(course: str) -> ResponseReturnValue:
    """Store a new question, or show the form again with what its buttons ask for."""
    taught = taught_course(course)
    form = sent_form(taught)
    if _rearrange(form):
        return _editor(taught, form)
    _complete(taught, form)
    written = form.written
    try:
        with transaction() as session:
            question_id = authoring.create_question(
                session, actor=actor(), course_id=taught.id, written=written, now=datetime.now(UTC)
            )
            _discard(taught, form)
    except Invalid as error:
        form.attach(error)
        return _editor(taught, form), 422
    except Conflict as error:  # somebody stored something of the same name just then
        form.form_errors.append(f"{error} Nothing was saved yet: save once more.")
        return _editor(taught, form), 409
    flash(_SAVED[written.status], "good")
    return redirect(_address(taught, question_id), 303)


@bp.get(QUESTION)
@access(Access.INSTRUCTOR)
def question(course: str, question_id: int) -> ResponseReturnValue:
    """Show a question in its form: as it is, as it was, or as its draft was left."""
    taught = taught_course(course)
    stored = stored_question(taught, question_id)
    if (number := id_of(request.args.get("version"))) and number != stored.number:
        past = authored.revision_content(
            db.session(),
            actor=actor(),
            course_id=taught.id,
            question_id=question_id,
            number=number,
        )
        if past is not None:
            return _editor(taught, filled_form(stored, past), stored, Beside(version=number))
    drafts = _drafts(taught, question_id, request.args.get("draft"))
    form = restored_form(drafts.chosen) if drafts.chosen else filled_form(stored)
    return _editor(taught, form, stored, Beside(drafts=drafts))


@bp.post(QUESTION)
@access(Access.INSTRUCTOR)
def question_revise(course: str, question_id: int) -> ResponseReturnValue:
    """Store what was changed; when someone else was first, show both and lose neither."""
    taught = taught_course(course)
    form = sent_form(taught)
    if _rearrange(form):
        stored = stored_question(taught, question_id)
        form, clash = resumed_clash(taught, form, stored)
        return _editor(taught, form, stored, Beside(clash))
    _complete(taught, form)
    try:
        with transaction() as session:
            number = authoring.revise_question(
                session,
                actor=actor(),
                course_id=taught.id,
                question_id=question_id,
                written=form.written,
                seen=id_of(form.seen.data) or 0,
                seen_at=moment_of(form.seen_at.data),
                now=datetime.now(UTC),
            )
            _discard(taught, form)
    except Invalid as error:
        form.attach(error)
        stored = stored_question(taught, question_id)
        return _editor(taught, form, stored, Beside(resumed_clash(taught, form, stored)[1])), 422
    except Conflict:
        stored = stored_question(taught, question_id)
        return _editor(taught, form, stored, Beside(begin_clash(taught, form, stored))), 409
    _tell_saved(question_id, form, number)
    return redirect(_address(taught, question_id), 303)


@bp.post("/preview")
@access(Access.INSTRUCTOR)
def preview(course: str) -> ResponseReturnValue:
    """Return a question as learners would see it, as a part of a page."""
    taught, form = taught_course(course), posted_form(request.form)
    question_id = id_of(form.question.data)
    stored = stored_question(taught, question_id) if question_id else None
    return render_template(
        "teach/_preview.html",
        course=taught,
        preview=_preview(taught, form, stored),
        terms=_terms(taught),
        stored=stored,
    )


@bp.post(f"{QUESTION}/retire")
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


@bp.post(f"{QUESTION}/restore")
@access(Access.INSTRUCTOR)
def question_restore(course: str, question_id: int) -> ResponseReturnValue:
    """Bring a retired question back: as it was, when that is being undone, or as a draft."""
    taught = taught_course(course)
    wanted = request.form.get("status")
    status = Status(wanted) if wanted in _UNRETIRED else Status.DRAFT
    try:
        with transaction() as session:
            authoring.restore_question(
                session,
                actor=actor(),
                course_id=taught.id,
                question_id=question_id,
                status=status,
                now=datetime.now(UTC),
            )
    except Invalid as error:
        flash(f"It stays retired. {error.problems[0].message}", "warn")
        return redirect(_address(taught, question_id), 303)
    flash(_UNRETIRED.get(status.value, "Question restored as a draft."), "good")
    return redirect(_address(taught, question_id), 303)


def stored_question(course: CourseInfo, question_id: int) -> authored.StoredQuestion:
    """Return a question of the course as it stands."""
    return authored.stored_question(
        db.session(), actor=actor(), course_id=course.id, question_id=question_id
    )


def show_review(course: CourseInfo, question_id: int, review: ReviewForm) -> str:
    """Return a question's page with a review that was not taken, and what is wrong with it."""
    stored = stored_question(course, question_id)
    return _editor(course, filled_form(stored), stored, Beside(review=review))


def _address(course: CourseInfo, question_id: int) -> str:
    return url_for("teach.question", course=course.slug, question_id=question_id)


def _drafts(course: CourseInfo, question_id: int | None, key: str | None) -> Drafts:
    return drafts_of(
        db.session(), actor=actor(), course_id=course.id, question_id=question_id, key=key
    )


def _discard(course: CourseInfo, form: QuestionForm) -> None:
    """Forget the draft of what is being stored, in the same transaction."""
    discard_draft(db.session(), actor=actor(), course_id=course.id, key=form.draft.data or "")


def _tell_saved(question_id: int, form: QuestionForm, number: int) -> None:
    """Say what saving did; after another key, where to regrade what was answered before."""
    seen, status = id_of(form.seen.data) or 0, form.written.status
    flash(_SAVED[status], "good")
    if number > seen:
        edit = life.edit_of(db.session(), question_id=question_id, number=number)
        if edit is EditKind.KEY and status is not Status.DRAFT:
            flash(
                f"The key is another one now. Who answered version {seen} was marked by the old "
                "key; open attempts keep the version they began with.",
                f"regrade {question_id} {seen}",
            )


def _rearrange(form: QuestionForm) -> bool:
    """Do what a button of the form asks for other than saving; return whether one did."""
    action = request.form.get("action", "save")
    if action == "send":
        form.status.data = Status.IN_REVIEW.value
        return False
    if form.rows is not None and action == "add-row":
        form.rows.add_row()
    elif form.rows is not None and (move := _MOVE.fullmatch(action)):
        form.rows.move(int(move[2]), -1 if move[1] == "up" else 1)
    return action != "save"


def _complete(course: CourseInfo, form: QuestionForm) -> None:
    """Fill in what the author of a new fact left to be proposed."""
    if not form.is_new_fact or ((form.fact_statement.data or "").strip() and form.fact_topic.data):
        return
    found = _preview(course, form, None)
    form.propose(found.statement, found.topic_id)


def _terms(course: CourseInfo) -> PageTerms:
    return page_terms(course.id, course.slug, course.glossary_sha256)


def _preview(
    course: CourseInfo, form: QuestionForm, stored: authored.StoredQuestion | None
) -> Preview:
    return preview_written(actor=actor(), course=course, written=form.written, stored=stored)


def _editor(
    course: CourseInfo,
    form: QuestionForm,
    stored: authored.StoredQuestion | None = None,
    beside: Beside = Beside(),
) -> str:
    """Return the editor with whatever is in the form."""
    listed = form.fact_id or (stored.fact_id if stored else None)
    material = authored.material(db.session(), actor=actor(), course_id=course.id, fact_id=listed)
    offered(form).offer(material, stored=stored, by_other=course.review_by_other)
    found = _preview(course, form, stored)
    if form.is_new_fact and not form.errors:
        form.propose(found.statement, found.topic_id)
    about: dict[str, Any] = {"actor": actor(), "course_id": course.id}
    around, against = None, ""
    if stored is not None:
        around = life.surroundings(db.session(), **about, question_id=stored.id)
    if stored is not None and stored.status is Status.IN_REVIEW:
        reasons = reasons_against(db.session(), **about, question_ids=[stored.id])
        against = reasons.get(stored.id, "")
    return render_template(
        "teach/editor.html",
        course=course,
        form=form,
        kind=TYPES[form.type.data],
        stored=stored,
        beside=beside,
        around=around,
        against=against,
        review=beside.review or ReviewForm(formdata=None),
        material=material,
        preview=found,
        terms=_terms(course),
    )
