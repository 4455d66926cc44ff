"""Taking a quiz: one question a page, a last check, and the results."""

from __future__ import annotations

import math
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Invalid
from quizapp.queries.attempts import AttemptHead, Stage, attempt_head
from quizapp.queries.question_pages import check_page, first_unanswered, question_page
from quizapp.queries.results import results_page
from quizapp.services.attempt_form import press_button
from quizapp.services.attempt_place import Outcome, Step
from quizapp.services.attempt_submit import submit_attempt
from quizapp.services.undoing import undo_attempt_reviews
from quizapp.web import quiz_words as words
from quizapp.web import result_words
from quizapp.web.access import Access, access
from quizapp.web.challenging import doubts
from quizapp.web.filters import clock, moment
from quizapp.web.glossary import page_terms
from quizapp.web.viewer import actor

bp = Blueprint("attempts", __name__)

_ID = "/attempts/<int(max=9223372036854775807):attempt_id>"
_NUMBER = re.compile("[0-9]{1,4}")
_FILTERS = ("all", "missed", "flagged")
_TOO_LATE = (
    "This quiz is handed in with all that was saved until then. What comes later does not count."
)
_TIME_UP = "Time is up. Your answers were handed in as they were saved."
_REPLACED = "You had answered this in another tab too. What you sent last stands."
_FINAL = "This question is checked already. Its answer stays as it was."
_EMPTY = "Give an answer first; then it can be checked."
_TRIED = "You have tried that answer already. It counts once; try another one."
_FINAL_SHORT = "Checked already: this answer stays"


@bp.get(_ID)
@access(Access.SIGNED_IN)
def resume(attempt_id: int) -> ResponseReturnValue:
    """Go on where something is still to do: an empty question, the check, or the results."""
    head = _head(attempt_id)
    if head.stage is not Stage.OPEN:
        return _to_results(attempt_id)
    n = first_unanswered(db.session(), actor=actor(), head=head)
    if n is None:
        return redirect(url_for("attempts.check", attempt_id=attempt_id), 303)
    return redirect(url_for("attempts.question", attempt_id=attempt_id, n=n), 303)


@bp.get(f"{_ID}/<int:n>")
@access(Access.SIGNED_IN)
def question(attempt_id: int, n: int) -> ResponseReturnValue:
    """Show one question with the response so far."""
    head = _head(attempt_id)
    if head.stage is not Stage.OPEN:
        return _to_results(attempt_id)
    return _show_question(head, n)


@bp.post(f"{_ID}/<int:n>")
@access(Access.SIGNED_IN)
def save(attempt_id: int, n: int) -> ResponseReturnValue:
    """Save the response and go where the button says; scripts save without a button."""
    posted, go = request.form.to_dict(flat=False), request.form.get("go", "")
    by_script = request.headers.get("X-Requested-With") == "fetch"
    try:
        with transaction() as session:
            step = press_button(
                session,
                actor=actor(),
                attempt_id=attempt_id,
                slot=n - 1,
                posted=posted,
                button=go,
                nonce=request.form.get("nonce", ""),
                turn=request.form.get("turn", 0, type=int),
                seen=request.form.get("seen", type=int),
                now=datetime.now(UTC),
            )
    except Invalid as error:
        messages = [problem.message for problem in error.problems]
        if by_script:
            return jsonify(problems=messages), 422
        return _show_again(attempt_id, n, posted, messages, status=422)
    if by_script:
        return _told_script(attempt_id, step)
    return _go_on(attempt_id, n, go, step)


@bp.get(f"{_ID}/check")
@access(Access.SIGNED_IN)
def check(attempt_id: int) -> ResponseReturnValue:
    """List what is unanswered or flagged before the attempt is handed in."""
    head = _head(attempt_id)
    if head.stage is not Stage.OPEN:
        return _to_results(attempt_id)
    page = check_page(db.session(), actor=actor(), head=head)
    return render_template("attempts/check.html", page=page, head=head, words=words, **_time(head))


@bp.post(f"{_ID}/submit")
@access(Access.SIGNED_IN)
def submit(attempt_id: int) -> ResponseReturnValue:
    """Hand the attempt in; once handed in, show what it came to."""
    with transaction() as session:
        submit_attempt(session, actor=actor(), attempt_id=attempt_id, now=datetime.now(UTC))
    return _to_results(attempt_id)


@bp.get(f"{_ID}/results")
@access(Access.SIGNED_IN)
def results(attempt_id: int) -> ResponseReturnValue:
    """Show the mark and every answer with its proof; `show` picks all, missed or flagged."""
    head = _head(attempt_id)
    if head.stage is Stage.OPEN:
        return redirect(url_for("attempts.resume", attempt_id=attempt_id), 303)
    page = results_page(db.session(), actor=actor(), head=head, now=datetime.now(UTC))
    shown = request.args.get("show", "")
    if shown not in _FILTERS or (shown == "missed" and not page.shows_marks):
        shown = "missed" if page.missed and page.shows_marks else "all"
    slots = {"all": page.slots, "missed": page.missed, "flagged": page.flagged}
    return render_template(
        "attempts/results.html",
        page=page,
        head=head,
        words=result_words,
        hidden=words.hidden_words(
            page.shown, page.later, moment(page.closes_at) if page.closes_at else ""
        ),
        terms=page_terms(head.course_id, head.course_slug, head.glossary_sha256),
        shown=shown,
        slots=slots[shown],
        **doubts(head, page.slots, page.shown, slots[shown]),
    )


