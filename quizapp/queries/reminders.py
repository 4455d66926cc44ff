"""What a learner aims for on a day, and what they are told outside these pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.goals import Goal
from quizapp.models import CalendarFeed, DailyGoal, User, WeeklyLetter
from quizapp.queries.accounts import token_hash


@dataclass(frozen=True, slots=True)
class Letters:
    """How the weekly letters of one learner stand.

    :param email: where they go; the account's address may be another by now.
    :param next_at: when the next one goes out; None while none does.
    :param is_idle: they stopped by themselves.
    """

    email: str
    weekday: int
    is_confirmed: bool
    next_at: datetime | None
    is_idle: bool = False
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Whose calendar an address is of, and what stands in the identifiers of its events."""

    learner_id: int
    uid: str


@dataclass(frozen=True, slots=True)
class Reminders:
    """Everything on the page of goals and reminders; None for what is not there."""

    goal: Goal | None
    letters: Letters | None
    feed_made_at: datetime | None


_LETTERS = (
    WeeklyLetter.email,
    WeeklyLetter.weekday,
    WeeklyLetter.confirmed_at.is_not(None).label("is_confirmed"),
    WeeklyLetter.next_at,
    WeeklyLetter.is_idle,
    WeeklyLetter.stopped_at,
)


def goal_of(session: Session, *, learner_id: int, course_id: int) -> Goal | None:
    """Return what a learner aims for in a course, or None."""
    row = session.execute(
        sa.select(DailyGoal.unit, DailyGoal.amount).where(
            DailyGoal.learner_id == learner_id, DailyGoal.course_id == course_id
        )
    ).one_or_none()
    return Goal(*row) if row else None


def reminders(session: Session, *, learner_id: int, course_id: int | None) -> Reminders:
    """Return what a learner has set; a goal only where a course is named."""
    goal = course_id and goal_of(session, learner_id=learner_id, course_id=course_id)
    row: Any = session.execute(
        sa.select(*_LETTERS).where(WeeklyLetter.learner_id == learner_id)
    ).one_or_none()
    made_at = session.scalar(
        sa.select(CalendarFeed.made_at).where(CalendarFeed.learner_id == learner_id)
    )
    return Reminders(goal or None, Letters(*row) if row else None, made_at)


def letters_to_confirm(session: Session, *, token: str, now: datetime) -> str | None:
    """Return the address that the link of a letter confirms; None if the link is over."""
    email: str | None = session.scalar(
        sa.select(WeeklyLetter.email).where(
            WeeklyLetter.token_hash == token_hash(token), WeeklyLetter.token_until > now
        )
    )
    return email


def feed_of(session: Session, *, token: str) -> Feed | None:
    """Return whose calendar a secret is of, or None: unknown, reset, or nobody's any more."""
    row: Any = session.execute(
        sa.select(CalendarFeed.learner_id, CalendarFeed.uid)
        .join(User, User.id == CalendarFeed.learner_id)
        .where(CalendarFeed.token_hash == token_hash(token), User.is_disabled.is_(False))
    ).one_or_none()
    return Feed(row.learner_id, row.uid) if row else None
