"""What instructors say to each other about a question."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.models import Question, QuestionComment
from quizapp.policy import Actor, require_author
from quizapp.questions.reading import clean

TEXT_LIMIT = 4_000


def add_comment(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    text: str,
    now: datetime,
    parent_id: int | None = None,
) -> int:
    """Store a comment on a question, or a reply to one; a reply opens a settled thread again.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question
        or thread. :raises Invalid: at "text".
    """
    require_author(actor, course_id)
    said, complaint = clean(text, TEXT_LIMIT)
    if complaint or not said:
        raise Invalid([Problem("text", complaint or "Write what you want to say.")])
    _require_question(session, course_id, question_id)
    if parent_id is not None:
        _settle(session, question_id, parent_id, by=None, at=None)
    comment = QuestionComment(
        question_id=question_id, parent_id=parent_id, author_id=actor.id, text=said, at=now
    )
    session.add(comment)
    session.flush()  # generate its id
    return comment.id


def settle_thread(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    question_id: int,
    comment_id: int,
    is_settled: bool,
    now: datetime,
) -> None:
    """Say that a thread is settled, or open it again.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question
        or thread.
    """
    require_author(actor, course_id)
    _require_question(session, course_id, question_id)
    by, at = (actor.id, now) if is_settled else (None, None)
    _settle(session, question_id, comment_id, by=by, at=at)


def _require_question(session: Session, course_id: int, question_id: int) -> None:
    found = sa.select(Question.id).where(
        Question.id == question_id, Question.course_id == course_id
    )
    if session.scalar(found) is None:
        raise NotFound("There is no such question in this course.")


def _settle(
    session: Session, question_id: int, comment_id: int, *, by: int | None, at: datetime | None
) -> None:
    thread = session.scalar(
        sa.select(QuestionComment.id).where(
            QuestionComment.id == comment_id,
            QuestionComment.question_id == question_id,
            QuestionComment.parent_id.is_(None),
        )
    )
    if thread is None:
        raise NotFound("There is no such comment on this question.")
    session.execute(
        sa.update(QuestionComment)
        .where(QuestionComment.id == thread)
        .values(resolved_by=by, resolved_at=at),
        execution_options={"synchronize_session": False},
    )
