"""Where learners say what is wrong with a question of an attempt they handed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from quizapp.db import db, transaction
from quizapp.errors import Conflict, Invalid, LimitReached
from quizapp.grading.disclosure import Shown
from quizapp.policy import may_take
from quizapp.queries.attempts import AttemptHead, Stage, attempt_head
from quizapp.queries.challenged import ChallengedQuestion, challenged_question
from quizapp.queries.doubts import doubts_about
from quizapp.queries.results import shown_now
from quizapp.queries.reviewed import ResultSlot
from quizapp.services.challenges import challenge_question, count_challenge, note_seen
from quizapp.web.access import Access, access
from quizapp.web.question_form import id_of
from quizapp.web.regrade_words import decided
from quizapp.web.viewer import actor

bp = Blueprint("challenging", __name__)

#: What stands for the key among the ids of passages.
KEY = "key"
_SENT = "Sent. The answer of your instructor will stand here."


@bp.post("/attempts/<int(max=9223372036854775807):attempt_id>/<int:n>/challenge")
@access(Access.SIGNED_IN)
def send(attempt_id: int, n: int) -> ResponseReturnValue:
    """Store what is wrong, or show what to do about it beside what was typed."""
    now = datetime.now(UTC)
    head = attempt_head(db.session(), actor=actor(), attempt_id=attempt_id, now=now)
    shown = shown_now(db.session(), actor=actor(), head=head, now=now)
    question = challenged_question(db.session(), head=head, number=n, shown=shown)
    if head.stage is not Stage.SUBMITTED:
        flash("Hand the quiz in first; then say what is wrong with a question.", "warn")
        return redirect(url_for("attempts.resume", attempt_id=attempt_id), 303)
    try:
        with transaction() as session:
            count_challenge(session, actor=actor(), now=now)
        with transaction() as session:
            challenge_question(
                session,
                actor=actor(),
                attempt_id=attempt_id,
                slot=n - 1,
                text=request.form.get("text", ""),
                passage_id=_passage(request.form.get("about", "")),
                now=now,
            )
    except Invalid as error:
        return _again(head, question, (problem.message for problem in error.problems)), 422
    except LimitReached as error:
        seconds = {"Retry-After": str(error.retry_after_seconds)}
        return _again(head, question, [str(error)]), 429, seconds
    except Conflict as error:
        flash(str(error), "warn")
    else:
        flash(_SENT, "good")
    return redirect(
        url_for("attempts.results", attempt_id=attempt_id, show="all", _anchor=f"q{n}"), 303
    )


def doubts(
    head: AttemptHead,
    slots: Iterable[ResultSlot],
    shown: frozenset[Shown],
    listed: Iterable[ResultSlot],
) -> dict[str, Any]:
    """Return what the results page needs to show doubts, decisions and what the mark was.

    Answers that the page shows for the first time are no news any more.

    :param shown: what may be seen of the attempt now. :param listed: the questions on the page.
    """
    graded = [slot.graded for slot in slots]
    found = doubts_about(db.session(), actor=actor(), head=head, graded=graded, shown=shown)
    places = {slot.graded.position for slot in listed}
    news = [
        place
        for place, one in found.challenges.items()
        if place in places and one.is_answered and not one.is_seen
    ]
    if news:
        with transaction() as session:
            note_seen(session, actor=actor(), attempt_id=head.id, slots=news, now=datetime.now(UTC))
    return {
        "doubts": found,
        "decided": decided,
        "may_challenge": may_take(actor(), head.course_id),
    }


def _passage(about: str) -> int | None:
    """Return the id of the passage that is meant, 0 for none that can be; None for the key."""
    return None if about in (KEY, "") else id_of(about) or 0


def _again(head: AttemptHead, question: ChallengedQuestion, problems: Iterable[str]) -> str:
    """Return a page with what was typed and what is wrong with it."""
    return render_template(
        "attempts/challenge.html",
        head=head,
        question=question,
        problems=list(problems),
        text=request.form.get("text", ""),
        about=request.form.get("about", ""),
    )
