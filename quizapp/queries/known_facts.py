"""Every fact of a course as one learner remembers it, and what their memories add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.expected import Expected
from quizapp.memory.mastery import Level, Strength, level
from quizapp.memory.model import Weights
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import Fact, Memory, Topic
from quizapp.queries.exams import days_since
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.queue_counts import ASKABLE, COURSE, LEARNER

MAXIMUM_HARDEST = 6
#: Facts forgotten less often than this are not among the hardest: once is nothing.
LEAST_LAPSES = 2


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact with the learner's memory of it.

    :param suspended: its statement, if the learner put it aside; else None.
    :param recall: chance of recall now, 0 to 1; 0 if it was never met.
    """

    id: int
    topic_id: int
    suspended: str | None
    state: MemoryState
    recall: float


@dataclass(frozen=True, slots=True)
class HardFact:
    """A fact that was forgotten often, with where its source says it; None if it cites nothing."""

    fact_id: int
    statement: str
    topic: str
    lapses: int
    recall: float
    citation: CitedPassage | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What memories add up to at one moment.

    :param stabilities: days that each fact in review should last until recall falls to 90 %.
    """

    met: int
    known_well: int
    stabilities: tuple[float, ...]

    @property
    def memory_life(self) -> float | None:
        """Return the median stability in days, or None before any fact is in review."""
        return median(self.stabilities) if self.stabilities else None


_FACTS = (
    sa.select(
        Fact.id,
        Fact.topic_id,
        sa.case((Memory.is_suspended, Fact.statement)).label("suspended"),
        *STATE_COLUMNS,
    )
    .outerjoin(Memory, sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == Fact.id))
    .where(Fact.course_id == COURSE, ASKABLE)
    .order_by(Fact.position, Fact.id)
)


def known_facts(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    clock: LearnerClock,
    weights: Weights | None,
    now: datetime,
) -> tuple[KnownFact, ...]:
    """Return all facts of the course that can be asked, in its order.

    :param weights: of the learner's model; None for the model's own.
    """
    rows = session.execute(_FACTS, {"learner_id": learner_id, "course_id": course_id}).all()
    days = days_since((row.last_review_at for row in rows), clock, clock.day_of(now))
    model = Expected(weights)
    return tuple(
        KnownFact(
            row.id,
            row.topic_id,
            row.suspended,
            state_of(row),
            model.recall(age, row.stability) if row.stability is not None else 0.0,
        )
        for row, age in zip(rows, days, strict=True)
    )


def standing(states: Iterable[Strength]) -> Standing:
    """Return what memories add up to."""
    levels = [(state, level(state)) for state in states]
    stable = (state.stability for state, it in levels if it in (Level.YOUNG, Level.MATURE))
    return Standing(
        met=sum(it is not Level.NEW for _, it in levels),
        known_well=sum(it is Level.MATURE for _, it in levels),
        stabilities=tuple(days for days in stable if days is not None),
    )


def levels_by_topic(facts: Iterable[KnownFact]) -> dict[int, Counter[Level]]:
    """Return how many facts of each topic have come how far."""
    found: dict[int, Counter[Level]] = {}
    for fact in facts:
        found.setdefault(fact.topic_id, Counter())[level(fact.state)] += 1
    return found


def hardest(session: Session, facts: Sequence[KnownFact]) -> tuple[HardFact, ...]:
    """Return the facts forgotten most often, the likeliest forgotten first among equals.

    Those that were put aside are left out: something was done about them.
    """
    often = [
        fact
        for fact in facts
        if fact.state.lapses >= LEAST_LAPSES
        and fact.suspended is None
        and fact.state.phase is not Phase.NEW
    ]
    often.sort(key=lambda fact: (-fact.state.lapses, fact.recall))
    worst = often[:MAXIMUM_HARDEST]
    ids = [fact.id for fact in worst]
    named = _named(session, ids)
    citations = citations_for(session, ids)
    return tuple(
        HardFact(
            fact.id,
            *named[fact.id],
            lapses=fact.state.lapses,
            recall=fact.recall,
            citation=next(iter(citations.get(fact.id, ())), None),
        )
        for fact in worst
    )


def _named(session: Session, fact_ids: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    rows = session.execute(
        sa.select(Fact.id, Fact.statement, Topic.title)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Fact.id.in_(fact_ids))
    )
    return {row.id: (row.statement, row.title) for row in rows}
