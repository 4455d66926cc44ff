"""What learners do to a card without being asked: put aside, put off, bring back, begin again.

Each is one row of the log beside the reviews, so that it can be undone, redone and replayed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import MAXIMUM_INTERVAL_DAYS
from quizapp.memory.state import Phase
from quizapp.models import ActKind, Fact, MemoryAct, Review
from quizapp.policy import Actor, require_learner
from quizapp.queries.memory_rows import UNTOUCHED, Snapshot, load_snapshot
from quizapp.services.reviews import review_id
from quizapp.services.snapshots import CHANGED, lock_snapshot, put_snapshot

#: Why a date cannot be set.
IN_STEPS = "This card is in its first steps and comes back today. Set a date once it has left them."


def suspend_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Put a fact aside until the learner resumes it.

    :raises NotFound: the learner is not in the course, or it has no such fact.
    """

    def aside(memory: Snapshot) -> Snapshot:
        return replace(memory, is_suspended=True)

    keys = _keys(session, actor, course_id, fact_id)
    _act(session, keys, ActKind.SUSPEND, aside, now=now)


def bury_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Leave a fact out until the learner's next day begins.

    :raises NotFound: the learner is not in the course, or it has no such fact.
    """
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    until = clock.start_of(clock.day_of(now) + timedelta(days=1))

    def put_off(memory: Snapshot) -> Snapshot:
        return replace(memory, buried_until=until)

    keys = _keys(session, actor, course_id, fact_id)
    _act(session, keys, ActKind.BURY, put_off, now=now)


def resume_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Take a fact that was suspended or buried back into the queue.

    :raises NotFound: the learner is not in the course, or has not put that fact aside.
    """

    def back(memory: Snapshot) -> Snapshot:
        _require_met(memory)
        return replace(memory, is_suspended=False, buried_until=None)

    keys = _keys(session, actor, course_id, fact_id)
    _act(session, keys, ActKind.RESUME, back, now=now)


def reset_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Forget what the learner remembers of a fact, so that it is new; the log stays.

    :raises NotFound: the learner is not in the course, or has never met that fact.
    """

    def anew(memory: Snapshot) -> Snapshot:
        _require_met(memory)
        return UNTOUCHED

    keys = _keys(session, actor, course_id, fact_id)
    _act(session, keys, ActKind.RESET, anew, now=now)


def move_due_date(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, day: date, now: datetime
) -> None:
    """Let a fact come back on another day of the learner's; the memory of it stays as it is.

    What the next review finds is what time has made of the memory: nothing is lost by a date.

    :param day: today to `MAXIMUM_INTERVAL_DAYS` from now, by the learner's own calendar.
    :raises NotFound: the learner is not in the course, or has never met that fact.
    :raises Invalid: at "day": it is out of range, or the fact is still in steps, which take
        minutes and not days.
    """
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    ahead = (day - clock.day_of(now)).days
    if not 0 <= ahead <= MAXIMUM_INTERVAL_DAYS:
        raise Invalid([Problem("day", "Choose today or a later day, within 100 years.")])

    def moved(memory: Snapshot) -> Snapshot:
        _require_met(memory)
        if memory.state.phase is not Phase.REVIEW:
            raise Invalid([Problem("day", IN_STEPS)])
        return replace(memory, state=replace(memory.state, due_at=clock.start_of(day)))

    keys = _keys(session, actor, course_id, fact_id)
    _act(session, keys, ActKind.MOVE, moved, now=now)


def take_act_back(session: Session, *, actor: Actor, act: Any, now: datetime) -> None:
    """Make the memory what it was before an act.

    :param act: a row with the id, fact, course, `before` and `after` of an act that stands.
    :raises Conflict: the memory has changed since, or the act was undone already.
    """
    _swap(session, actor, act, was=load_snapshot(act.after), becomes=load_snapshot(act.before))
    _mark(session, actor, act, sa.null(), now)


def put_act_back(session: Session, *, actor: Actor, act: Any) -> None:
    """Do again what was undone; raises what `take_act_back` raises."""
    _swap(session, actor, act, was=load_snapshot(act.before), becomes=load_snapshot(act.after))
    _mark(session, actor, act, act.undone_at, None)


def _act(
    session: Session,
    keys: Mapping[str, int],
    kind: ActKind,
    change: Callable[[Snapshot], Snapshot],
    *,
    now: datetime,
) -> None:
    was = lock_snapshot(session, learner_id=keys["learner_id"], fact_id=keys["fact_id"])
    becomes = change(was)
    if becomes == was:
        return
    put_snapshot(session, keys, was=was, becomes=becomes)
    values = {
        **keys,
        "id": next_id(session, keys["learner_id"], now),
        "kind": kind,
        "before": None if was.is_blank else was.dump(),
        "after": None if becomes.is_blank else becomes.dump(),
    }
    session.execute(sa.insert(MemoryAct).values(values))


def next_id(session: Session, learner_id: int, now: datetime) -> int:
    """Return an id above all in the learner's log, however the clock ticks."""
    newest = (
        sa.select(sa.func.max(table.id)).where(table.learner_id == learner_id)
        for table in (Review, MemoryAct)
    )
    last = session.execute(sa.select(*(one.scalar_subquery() for one in newest))).one()
    return max(review_id(now, uuid4().hex), *(1 + (known or 0) for known in last))


def _swap(session: Session, actor: Actor, act: Any, *, was: Snapshot, becomes: Snapshot) -> None:
    held = lock_snapshot(session, learner_id=actor.id, fact_id=act.fact_id)
    if held != was:
        raise Conflict(CHANGED)
    keys = {"learner_id": actor.id, "course_id": act.course_id, "fact_id": act.fact_id}
    put_snapshot(session, keys, was=held, becomes=becomes)


def _mark(session: Session, actor: Actor, act: Any, stood: Any, undone_at: Any) -> None:
    marked = sa.update(MemoryAct).where(
        MemoryAct.learner_id == actor.id,
        MemoryAct.id == act.id,
        MemoryAct.fact_id == act.fact_id,
        MemoryAct.undone_at.is_not_distinct_from(stood),
    )
    values = marked.values(undone_at=undone_at)
    result: Any = session.execute(values, execution_options={"synchronize_session": False})
    if result.rowcount != 1:
        raise Conflict(CHANGED)


def _keys(session: Session, actor: Actor, course_id: int, fact_id: int) -> Mapping[str, int]:
    require_learner(actor, course_id)
    fact = sa.select(Fact.id).where(Fact.id == fact_id, Fact.course_id == course_id)
    if session.execute(fact).one_or_none() is None:
        raise NotFound("There is no such card in this course.")
    return {"learner_id": actor.id, "course_id": course_id, "fact_id": fact_id}


def _require_met(memory: Snapshot) -> None:
    if memory.is_blank:
        raise NotFound("There is no such card in this course.")
