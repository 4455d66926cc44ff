"""Pausing a course, for a holiday: nothing is asked, and nothing is made up about what fades."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.memory.days import LearnerClock
from quizapp.models import Pause
from quizapp.policy import Actor, require_learner

#: A pause begins within so many days, and lasts so long at most.
MAXIMUM_PAUSE_DAYS = 366
_DAY = timedelta(days=1)


def set_pause(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    first_day: date,
    last_day: date,
    now: datetime,
    everywhere: bool = False,
) -> None:
    """Ask nothing from one day to another, both included; a pause that was set before gives way.

    :param everywhere: in all courses that the learner is in.
    :raises Invalid: with a problem for each day that is wrong.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    today = _today(actor, now)
    if problems := _problems(first_day, last_day, today):
        raise Invalid(problems)
    for course in _courses(actor, course_id, everywhere=everywhere):
        _cut(session, actor, course, today)
        session.execute(
            sa.insert(Pause).values(
                learner_id=actor.id, course_id=course, first_day=first_day, last_day=last_day
            )
        )


def end_pause(
    session: Session, *, actor: Actor, course_id: int, now: datetime, everywhere: bool = False
) -> bool:
    """Go on today; return whether there was a pause, begun or to come, that ended by this.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    today = _today(actor, now)
    ended = [
        _cut(session, actor, course, today)
        for course in _courses(actor, course_id, everywhere=everywhere)
    ]
    return any(ended)


def _cut(session: Session, actor: Actor, course_id: int, today: date) -> bool:
    """End what goes on with yesterday, and take away what was to come."""
    mine = (
        Pause.learner_id == actor.id,
        Pause.course_id == course_id,
        Pause.last_day >= today,
    )
    gone = session.execute(
        sa.delete(Pause).where(*mine, Pause.first_day >= today).returning(Pause.first_day)
    ).all()
    cut = session.execute(
        sa.update(Pause).where(*mine).values(last_day=today - _DAY).returning(Pause.first_day)
    ).all()
    return bool(gone or cut)


def _courses(actor: Actor, course_id: int, *, everywhere: bool) -> list[int]:
    return sorted(actor.roles) if everywhere else [course_id]


def _today(actor: Actor, now: datetime) -> date:
    return LearnerClock(actor.timezone, actor.day_start_hour).day_of(now)


def _problems(first_day: date, last_day: date, today: date) -> list[Problem]:
    if first_day < today:
        return [Problem("first_day", "A pause begins today at the earliest.")]
    if first_day > today + MAXIMUM_PAUSE_DAYS * _DAY:
        return [Problem("first_day", "Choose a first day within a year from now.")]
    if last_day < first_day:
        return [Problem("last_day", "The last day comes before the first one.")]
    if last_day >= first_day + MAXIMUM_PAUSE_DAYS * _DAY:
        return [Problem("last_day", "A pause lasts a year at most.")]
    return []
