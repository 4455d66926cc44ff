"""A learner's quizzes as the pages about studying mention them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.grading.disclosure import Shown
from quizapp.grading.settings import QuizSettings
from quizapp.models import (
    Action,
    Attempt,
    AttemptState,
    GroupMember,
    GroupOverride,
    LearnerOverride,
    Quiz,
    Response,
    Slot,
    Status,
)
from quizapp.models.base import Exact


@dataclass(frozen=True, slots=True)
class OpenAttempt:
    """A quiz that the learner has begun: so many of its slots have a response.

    :param due_at: when its time is up; None without a limit.
    """

    attempt_id: int
    quiz_id: int
    title: str
    answered: int
    slots: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class QuizOffer:
    """A quiz that is ready, and how the learner last did in it.

    :param minutes: its time limit; None without one. :param taken_at: None if never.
    :param mark: None if never taken, and where the quiz does not show marks now.
    :param waits: how many answers a person has yet to mark; the mark is of the others.
    """

    quiz_id: int
    title: str
    questions: int
    minutes: int | None
    taken_at: datetime | None
    mark: Fraction | None
    max_mark: Fraction | None
    waits: int = 0


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt that was submitted.

    :param mark: None where the quiz does not show marks now; then `change` is None too.
    :param change: in marks, since the attempt before; None for the first, for practice, where
        either of them waits to be marked, and where they were not out of as many marks.
    :param waits: how many answers a person has yet to mark; the mark is of the others.
    :param is_practice: the learner put it together: another one asks something else.
    """

    attempt_id: int
    quiz_id: int
    title: str
    submitted_at: datetime
    mark: Fraction | None
    max_mark: Fraction
    change: Fraction | None
    is_practice: bool = False
    number: int = 1
    waits: int = 0


_OF_LEARNER = Attempt.learner_id == sa.bindparam("learner_id", type_=sa.Integer)
_TITLE = sa.func.coalesce(sa.func.nullif(Attempt.title, ""), Quiz.title).label("title")
_OF_COURSE = Quiz.course_id == sa.bindparam("course_id", type_=sa.Integer)


def own_closing() -> Any:
    """Return when the quiz closes by an exception for the learner, or for their groups."""
    learner = sa.bindparam("learner_id", type_=sa.Integer)
    own = sa.select(LearnerOverride.closes_at).where(
        LearnerOverride.learner_id == learner, LearnerOverride.quiz_id == Quiz.id
    )
    groups = (
        sa.select(sa.func.max(GroupOverride.closes_at))
        .join(GroupMember, GroupMember.group_id == GroupOverride.group_id)
        .where(GroupMember.learner_id == learner, GroupOverride.quiz_id == Quiz.id)
    )
    closings = (own.correlate(Quiz).scalar_subquery(), groups.correlate(Quiz).scalar_subquery())
    return sa.func.coalesce(*closings, type_=GroupOverride.closes_at.type).label("own_closing")


def shows_marks(row: Any, *, now: datetime) -> bool:
    """Return whether the learner may see marks of the row's quiz now."""
    return Shown.MARKS in shown_now(row, now=now)


def shown_now(row: Any, *, now: datetime) -> frozenset[Shown]:
    """Return what the learner may see of attempts at the row's quiz that are handed in."""
    settings = QuizSettings.parse(row.settings)
    if row.own_closing is not None:
        settings = replace(settings, closes_at=row.own_closing)
    return settings.shown(now=now, is_submitted=True)


def open_attempt(session: Session, *, learner_id: int, course_id: int) -> OpenAttempt | None:
    """Return the quiz that the learner began last and has not submitted, or None."""
    row = session.execute(_OPEN, {"learner_id": learner_id, "course_id": course_id}).first()
    if row is None:
        return None
    return OpenAttempt(row.id, row.quiz_id, row.title, row.answered, len(row.layout), row.due_at)


