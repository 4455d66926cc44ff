"""How much waits for a learner in a course, and what was done today: one statement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.quarters import first_quarter
from quizapp.memory.queue import Counts
from quizapp.memory.settings import MAXIMUM_LEARN_AHEAD_MINUTES, MemorySettings
from quizapp.memory.state import Phase
from quizapp.models import (
    ActKind,
    Fact,
    Memory,
    MemoryAct,
    MemoryRules,
    Origin,
    Pause,
    QuarterTotal,
    Question,
    Review,
    Status,
    Topic,
    to_millis,
)
from quizapp.models.base import Instant
from quizapp.policy import Actor
from quizapp.queries.exam_queue import PLANNED, left_of_plan
from quizapp.queries.memory_rules import DEFAULTS, in_force, settings_of
from quizapp.queries.scope import EVERYTHING, Scope

#: Below the milliseconds of a review's id; see `Review.id`.
REVIEW_ID_BITS = 20
LEARNER = sa.bindparam("learner_id", type_=sa.Integer)
COURSE = sa.bindparam("course_id", type_=sa.Integer)
NOW = sa.bindparam("now", type_=Instant)
#: The last moment whose reviews this sitting asks: now, or later when the learner studies ahead.
UNTIL = sa.bindparam("until", type_=Instant)
#: Nothing later than this is asked by any sitting, so that one range of the index holds it all.
_HORIZON = sa.bindparam("horizon", type_=Instant)
TODAY_START = sa.bindparam("today_start", type_=Instant)
TOPIC = sa.bindparam("topic", type_=sa.String)
_TODAY = sa.bindparam("today", type_=sa.Date)
#: The same as `NOW`, to reckon with.
_NOW_MILLIS = sa.bindparam("now_millis", type_=sa.BigInteger)
_MINUTE = 60_000
_FIRST_ID = sa.bindparam("first_id", type_=sa.BigInteger)
_TICK = timedelta(milliseconds=1)
_LONGEST_AHEAD = timedelta(minutes=MAXIMUM_LEARN_AHEAD_MINUTES)
#: The quarters of an hour that today has, the second bound left out.
_FIRST_QUARTER, _NEXT_QUARTER = (
    sa.bindparam(name, type_=sa.Integer) for name in ("first_quarter", "next_quarter")
)
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


def _soon() -> Any:
    """Return SQL for the moment up to which a step may come early, by the learner's settings."""
    minutes = MemoryRules.settings["learn_ahead_minutes"].as_integer()
    chosen = sa.select(minutes).where(in_force(LEARNER, COURSE)).correlate(None).scalar_subquery()
    ahead = sa.func.coalesce(chosen, DEFAULTS.learn_ahead_minutes) * _MINUTE
    return sa.type_coerce(_NOW_MILLIS + ahead, Instant)


SOON = _soon()
#: Steps to ask, those that may come early among them.
STEP_NOW = sa.and_(IN_STEPS, Memory.due_at <= _HORIZON, Memory.due_at <= SOON)
#: Reviews to ask. What is asked ahead of time is asked once a day.
REVIEW_NOW = sa.and_(
    sa.not_(IN_STEPS),
    Memory.due_at <= UNTIL,
    sa.or_(Memory.due_at <= NOW, Memory.last_review_at < TODAY_START),
)
#: Either, as one range of the index.
ASKED_NOW = sa.and_(Memory.due_at <= _HORIZON, sa.or_(STEP_NOW, REVIEW_NOW))
#: Facts that the learner has not met and not put aside.
UNMET = sa.and_(
    Fact.course_id == COURSE,
    # Before what makes a fact askable: of what was met, nothing more need be read.
    sa.not_(
        sa.exists()
        .where(
            Memory.learner_id == LEARNER,
            Memory.fact_id == Fact.id,
            sa.or_(Memory.phase != Phase.NEW.value, sa.not_(IN_PLAY)),
        )
        .correlate(Fact)
    ),
    ASKABLE,
)


#: What a plan before an exam may still ask: not aside, and not in steps, which come anyway.
_PLANNABLE = sa.and_(
    ASKABLE, IN_TOPIC, sa.or_(Memory.phase.is_(None), sa.and_(IN_PLAY, sa.not_(IN_STEPS)))
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits, what was done today, and what the learner chose.

    :param counts: for `memory.queue`: what the queue serves, so that pages show nothing else.
    :param unmet: new facts, whatever the daily limit. :param overdue: reviews, likewise.
    :param paused_until: the last day of the pause that covers today; nothing waits then.
    :param to_relearn: steps that are due now or soon; :param reviewed: ratings today.
    :param next_due_at: when the next fact after now is due; None if none is.
    :param last_step_id: the rating or act of today that could be taken back; 0 for none.
    :param undone_step_id: the newest of today that was taken back; 0 for none.
    :param was_spread: the last step is that what waited was spread over days.
    :param planned: before an exam, what is left of the day's plan, in its order; else None.
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
    overdue: int = 0
    paused_until: date | None = None
    was_spread: bool = False
    planned: tuple[int, ...] | None = None

    @property
    def held_back(self) -> int:
        """Return how many reviews are due that the daily limit leaves for another day."""
        return 0 if self.paused_until else max(0, self.overdue - self.counts.reviews_due)

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
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    scope: Scope = EVERYTHING,
) -> dict[str, Any]:
    """Return what the conditions of this module bind."""
    today = clock.day_of(now)
    until = now
    if scope.ahead:
        until = max(now, clock.start_of(today + timedelta(days=scope.ahead + 1)) - _TICK)
    return {
        "learner_id": actor.id,
        "course_id": course_id,
        "now": now,
        "now_millis": to_millis(now),
        "until": until,
        "horizon": max(until, now + _LONGEST_AHEAD),
        "topic": scope.topic,
        "today": today,
        "today_start": clock.start_of(today),
        "first_id": first_id_at(clock.start_of(today)),
        "first_quarter": first_quarter(clock, today),
        "next_quarter": first_quarter(clock, today + timedelta(days=1)),
    }


