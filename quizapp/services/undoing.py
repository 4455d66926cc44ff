"""Taking a review back, so that the memory and the day's total are as they were before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.grading.layout import load_layout
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import Attempt, DayTotal, Memory, Quiz, Review
from quizapp.policy import Actor, require_learner
from quizapp.queries.attempt_marks import review_nonce
from quizapp.queries.memory_rows import STATE_COLUMNS
from quizapp.services.reviews import counted

#: What `take_back` needs to know of a review.
REVIEW_COLUMNS = (
    Review.id,
    Review.fact_id,
    Review.rating,
    Review.at,
    Review.day,
    Review.duration_ms,
    Review.before,
    Review.undone_at,
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of the reviews of an attempt: so many taken back, so many `kept`.

    A review is kept where another one followed it, or the memory was reset since.
    """

    undone: int
    kept: int


def undo_attempt_reviews(
    session: Session, *, actor: Actor, attempt_id: int, now: datetime
) -> TakenBack:
    """Take back what an attempt told the learner's memory, each review that is still the last.

    A second time finds nothing to take back. The attempt and its mark stay as they are.

    :raises NotFound: the learner has no such attempt, or has left its course.
    """
    attempt = session.execute(
        sa.select(Attempt.layout, Quiz.course_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == actor.id, Attempt.id == attempt_id)
        # Of two who undo at once, the second waits and then finds nothing left.
        .with_for_update(of=Attempt)
    ).one_or_none()
    if attempt is None:
        raise NotFound("There is no such attempt.")
    require_learner(actor, attempt.course_id)
    nonces = [review_nonce(attempt_id, place) for place in range(len(load_layout(attempt.layout)))]
    reviews = session.execute(
        sa.select(*REVIEW_COLUMNS)
        .where(Review.learner_id == actor.id, Review.nonce.in_(nonces), Review.undone_at.is_(None))
        # In the order of facts, as they were written: two who do this at once wait in turn.
        .order_by(Review.fact_id)
    ).all()
    undone = sum(
        take_back(session, actor=actor, course_id=attempt.course_id, review=review, now=now)
        for review in reviews
    )
    return TakenBack(undone, len(reviews) - undone)


def take_back(
    session: Session, *, actor: Actor, course_id: int, review: Any, now: datetime
) -> bool:
    """Take one review back; return whether it was the last word on its fact, and so could be.

    :param review: a row of `REVIEW_COLUMNS`.
    :raises Conflict: it was taken back already.
    """
    memory = _lock_memory(session, actor, review.fact_id)
    before = MemoryState.from_json(review.before)
    if memory is None or memory.last_review_at != review.at or memory.reps != before.reps + 1:
        return False
    _mark_undone(session, actor, review.id, now)
    _restore(session, actor, memory, before, review.at)
    _uncount(session, actor, course_id, review, before)
    return True


def _mark_undone(session: Session, actor: Actor, review_id: int, now: datetime) -> None:
    marked = sa.update(Review).where(
        Review.learner_id == actor.id, Review.id == review_id, Review.undone_at.is_(None)
    )
    if _changed(session, marked.values(undone_at=now)) != 1:
        raise Conflict("That rating was already taken back.")


def _lock_memory(session: Session, actor: Actor, fact_id: int) -> Any:
    held = (
        sa.select(Memory.fact_id, Memory.last_review_at, Memory.reps, Memory.is_suspended)
        .where(Memory.learner_id == actor.id, Memory.fact_id == fact_id)
        .with_for_update()
    )
    return session.execute(held).one_or_none()


def _restore(
    session: Session, actor: Actor, memory: Any, before: MemoryState, at: datetime
) -> None:
    own = (Memory.learner_id == actor.id, Memory.fact_id == memory.fact_id)
    if before.phase is Phase.NEW and not memory.is_suspended:
        _changed(session, sa.delete(Memory).where(*own))
        return
    values = {column.key: getattr(before, column.key) for column in STATE_COLUMNS}
    values |= {
        "phase": before.phase.value,
        "due_at": before.due_at or at,
        "seen": Memory.seen + 1,
    }
    _changed(session, sa.update(Memory).where(*own).values(values))


def _uncount(
    session: Session, actor: Actor, course_id: int, review: Any, before: MemoryState
) -> None:
    count = counted(before, review.rating)
    total = sa.update(DayTotal).where(
        DayTotal.learner_id == actor.id,
        DayTotal.course_id == course_id,
        DayTotal.day == review.day,
    )
    _changed(
        session,
        total.values(
            reviews=DayTotal.reviews - 1,
            tested=DayTotal.tested - count.tested,
            recalled=DayTotal.recalled - count.recalled,
            introduced=DayTotal.introduced - count.introduced,
            milliseconds=DayTotal.milliseconds - review.duration_ms,
        ),
    )


def _changed(session: Session, statement: Any) -> int:
    """Return how many rows an update or a delete hit."""
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    count: int = result.rowcount
    return count
