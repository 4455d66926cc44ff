"""Memories as they stood some while ago: as the first review of each since then found them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.mastery import Strength
from quizapp.memory.state import Phase
from quizapp.models import Memory, Origin, Review
from quizapp.queries.queue_counts import COURSE, LEARNER, first_id_at


@dataclass(frozen=True, slots=True)
class Was:
    """How far a memory had come.

    :param stability: in days; None if the fact was new.
    """

    phase: Phase
    stability: float | None


# One seek in the index of a fact's reviews for each fact that was asked since: what it costs
# grows with the course, not with how much was reviewed. What was taken back counts like any
# other, for the next review found the same.
_FIRST = (
    sa.select(Review.id)
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
_ASKED = (
    sa.select(Memory.fact_id, _FIRST.label("first"))
    .where(
        Memory.learner_id == LEARNER,
        Memory.course_id == COURSE,
        Memory.last_review_at >= sa.bindparam("since", type_=Memory.last_review_at.type),
    )
    .subquery("asked")
)
_SELECT = (
    sa.select(
        _ASKED.c.fact_id,
        Review.origin,
        Review.is_first,
        Review.before["phase"].as_string().label("phase"),
        Review.before["stability"].as_float().label("stability"),
    )
    .select_from(_ASKED)
    .join(Review, sa.and_(Review.learner_id == LEARNER, Review.id == _ASKED.c.first))
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

    A memory changes only when its fact is asked, so those that were not asked since stand still.
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
        if row.origin is Origin.IMPORT and not row.is_first:
            return None
        then[row.fact_id] = Was(Phase(row.phase), row.stability)
    return then
