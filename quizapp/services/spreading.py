"""Spreading a backlog over days: many due dates moved in one step, and moved back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, Problem
from quizapp.memory import queue, spreading
from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Candidate
from quizapp.models import ActKind, Base, Fact, Memory, MemoryAct
from quizapp.policy import Actor, require_learner
from quizapp.queries.forecast import due_by_day
from quizapp.queries.memory_rows import (
    SNAPSHOT_COLUMNS,
    Snapshot,
    load_snapshot,
    snapshot_of,
)
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.pauses import days_off
from quizapp.queries.queue_counts import IN_STEPS, MET, NOW, parameters
from quizapp.services.memory_acts import next_id
from quizapp.services.snapshots import CHANGED

_TABLE = Base.metadata.tables[Memory.__tablename__]
_WAITING = (
    sa.select(Memory.fact_id, *SNAPSHOT_COLUMNS)
    .join(Fact, Fact.id == Memory.fact_id)
    .where(MET, sa.not_(IN_STEPS), Memory.due_at <= NOW)
    # In the order of facts: two who do this at once wait in turn.
    .order_by(Memory.fact_id)
    .with_for_update(of=Memory)
)
_MOVE = (
    sa.update(_TABLE)
    .where(_TABLE.c.learner_id == sa.bindparam("whose"), _TABLE.c.fact_id == sa.bindparam("moved"))
    .values(due_at=sa.bindparam("to"), seen=_TABLE.c.seen + 1)
)


def spread_backlog(
    session: Session, *, actor: Actor, course_id: int, days: int, now: datetime
) -> int:
    """Spread the reviews that wait over the days from today on; return how many were put off.

    The likeliest forgotten stay due today, the next come tomorrow, and so on. Days of rest and
    of a pause get none, and days on which much is due anyway get less. Only due dates move: how
    well a fact is remembered is still reckoned from its last review.

    :param days: one of `spreading.CHOICES`.
    :raises Invalid: it is not. :raises Conflict: all those days are off.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    if days not in spreading.CHOICES:
        raise Invalid([Problem("days", "Choose one of the numbers of days.")])
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    bound = parameters(actor, course_id, clock, now)
    waiting = {row.fact_id: snapshot_of(row) for row in session.execute(_WAITING, bound)}
    loads = _loads(session, actor, course_id, clock, now, days=days)
    if all(load is None for load in loads):
        raise Conflict("All of these days are days off. End the pause first.")
    candidates = [Candidate(fact_id, found.state) for fact_id, found in waiting.items()]
    ordered = iter(queue.order_reviews(candidates, now=now, clock=clock))
    today, moves = clock.day_of(now), dict[int, datetime]()
    for ahead, share in enumerate(spreading.shares(len(waiting), loads)):
        start = clock.start_of(today + timedelta(days=ahead))
        on_day = [next(ordered).fact_id for _ in range(share)]
        if ahead:
            moves.update(dict.fromkeys(on_day, start))
    if moves:
        keys = {
            "learner_id": actor.id,
            "id": next_id(session, actor.id, now),
            "course_id": course_id,
        }
        _log(session, keys, waiting, moves)
        _move(session, actor, moves)
    return len(moves)


def take_spread_back(session: Session, *, actor: Actor, acts: Sequence[Any], now: datetime) -> None:
    """Let everything be due again when it was before.

    :param acts: all rows of the step, which stands.
    :raises Conflict: a memory has changed since, or the step was undone already.
    """
    _require(session, actor, {act.fact_id: load_snapshot(act.after) for act in acts})
    _mark(session, actor, acts, undone_at=now)
    _move(session, actor, _due({act.fact_id: load_snapshot(act.before) for act in acts}))


def put_spread_back(session: Session, *, actor: Actor, acts: Sequence[Any]) -> None:
    """Do again what was undone; raises what `take_spread_back` raises."""
    _require(session, actor, {act.fact_id: load_snapshot(act.before) for act in acts})
    _mark(session, actor, acts, undone_at=None)
    _move(session, actor, _due({act.fact_id: load_snapshot(act.after) for act in acts}))


def _loads(
    session: Session,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    *,
    days: int,
) -> list[int | None]:
    """Return what is due on each day besides what waits; None for a day off."""
    rules = rules_in_force(session, learner_id=actor.id, course_id=course_id)
    off = days_off(session, learner_id=actor.id, course_id=course_id, settings=rules.settings)
    due = due_by_day(session, actor=actor, course_id=course_id, clock=clock, now=now, days=days)
    today = clock.day_of(now)
    ahead = [today + timedelta(days=n) for n in range(days)]
    return [None if off.covers(day) else due[day] * (day > today) for day in ahead]


def _log(
    session: Session,
    keys: Mapping[str, int],
    waiting: Mapping[int, Snapshot],
    moves: Mapping[int, datetime],
) -> None:
    rows = []
    for fact_id, due_at in moves.items():
        was = waiting[fact_id]
        becomes = replace(was, state=replace(was.state, due_at=due_at))
        told = {"before": was.dump(), "after": becomes.dump(), "undone_at": None}
        rows.append({**keys, **told, "fact_id": fact_id, "kind": ActKind.SPREAD})
    session.connection().execute(sa.insert(Base.metadata.tables[MemoryAct.__tablename__]), rows)


def _move(session: Session, actor: Actor, moves: Mapping[int, datetime]) -> None:
    """Write due dates; a page that was shown before cannot rate what moved."""
    values = [{"whose": actor.id, "moved": fact, "to": due} for fact, due in moves.items()]
    session.connection().execute(_MOVE, values)


def _require(session: Session, actor: Actor, expected: Mapping[int, Snapshot]) -> None:
    """Lock the memories and see that they are as expected."""
    held = (
        sa.select(Memory.fact_id, *SNAPSHOT_COLUMNS)
        .where(Memory.learner_id == actor.id, Memory.fact_id.in_(sorted(expected)))
        .order_by(Memory.fact_id)
        .with_for_update()
    )
    found = {row.fact_id: snapshot_of(row) for row in session.execute(held)}
    if found != expected:
        raise Conflict(CHANGED)


def _mark(
    session: Session, actor: Actor, acts: Sequence[Any], *, undone_at: datetime | None
) -> None:
    one = acts[0]
    marked = sa.update(MemoryAct).where(
        MemoryAct.learner_id == actor.id,
        MemoryAct.id == one.id,
        MemoryAct.undone_at.is_not_distinct_from(one.undone_at),
    )
    values = marked.values(undone_at=undone_at)
    result: Any = session.execute(values, execution_options={"synchronize_session": False})
    if result.rowcount != len(acts):
        raise Conflict(CHANGED)


def _due(found: Mapping[int, Snapshot]) -> dict[int, datetime]:
    items: Iterable[tuple[int, datetime | None]] = (
        (fact_id, memory.state.due_at) for fact_id, memory in found.items()
    )
    return {fact_id: due_at for fact_id, due_at in items if due_at is not None}
