"""The next flashcard, with everything its page shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory import queue
from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Counts, Kind
from quizapp.memory.scheduler import balanced_days
from quizapp.memory.state import MemoryState
from quizapp.models import Course, Fact, Memory, Question, Revision, Status, Topic
from quizapp.policy import Actor, require_learner
from quizapp.queries.due_counts import due_counts
from quizapp.queries.flashcards import CardView, Occasion, build_card
from quizapp.queries.memory_rows import STATE_COLUMNS, seed_of, state_of
from quizapp.queries.missed import Missed, next_missed
from quizapp.queries.passages import citations_for
from quizapp.queries.queue_counts import (
    ASKABLE,
    COURSE,
    IN_TOPIC,
    LEARNER,
    MET,
    STEP_NOW,
    UNMET,
    Waiting,
    parameters,
    waiting,
)
from quizapp.queries.queue_orders import next_review
from quizapp.queries.scope import EVERYTHING, Scope
from quizapp.queries.telling import TOLD, TOLD_BY, tell, told_otherwise


@dataclass(frozen=True, slots=True)
class StudyView:
    """What the review page shows; no card when nothing is left for now.

    :param miss_id: of a fact gone over once more, the review that missed it: the next one comes
        after it. :param is_practice: rating it would say nothing true about the memory, so it
        is only looked at.
    """

    card: CardView | None
    waiting: Waiting
    topic: str | None
    miss_id: int = 0
    is_practice: bool = False


_FACT: Any = sa.bindparam("fact_id", type_=sa.Integer)
_STEPS = (
    sa.select(Memory.fact_id)
    .join(Fact, Fact.id == Memory.fact_id)
    .where(MET, IN_TOPIC, STEP_NOW)
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
        TOLD_BY,
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
    .outerjoin(TOLD, told_otherwise(LEARNER, COURSE, _FACT))
    .where(Fact.id == _FACT, Fact.course_id == COURSE, ASKABLE)
    .order_by(Question.id)
)


def next_card(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    now: datetime,
    scope: Scope = EVERYTHING,
    first: int | None = None,
) -> StudyView:
    """Return the card to ask now, or none when the learner is done for now.

    :param scope: which cards to ask.
    :param first: a fact to ask before all others, whether it is due or not: one whose rating was
        just taken back. One that cannot be asked is passed over.
    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    asked: dict[str, Any] = {"actor": actor, "course_id": course_id, "clock": clock, "now": now}
    found = waiting(session, **asked, scope=scope)
    miss = None
    if scope.missed:
        miss = next_missed(session, **asked, scope=scope)
        found = _gone_over(found, miss)
    bound = parameters(actor, course_id, clock, now, scope)
    fact_id = first
    rows = _card_rows(session, bound, fact_id) if fact_id else ()
    if not rows:
        fact_id = _pick(session, found, miss, bound, clock)
        rows = _card_rows(session, bound, fact_id) if fact_id else ()
    if fact_id is None or not rows:
        return StudyView(None, found, scope.topic)
    citations = citations_for(session, [fact_id]).get(fact_id, ())
    whose: dict[str, Any] = {"learner_id": actor.id, "fact_id": fact_id}
    weights = found.settings.weights
    state = tell(session, rows[0], state_of(rows[0]), weights=weights, **whose)
    counts = due_counts(
        session.connection(),
        **whose,
        course_id=course_id,
        clock=clock,
        days=balanced_days(state, now=now, clock=clock, settings=found.settings),
    )
    seed = seed_of(actor.id, fact_id)
    occasion = Occasion(fact_id, seed, clock, found.settings, now, counts)
    card = build_card(occasion, state, rows, citations)
    if miss is None or fact_id != miss.fact_id:
        return StudyView(card, found, scope.topic)
    is_practice = not _tells(state, clock, now)
    return StudyView(card, found, scope.topic, miss.miss_id or 0, is_practice)


def _gone_over(found: Waiting, missed: Missed) -> Waiting:
    """Return what waits in a sitting that goes over what was missed."""
    left = 0 if found.paused_until else missed.left
    return replace(found, counts=Counts(reviews_due=left), overdue=left)


def _tells(state: MemoryState, clock: LearnerClock, now: datetime) -> bool:
    """Return whether rating a missed fact tells its memory anything.

    It does when the fact is due, and the first time on a day; what the learner has just seen
    says nothing about how long it lasts.
    """
    if state.due_at is None or state.last_review_at is None:
        return True
    return state.due_at <= now or clock.days_between(state.last_review_at, now) > 0


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
    session: Session,
    found: Waiting,
    miss: Missed | None,
    bound: dict[str, Any],
    clock: LearnerClock,
) -> int | None:
    kind = queue.next_kind(found.counts)
    if kind is None:
        return None
    if miss is not None:
        return miss.fact_id
    if found.planned and kind is not Kind.LEARNING:
        return found.planned[0]
    if kind is Kind.REVIEW:
        return next_review(session, bound, found.settings.order, clock)
    statement = _UNMET if kind is Kind.NEW else _STEPS
    fact_id: int | None = session.execute(statement, bound).scalar_one_or_none()
    return fact_id


def _card_rows(session: Session, bound: dict[str, Any], fact_id: int) -> Any:
    """Return one row for each question that the fact could be asked with."""
    return session.execute(_CARD, bound | {"fact_id": fact_id}).all()
