"""How the form of questions grows in a course, and what its facts have questions of."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.forms import RANKS, FormPolicy
from quizapp.models import Course, Fact, Question, Status
from quizapp.policy import Actor, require_instructor


def form_policy(session: Session, course_id: int) -> FormPolicy:
    """Return how forms grow in a course that is there."""
    stored = sa.select(Course.form_policy).where(Course.id == course_id)
    return FormPolicy.parse(session.execute(stored).scalar_one())


def forms_there(session: Session, *, actor: Actor, course_id: int) -> Mapping[tuple[int, ...], int]:
    """Return how many ready facts there are for each set of ranks that can ask them.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    has = [sa.func.max(sa.case((Question.recall == rank, 1), else_=0)) for rank in RANKS]
    facts = (
        sa.select(*(one.label(f"has{rank}") for one, rank in zip(has, RANKS, strict=True)))
        .select_from(Question)
        .join(Fact, Fact.id == Question.fact_id)
        .where(
            Question.course_id == course_id,
            Question.status == Status.READY,
            Fact.status == Status.READY,
        )
        .group_by(Question.fact_id)
        .subquery()
    )
    rows = session.execute(sa.select(*facts.c, sa.func.count()).group_by(*facts.c))
    return {
        tuple(rank for rank, is_there in zip(RANKS, there, strict=True) if is_there): count
        for *there, count in rows
    }
