"""Memories as they stood some while ago: as what first happened to each since found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.mastery import Strength
from quizapp.memory.state import Phase
from quizapp.models import ActKind, Memory, MemoryAct, Origin, Review
from quizapp.queries.queue_counts import COURSE, LEARNER, first_id_at


@dataclass(frozen=True, slots=True)
class Was:
    """How far a memory had come.

    :param stability: in days; None if the fact was new.
    """

    phase: Phase
    stability: float | None


_SINCE_ID = sa.bindparam("since_id", type_=sa.BigInteger)
# What was begun again: its memory no longer knows when it was asked last. A learner's acts lie in
# the order of their ids, so those of a month are one range; they are few beside the reviews.
_RESETS = (
    sa.select(MemoryAct.fact_id, sa.func.min(MemoryAct.id).label("id"))
    .where(
        MemoryAct.learner_id == LEARNER,
        MemoryAct.course_id == COURSE,
        MemoryAct.id >= _SINCE_ID,
        MemoryAct.kind == ActKind.RESET,
    )
    .group_by(MemoryAct.fact_id)
    .cte("resets")
)
_CHANGED = (
    sa.select(Memory.fact_id)
    .where(
        Memory.learner_id == LEARNER,
        Memory.course_id == COURSE,
        Memory.last_review_at >= sa.bindparam("since", type_=Memory.last_review_at.type),
    )
    .union(sa.select(_RESETS.c.fact_id))
    .subquery("changed")
)
# One seek in the index of a fact's reviews for each fact that was asked since: what it costs
# grows with the course, not with how much was reviewed. What was taken back counts like any
# other, for the next review found the same.
_FIRST = (
    sa.select(Review.id)
    .where(
        Review.learner_id == LEARNER,
        Review.fact_id == _CHANGED.c.fact_id,
        Review.id >= _SINCE_ID,
    )
    .order_by(Review.id)
    .limit(1)
    .correlate(_CHANGED)
    .scalar_subquery()
)
_ASKED = sa.select(_CHANGED.c.fact_id, _FIRST.label("first")).subquery("asked")
_STATE = MemoryAct.before["state"]
_SELECT = (
    sa.select(
        _ASKED.c.fact_id,
        _ASKED.c.first,
        _RESETS.c.id.label("reset"),
        Review.origin,
        Review.is_first,
        Review.before["phase"].as_string().label("phase"),
        Review.before["stability"].as_float().label("stability"),
        _STATE["phase"].as_string().label("reset_phase"),
        _STATE["stability"].as_float().label("reset_stability"),
    )
    .select_from(_ASKED)
    .outerjoin(Review, sa.and_(Review.learner_id == LEARNER, Review.id == _ASKED.c.first))
    .outerjoin(_RESETS, _RESETS.c.fact_id == _ASKED.c.fact_id)
    .outerjoin(
        MemoryAct,
        sa.and_(
            MemoryAct.learner_id == LEARNER,
            MemoryAct.id == _RESETS.c.id,
            MemoryAct.fact_id == _RESETS.c.fact_id,
        ),
    )
)


def states_at(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    since: datetime,
    now_known: Mapping[int, Strength],
) -> dict[int, Strength] | None:
    """Return how far the memories had come at `since`, by fact; None where that is not known.

    A memory changes only when its fact is asked or begun again, so all others stand still.
    A package does not tell what its reviews found: who brought memories since has no standing then.

    :param now_known: the memories as they stand now, of every fact that counts.
    """
    bound: dict[str, Any] = {
        "learner_id": learner_id,
        "course_id": course_id,
        "since": since,
        "since_id": first_id_at(since),
    }
    then = dict(now_known)
    for row in session.execute(_SELECT, bound):
        if row.fact_id not in then:
            continue
        if row.reset is not None and (row.first is None or row.reset < row.first):
            if row.reset_phase is not None:
                then[row.fact_id] = Was(Phase(row.reset_phase), row.reset_stability)
            continue
        if row.first is None:
            continue
        if row.origin is Origin.IMPORT and not row.is_first:
            return None
        then[row.fact_id] = Was(Phase(row.phase), row.stability)
    return then
