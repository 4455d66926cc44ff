"""How much waits for a learner in a course, and what was done today: one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import LEARN_AHEAD, Counts
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import Phase
from quizapp.models import (
    ActKind,
    DayTotal,
    Fact,
    Memory,
    MemoryAct,
    MemoryRules,
    Origin,
    Question,
    Review,
    Status,
    Topic,
    to_millis,
)
from quizapp.models.base import Instant
from quizapp.policy import Actor
from quizapp.queries.memory_rules import in_force, settings_of

#: Below the milliseconds of a review's id; see `Review.id`.
REVIEW_ID_BITS = 20
LEARNER = sa.bindparam("learner_id", type_=sa.Integer)
COURSE = sa.bindparam("course_id", type_=sa.Integer)
NOW = sa.bindparam("now", type_=Instant)
SOON = sa.bindparam("soon", type_=Instant)
TOPIC = sa.bindparam("topic", type_=sa.String)
_FIRST_ID = sa.bindparam("first_id", type_=sa.BigInteger)
_STANDING = ("last_rating", "last_act")
_UNDONE = ("undone_rating", "undone_act")

#: A fact that can be asked: ready, and with a question that is.
ASKABLE = sa.and_(
    Fact.status == Status.READY,
    sa.exists().where(Question.fact_id == Fact.id, Question.status == Status.READY).correlate(Fact),
)
#: Of the topic that was chosen, if one was; `topic` is its key or NULL.
IN_TOPIC = sa.or_(
    TOPIC.is_(None),
    sa.exists().where(Topic.id == Fact.topic_id, Topic.key == TOPIC).correlate(Fact),
)
IN_PLAY = sa.and_(
    Memory.is_suspended.is_(False),
    sa.or_(Memory.buried_until.is_(None), Memory.buried_until <= NOW),
)
#: Memories of facts that were met, can be asked and are not put aside.
MET = sa.and_(
    Memory.learner_id == LEARNER,
    Memory.course_id == COURSE,
    Memory.phase != Phase.NEW.value,
    IN_PLAY,
    ASKABLE,
)
IN_STEPS = Memory.phase.in_([Phase.LEARNING.value, Phase.RELEARNING.value])
#: Facts that the learner has not met and not put aside.
UNMET = sa.and_(
    Fact.course_id == COURSE,
    ASKABLE,
    sa.not_(
        sa.exists()
        .where(
            Memory.learner_id == LEARNER,
            Memory.fact_id == Fact.id,
            sa.or_(Memory.phase != Phase.NEW.value, sa.not_(IN_PLAY)),
        )
        .correlate(Fact)
    ),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, what was done today, and what the learner chose.

    :param counts: for `memory.queue`. :param unmet: new facts, whatever the daily limit.
    :param to_relearn: steps that are due now or soon; :param reviewed: ratings today.
    :param next_due_at: when the next fact after now is due; None if none is.
    :param last_step_id: the rating or act of today that could be taken back; 0 for none.
    :param undone_step_id: the newest of today that was taken back; 0 for none.
    """

    counts: Counts
    settings: MemorySettings
    unmet: int
    reviewed: int
    recalled: int
    milliseconds: int
    next_due_at: datetime | None
    last_step_id: int
    undone_step_id: int

    @property
    def can_redo(self) -> bool:
        """Return whether something was taken back and nothing was done after it."""
        return self.undone_step_id > self.last_step_id

    @property
    def to_review(self) -> int:
        return self.counts.reviews_due

    @property
    def to_relearn(self) -> int:
        return self.counts.learning_due + self.counts.learning_soon

    @property
    def new(self) -> int:
        return self.counts.new_left

    @property
    def left(self) -> int:
        return self.to_review + self.to_relearn + self.new


def first_id_at(instant: datetime) -> int:
    """Return the least id that a review made at or after `instant` can have."""
    return to_millis(instant) << REVIEW_ID_BITS


def parameters(
    actor: Actor, course_id: int, clock: LearnerClock, now: datetime, topic: str | None = None
) -> dict[str, Any]:
    """Return what the conditions of this module bind."""
    today = clock.day_of(now)
    return {
        "learner_id": actor.id,
        "course_id": course_id,
        "now": now,
        "soon": now + LEARN_AHEAD,
        "topic": topic,
        "today": today,
        "first_id": first_id_at(clock.start_of(today)),
    }


