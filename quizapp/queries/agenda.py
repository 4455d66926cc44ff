"""What lies before a learner in all their courses: cards of the next days, quizzes, exams."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.models import Exam, Quiz, Role, Status
from quizapp.policy import Actor
from quizapp.queries.allowances import own_dates
from quizapp.queries.courses import CourseInfo, courses
from quizapp.queries.forecast import ForecastDay, forecast
from quizapp.queries.history import History, history
from quizapp.queries.pauses import days_off
from quizapp.queries.queue_counts import waiting

#: Dates of quizzes further away than this are not told yet.
DATES_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class CourseAhead:
    """One course that a learner studies.

    :param target: the share of what is asked that they want to recall.
    :param days: today and the days to come. :param is_paused: a pause goes on today.
    """

    course: CourseInfo
    history: History
    target: float
    days: tuple[ForecastDay, ...]
    is_paused: bool

    def minutes(self, day: ForecastDay) -> int:
        """Return how long a day takes at the learner's pace; 0 without cards."""
        return self.history.minutes(day.cards) if day.cards else 0


@dataclass(frozen=True, slots=True)
class QuizDate:
    """When a quiz opens, or closes, for the learner."""

    course_id: int
    quiz_id: int
    title: str
    at: datetime
    is_closing: bool


@dataclass(frozen=True, slots=True)
class ExamDate:
    """The day of the learner's exam in a course."""

    course_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is to come, from the learner's `today` on; each list in the order of time."""

    today: date
    courses: tuple[CourseAhead, ...]
    quizzes: tuple[QuizDate, ...]
    exams: tuple[ExamDate, ...]


def agenda(session: Session, *, actor: Actor, now: datetime, days: int) -> Agenda:
    """Return what is to come within so many days, and every known date within a year.

    Courses that the learner has left are not theirs any more. One that they teach is told of
    once they have studied in it. Of archived courses cards go on, quizzes do not.
    """
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    infos = courses(session, list(actor.roles)) if actor.roles else []
    ahead = [_course_ahead(session, actor, info, now=now, days=days) for info in infos]
    running = [info.id for info in infos if info.archived_at is None]
    return Agenda(
        today=clock.day_of(now),
        courses=tuple(one for one in ahead if _is_studied(actor, one)),
        quizzes=_quiz_dates(session, actor, running, now) if running else (),
        exams=_exams(session, actor, [info.id for info in infos], clock.day_of(now)),
    )


def _course_ahead(
    session: Session, actor: Actor, info: CourseInfo, *, now: datetime, days: int
) -> CourseAhead:
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    whose: dict[str, Any] = {"actor": actor, "course_id": info.id, "clock": clock, "now": now}
    mine: dict[str, Any] = {"learner_id": actor.id, "course_id": info.id}
    found = waiting(session, **whose)
    off = days_off(session, **mine, settings=found.settings)
    return CourseAhead(
        course=info,
        history=history(session, **mine, clock=clock, today=clock.day_of(now), off=off),
        target=found.settings.desired_retention,
        days=forecast(session, **whose, waiting=found, off=off, days=days),
        is_paused=found.paused_until is not None,
    )


def _is_studied(actor: Actor, ahead: CourseAhead) -> bool:
    return actor.roles[ahead.course.id] is Role.STUDENT or ahead.history.reviews > 0


def _quiz_dates(
    session: Session, actor: Actor, course_ids: list[int], now: datetime
) -> tuple[QuizDate, ...]:
    rows: Any = session.execute(
        sa.select(Quiz.id, Quiz.course_id, Quiz.title, Quiz.settings).where(
            Quiz.course_id.in_(course_ids),
            Quiz.status == Status.READY,
            Quiz.is_practice.is_(False),
        )
    ).all()
    rules = own_dates(session, learner_id=actor.id, quizzes={row.id: row.settings for row in rows})
    found = [
        QuizDate(row.course_id, row.id, row.title, at, is_closing)
        for row in rows
        for at, is_closing in ((rules[row.id].opens_at, False), (rules[row.id].closes_at, True))
        if at is not None and now <= at <= now + DATES_AHEAD
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.quiz_id)))


def _exams(
    session: Session, actor: Actor, course_ids: Iterable[int], today: date
) -> tuple[ExamDate, ...]:
    rows: Any = session.execute(
        sa.select(Exam.course_id, Exam.day)
        .where(Exam.learner_id == actor.id, Exam.course_id.in_(list(course_ids)), Exam.day >= today)
        .order_by(Exam.day, Exam.course_id)
    )
    return tuple(ExamDate(row.course_id, row.day) for row in rows)
