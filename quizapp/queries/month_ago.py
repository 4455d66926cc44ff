"""What a learner knew a month ago, from what the reviews since then found."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.state import MemoryState
from quizapp.models import Memory, Review
from quizapp.queries.queue_counts import COURSE, LEARNER, first_id_at

# One seek in the index of a fact's reviews for each fact that was asked since: what it costs
# grows with the course, not with how much was reviewed. What was taken back counts like any
# other, for the next review found the same.
_FIRST = (
    sa.select(Review.before)
    .where(
        Review.learner_id == LEARNER,
        Review.fact_id == Memory.fact_id,
        Review.id >= sa.bindparam("since_id", type_=sa.BigInteger),
    )
    .order_by(Review.id)
    .limit(1)
    .correlate(Memory)
    .scalar_subquery()
)
_SELECT = sa.select(Memory.fact_id, _FIRST.label("before")).where(
    Memory.learner_id == LEARNER,
    Memory.course_id == COURSE,
    Memory.last_review_at >= sa.bindparam("since", type_=Memory.last_review_at.type),
)


def states_at(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    since: datetime,
    now_known: Mapping[int, MemoryState],
) -> dict[int, MemoryState]:
    """Return the memories as they stood at `since`, by fact.

    A memory changes only when its fact is asked, so those that were not asked since stand still.

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
        if row.fact_id in then and row.before is not None:
            then[row.fact_id] = MemoryState.from_json(row.before)
    return then
