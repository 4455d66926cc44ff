"""Studying with flashcards: rate, take back, put off, put aside, begin again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Phase
from quizapp.models import Fact, Memory, Origin, Review
from quizapp.policy import Actor, require_learner
from quizapp.services.reviews import Recorded, record_review
from quizapp.services.undoing import REVIEW_COLUMNS, take_back

#: How many ratings can be taken back, one after the other.
UNDO_STEPS = 10


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back, so that the card can be shown again."""

    fact_id: int
    rating: int


def rate_card(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    fact_id: int,
    revision_id: int,
    rating: int,
    nonce: str,
    seen: int,
    duration_ms: int,
    now: datetime,
) -> Recorded:
    """Record a flashcard's rating; raises what `record_review` raises."""
    return record_review(
        session,
        actor=actor,
        course_id=course_id,
        fact_id=fact_id,
        revision_id=revision_id,
        rating=rating,
        origin=Origin.FLASHCARD,
        nonce=nonce,
        seen=seen,
        duration_ms=duration_ms,
        now=now,
    )


def undo_review(
    session: Session, *, actor: Actor, course_id: int, now: datetime, review_id: int | None = None
) -> Undone:
    """Take back the last flashcard rating that stands: memory and totals are as they were before.

    :param review_id: what the page offered to take back, so that a second click is no second
        step; None takes back whatever is last.
    :raises NotFound: there is none, or the learner is not in the course.
    :raises Conflict: it is not the last any more, or the memory changed since, or the ten
        last ratings were taken back already.
    """
    require_learner(actor, course_id)
    review = _last_standing(session, actor, course_id)
    if review_id is not None and review.id != review_id:
        raise Conflict("That rating was already taken back, or is not the last one any more.")
    if not take_back(session, actor=actor, course_id=course_id, review=review, now=now):
        raise Conflict(
            "That rating cannot be taken back: a quiz has asked the card since, or it was reset."
        )
    return Undone(review.fact_id, review.rating)


def suspend_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Put a fact aside until the learner resumes it.

    :raises NotFound: the learner is not in the course, or it has no such fact.
    """
    _set_aside(session, actor, course_id, fact_id, now, is_suspended=True)


def resume_fact(session: Session, *, actor: Actor, course_id: int, fact_id: int) -> None:
    """Take a fact that was suspended or buried back into the queue.

    :raises NotFound: the learner is not in the course, or has not put that fact aside.
    """
    require_learner(actor, course_id)
    back = _own(sa.update(Memory), actor, course_id, fact_id).values(
        is_suspended=False, buried_until=None, seen=Memory.seen + 1
    )
    if _changed(session, back) != 1:
        raise NotFound("There is no such card in this course.")


def bury_fact(
    session: Session, *, actor: Actor, course_id: int, fact_id: int, now: datetime
) -> None:
    """Leave a fact out until the learner's next day begins.

    :raises NotFound: the learner is not in the course, or it has no such fact.
    """
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    until = clock.start_of(clock.day_of(now) + timedelta(days=1))
    _set_aside(session, actor, course_id, fact_id, now, buried_until=until)


def reset_fact(session: Session, *, actor: Actor, course_id: int, fact_id: int) -> None:
    """Forget what the learner remembers of a fact, so that it is new; the log stays.

    :raises NotFound: the learner is not in the course, or has never met that fact.
    """
    require_learner(actor, course_id)
    if _changed(session, _own(sa.delete(Memory), actor, course_id, fact_id)) != 1:
        raise NotFound("There is no such card in this course.")


def _set_aside(
    session: Session, actor: Actor, course_id: int, fact_id: int, now: datetime, **values: Any
) -> None:
    require_learner(actor, course_id)
    fact = sa.select(Fact.id).where(Fact.id == fact_id, Fact.course_id == course_id)
    if session.execute(fact).one_or_none() is None:
        raise NotFound("There is no such card in this course.")
    changed = sa.update(Memory).values(seen=Memory.seen + 1, **values)
    if _changed(session, _own(changed, actor, course_id, fact_id)):
        return
    never_rated = {
        "learner_id": actor.id,
        "fact_id": fact_id,
        "course_id": course_id,
        "phase": Phase.NEW.value,
        "due_at": now,
        "reps": 0,
        "lapses": 0,
        "is_suspended": False,
        "seen": 1,
    }
    session.execute(sa.insert(Memory).values(never_rated | values))


def _last_standing(session: Session, actor: Actor, course_id: int) -> Any:
    """Return the newest of the last ten flashcard ratings that was not taken back."""
    latest = (
        sa.select(*REVIEW_COLUMNS)
        .where(
            Review.learner_id == actor.id,
            Review.course_id == course_id,
            Review.origin == Origin.FLASHCARD,
        )
        .order_by(Review.id.desc())
        .limit(UNDO_STEPS)
    )
    rows = session.execute(latest).all()
    standing = next((row for row in rows if row.undone_at is None), None)
    if standing is None and len(rows) == UNDO_STEPS:
        raise Conflict(f"Only the last {UNDO_STEPS} ratings can be taken back.")
    if standing is None:
        raise NotFound("There is no rating to take back.")
    return standing


def _own(statement: Any, actor: Actor, course_id: int, fact_id: int) -> Any:
    return statement.where(
        Memory.learner_id == actor.id, Memory.fact_id == fact_id, Memory.course_id == course_id
    )


def _changed(session: Session, statement: Any) -> int:
    """Return how many rows an update or a delete hit."""
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    count: int = result.rowcount
    return count