def _case_count(condition: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _waiting() -> Any:
    due = Memory.due_at <= NOW
    return (
        sa.select(
            _case_count(sa.and_(IN_STEPS, due)).label("learning_due"),
            _case_count(sa.and_(IN_STEPS, sa.not_(due))).label("learning_soon"),
            _case_count(sa.and_(sa.not_(IN_STEPS), due)).label("reviews_due"),
        )
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, IN_TOPIC, Memory.due_at <= SOON)
        .subquery("waiting")
    )


def _next_due_at() -> Any:
    return (
        sa.select(Memory.due_at)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, IN_TOPIC, Memory.due_at > NOW)
        .order_by(Memory.due_at)
        .limit(1)
    )


def _steps(undone: bool) -> tuple[Any, Any]:
    """Return the newest of today's ratings and of today's acts: of those undone, or the others."""
    rating = (
        sa.select(Review.id)
        .where(
            Review.learner_id == LEARNER,
            Review.course_id == COURSE,
            Review.origin == Origin.FLASHCARD,
            Review.undone_at.is_not(None) if undone else Review.undone_at.is_(None),
            Review.id >= _FIRST_ID,
        )
        .order_by(Review.id.desc())
        .limit(1)
    )
    act = (
        sa.select(MemoryAct.id)
        .where(
            MemoryAct.learner_id == LEARNER,
            MemoryAct.course_id == COURSE,
            MemoryAct.kind != ActKind.IMPORT,
            MemoryAct.undone_at.is_not(None) if undone else MemoryAct.undone_at.is_(None),
            MemoryAct.id >= _FIRST_ID,
        )
        .order_by(MemoryAct.id.desc())
        .limit(1)
    )
    return rating.scalar_subquery(), act.scalar_subquery()


def _select() -> Any:
    waiting = _waiting()
    unmet = sa.select(sa.func.count()).select_from(Fact).where(UNMET, IN_TOPIC)
    of_today = sa.and_(
        DayTotal.learner_id == LEARNER,
        DayTotal.course_id == COURSE,
        DayTotal.day == sa.bindparam("today", type_=sa.Date),
    )
    return (
        sa.select(
            *waiting.c,
            unmet.scalar_subquery().label("unmet"),
            _next_due_at().scalar_subquery().label("next_due_at"),
            *(one.label(name) for one, name in zip(_steps(False), _STANDING, strict=True)),
            *(one.label(name) for one, name in zip(_steps(True), _UNDONE, strict=True)),
            *(sa.func.coalesce(column, 0).label(column.key) for column in _DONE),
            MemoryRules.settings.label("chosen"),
        )
        .select_from(waiting)
        .outerjoin(DayTotal, of_today)
        .outerjoin(MemoryRules, in_force(LEARNER, COURSE))
    )


_DONE = (
    DayTotal.reviews,
    DayTotal.tested,
    DayTotal.recalled,
    DayTotal.introduced,
    DayTotal.milliseconds,
)
_SELECT = _select()


def waiting(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    topic: str | None = None,
) -> Waiting:
    """Return what waits for the learner now.

    :param topic: count only facts of the topic with this key.
    """
    row = session.execute(_SELECT, parameters(actor, course_id, clock, now, topic)).one()
    settings = settings_of(row.chosen)
    allowed = max(0, settings.new_per_day - row.introduced)
    counts = Counts(
        learning_due=row.learning_due,
        learning_soon=row.learning_soon,
        reviews_due=row.reviews_due,
        new_left=min(allowed, row.unmet),
        reviews_done=row.tested,
        new_done=row.introduced,
    )
    return Waiting(
        counts=counts,
        settings=settings,
        unmet=row.unmet,
        reviewed=row.reviews,
        recalled=row.recalled,
        milliseconds=row.milliseconds,
        next_due_at=row.next_due_at,
        last_step_id=max(row.last_rating or 0, row.last_act or 0),
        undone_step_id=max(row.undone_rating or 0, row.undone_act or 0),
    )
