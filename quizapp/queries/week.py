"""What a weekly letter tells: the seven days before today, and the seven from today on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.goals import Goal
from quizapp.models import DailyGoal, User, WeeklyLetter
from quizapp.policy import Actor
from quizapp.queries.agenda import Agenda, CourseAhead, QuizDate, agenda
from quizapp.queries.history import NOTHING, Totals

WEEK = 7
#: After so many days without a card the letters stop.
QUIET_DAYS = 28
#: An exam further away is not told yet.
EXAM_DAYS = 60
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who gets a letter, and what its links need.

    :param since: from when on nothing happening counts: letters were wanted, or confirmed.
    :param made_at: when the account was made.
    """

    email: str
    site: str
    weekday: int
    since: datetime
    made_at: datetime


@dataclass(frozen=True, slots=True)
class CourseWeek:
    """One course: what was done in it, and what lies ahead.

    :param days: the week's, the oldest first. :param goal: as it is set now; None without one.
    :param exam: the day of the exam; None without one that is near.
    """

    ahead: CourseAhead
    days: tuple[tuple[date, Totals], ...]
    goal: Goal | None
    quizzes: tuple[QuizDate, ...]
    exam: date | None

    @property
    def total(self) -> Totals:
        return sum((total for _, total in self.days), NOTHING)

    @property
    def active_days(self) -> int:
        return sum(total.reviews > 0 for _, total in self.days)

    @property
    def goal_days(self) -> int:
        """Return on how many days of the week the goal was reached."""
        goal = self.goal
        if goal is None:
            return 0
        return sum(
            goal.is_met(cards=total.reviews, milliseconds=total.milliseconds)
            for _, total in self.days
        )


@dataclass(frozen=True, slots=True)
class Week:
    """A learner's week. `is_long_quiet`: nothing has happened for so long that letters stop."""

    today: date
    courses: tuple[CourseWeek, ...]
    is_long_quiet: bool

    @property
    def first(self) -> date:
        return self.today - WEEK * _DAY

    @property
    def last(self) -> date:
        return self.today - _DAY

    @property
    def total(self) -> Totals:
        return sum((course.total for course in self.courses), NOTHING)

    @property
    def days(self) -> tuple[tuple[date, Totals], ...]:
        """Return what was done on each day in all courses."""
        dates = [self.first + n * _DAY for n in range(WEEK)]
        return tuple(
            (day, sum((dict(course.days)[day] for course in self.courses), NOTHING))
            for day in dates
        )

    @property
    def active_days(self) -> int:
        return sum(total.reviews > 0 for _, total in self.days)

    @property
    def is_worth_a_letter(self) -> bool:
        """Return whether anything was done, or a date comes that should not be missed."""
        dates = any(course.quizzes or course.exam for course in self.courses)
        return self.total.reviews > 0 or dates


def addressee(session: Session, *, learner_id: int) -> Addressee | None:
    """Return where a learner's letters go, or None if they want none there any more.

    That is: they were stopped, or the address was not confirmed, or is not the account's now.
    """
    row: Any = session.execute(
        sa.select(
            WeeklyLetter.email,
            WeeklyLetter.site,
            WeeklyLetter.weekday,
            WeeklyLetter.wanted_at,
            WeeklyLetter.confirmed_at,
            User.created_at,
        )
        .join(User, User.id == WeeklyLetter.learner_id)
        .where(
            WeeklyLetter.learner_id == learner_id,
            WeeklyLetter.next_at.is_not(None),
            WeeklyLetter.confirmed_at.is_not(None),
            User.email == WeeklyLetter.email,
            User.is_guest.is_(False),
            User.is_disabled.is_(False),
        )
    ).one_or_none()
    if row is None:
        return None
    since = max(row.wanted_at, row.confirmed_at)
    return Addressee(row.email, row.site, row.weekday, since, row.created_at)


def week(session: Session, *, actor: Actor, since: datetime, now: datetime) -> Week:
    """Return a learner's week, in the courses that they are in now.

    :param since: as in `Addressee`.
    """
    found = agenda(session, actor=actor, now=now, days=WEEK)
    goals = _goals(session, actor)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    until = clock.start_of(found.today + WEEK * _DAY)
    courses = tuple(
        _course_week(found, one, goals.get(one.course.id), until) for one in found.courses
    )
    return Week(found.today, courses, _is_long_quiet(found, clock.day_of(since), since, now))


def _course_week(
    found: Agenda, ahead: CourseAhead, goal: Goal | None, until: datetime
) -> CourseWeek:
    """Return the week of a course. :param until: quizzes from then on are of another letter."""
    near = found.today + EXAM_DAYS * _DAY
    exams = [one.day for one in found.exams if one.course_id == ahead.course.id and one.day <= near]
    days = [found.today - back * _DAY for back in range(WEEK, 0, -1)]
    return CourseWeek(
        ahead=ahead,
        days=tuple((day, ahead.history.on(day)) for day in days),
        goal=goal,
        quizzes=tuple(
            one for one in found.quizzes if one.course_id == ahead.course.id and one.at < until
        ),
        exam=min(exams, default=None),
    )


def _is_long_quiet(found: Agenda, wanted: date, since: datetime, now: datetime) -> bool:
    """Return whether no card was rated for long; days of a pause are no silence.

    :param wanted: the learner's day of `since`.
    """
    if now - since < QUIET_DAYS * _DAY or any(one.is_paused for one in found.courses):
        return False
    rated = (day for one in found.courses for day in one.history.days)
    quiet_from = max(wanted, max(rated, default=date.min) + _DAY)
    pauses = [one.history.off for one in found.courses]
    days = (quiet_from + n * _DAY for n in range((found.today - quiet_from).days))
    return sum(not any(off.is_paused(day) for off in pauses) for day in days) >= QUIET_DAYS


def _goals(session: Session, actor: Actor) -> dict[int, Goal]:
    rows: Any = session.execute(
        sa.select(DailyGoal.course_id, DailyGoal.unit, DailyGoal.amount).where(
            DailyGoal.learner_id == actor.id
        )
    )
    return {row.course_id: Goal(row.unit, row.amount) for row in rows}