def _case_count(condition: Any) -> Any:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def _waiting() -> Any:
    due = Memory.due_at <= NOW
    return (
        sa.select(
            _case_count(sa.and_(IN_STEPS, due)).label("learning_due"),
            _case_count(sa.and_(STEP_NOW, sa.not_(due))).label("learning_soon"),
            _case_count(REVIEW_NOW).label("reviews_due"),
        )
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, IN_TOPIC, Memory.due_at <= _HORIZON)
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


def _paused_until() -> Any:
    return sa.select(sa.func.max(Pause.last_day)).where(
        Pause.learner_id == LEARNER,
        Pause.course_id == COURSE,
        Pause.first_day <= _TODAY,
        Pause.last_day >= _TODAY,
    )


def _last_kind() -> Any:
    """Return SQL for what the newest of today's acts was, those undone left out."""
    return (
        sa.select(MemoryAct.kind)
        .where(
            MemoryAct.learner_id == LEARNER,
            MemoryAct.course_id == COURSE,
            MemoryAct.undone_at.is_(None),
            MemoryAct.id >= _FIRST_ID,
        )
        .order_by(MemoryAct.id.desc())
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


def _done() -> Any:
    """Return SQL for what was done today: one row, of zeros when it was nothing."""
    counts = ("reviews", "tested", "recalled", "introduced", "milliseconds")
    columns = (getattr(QuarterTotal, name) for name in counts)
    # PostgreSQL's sum of whole numbers may have another type than they have.
    sums = (sa.cast(sa.func.coalesce(sa.func.sum(one), 0), sa.BigInteger) for one in columns)
    return (
        sa.select(*(one.label(name) for one, name in zip(sums, counts, strict=True)))
        .where(
            QuarterTotal.learner_id == LEARNER,
            QuarterTotal.course_id == COURSE,
            QuarterTotal.quarter >= _FIRST_QUARTER,
            QuarterTotal.quarter < _NEXT_QUARTER,
        )
        .subquery("done")
    )


def _select() -> Any:
    waiting = _waiting()
    unmet = sa.select(sa.func.count()).select_from(Fact).where(UNMET, IN_TOPIC)
    done = _done()
    return (
        sa.select(
            *waiting.c,
            unmet.scalar_subquery().label("unmet"),
            _next_due_at().scalar_subquery().label("next_due_at"),
            _paused_until().scalar_subquery().label("paused_until"),
            _last_kind().scalar_subquery().label("last_kind"),
            *(one.label(name) for one, name in zip(_steps(False), _STANDING, strict=True)),
            *(one.label(name) for one, name in zip(_steps(True), _UNDONE, strict=True)),
            *done.c,
            MemoryRules.settings.label("chosen"),
            PLANNED.label("planned"),
        )
        .select_from(waiting)
        .join(done, sa.true())
        .outerjoin(MemoryRules, in_force(LEARNER, COURSE))
    )


_SELECT = _select()


def waiting(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    now: datetime,
    scope: Scope = EVERYTHING,
) -> Waiting:
    """Return what waits for the learner now.

    :param scope: what is studied; of facts missed, see `queries.missed`.
    """
    bound = parameters(actor, course_id, clock, now, scope)
    row = session.execute(_SELECT, bound).one()
    settings = settings_of(row.chosen)
    counts, plan = _counts(row, settings, scope), None
    if not (row.paused_until or scope.ahead or scope.missed):
        plan = left_of_plan(session, row.planned, bound, where=_PLANNABLE)
    if plan is not None:
        counts = replace(counts, reviews_due=plan.reviews, new_left=plan.new)
    rating, act = row.last_rating or 0, row.last_act or 0
    return Waiting(
        counts=counts,
        settings=settings,
        unmet=row.unmet,
        reviewed=row.reviews,
        recalled=row.recalled,
        milliseconds=row.milliseconds,
        next_due_at=row.next_due_at,
        last_step_id=max(rating, act),
        undone_step_id=max(row.undone_rating or 0, row.undone_act or 0),
        overdue=row.reviews_due,
        paused_until=row.paused_until,
        was_spread=act > rating and row.last_kind is ActKind.SPREAD,
        planned=plan.facts if plan else None,
    )


def _counts(row: Any, settings: MemorySettings, scope: Scope) -> Counts:
    """Return what the queue serves: within the day's limits, and nothing in a pause."""
    if row.paused_until:
        return Counts(reviews_done=row.tested, new_done=row.introduced)
    new = max(0, settings.new_per_day - row.introduced)
    reviews = max(0, settings.reviews_per_day - row.tested)
    if scope.ahead:
        # Whoever asks for more than the day's work gets it, and nothing new beside it.
        new, reviews = 0, row.reviews_due
    return Counts(
        learning_due=row.learning_due,
        learning_soon=row.learning_soon,
        reviews_due=min(reviews, row.reviews_due),
        new_left=min(new, row.unmet),
        reviews_done=row.tested,
        new_done=row.introduced,
    )
