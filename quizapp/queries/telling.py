"""Telling a state in weights: when a card is asked, and those of its last review hold no more.

A memory stays as its last review left it. Only what is asked is told anew, from the log of that one
fact, and nothing of it is stored but by the review that follows.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.model import Weights
from quizapp.memory.state import MemoryState
from quizapp.models import Memory, MemoryRules, Review
from quizapp.queries.memory_log import ids_of, logs_of_facts
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.memory_rules import settings_of

#: The rules of a fact's last review that stands, where they are others than those asked about.
TOLD = sa.alias(MemoryRules.__table__, "told")
#: For `tell`: NULL where nothing need be told.
TOLD_BY = TOLD.c.settings.label("told_by")


def told_otherwise(
    learner_id: Any, course_id: Any, fact_id: Any, *, than: Any = None, before: Any = None
) -> Any:
    """Return the condition that `TOLD` says by what a memory was last told, to join it by.

    :param learner_id: SQL, as are the others: bound values or columns of the statement.
    :param than: number of the rules that matter; None for those in force.
    :param before: id of the step before which the last review is looked for.
    """
    reviews = sa.alias(Review.__table__, "last_review").c
    last = (
        sa.select(reviews.rules)
        .where(
            reviews.learner_id == learner_id,
            reviews.id.in_(ids_of(Review, learner_id, lambda fact: fact == fact_id, before=before)),
            reviews.undone_at.is_(None),
        )
        .order_by(reviews.id.desc())
        .limit(1)
    )
    if than is None:
        newest = sa.alias(MemoryRules.__table__, "newest_rules").c
        than = (
            sa.select(sa.func.max(newest.number))
            .where(newest.learner_id == learner_id, newest.course_id == course_id)
            .scalar_subquery()
        )
    return sa.and_(
        TOLD.c.learner_id == learner_id,
        TOLD.c.course_id == course_id,
        TOLD.c.number == last.scalar_subquery(),
        TOLD.c.number != than,
    )


def tell(
    session: Session,
    row: Any,
    state: MemoryState,
    *,
    weights: Weights | None,
    learner_id: int,
    fact_id: int,
    before: int | None = None,
) -> MemoryState:
    """Return a state told in weights; most often it is already.

    :param row: with `TOLD_BY`. :param before: only what came before this step led to the state.
    """
    if not _is_other(row, state, weights):
        return state
    for log in logs_of_facts(session, learner_id, [fact_id], before=before):
        return log.told_in(weights, state)
    return state


def told_states(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    fact_ids: Collection[int],
    weights: Weights | None,
) -> dict[int, MemoryState]:
    """Return a learner's memories of these facts, told in the weights in force.

    What was never met is not in it.
    """
    rows = session.execute(
        sa.select(Memory.fact_id, *STATE_COLUMNS, TOLD_BY)
        .outerjoin(TOLD, told_otherwise(learner_id, course_id, Memory.fact_id))
        .where(Memory.learner_id == learner_id, Memory.fact_id.in_(sorted(set(fact_ids))))
    )
    return tell_all(session, rows.all(), weights=weights, learner_id=learner_id)


def tell_all(
    session: Session, rows: Sequence[Any], *, weights: Weights | None, learner_id: int
) -> dict[int, MemoryState]:
    """Return states told in weights, by their facts.

    :param rows: of one learner's memories, with `STATE_COLUMNS` and `TOLD_BY`.
    """
    found = {row.fact_id: state_of(row) for row in rows}
    others = [row.fact_id for row in rows if _is_other(row, found[row.fact_id], weights)]
    if others:
        for log in logs_of_facts(session, learner_id, others):
            found[log.fact_id] = log.told_in(weights, found[log.fact_id])
    return found


def _is_other(row: Any, state: MemoryState, weights: Weights | None) -> bool:
    if row.told_by is None or state.stability is None:
        return False
    return settings_of(row.told_by).weights != weights
