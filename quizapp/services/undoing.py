"""Taking a review back and doing it again; memory and totals are exactly as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.grading.layout import load_layout
from quizapp.memory.state import MemoryState
from quizapp.models import Attempt, Quiz, Review
from quizapp.policy import Actor, require_learner
from quizapp.queries.attempt_marks import review_nonce
from quizapp.queries.memory_rows import Snapshot
from quizapp.services.snapshots import CHANGED, lock_snapshot, put_snapshot
from quizapp.services.totals import count

#: What `take_back` needs to know of a review.
REVIEW_COLUMNS = (
    Review.learner_id,
    Review.course_id,
    Review.id,
    Review.fact_id,
    Review.rating,
    Review.at,
    Review.duration_ms,
    Review.before,
    Review.undone_at,
    Review.is_first,
    Review.is_test,
    Review.predicted,
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
    memory = lock_snapshot(session, learner_id=actor.id, fact_id=review.fact_id)
    before = MemoryState.from_json(review.before)
    state = memory.state
    if state.last_review_at != review.at or state.reps != before.reps + 1:
        return False
    _mark(session, actor, review, undone_at=now, taken_back=state.to_json())
    keys = {"learner_id": actor.id, "course_id": course_id, "fact_id": review.fact_id}
    _put(session, keys, memory, before)
    count(session.connection(), review._mapping, sign=-1)
    return True


def put_back(session: Session, *, actor: Actor, course_id: int, review: Any) -> None:
    """Let a review that was taken back count again.

    :param review: a row of `REVIEW_COLUMNS` and `taken_back`.
    :raises Conflict: the memory is not as it was before the review, or it counts already.
    """
    memory = lock_snapshot(session, learner_id=actor.id, fact_id=review.fact_id)
    before = MemoryState.from_json(review.before)
    if memory.state != before:
        raise Conflict(CHANGED)
    _mark(session, actor, review, undone_at=None, taken_back=None)
    after = MemoryState.from_json(review.taken_back)
    keys = {"learner_id": actor.id, "course_id": course_id, "fact_id": review.fact_id}
    _put(session, keys, memory, after)
    count(session.connection(), review._mapping)


def _mark(
    session: Session,
    actor: Actor,
    review: Any,
    *,
    undone_at: datetime | None,
    taken_back: dict[str, Any] | None,
) -> None:
    found = sa.update(Review).where(
        Review.learner_id == actor.id,
        Review.id == review.id,
        Review.undone_at.is_not_distinct_from(review.undone_at),
    )
    if _changed(session, found.values(undone_at=undone_at, taken_back=taken_back)) != 1:
        raise Conflict("That was already undone or done again in another tab.")


def _put(session: Session, keys: Mapping[str, int], memory: Snapshot, state: MemoryState) -> None:
    put_snapshot(session, keys, was=memory, becomes=replace(memory, state=state))


def _changed(session: Session, statement: Any) -> int:
    """Return how many rows an update hit."""
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    count: int = result.rowcount
    return count
