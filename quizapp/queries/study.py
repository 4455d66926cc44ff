"""The next flashcard, with everything its page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory import queue
from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Candidate, Kind
from quizapp.memory.scheduler import balanced_days
from quizapp.models import Course, Fact, Memory, Question, Revision, Status, Topic
from quizapp.policy import Actor, require_learner
from quizapp.queries.due_counts import due_counts
from quizapp.queries.flashcards import CardView, Occasion, build_card
from quizapp.queries.memory_rows import STATE_COLUMNS, seed_of, state_of
from quizapp.queries.passages import citations_for
from quizapp.queries.queue_counts import (
    ASKABLE,
    COURSE,
    IN_STEPS,
    IN_TOPIC,
    LEARNER,
    MET,
    NOW,
    SOON,
    UNMET,
    Waiting,
    parameters,
    waiting,
)

#: So many of the longest overdue are compared for which is likeliest forgotten.
MAXIMUM_CANDIDATES = 200


@dataclass(frozen=True, slots=True)
class StudyView:
    """What the review page shows; no card when nothing is left for now."""

    card: CardView | None
    waiting: Waiting
    topic: str | None


_CANDIDATE = sa.select(Memory.fact_id, *STATE_COLUMNS).join(Fact, Fact.id == Memory.fact_id)
_REVIEWS = (
    _CANDIDATE.where(MET, IN_TOPIC, sa.not_(IN_STEPS), Memory.due_at <= NOW)
    .order_by(Memory.due_at, Memory.fact_id)
    .limit(MAXIMUM_CANDIDATES)
)
_STEPS = (
    _CANDIDATE.where(MET, IN_TOPIC, IN_STEPS, Memory.due_at <= SOON)
    .order_by(Memory.due_at, Memory.fact_id)
    .limit(1)
)
_UNMET = sa.select(Fact.id).where(UNMET, IN_TOPIC).order_by(Fact.position, Fact.id).limit(1)
_CARD = (
    sa.select(
        Fact.statement,
        Fact.note,
        Fact.record,
        Topic.title,
        Course.form_policy,
        Question.id.label("question_id"),
        Question.recall,
        Revision.id.label("revision_id"),
        Revision.type,
        Revision.content,
        Memory.seen,
        *STATE_COLUMNS,
    )
    .select_from(Fact)
    .join(Topic, Topic.id == Fact.topic_id)
    .join(Course, Course.id == Fact.course_id)
    .join(Question, sa.and_(Question.fact_id == Fact.id, Question.status == Status.READY))
    .join(
        Revision,
        sa.and_(Revision.question_id == Question.id, Revision.number == Question.current_number),
    )
    .outerjoin(Memory, sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == Fact.id))
    .where(Fact.id == sa.bindparam("fact_id"), Fact.course_id == COURSE, ASKABLE)
    .order_by(Question.id)
)


def next_card(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    now: datetime,
    topic: str | None = None,
    first: int | None = None,
) -> StudyView:
    """Return the card to ask now, or none when the learner is done for now.

    :param topic: ask only facts of the topic with this key.
    :param first: a fact to ask before all others, whether it is due or not: one whose rating was
        just taken back. One that cannot be asked is passed over.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    found = waiting(session, actor=actor, course_id=course_id, clock=clock, now=now, topic=topic)
    bound = parameters(actor, course_id, clock, now, topic)
    fact_id = first
    rows = _card_rows(session, bound, fact_id) if fact_id else ()
    if not rows:
        fact_id = _pick(session, found, bound, clock, now)
        rows = _card_rows(session, bound, fact_id) if fact_id else ()
    if fact_id is None or not rows:
        return StudyView(None, found, topic)
    citations = citations_for(session, [fact_id]).get(fact_id, ())
    days = balanced_days(state_of(rows[0]), now=now, clock=clock, settings=found.settings)
    counts = due_counts(
        session.connection(),
        learner_id=actor.id,
        course_id=course_id,
        fact_id=fact_id,
        clock=clock,
        days=days,
    )
    seed = seed_of(actor.id, fact_id)
    occasion = Occasion(fact_id, seed, clock, found.settings, now, counts)
    return StudyView(build_card(occasion, rows, citations), found, topic)


def topic_title(session: Session, *, course_id: int, key: str) -> str:
    """Return the title of a topic of the course.

    :raises NotFound: there is none with that key.
    """
    title = session.execute(
        sa.select(Topic.title).where(Topic.course_id == course_id, Topic.key == key)
    ).scalar_one_or_none()
    if title is None:
        raise NotFound("There is no such topic in this course.")
    return title


def _pick(
    session: Session, found: Waiting, bound: dict[str, Any], clock: LearnerClock, now: datetime
) -> int | None:
    kind = queue.next_kind(found.counts)
    if kind is None:
        return None
    if kind is Kind.NEW:
        return session.execute(_UNMET, bound).scalar_one_or_none()
    rows = session.execute(_STEPS if kind is Kind.LEARNING else _REVIEWS, bound).all()
    candidates = [Candidate(row.fact_id, state_of(row)) for row in rows]
    if kind is Kind.REVIEW:
        weights = found.settings.weights
        candidates = queue.order_reviews(candidates, now=now, clock=clock, weights=weights)
    return candidates[0].fact_id if candidates else None


def _card_rows(session: Session, bound: dict[str, Any], fact_id: int) -> Any:
    """Return one row for each question that the fact could be asked with."""
    return session.execute(_CARD, bound | {"fact_id": fact_id}).all()
