"""Marking answers in students' own words: the queue, and one answer at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.grading.marks import show as shown_points
from quizapp.queries.courses import CourseInfo
from quizapp.queries.marking_page import (
    answers_to,
    marking_page,
    marking_seed,
    named,
    next_waiting,
)
from quizapp.queries.marking_queue import OpenAnswer, marking_queue
from quizapp.services.marking import (
    COMMENT_LIMIT,
    AnswerPlace,
    Written,
    mark_answer,
    undo_marking,
)
from quizapp.web.access import Access, access
from quizapp.web.marking_words import SHARE_WORDS, filled, plain_points, question_of
from quizapp.web.question_form import LARGEST_ID
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("marking")

_QUESTION = f"/marking/<int(max={LARGEST_ID}):quiz_id>/<int(max={LARGEST_ID}):question_id>"
_ANSWER = f"{_QUESTION}/<answer>"
_ALL_MARKED = "Every answer to this question is marked."


@dataclass(frozen=True, slots=True)
class Queue:
    """The answers to one question of one quiz, in the order that they are marked in."""

    course: CourseInfo
    quiz_id: int
    question_id: int
    seed: str
    answers: Sequence[OpenAnswer]

    @property
    def address(self) -> Mapping[str, Any]:
        """Return what every address of it holds; `names` only where they are asked for."""
        names = {"names": "1"} if _shows_names() else {}
        place = {"quiz_id": self.quiz_id, "question_id": self.question_id}
        return {"course": self.course.slug, **place, **names}

    def place(self, token: str) -> AnswerPlace:
        one = named(self.answers, token, self.seed)
        return AnswerPlace(one.learner_id, one.attempt_id, one.slot)


@dataclass(frozen=True, slots=True)
class Tried:
    """A marking that was sent and not stored: what it said, and why, by field."""

    written: Written
    problems: Mapping[str, str] = field(default_factory=dict)
    conflict: str = ""


@bp.get("/marking")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List the questions that people mark, those first that wait."""
    taught = taught_course(course)
    rows = marking_queue(db.session(), actor=actor(), course_id=taught.id)
    return render_template("teach/marking.html", course=taught, rows=rows)


@bp.get(_QUESTION)
@access(Access.INSTRUCTOR)
def begin(course: str, quiz_id: int, question_id: int) -> ResponseReturnValue:
    """Lead to the first answer that waits, or to the first of all."""
    queue = _queue(course, quiz_id, question_id)
    if not queue.answers:
        return redirect(url_for("marking.index", course=course), 303)
    token = next_waiting(queue.answers, "", queue.seed) or queue.answers[0].token(queue.seed)
    return redirect(url_for("marking.show", answer=token, **queue.address), 303)


@bp.get(_ANSWER)
@access(Access.INSTRUCTOR)
def show(course: str, quiz_id: int, question_id: int, answer: str) -> ResponseReturnValue:
    """Show one answer, to mark it or to mark it anew."""
    return _show(_queue(course, quiz_id, question_id), answer)


@bp.post(_ANSWER)
@access(Access.INSTRUCTOR)
def save(course: str, quiz_id: int, question_id: int, answer: str) -> ResponseReturnValue:
    """Store a marking and go on to the next answer that waits."""
    queue = _queue(course, quiz_id, question_id)
    place, form = queue.place(answer), request.form
    written = Written(form.get("share", ""), form.get("points", ""), form.get("comment", ""))
    try:
        with transaction() as session:
            mark_answer(
                session,
                actor=actor(),
                course_id=queue.course.id,
                place=place,
                written=written,
                seen=_seen(),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        problems = {problem.path: problem.message for problem in error.problems}
        return _show(queue, answer, Tried(written, problems)), 422
    except Conflict as error:
        again = _queue(course, quiz_id, question_id)
        return _show(again, answer, Tried(written, conflict=str(error))), 409
    following = next_waiting(queue.answers, answer, queue.seed)
    if not following:
        flash(_ALL_MARKED, "good")
        return redirect(url_for("marking.show", answer=answer, **queue.address), 303)
    return redirect(url_for("marking.show", answer=following, **queue.address), 303)


@bp.post(f"{_ANSWER}/undo")
@access(Access.INSTRUCTOR)
def undo(course: str, quiz_id: int, question_id: int, answer: str) -> ResponseReturnValue:
    """Take the last marking of an answer back and show the answer."""
    queue = _queue(course, quiz_id, question_id)
    try:
        with transaction() as session:
            undo_marking(
                session,
                actor=actor(),
                course_id=queue.course.id,
                place=queue.place(answer),
                seen=_seen(),
                now=datetime.now(UTC),
            )
    except Conflict as error:
        flash(str(error), "warn")
    else:
        flash("Taken back. What held before holds again.", "good")
    return redirect(url_for("marking.show", answer=answer, **queue.address), 303)


def _queue(course: str, quiz_id: int, question_id: int) -> Queue:
    taught = taught_course(course)
    seed = marking_seed(current_app.config["SECRET_KEY"], quiz_id, question_id)
    answers = answers_to(
        db.session(),
        actor=actor(),
        course_id=taught.id,
        quiz_id=quiz_id,
        question_id=question_id,
        seed=seed,
    )
    return Queue(taught, quiz_id, question_id, seed, answers)


def _show(queue: Queue, token: str, tried: Tried | None = None) -> str:
    page = marking_page(
        db.session(),
        actor=actor(),
        answers=queue.answers,
        token=token,
        seed=queue.seed,
        shows_names=_shows_names(),
    )
    return render_template(
        "teach/marking_answer.html",
        course=queue.course,
        page=page,
        given=filled(page) if tried is None else tried.written,
        problems=tried.problems if tried else {},
        conflict=tried.conflict if tried else "",
        shows_names=_shows_names(),
        address=queue.address,
        shares=SHARE_WORDS,
        points=shown_points,
        plain_points=plain_points,
        question_of=question_of,
        comment_limit=COMMENT_LIMIT,
    )


def _shows_names() -> bool:
    return request.args.get("names") == "1"


def _seen() -> int:
    """Return the number of the marking that the form showed; one that none has for nonsense."""
    return request.form.get("seen", -1, type=int)
