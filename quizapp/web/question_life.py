"""The pages around a question: its review, its past, where it is used, what is said of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries import question_life as life
from quizapp.queries.authoring import PastRevision, revisions
from quizapp.queries.cited_paragraph import cited_paragraph
from quizapp.queries.courses import CourseInfo
from quizapp.queries.question_use import use
from quizapp.questions.registry import TYPES
from quizapp.services.question_comments import add_comment, settle_thread
from quizapp.services.reviewing import approve_question, send_back, set_review_rule
from quizapp.web.access import Access, access
from quizapp.web.question_editor import QUESTION, show_review
from quizapp.web.question_form import LARGEST_ID, id_of
from quizapp.web.question_words import content_texts, differences
from quizapp.web.reviewing import CommentForm, ReviewForm, ReviewRuleForm
from quizapp.web.taught import taught_course
from quizapp.web.teach import bp
from quizapp.web.viewer import actor

#: The blueprint of the list of questions, with all the pages of one question.
__all__ = ["bp"]


@bp.post(f"{QUESTION}/review")
@access(Access.INSTRUCTOR)
def question_review(course: str, question_id: int) -> ResponseReturnValue:
    """Approve a question that waits for review, or send it back to its author."""
    taught, form = taught_course(course), ReviewForm()
    is_approved = request.form.get("action") == "approve"
    about: dict[str, Any] = {
        "actor": actor(),
        "course_id": taught.id,
        "question_id": question_id,
        "seen": id_of(request.form.get("seen")) or 0,
        "comment": form.comment.data or "",
        "now": datetime.now(UTC),
    }
    try:
        with transaction() as session:
            (approve_question if is_approved else send_back)(session, **about)
    except Invalid as error:
        form.attach(error)
        return show_review(taught, question_id, form), 422
    except Conflict as error:
        flash(f"{error} Look at it again.", "warn")
        return redirect(_address(taught, "teach.question", question_id), 303)
    said = "Approved. Learners are asked this from now on." if is_approved else "Sent back."
    flash(said, "good")
    return redirect(_address(taught, "teach.question", question_id), 303)


@bp.get(f"{QUESTION}/history")
@access(Access.INSTRUCTOR)
def question_history(course: str, question_id: int) -> ResponseReturnValue:
    """List the revisions of a question, and how two of them differ."""
    taught = taught_course(course)
    about: dict[str, Any] = {"actor": actor(), "course_id": taught.id, "question_id": question_id}
    past = revisions(db.session(), **about)
    newer, older = _pair(past)
    return render_template(
        "teach/history.html",
        course=taught,
        question_id=question_id,
        past=past,
        steps=life.steps_of(db.session(), **about),
        around=life.surroundings(db.session(), **about),
        older=older,
        newer=newer,
        changes=differences(*(content_texts(one.type, one.content) for one in (older, newer))),
        types=TYPES,
    )


def _pair(past: tuple[PastRevision, ...]) -> tuple[PastRevision, PastRevision]:
    """Return the revisions to compare, the newer first: those asked for, or the last two."""
    by_number = {one.number: one for one in past}
    newer = by_number.get(id_of(request.args.get("to")) or 0, past[0])
    before = by_number.get(newer.number - 1, newer)
    older = by_number.get(id_of(request.args.get("from")) or 0, before)
    return (newer, older) if newer.number >= older.number else (older, newer)


@bp.get(f"{QUESTION}/use")
@access(Access.INSTRUCTOR)
def question_use(course: str, question_id: int) -> ResponseReturnValue:
    """Show where a question is used."""
    taught = taught_course(course)
    about: dict[str, Any] = {"actor": actor(), "course_id": taught.id, "question_id": question_id}
    return render_template(
        "teach/question_use.html",
        course=taught,
        question_id=question_id,
        around=life.surroundings(db.session(), **about),
        found=use(db.session(), **about),
        types=TYPES,
    )


@bp.get(f"{QUESTION}/discussion")
@access(Access.INSTRUCTOR)
def question_talk(course: str, question_id: int) -> ResponseReturnValue:
    """Show what instructors and students say of a question."""
    return _talk(taught_course(course), question_id, CommentForm(formdata=None))


@bp.post(f"{QUESTION}/discussion")
@access(Access.INSTRUCTOR)
def question_talk_send(course: str, question_id: int) -> ResponseReturnValue:
    """Store a comment or a reply, or say that a thread is settled."""
    taught, form = taught_course(course), CommentForm()
    about: dict[str, Any] = {"actor": actor(), "course_id": taught.id, "question_id": question_id}
    thread, action = id_of(request.form.get("thread")), request.form.get("action", "")
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            if action in {"settle", "reopen"}:
                settle_thread(
                    session,
                    **about,
                    comment_id=thread or 0,
                    is_settled=action == "settle",
                    now=now,
                )
            else:
                text = form.text.data or ""
                add_comment(session, **about, text=text, parent_id=thread, now=now)
    except Invalid as error:
        form.attach(error)
        return _talk(taught, question_id, form, thread), 422
    return redirect(_address(taught, "teach.question_talk", question_id), 303)


def _talk(
    course: CourseInfo, question_id: int, form: CommentForm, thread: int | None = None
) -> str:
    about: dict[str, Any] = {"actor": actor(), "course_id": course.id, "question_id": question_id}
    return render_template(
        "teach/question_talk.html",
        course=course,
        question_id=question_id,
        found=life.talk(db.session(), **about),
        around=life.surroundings(db.session(), **about),
        form=form,
        thread=thread,
        empty=CommentForm(formdata=None),
    )


@bp.get(f"/questions/on/<int(max={LARGEST_ID}):passage_id>")
@access(Access.INSTRUCTOR)
def question_cited(course: str, passage_id: int) -> ResponseReturnValue:
    """Show what a paragraph proves already, with the questions on it."""
    taught = taught_course(course)
    found = cited_paragraph(db.session(), actor=actor(), course_id=taught.id, passage_id=passage_id)
    return render_template("teach/question_cited.html", course=taught, found=found)


@bp.get("/reviewing")
@access(Access.INSTRUCTOR)
def question_rule(course: str) -> ResponseReturnValue:
    """Show who approves the questions of a course."""
    taught = taught_course(course)
    form = ReviewRuleForm(formdata=None, by_other=taught.review_by_other)
    return render_template("teach/question_rule.html", course=taught, form=form)


@bp.post("/reviewing")
@access(Access.INSTRUCTOR)
def question_rule_save(course: str) -> ResponseReturnValue:
    """Keep who approves the questions of a course."""
    taught, form = taught_course(course), ReviewRuleForm()
    with transaction() as session:
        set_review_rule(
            session, actor=actor(), course_id=taught.id, by_other=bool(form.by_other.data)
        )
    flash("Saved. This holds for every question that becomes ready from now on.", "good")
    return redirect(url_for("teach.question_rule", course=taught.slug), 303)


def _address(course: CourseInfo, endpoint: str, question_id: int) -> str:
    return url_for(endpoint, course=course.slug, question_id=question_id)
