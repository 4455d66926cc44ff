"""How learners of a course remember facts, beside what quizzes say of the questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Enrolment, Memory, Origin, Review, Role

#: So many of a course's students are asked: it costs the same with ten and with a million.
SAMPLE = 100


@dataclass(frozen=True, slots=True)
class RecallFigure:
    """How a fact is remembered by those of the sample who have met it.

    :param learners: how many. :param difficulty: FSRS, 1 to 10, mean.
    :param first_try: the share that did not forget it at its first review here; None where all
        came from another program.
    """

    learners: int
    difficulty: float
    first_try: float | None


def recall_figures(
    session: Session, *, course_id: int, fact_ids: Collection[int]
) -> Mapping[int, RecallFigure]:
    """Return how facts are remembered, by id, in one query; those that nobody met are left out."""
    some = (
        sa.select(Enrolment.user_id)
        .where(Enrolment.course_id == course_id, Enrolment.role == Role.STUDENT)
        .limit(SAMPLE)
    )
    first = (
        sa.select(Review.rating)
        .where(
            Review.learner_id == Memory.learner_id,
            Review.fact_id == Memory.fact_id,
            Review.undone_at.is_(None),
            Review.origin != Origin.IMPORT,
        )
        .order_by(Review.id)
        .limit(1)
        .correlate(Memory)
        .scalar_subquery()
    )
    each = (
        sa.select(Memory.fact_id, Memory.difficulty, first.label("first"))
        .where(
            Memory.learner_id.in_(sa.select(some.subquery().c.user_id)),
            Memory.fact_id.in_(list(fact_ids)),
            Memory.difficulty.is_not(None),
        )
        .subquery()
    )
    rows = session.execute(
        sa.select(
            each.c.fact_id,
            sa.func.count().label("learners"),
            sa.func.avg(each.c.difficulty).label("difficulty"),
            sa.func.count(each.c.first).label("tried"),
            sa.func.sum(sa.case((each.c.first > 1, 1), else_=0)).label("recalled"),
        ).group_by(each.c.fact_id)
    )
    return {
        row.fact_id: RecallFigure(
            row.learners,
            float(row.difficulty),
            row.recalled / row.tried if row.tried else None,
        )
        for row in rows
    }
