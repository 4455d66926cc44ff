"""Approving a question that waits for it, or sending it back; and whether a course insists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Course, Fact, Question, QuestionReview, ReviewStep, Status
from quizapp.policy import Actor, require_author
from quizapp.questions.reading import clean
from quizapp.services.publishing import require_publishable

COMMENT_LIMIT = 4_000
_TICK = timedelta(milliseconds=1)
_GONE = "This question does not wait for review any more, or was changed since you opened it."


def approve_question(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    seen: int,
    now: datetime,
    comment: str = "",
) -> None:
    """Let learners be asked a question in review; who approved which revision is kept.

    :param seen: the revision that was looked at.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    :raises Conflict: it is not in review, or another revision is.
    :raises Invalid: at "status" or "comment": it may not become ready by this actor.
    """
    said = _read(comment, required=False)
    fact_id = _leave_review(
        session, actor, course_id, question_id, status=Status.READY, seen=seen, now=now
    )
    session.execute(
        sa.update(Fact)
        .where(Fact.id == fact_id, Fact.status == Status.DRAFT)
        .values(status=Status.READY)
    )
    note_step(session, actor, question_id, seen, ReviewStep.APPROVED, now=now, comment=said)


def send_back(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    seen: int,
    comment: str,
    now: datetime,
) -> None:
    """Make a question in review a draft again, and say why. Errors as for `approve_question`.

    :param comment: what its author should do; it has to be given.
    """
    said = _read(comment, required=True)
    _leave_review(session, actor, course_id, question_id, status=Status.DRAFT, seen=seen, now=now)
    note_step(session, actor, question_id, seen, ReviewStep.SENT_BACK, now=now, comment=said)


def set_review_rule(session: Session, *, actor: Actor, course_id: int, by_other: bool) -> None:
    """Keep whether somebody other than the author approves; what is ready now stays ready.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_author(actor, course_id)
    session.execute(
        sa.update(Course).where(Course.id == course_id).values(review_by_other=by_other),
        execution_options={"synchronize_session": False},
    )


def note_step(
    session: Session,
    actor: Actor,
    question_id: int,
    number: int,
    step: ReviewStep,
    *,
    now: datetime,
    comment: str = "",
) -> None:
    """Append one step of the review of a revision."""
    values = {"question_id": question_id, "number": number, "step": step}
    session.add(QuestionReview(**values, actor_id=actor.id, at=now, comment=comment))
    session.flush()  # a page that reads it with Core in this transaction sees it


def _leave_review(
    session: Session,
    actor: Actor,
    course_id: int,
    question_id: int,
    *,
    status: Status,
    seen: int,
    now: datetime,
) -> int:
    """Give a question in review its next status; return the id of its fact."""
    require_author(actor, course_id)
    row = session.execute(
        sa.select(Question.fact_id, Question.updated_at).where(
            Question.id == question_id, Question.course_id == course_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such question in this course.")
    if status is Status.READY:
        require_publishable(session, actor=actor, course_id=course_id, question_id=question_id)
    changed = session.execute(
        sa.update(Question)
        .where(
            Question.id == question_id,
            Question.status == Status.IN_REVIEW,
            Question.current_number == seen,
        )
        .values(status=status, updated_at=max(now, row.updated_at + _TICK)),
        execution_options={"synchronize_session": False},
    )
    if cast("sa.CursorResult[Any]", changed).rowcount != 1:
        raise Conflict(_GONE)
    return int(row.fact_id)


def _read(comment: str, *, required: bool) -> str:
    said, complaint = clean(comment, COMMENT_LIMIT)
    if not complaint and required and not said:
        complaint = "Say what is to be done before it can be approved."
    if complaint:
        raise Invalid([Problem("comment", complaint)])
    return said
