"""The facts behind a submitted attempt, and what it left in the learner's memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.intervals import label_due
from quizapp.memory.state import Phase
from quizapp.models import Fact, Memory, Review, Topic
from quizapp.policy import Actor
from quizapp.queries.attempt_marks import review_nonce
from quizapp.queries.attempts import AttemptHead
from quizapp.queries.reviewed import FactLine


def fact_lines(
    session: Session, *, actor: Actor, head: AttemptHead, now: datetime
) -> Mapping[int, FactLine]:
    """Return the facts that an attempt asked for, by id."""
    nonces = [review_nonce(head.id, position) for position in range(head.count)]
    rows = session.execute(
        sa.select(
            Fact.id,
            Fact.note,
            Topic.position,
            Topic.title,
            Memory.phase,
            Memory.due_at,
            Memory.reps,
            Memory.last_review_at,
            Review.before,
            Review.at,
        )
        .join(Topic, Topic.id == Fact.topic_id)
        .outerjoin(Memory, sa.and_(Memory.learner_id == actor.id, Memory.fact_id == Fact.id))
        .outerjoin(
            Review,
            sa.and_(
                Review.learner_id == actor.id,
                Review.fact_id == Fact.id,
                Review.nonce.in_(nonces),
                Review.undone_at.is_(None),
            ),
        )
        .where(Fact.id.in_([laid.fact_id for laid in head.layout]))
    )
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    return {row.id: _fact_line(row, clock, now=now) for row in rows}


def _fact_line(row: Any, clock: LearnerClock, *, now: datetime) -> FactLine:
    is_met = row.phase is not None and row.phase != Phase.NEW
    return FactLine(
        topic_position=row.position,
        topic=row.title,
        note=row.note,
        due_in=label_due(now, row.due_at, clock, Phase(row.phase)) if is_met else "",
        is_rated=row.before is not None,
        is_new=row.before is not None and row.before["phase"] == Phase.NEW,
        is_last=row.before is not None
        and row.last_review_at == row.at
        and row.reps == row.before["reps"] + 1,
    )
