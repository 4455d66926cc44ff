"""Facts that a learner forgets again and again; by their lapses, whatever the threshold is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.leeches import is_leech
from quizapp.models import Fact, Memory
from quizapp.policy import Actor
from quizapp.queries.passages import CitedPassage, citations_for


@dataclass(frozen=True, slots=True)
class Leech:
    """A fact that will not stick, with what could be read about it; None if it cites nothing."""

    fact_id: int
    statement: str
    lapses: int
    citation: CitedPassage | None


def are_leeches(learner_id: Any, course_id: Any, threshold: Any) -> Any:
    """Return the condition that memories are leeches that are still asked.

    :param threshold: at least 1; with 0, nothing is a leech, and nothing need be looked for.
    """
    return sa.and_(
        Memory.learner_id == learner_id,
        Memory.course_id == course_id,
        Memory.lapses >= threshold,
        # What `ix_memory_lapsed` is of; a bound 0 would hide that it can be used.
        Memory.lapses > sa.literal_column("0"),
        Memory.is_suspended.is_(False),
    )


def count_leeches(session: Session, *, actor: Actor, course_id: int, threshold: int) -> int:
    """Return how many facts of a course the learner forgot so often, without those put aside."""
    if not threshold:
        return 0
    counted = sa.select(sa.func.count()).select_from(Memory)
    return session.scalar(counted.where(are_leeches(actor.id, course_id, threshold))) or 0


def find_leech(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, threshold: int
) -> Leech | None:
    """Return a fact as a leech; None if it is none, is put aside or is not in the course."""
    row = session.execute(
        sa.select(Fact.statement, Memory.lapses)
        .join(Memory, Memory.fact_id == Fact.id)
        .where(
            Memory.learner_id == actor.id,
            Memory.fact_id == fact_id,
            Memory.course_id == course_id,
            Memory.is_suspended.is_(False),
        )
    ).one_or_none()
    if row is None or not is_leech(row.lapses, threshold=threshold):
        return None
    citations = citations_for(session, [fact_id]).get(fact_id, ())
    return Leech(fact_id, row.statement, row.lapses, citations[0] if citations else None)
