"""What goes on around a question: its review, what instructors say of it, what students doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.errors import NotFound
from quizapp.models import (
    Attempt,
    Challenge,
    Question,
    QuestionComment,
    QuestionReview,
    Quiz,
    ReviewStep,
    Revision,
    Status,
    User,
)
from quizapp.policy import Actor, require_instructor
from quizapp.questions.edits import EditKind

#: Of each kind, a page of talk shows so many; nobody reads more of one question.
MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a review. `number`: of the revision; `by` is "" for one who has left."""

    number: int
    step: ReviewStep
    by: str
    at: datetime
    comment: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """How much waits around a question, for its pages.

    :param last: the last step of its review. :param threads: not settled yet.
    :param challenges: without an answer.
    """

    last: Step | None
    threads: int
    challenges: int

    @property
    def waiting(self) -> int:
        return self.threads + self.challenges


@dataclass(frozen=True, slots=True)
class Comment:
    """What an instructor said. `by` is "" for one who has left."""

    id: int
    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the replies to it, the oldest first; settled where `resolved_at` is given."""

    first: Comment
    replies: tuple[Comment, ...]
    resolved_by: str
    resolved_at: datetime | None

    @property
    def said(self) -> tuple[Comment, ...]:
        return (self.first, *self.replies)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A student's challenge, without the student."""

    attempt_id: int
    slot: int
    number: int
    quiz: str
    text: str
    made_at: datetime
    is_answered: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """All that is said of a question. Open threads stand first, then the newest."""

    stem: str
    status: Status
    threads: tuple[Thread, ...]
    steps: tuple[Step, ...]
    doubts: tuple[Doubt, ...]


def surroundings(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> Surroundings:
    """Return what waits around a question, in one statement.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    threads = sa.select(sa.func.count()).where(
        QuestionComment.question_id == question_id,
        QuestionComment.parent_id.is_(None),
        QuestionComment.resolved_at.is_(None),
    )
    doubts = (
        sa.select(sa.func.count())
        .select_from(Challenge)
        .join(Revision, Revision.id == Challenge.revision_id)
        .where(
            Challenge.course_id == course_id,
            Challenge.answered_at.is_(None),
            Revision.question_id == question_id,
        )
    )
    newest = (
        sa.select(sa.func.max(QuestionReview.id))
        .where(QuestionReview.question_id == question_id)
        .scalar_subquery()
    )
    row = session.execute(
        _steps()
        .add_columns(threads.scalar_subquery().label("threads"))
        .add_columns(doubts.scalar_subquery().label("doubts"))
        .select_from(sa.select(sa.literal(1)).subquery())
        .outerjoin(QuestionReview, QuestionReview.id == newest)
        .outerjoin(User, User.id == QuestionReview.actor_id)
    ).one()
    return Surroundings(_step(row) if row.number else None, row.threads, row.doubts)


def edit_of(session: Session, *, question_id: int, number: int) -> EditKind | None:
    """Return what kind of edit led to a revision; None for the first, and where nobody said."""
    return session.scalar(
        sa.select(Revision.edit).where(
            Revision.question_id == question_id, Revision.number == number
        )
    )


def steps_of(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> tuple[Step, ...]:
    """Return every step of the reviews of a question, the newest first.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        _steps()
        .join(Question, Question.id == QuestionReview.question_id)
        .outerjoin(User, User.id == QuestionReview.actor_id)
        .where(QuestionReview.question_id == question_id, Question.course_id == course_id)
        .order_by(QuestionReview.id.desc())
    )
    return tuple(map(_step, rows))


def talk(session: Session, *, actor: Actor, course_id: int, question_id: int) -> Talk:
    """Return all that is said of a question.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Question.stem, Question.status).where(
            Question.id == question_id, Question.course_id == course_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such question in this course.")
    return Talk(
        stem=row.stem,
        status=row.status,
        threads=_threads(session, question_id),
        steps=steps_of(session, actor=actor, course_id=course_id, question_id=question_id),
        doubts=_doubts(session, course_id, question_id),
    )


def _steps() -> sa.Select[Any]:
    return sa.select(QuestionReview.number, QuestionReview.step, User.name).add_columns(
        QuestionReview.at, QuestionReview.comment
    )


def _step(row: Any) -> Step:
    return Step(row.number, row.step, row.name or "", row.at, row.comment)


def _threads(session: Session, question_id: int) -> tuple[Thread, ...]:
    settler = aliased(User)
    rows = session.execute(
        sa.select(QuestionComment.id, QuestionComment.parent_id, User.name, QuestionComment.text)
        .add_columns(QuestionComment.at, QuestionComment.resolved_at)
        .add_columns(settler.name.label("settled_by"))
        .outerjoin(User, User.id == QuestionComment.author_id)
        .outerjoin(settler, settler.id == QuestionComment.resolved_by)
        .where(QuestionComment.question_id == question_id)
        .order_by(QuestionComment.id)
    ).all()
    replies: dict[int, list[Comment]] = {row.id: [] for row in rows if row.parent_id is None}
    for row in rows:
        if row.parent_id in replies:
            replies[row.parent_id].append(Comment(row.id, row.name or "", row.text, row.at))
    found = [
        Thread(
            Comment(row.id, row.name or "", row.text, row.at),
            tuple(replies[row.id]),
            row.settled_by or "",
            row.resolved_at,
        )
        for row in rows
        if row.parent_id is None
    ]
    found.sort(key=lambda one: (one.resolved_at is not None, -one.first.id))
    return tuple(found[:MOST_SHOWN])


def _doubts(session: Session, course_id: int, question_id: int) -> tuple[Doubt, ...]:
    is_attempt = sa.and_(
        Attempt.learner_id == Challenge.learner_id, Attempt.id == Challenge.attempt_id
    )
    rows = session.execute(
        sa.select(Challenge.attempt_id, Challenge.slot, Revision.number, Challenge.text)
        .add_columns(
            Challenge.made_at, Challenge.answered_at, Attempt.title, Quiz.title.label("of")
        )
        .join(Revision, Revision.id == Challenge.revision_id)
        .join(Attempt, is_attempt)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Challenge.course_id == course_id, Revision.question_id == question_id)
        .order_by(
            sa.case((Challenge.answered_at.is_(None), 0), else_=1),
            Challenge.made_at.desc(),
            Challenge.attempt_id,
            Challenge.slot,
        )
        .limit(MOST_SHOWN)
    )
    return tuple(
        Doubt(
            attempt_id=row.attempt_id,
            slot=row.slot,
            number=row.number,
            quiz=row.title or row.of,
            text=row.text,
            made_at=row.made_at,
            is_answered=row.answered_at is not None,
        )
        for row in rows
    )