def _open() -> Any:
    later = aliased(Response)
    content = (Action.SAVE, Action.CLEAR, Action.CHECK)
    superseded = sa.exists().where(
        later.learner_id == Response.learner_id,
        later.attempt_id == Response.attempt_id,
        later.slot == Response.slot,
        later.seq > Response.seq,
        later.action.in_(content),
    )
    answered = (
        sa.select(sa.func.count())
        .select_from(Response)
        .where(
            Response.learner_id == Attempt.learner_id,
            Response.attempt_id == Attempt.id,
            Response.action.in_((Action.SAVE, Action.CHECK)),
            sa.not_(superseded),
        )
        .correlate(Attempt)
        .scalar_subquery()
    )
    return (
        sa.select(
            Attempt.id,
            Attempt.quiz_id,
            Attempt.layout,
            Attempt.due_at,
            _TITLE,
            answered.label("answered"),
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(_OF_LEARNER, _OF_COURSE, Attempt.state == AttemptState.OPEN)
        .order_by(Attempt.started_at.desc(), Attempt.id.desc())
        .limit(1)
    )


_OPEN = _open()


def _offers() -> Any:
    newer = aliased(Attempt)
    newest = (
        sa.select(sa.func.max(newer.number))
        .where(
            newer.learner_id == sa.bindparam("learner_id", type_=sa.Integer),
            newer.quiz_id == Quiz.id,
            newer.state == AttemptState.SUBMITTED,
        )
        .correlate(Quiz)
        .scalar_subquery()
    )
    one_each = sa.case((Slot.question_id.is_not(None), 1), else_=Slot.draw["count"].as_integer())
    questions = (
        sa.select(sa.func.coalesce(sa.func.sum(one_each), 0))
        .where(Slot.quiz_id == Quiz.id)
        .correlate(Quiz)
        .scalar_subquery()
    )
    taken = sa.and_(Attempt.quiz_id == Quiz.id, _OF_LEARNER, Attempt.number == newest)
    return (
        sa.select(
            Quiz.id,
            Quiz.title,
            Quiz.settings,
            own_closing(),
            questions.label("questions"),
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Attempt.waiting,
        )
        .outerjoin(Attempt, taken)
        .where(_OF_COURSE, Quiz.status == Status.READY, Quiz.is_practice.is_(False))
        .order_by(Attempt.submitted_at.is_not(None), Quiz.position, Quiz.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )


_OFFERS = _offers()


def quiz_offers(
    session: Session, *, learner_id: int, course_id: int, limit: int, now: datetime
) -> tuple[QuizOffer, ...]:
    """Return quizzes of the course, those never taken first."""
    values = {"learner_id": learner_id, "course_id": course_id, "limit": limit}
    return tuple(
        QuizOffer(
            quiz_id=row.id,
            title=row.title,
            questions=int(row.questions),
            minutes=row.settings.get("time_limit_minutes"),
            taken_at=row.submitted_at,
            mark=row.mark if shows_marks(row, now=now) else None,
            max_mark=row.max_mark,
            waits=row.waiting or 0,
        )
        for row in session.execute(_OFFERS, values)
    )


#: A mark that answers are missing from is none to compare with.
_WHOLE_MARK = sa.case((sa.func.coalesce(Attempt.waiting, 0) == 0, Attempt.mark))
_BEFORE: Any = {"partition_by": Attempt.quiz_id, "order_by": Attempt.number}
_MARK_BEFORE = sa.func.lag(_WHOLE_MARK, type_=Exact).over(**_BEFORE)
_PAST = (
    sa.select(
        Attempt.id,
        Attempt.quiz_id,
        _TITLE,
        Quiz.is_practice,
        Quiz.settings,
        own_closing(),
        Attempt.number,
        Attempt.submitted_at,
        Attempt.mark,
        Attempt.max_mark,
        Attempt.waiting,
        # Of practices each asks something else: there is no mark to compare with.
        sa.case((Quiz.is_practice.is_(False), _MARK_BEFORE)).label("mark_before"),
        sa.func.lag(Attempt.max_mark, type_=Exact).over(**_BEFORE).label("max_mark_before"),
    )
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .where(
        _OF_LEARNER,
        _OF_COURSE,
        Attempt.state == AttemptState.SUBMITTED,
        Attempt.mark.is_not(None),
    )
    .order_by(Attempt.submitted_at.desc(), Attempt.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def past_attempts(
    session: Session, *, learner_id: int, course_id: int, limit: int, now: datetime
) -> tuple[PastAttempt, ...]:
    """Return what the learner submitted, the newest first."""
    values = {"learner_id": learner_id, "course_id": course_id, "limit": limit}
    return tuple(_past_attempt(row, now=now) for row in session.execute(_PAST, values))


def _past_attempt(row: Any, *, now: datetime) -> PastAttempt:
    is_shown = shows_marks(row, now=now)
    is_whole = row.mark_before is not None and not row.waiting
    is_compared = is_shown and is_whole and row.max_mark_before == row.max_mark
    change = row.mark - row.mark_before if is_compared else None
    return PastAttempt(
        attempt_id=row.id,
        quiz_id=row.quiz_id,
        title=row.title,
        submitted_at=row.submitted_at,
        mark=row.mark if is_shown else None,
        max_mark=row.max_mark,
        change=change,
        is_practice=row.is_practice,
        number=row.number,
        waits=row.waiting or 0,
    )
