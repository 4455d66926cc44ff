"""Handing an attempt in: once, graded from what was saved, and told to the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.crediting import reply_for
from quizapp.grading.layout import load_layout
from quizapp.grading.marks import Mark, total
from quizapp.grading.settings import QuizSettings
from quizapp.memory.state import NEW_STATE
from quizapp.models import Attempt, AttemptState, Origin, Quiz
from quizapp.policy import Actor, may_learn
from quizapp.queries.attempt_marks import (
    GradedSlot,
    graded_slots,
    review_nonce,
    waiting_in,
)
from quizapp.queries.crediting import grounds_for
from quizapp.queries.telling import told_states
from quizapp.services.mark_lock import beside_others
from quizapp.services.reviews import record_review
from quizapp.services.statistics import count_attempt


@dataclass(frozen=True, slots=True)
class Submitted:
    """An attempt that is handed in.

    :param mark: of what is marked so far, where answers wait for a person.
    :param repeated: it had been handed in before; nothing changed now.
    """

    attempt_id: int
    mark: Mark
    submitted_at: datetime
    repeated: bool


@dataclass(frozen=True, slots=True)
class Overdue:
    """An open attempt whose time and grace are over."""

    learner_id: int
    attempt_id: int
    due_at: datetime


def submit_attempt(session: Session, *, actor: Actor, attempt_id: int, now: datetime) -> Submitted:
    """Close an attempt, grade what was saved and rate the facts of the answered slots.

    What a person has to mark waits; the memory does not hear of it.

    The first to submit wins; whoever comes later, or again, sees that result. An attempt
    found after its deadline and grace counts as handed in at the deadline. Who has left the
    course gets the mark; their memory of it is left alone.

    :raises NotFound: the learner has no such attempt.
    """
    attempt = _attempt(session, actor, attempt_id, storing=True)
    settings = QuizSettings.parse(attempt.settings)
    is_late = settings.is_overdue(attempt.due_at, now=now)
    submitted_at = attempt.due_at if is_late else now
    # Compare and set: of two who submit at once, the second waits here and then matches no row.
    closed = sa.update(Attempt).where(*_own(actor, attempt_id), Attempt.state == AttemptState.OPEN)
    values = {"state": AttemptState.SUBMITTED, "submitted_at": submitted_at}
    if not _changed(session, closed.values(values)):
        return _result(_attempt(session, actor, attempt_id), repeated=True)
    slots = graded_slots(
        session,
        learner_id=actor.id,
        attempt_id=attempt_id,
        quiz_id=attempt.quiz_id,
        layout=load_layout(attempt.layout),
        settings=settings,
    )
    mark = total(slot.mark for slot in slots)
    marks = {"mark": mark.points, "max_mark": mark.most, "waiting": waiting_in(slots)}
    _changed(session, sa.update(Attempt).where(*_own(actor, attempt_id)).values(marks))
    if settings.counts_for_memory and may_learn(actor, attempt.course_id):
        _rate_facts(session, actor, attempt, slots, now=submitted_at)
    # Last: others who hand in wait for these rows until the commit.
    count_attempt(session, attempt=attempt, before=None, after=slots)
    return Submitted(attempt_id, mark, submitted_at, repeated=False)


def close_overdue(session: Session, *, actor: Actor, now: datetime) -> tuple[int, ...]:
    """Hand in every attempt of the learner whose time and grace are over; return their ids."""
    rows = session.execute(
        sa.select(Attempt.id, Attempt.due_at, Attempt.settings)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.learner_id == actor.id,
            Attempt.state == AttemptState.OPEN,
            Attempt.due_at < now,
            Quiz.course_id.in_(list(actor.roles)),
        )
        # By quiz, as all who hand in several at once do: they wait for its statistics in turn.
        .order_by(Attempt.quiz_id, Attempt.id)
    ).all()
    overdue = tuple(
        row.id for row in rows if QuizSettings.parse(row.settings).is_overdue(row.due_at, now=now)
    )
    for attempt_id in overdue:
        submit_attempt(session, actor=actor, attempt_id=attempt_id, now=now)
    return overdue


def overdue_attempts(
    session: Session, *, now: datetime, after: Overdue | None = None, limit: int = 100
) -> tuple[Overdue, ...]:
    """Return open attempts whose time and grace are over, longest due first.

    :param after: only those behind it; for the next of several pages. :param limit: of a page.
    """
    key = (Attempt.due_at, Attempt.learner_id, Attempt.id)
    found: list[Overdue] = []
    last = after
    while len(found) < limit:
        due = sa.select(*key, Attempt.settings).where(
            Attempt.state == AttemptState.OPEN, Attempt.due_at < now
        )
        if last is not None:
            place = (last.due_at, last.learner_id, last.attempt_id)
            behind = (sa.literal(one, column.type) for one, column in zip(place, key, strict=True))
            due = due.where(sa.tuple_(*key) > sa.tuple_(*behind))
        rows = session.execute(due.order_by(*key).limit(limit)).all()
        for row in rows:
            last = Overdue(row.learner_id, row.id, row.due_at)
            # Many may be in a long grace: those behind them are due all the same.
            if QuizSettings.parse(row.settings).is_overdue(row.due_at, now=now):
                found.append(last)
        if len(rows) < limit:
            break
    return tuple(found[:limit])


def _attempt(session: Session, actor: Actor, attempt_id: int, *, storing: bool = False) -> Any:
    """Return the row of an attempt.

    :param storing: its mark is about to be stored.
    """
    found = (
        sa.select(
            Attempt.id,
            Attempt.quiz_id,
            Attempt.layout,
            Attempt.settings,
            Attempt.number,
            Attempt.started_at,
            Attempt.due_at,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            Quiz.course_id,
            Quiz.is_practice,
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(*_own(actor, attempt_id))
    )
    row = session.execute(beside_others(found) if storing else found).one_or_none()
    if row is None:
        raise NotFound("There is no such attempt.")
    return row


def _own(actor: Actor, attempt_id: int) -> tuple[Any, Any]:
    return Attempt.learner_id == actor.id, Attempt.id == attempt_id


def _changed(session: Session, update: Any) -> bool:
    # Attempts are read as columns, so no loaded object needs to hear of it.
    result: Any = session.execute(update, execution_options={"synchronize_session": False})
    return bool(result.rowcount)


def _result(row: Any, *, repeated: bool) -> Submitted:
    return Submitted(row.id, Mark(row.mark, row.max_mark), row.submitted_at, repeated)


def _rate_facts(
    session: Session, actor: Actor, attempt: Any, slots: Sequence[GradedSlot], *, now: datetime
) -> None:
    """Write one review for each answered slot, from the first response that was graded.

    :param now: for an attempt that is found late its deadline: what it tells was known then. What
        was done to a fact since stays before it, as `record_review` sees to.
    """
    rated = [slot for slot in slots if slot.settled.first is not None]
    if not rated:
        return
    mine = {"learner_id": actor.id, "course_id": attempt.course_id}
    grounds = grounds_for(session, **mine)
    facts, weights = [slot.laid.fact_id for slot in rated], grounds.settings.weights
    states = told_states(session, **mine, fact_ids=facts, weights=weights)
    # In the order of facts: two attempts submitted at once then wait for each other's
    # memories in turn instead of for ever.
    for slot in sorted(rated, key=lambda slot: slot.laid.fact_id):
        fact_id, first = slot.laid.fact_id, slot.settled.first
        reply = reply_for(slot.type, slot.content, first, certainty=slot.settled.certainty)
        credit = grounds.credit(reply, states.get(fact_id, NEW_STATE), actor=actor, now=now)
        record_review(
            session,
            actor=actor,
            course_id=attempt.course_id,
            fact_id=fact_id,
            revision_id=slot.laid.revision_id,
            rating=credit.rating,
            origin=Origin.QUIZ,
            nonce=review_nonce(attempt.id, slot.position),
            now=now,
            fraction=first.fraction if first else None,
            known=credit.known if reply.guess else None,
        )
