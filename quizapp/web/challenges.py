"""The instructor's list of what learners doubt, and the answers to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid
from quizapp.queries.challenges import ChallengeRow, challenges, one_challenge
from quizapp.queries.courses import CourseInfo
from quizapp.services.challenges import answer_challenge, fingerprint
from quizapp.web.access import Access, access
from quizapp.web.question_form import id_of
from quizapp.web.taught import blueprint, taught_course
from quizapp.web.viewer import actor

bp = blueprint("challenges")

_ONE = "/challenges/<int(max=9223372036854775807):attempt_id>/<int(max=9999):slot>"


@dataclass(frozen=True, slots=True)
class Tried:
    """An answer that was sent and not stored, and why."""

    answer: str
    problem: str


@bp.get("/challenges")
@access(Access.INSTRUCTOR)
def index(course: str) -> ResponseReturnValue:
    """List the challenges of a course, those that wait first."""
    taught = taught_course(course)
    page = id_of(request.args.get("page")) or 1
    found = challenges(db.session(), actor=actor(), course_id=taught.id, page=page)
    return render_template(
        "teach/challenges.html", course=taught, found=found, fingerprint=fingerprint
    )


@bp.get(_ONE)
@access(Access.INSTRUCTOR)
def show(course: str, attempt_id: int, slot: int) -> ResponseReturnValue:
    """Show one challenge."""
    taught = taught_course(course)
    return _show(taught, _row(taught, attempt_id, slot))


@bp.post(_ONE)
@access(Access.INSTRUCTOR)
def answer(course: str, attempt_id: int, slot: int) -> ResponseReturnValue:
    """Store an answer; where something changed meanwhile, show both and lose neither."""
    taught, typed = taught_course(course), request.form.get("answer", "")
    try:
        with transaction() as session:
            answer_challenge(
                session,
                actor=actor(),
                course_id=taught.id,
                attempt_id=attempt_id,
                slot=slot,
                answer=typed,
                seen=request.form.get("seen", ""),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        tried = Tried(typed, error.problems[0].message)
        return _show(taught, _row(taught, attempt_id, slot), tried), 422
    except Conflict as error:
        return _show(taught, _row(taught, attempt_id, slot), Tried(typed, str(error))), 409
    flash("Answered. The student reads it on the results page.", "good")
    return redirect(url_for("challenges.index", course=taught.slug), 303)


def _row(course: CourseInfo, attempt_id: int, slot: int) -> ChallengeRow:
    return one_challenge(
        db.session(), actor=actor(), course_id=course.id, attempt_id=attempt_id, slot=slot
    )


def _show(course: CourseInfo, row: ChallengeRow, tried: Tried | None = None) -> str:
    return render_template(
        "teach/challenge.html", course=course, row=row, tried=tried, fingerprint=fingerprint
    )
