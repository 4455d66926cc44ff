"""Studying for a date: set it, drop it, and plan each day on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.memory import exam
from quizapp.memory.days import LearnerClock
from quizapp.models import Exam
from quizapp.policy import Actor, require_learner
from quizapp.queries.exams import exam_cards
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.pace import pace
from quizapp.services.jobs import JobName, enqueue

TARGETS = (0.5, 0.99)
MINUTES = (1, exam.MAXIMUM_MINUTES)
#: Points of the drawn curve: a year has more days than a chart has room.
_POINTS = 12
#: What the learner set; a plan that was reckoned from something else is not kept.
_WANTED = (Exam.day, Exam.minutes, Exam.target, Exam.set_at)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a plan comes to.

    :param days: from today, of each point of the curves; the last one is the exam.
    :param studied: expected recall on those days as a share of all facts, with the plan.
    :param unstudied: the same without further study.
    :param low: of the recall on the day with 95 % certainty, as is `high`.
    :param needed: minutes a day that the target takes; None if no time is enough.
    :param facts: in the course; `unmet` of them were never asked.
    :param prices: for tomorrow's plan to begin with.
    """

    days: tuple[int, ...]
    studied: tuple[float, ...]
    unstudied: tuple[float, ...]
    low: float
    high: float
    needed: float | None
    facts: int
    unmet: int
    today: int
    prices: tuple[float, ...]

    def dump(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `load` reads back."""
        return asdict(self)

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Outlook:
        """Return what `dump` wrote."""
        lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
        return cls(**{**stored, **lists})


@dataclass(frozen=True, slots=True)
class Planning:
    """All that the plan of a day is reckoned from.

    :param today: the learner's day that is planned. :param wanted: what was set, by column.
    :param prices: of the plan before; empty if it was none of this exam.
    """

    learner_id: int
    course_id: int
    today: date
    wanted: Mapping[str, Any]
    task: exam.Task
    prices: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DayPlan:
    """A plan that is not kept yet. :param facts: ids of what to ask that day, in order."""

    planning: Planning
    facts: tuple[int, ...]
    outlook: Outlook


def set_exam(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    day: date,
    target: float,
    minutes: int,
    now: datetime,
) -> None:
    """Study for a date from now on, in place of any other in this course; a job plans it.

    :param day: the learner's local day; from tomorrow on. :param target: 0.5 to 0.99.
    :param minutes: to study on each day.
    :raises Invalid: with a problem for everything that is wrong.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    today = _clock(actor).day_of(now)
    problems = [*_problems(day, today, target, minutes)]
    if problems:
        raise Invalid(problems)
    values = {"day": day, "target": target, "minutes": minutes, "set_at": now}
    values |= {"planned_on": None, "facts": None, "outlook": None}
    keys = {"learner_id": actor.id, "course_id": course_id}
    session.execute(sa.delete(Exam).where(*_mine(actor.id, course_id)))
    session.execute(sa.insert(Exam).values(**keys, **values))
    enqueue(session, name=JobName.PLAN_EXAM, payload=keys, now=now)


def remove_exam(session: Session, *, actor: Actor, course_id: int) -> None:
    """Study without a date again. :raises NotFound: none was set, or not in the course."""
    require_learner(actor, course_id)
    found: Any = session.execute(sa.delete(Exam).where(*_mine(actor.id, course_id)))
    if not found.rowcount:
        raise NotFound("No exam date is set.")


def read_planning(
    session: Session, *, actor: Actor, course_id: int, now: datetime
) -> Planning | None:
    """Return what the plan of the learner's day is reckoned from.

    None without an exam to come, with nothing to ask, or where the day has its plan.
    """
    clock = _clock(actor)
    today = clock.day_of(now)
    found = session.execute(
        sa.select(*_WANTED, Exam.planned_on, Exam.outlook).where(*_mine(actor.id, course_id))
    ).one_or_none()
    if found is None or found.day <= today or found.planned_on == today:
        return None
    cards = exam_cards(session, actor=actor, course_id=course_id, clock=clock, now=now)
    if not cards:
        return None
    keys = {"learner_id": actor.id, "course_id": course_id}
    task = exam.Task(
        cards,
        days_left=(found.day - today).days,
        seconds=found.minutes * 60.0,
        weights=rules_in_force(session, **keys).settings.weights,
        pace=pace(session, **keys, clock=clock, today=today),
    )
    wanted = {column.key: getattr(found, column.key) for column in _WANTED}
    prices = Outlook.load(found.outlook).prices if found.outlook else ()
    return Planning(actor.id, course_id, today, wanted, task, prices)


def reckon_plan(planning: Planning) -> DayPlan:
    """Return the plan of a day. It takes a second or two: no transaction should wait for it."""
    task = planning.task
    made = exam.plan(task, prices=planning.prices)
    outlook = _outlook(task, made, planning.wanted["target"], seed=planning.learner_id)
    return DayPlan(planning, made.today, outlook)


def keep_plan(session: Session, *, plan: DayPlan) -> bool:
    """Keep the plan of a day; return whether its exam was still as it had been read.

    If not, what was set since asks for a plan of its own.
    """
    of = plan.planning
    unchanged = [column == of.wanted[column.key] for column in _WANTED]
    kept: Any = session.execute(
        sa.update(Exam)
        .where(*_mine(of.learner_id, of.course_id), *unchanged)
        .values(planned_on=of.today, facts=list(plan.facts), outlook=plan.outlook.dump())
        .execution_options(synchronize_session=False)
    )
    return bool(kept.rowcount)


def _outlook(task: exam.Task, made: exam.Plan, target: float, *, seed: int) -> Outlook:
    seen = exam.forecast(task, made.settled, seed=seed)
    last = task.days_left
    days = sorted({round(last * n / _POINTS) for n in range(_POINTS + 1)})
    return Outlook(
        days=tuple(days),
        studied=tuple(round(seen.studied[n], 4) for n in days),
        unstudied=tuple(round(seen.unstudied[n], 4) for n in days),
        low=seen.low,
        high=seen.high,
        needed=exam.minutes_for(task, target, settled=made.settled, expected=seen.on_the_day),
        facts=len(task.cards),
        unmet=sum(card.stability is None for card in task.cards),
        today=len(made.today),
        prices=made.settled.prices,
    )


def _problems(day: date, today: date, target: float, minutes: int) -> list[Problem]:
    problems = []
    ahead = (day - today).days
    if ahead < 1:
        problems.append(Problem("day", "Choose a day from tomorrow on."))
    if ahead > exam.MAXIMUM_DAYS:
        problems.append(Problem("day", f"Choose a day within {exam.MAXIMUM_DAYS} days."))
    if not TARGETS[0] <= target <= TARGETS[1]:
        message = f"Choose a target from {TARGETS[0] * 100:.0f} to {TARGETS[1] * 100:.0f} %."
        problems.append(Problem("target", message))
    if not MINUTES[0] <= minutes <= MINUTES[1]:
        message = f"Choose from {MINUTES[0]} to {MINUTES[1]} minutes a day."
        problems.append(Problem("minutes", message))
    return problems


def _clock(actor: Actor) -> LearnerClock:
    return LearnerClock(actor.timezone, actor.day_start_hour)


def _mine(learner_id: int, course_id: int) -> tuple[Any, ...]:
    return Exam.learner_id == learner_id, Exam.course_id == course_id
