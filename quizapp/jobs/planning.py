"""Planning the days before exams: read, reckoned while nothing is locked, then kept."""

from __future__ import annotations

from datetime import datetime

from quizapp.db import reading, transaction
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.exams import unplanned
from quizapp.services.exams import keep_plan, read_planning, reckon_plan

#: So many are made at once, so that letters need not wait behind them, nor the lease run out.
AT_ONCE = 20


def plan_day(*, learner_id: int, course_id: int, now: datetime) -> bool:
    """Plan a learner's day if it has no plan; return whether one was made.

    What the learner sets meanwhile is not overwritten: it has a job of its own.
    """
    with reading() as session:
        actor = actor_for_id(session, learner_id)
        if actor is None:
            return False
        planning = read_planning(session, actor=actor, course_id=course_id, now=now)
    if planning is None:
        return False
    plan = reckon_plan(planning)
    with transaction() as session:
        return keep_plan(session, plan=plan)


def plan_days(*, now: datetime) -> bool:
    """Plan the day of everybody whose day has begun; return whether some were left for later."""
    with reading() as session:
        waiting = unplanned(session, now=now)
    made = 0
    for learner_id, course_id in waiting:
        if made == AT_ONCE:
            return True
        made += plan_day(learner_id=learner_id, course_id=course_id, now=now)
    return False