@bp.post(f"{_ID}/undo")
@access(Access.SIGNED_IN)
def undo(attempt_id: int) -> ResponseReturnValue:
    """Take back what the attempt told the memory, as far as nothing has followed it."""
    with transaction() as session:
        taken = undo_attempt_reviews(
            session, actor=actor(), attempt_id=attempt_id, now=datetime.now(UTC)
        )
    flash(result_words.undone_words(taken), "good" if taken.undone else "")
    return _to_results(attempt_id)


def _head(attempt_id: int) -> AttemptHead:
    """Return the attempt, handed in first if its time is over."""
    now = datetime.now(UTC)
    head = attempt_head(db.session(), actor=actor(), attempt_id=attempt_id, now=now)
    if head.stage is not Stage.OVERDUE:
        return head
    with transaction() as session:
        submit_attempt(session, actor=actor(), attempt_id=attempt_id, now=now)
    return attempt_head(db.session(), actor=actor(), attempt_id=attempt_id, now=now)


def _to_results(attempt_id: int) -> ResponseReturnValue:
    return redirect(url_for("attempts.results", attempt_id=attempt_id), 303)


def _show_question(
    head: AttemptHead,
    n: int,
    *,
    typed: Mapping[str, list[str]] | None = None,
    problems: Sequence[str] = (),
) -> str:
    """Return the page of one question; `typed` stands in its fields instead of what was saved."""
    page = question_page(db.session(), actor=actor(), head=head, number=n)
    return render_template(
        "attempts/question.html",
        page=page,
        head=head,
        filled=page.filled if typed is None else typed,
        problems=problems,
        nonce=secrets.token_urlsafe(16),
        words=words,
        result_words=result_words,
        terms=page_terms(head.course_id, head.course_slug, head.glossary_sha256),
        **_time(head),
    )


def _show_again(
    attempt_id: int,
    n: int,
    typed: Mapping[str, list[str]],
    problems: Sequence[str],
    *,
    status: int,
) -> ResponseReturnValue:
    """Return the page that was sent, as it was filled in, with what to do about it."""
    head = _head(attempt_id)
    if head.stage is not Stage.OPEN:
        return _to_results(attempt_id)
    return _show_question(head, n, typed=typed, problems=problems), status


def _time(head: AttemptHead) -> dict[str, Any]:
    """Return what the timer of an attempt needs; `time_left` is None where none is shown."""
    now = datetime.now(UTC)
    if head.due_at is None or not head.settings.shows_countdown:
        return {"now": now, "time_left": None}
    return {"now": now, "time_left": _countdown((head.due_at - now).total_seconds())}


def _countdown(seconds: float) -> str:
    """Return "9:40", or "1:05:00" from an hour on; what is left of a second counts as one."""
    minutes, rest = divmod(max(0, math.ceil(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _told_script(attempt_id: int, step: Step) -> ResponseReturnValue:
    """Answer a save that a script sent while the page stays where it is."""
    if step.outcome in (Outcome.HANDED_IN, Outcome.TIME_UP):
        return jsonify(results=url_for("attempts.results", attempt_id=attempt_id))
    if step.outcome is Outcome.FINAL:
        return jsonify(final=_FINAL_SHORT)
    saved_at = step.state.saved_at
    said = clock(saved_at) if saved_at else ""
    return jsonify(saved=said, unchanged=step.outcome is Outcome.UNCHANGED)


def _go_on(attempt_id: int, n: int, go: str, step: Step) -> ResponseReturnValue:
    """Lead where a button of the question's page leads, once it has saved."""
    if step.outcome is Outcome.HANDED_IN:
        flash(_TOO_LATE, "warn")
        return _to_results(attempt_id)
    if step.outcome is Outcome.TIME_UP:
        flash(_TIME_UP)
        return _to_results(attempt_id)
    if step.outcome is Outcome.REPLACED:
        flash(_REPLACED)
    if go == "grade":
        _say_why_not(step)
    if go == "leave":
        return _to_quiz(_head(attempt_id))
    if go == "check":
        return redirect(url_for("attempts.check", attempt_id=attempt_id), 303)
    return redirect(url_for("attempts.question", attempt_id=attempt_id, n=_next(n, go)), 303)


def _say_why_not(step: Step) -> None:
    """Leave a word where asking for the grade led to none."""
    if step.outcome is Outcome.FINAL:
        flash(_FINAL)
    elif not step.state.is_answered:
        flash(_EMPTY)
    elif step.outcome is Outcome.UNCHANGED and step.state.checked:
        flash(_TRIED)


def _to_quiz(head: AttemptHead) -> ResponseReturnValue:
    if head.is_practice:
        return redirect(url_for("practise.show", course=head.course_slug), 303)
    return redirect(url_for("quizzes.show", quiz_id=head.quiz_id), 303)


def _next(n: int, go: str) -> int:
    """Return the number of the question that a button of question `n` leads to."""
    if go == "next":
        return n + 1
    if go == "previous":
        return max(1, n - 1)
    return int(go) if _NUMBER.fullmatch(go) else n
