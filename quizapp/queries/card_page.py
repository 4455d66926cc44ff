"""Everything about one learner's memory of one fact, for its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.leeches import is_leech
from quizapp.memory.scheduler import retrievability
from quizapp.memory.state import Phase
from quizapp.models import (
    MOVES,
    ActKind,
    Fact,
    Memory,
    MemoryAct,
    Question,
    Revision,
    Status,
    Topic,
)
from quizapp.policy import Actor, require_learner
from quizapp.queries.card_history import HistoryPage, Look, history_page, looks
from quizapp.queries.memory_rows import SNAPSHOT_COLUMNS, Snapshot, load_snapshot, snapshot_of
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.queue_counts import Waiting, waiting
from quizapp.queries.telling import TOLD, TOLD_BY, tell, told_otherwise
from quizapp.questions.registry import TYPES


@dataclass(frozen=True, slots=True)
class AskedForm:
    """A question about the fact. :param recall: the rank of its form."""

    type_name: str
    recall: int
    stem: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """One fact and what its learner's memory holds of it.

    :param recall: the chance of recall now, 0 to 1; None while it was never rated.
    :param moved: the act that its day follows from, where no review came after it.
    :param looks: the reviews that stand, oldest first.
    """

    fact_id: int
    statement: str
    note: str
    record: str
    topic: str
    is_ready: bool
    memory: Snapshot
    recall: float | None
    moved: ActKind | None
    questions: tuple[AskedForm, ...]
    citations: tuple[CitedPassage, ...]
    history: HistoryPage
    looks: tuple[Look, ...]
    waiting: Waiting
    clock: LearnerClock

    @property
    def is_met(self) -> bool:
        return self.memory.state.phase is not Phase.NEW

    @property
    def is_leech(self) -> bool:
        threshold = self.waiting.settings.leech_threshold
        return is_leech(self.memory.state.lapses, threshold=threshold)

    def is_put_off(self, now: datetime) -> bool:
        """Return whether it is left out until the learner's next day."""
        until = self.memory.buried_until
        return until is not None and until > now

    @property
    def undo_id(self) -> int:
        """Return the learner's last step today if it was taken with this card; otherwise 0."""
        standing = [one.id for one in self.history.entries if not one.is_undone]
        last = self.waiting.last_step_id
        return last if last and last in standing else 0

    @property
    def can_redo(self) -> bool:
        """Return whether the step to do again is one with this card."""
        undone = [one.id for one in self.history.entries if one.is_undone]
        return self.waiting.can_redo and self.waiting.undone_step_id in undone


_LAST_MOVE = (
    sa.select(sa.func.max(MemoryAct.id))
    .where(
        MemoryAct.learner_id == sa.bindparam("learner_id"),
        MemoryAct.fact_id == sa.bindparam("fact_id"),
        MemoryAct.kind.in_(MOVES),
        MemoryAct.undone_at.is_(None),
    )
    .scalar_subquery()
)
_CARD = (
    sa.select(
        Fact.statement,
        Fact.note,
        Fact.record,
        Fact.status,
        Topic.title,
        MemoryAct.kind.label("moved"),
        MemoryAct.after.label("moved_to"),
        Memory.fact_id.label("met"),
        *SNAPSHOT_COLUMNS,
        TOLD_BY,
    )
    .select_from(Fact)
    .join(Topic, Topic.id == Fact.topic_id)
    .outerjoin(
        Memory,
        sa.and_(Memory.learner_id == sa.bindparam("learner_id"), Memory.fact_id == Fact.id),
    )
    .outerjoin(
        MemoryAct,
        sa.and_(
            MemoryAct.learner_id == sa.bindparam("learner_id"),
            MemoryAct.id == _LAST_MOVE,
            MemoryAct.fact_id == Fact.id,
        ),
    )
    .outerjoin(TOLD, told_otherwise(*map(sa.bindparam, ("learner_id", "course_id", "fact_id"))))
    .where(Fact.id == sa.bindparam("fact_id"), Fact.course_id == sa.bindparam("course_id"))
)
_QUESTIONS = (
    sa.select(Revision.type, Question.recall, Revision.content)
    .join(
        Revision,
        sa.and_(Revision.question_id == Question.id, Revision.number == Question.current_number),
    )
    .where(Question.fact_id == sa.bindparam("fact_id"), Question.status == Status.READY)
    .order_by(Question.recall, Question.id)
)


def card_page(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    fact_id: int,
    now: datetime,
    before: int | None = None,
) -> CardPage:
    """Return the page of a fact that is ready, or that the learner has met.

    :param before: show the history from the entry before the one with this id.
    :raises NotFound: the learner is not in the course, or it has no such fact.
    """
    require_learner(actor, course_id)
    own = {"learner_id": actor.id, "course_id": course_id, "fact_id": fact_id}
    row = session.execute(_CARD, own).one_or_none()
    if row is None or (row.status is not Status.READY and row.met is None):
        raise NotFound("There is no such card in this course.")
    memory = snapshot_of(row if row.met else None)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    found = waiting(session, actor=actor, course_id=course_id, clock=clock, now=now)
    mine = {"learner_id": actor.id, "fact_id": fact_id}
    weights = found.settings.weights
    memory = replace(memory, state=tell(session, row, memory.state, weights=weights, **mine))
    return CardPage(
        fact_id=fact_id,
        statement=row.statement,
        note=row.note,
        record=row.record,
        topic=row.title,
        is_ready=row.status is Status.READY,
        memory=memory,
        recall=_recall(memory, found, clock, now),
        moved=_moved(memory, row),
        questions=tuple(map(_asked, session.execute(_QUESTIONS, {"fact_id": fact_id}))),
        citations=citations_for(session, [fact_id]).get(fact_id, ()),
        history=history_page(session, **mine, now=now, before=before),
        looks=looks(session, **mine) if memory.state.phase is not Phase.NEW else (),
        waiting=found,
        clock=clock,
    )


def _recall(memory: Snapshot, found: Waiting, clock: LearnerClock, now: datetime) -> float | None:
    if memory.state.phase is Phase.NEW:
        return None
    return retrievability(memory.state, now=now, clock=clock, weights=found.settings.weights)


def _moved(memory: Snapshot, row: Any) -> ActKind | None:
    """Return the kind of the last move if it still holds: no review came after it."""
    kind: ActKind | None = row.moved
    if kind is None:
        return None
    after, state = load_snapshot(row.moved_to).state, memory.state
    was = (after.due_at, after.reps, after.last_review_at)
    return kind if was == (state.due_at, state.reps, state.last_review_at) else None


def _asked(row: Any) -> AskedForm:
    kind = TYPES[row.type]
    return AskedForm(row.type, row.recall, kind.stem(kind.parse(row.content)))
