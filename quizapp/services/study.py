"""Studying with flashcards: rate, take back, do again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import ActKind, MemoryAct, Origin, Review
from quizapp.policy import Actor, require_learner
from quizapp.services.memory_acts import put_act_back, take_act_back
from quizapp.services.reviews import Recorded, record_review
from quizapp.services.spreading import put_spread_back, take_spread_back
from quizapp.services.undoing import REVIEW_COLUMNS, put_back, take_back

#: How many steps can be undone, one after the other.
UNDO_STEPS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """A rating, or an act on cards, that was undone or done again.

    :param facts: those it touched, so that a card can be shown again.
    :param rating: what was rated; None for an act. :param kind: of an act; None for a rating.
    """

    facts: tuple[int, ...]
    rating: int | None = None
    kind: ActKind | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    """One step in the log."""

    id: int
    undone_at: datetime | None
    is_act: bool


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
    known: float | None = None,
    promised: Mapping[int, int] | None = None,
) -> Recorded:
    """Record a flashcard's rating; parameters and errors are those of `record_review`."""
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
        known=known,
        promised=promised,
    )


def undo_step(
    session: Session, *, actor: Actor, course_id: int, now: datetime, step_id: int | None = None
) -> Step:
    """Take back the last rating or act that stands: everything is as it was before.

    :param step_id: what the page offered to take back, so that a second click is no second
        step; None takes back whatever is last.
    :raises NotFound: there is none, or the learner is not in the course.
    :raises Conflict: it is not the last any more, or the memory changed since, or the ten
        last steps were taken back already.
    """
    require_learner(actor, course_id)
    entries = _entries(session, actor, course_id)
    standing = next((entry for entry in entries if entry.undone_at is None), None)
    if standing is None and len(entries) == UNDO_STEPS:
        raise Conflict(f"Only the last {UNDO_STEPS} steps can be taken back.")
    if standing is None:
        raise NotFound("There is nothing to take back.")
    if step_id is not None and standing.id != step_id:
        raise Conflict("That was already taken back, or is not the last step any more.")
    if standing.is_act:
        acts = _acts(session, actor, standing.id)
        _take_back(session, actor, acts, now)
        return _act_step(acts)
    review = _review(session, actor, standing.id)
    if not take_back(session, actor=actor, course_id=course_id, review=review, now=now):
        raise Conflict("That rating cannot be taken back: a quiz has asked the card since.")
    return Step((review.fact_id,), rating=review.rating)


def redo_step(session: Session, *, actor: Actor, course_id: int, after: int | None = None) -> Step:
    """Do again what was undone last, if nothing else was done since.

    :param after: the last step that stood when the page was shown (0 for none), so that a
        second click is no second step; None does not ask.
    :raises NotFound: there is nothing to do again, or the learner is not in the course.
    :raises Conflict: something was done since, or the memory changed.
    """
    require_learner(actor, course_id)
    entries = _entries(session, actor, course_id)
    last = next((entry.id for entry in entries if entry.undone_at is None), 0)
    if after is not None and after != last:
        raise Conflict("That was already done again, or something else was done since.")
    undone = [entry for entry in entries if entry.undone_at and entry.id > last]
    if not undone:
        raise NotFound("There is nothing to do again.")
    # Steps are undone from the last to the first: of equal moments, the first was undone last.
    entry = max(undone, key=lambda one: (one.undone_at, -one.id))
    if entry.is_act:
        acts = _acts(session, actor, entry.id)
        _put_back(session, actor, acts)
        return _act_step(acts)
    review = _review(session, actor, entry.id)
    put_back(session, actor=actor, course_id=course_id, review=review)
    return Step((review.fact_id,), rating=review.rating)


def _entries(session: Session, actor: Actor, course_id: int) -> list[_Entry]:
    """Return the last ten steps, newest first, those that were undone among them."""
    reviews = (
        sa.select(Review.id, Review.undone_at)
        .where(
            Review.learner_id == actor.id,
            Review.course_id == course_id,
            Review.origin == Origin.FLASHCARD,
        )
        .order_by(Review.id.desc())
        .limit(UNDO_STEPS)
    )
    acts = (
        sa.select(MemoryAct.id, MemoryAct.undone_at)
        .where(MemoryAct.learner_id == actor.id, MemoryAct.course_id == course_id)
        .distinct()
        .order_by(MemoryAct.id.desc())
        .limit(UNDO_STEPS)
    )
    found = [_Entry(*row, is_act=False) for row in session.execute(reviews)]
    found += [_Entry(*row, is_act=True) for row in session.execute(acts)]
    return sorted(found, key=lambda entry: entry.id, reverse=True)[:UNDO_STEPS]


def _review(session: Session, actor: Actor, review_id: int) -> Any:
    found = sa.select(*REVIEW_COLUMNS, Review.taken_back).where(
        Review.learner_id == actor.id, Review.id == review_id
    )
    return session.execute(found).one()


def _acts(session: Session, actor: Actor, act_id: int) -> list[Any]:
    found = (
        sa.select(*MemoryAct.__table__.c)
        .where(MemoryAct.learner_id == actor.id, MemoryAct.id == act_id)
        # In the order of facts: two who do this at once wait in turn.
        .order_by(MemoryAct.fact_id)
    )
    return list(session.execute(found))


def _take_back(session: Session, actor: Actor, acts: list[Any], now: datetime) -> None:
    if acts[0].kind is ActKind.SPREAD:
        take_spread_back(session, actor=actor, acts=acts, now=now)
        return
    for act in acts:
        take_act_back(session, actor=actor, act=act, now=now)


def _put_back(session: Session, actor: Actor, acts: list[Any]) -> None:
    if acts[0].kind is ActKind.SPREAD:
        put_spread_back(session, actor=actor, acts=acts)
        return
    for act in acts:
        put_act_back(session, actor=actor, act=act)


def _act_step(acts: list[Any]) -> Step:
    return Step(tuple(act.fact_id for act in acts), kind=acts[0].kind)
