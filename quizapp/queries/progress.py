"""What a learner remembers of a course, and how that has gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.mastery import Level, level
from quizapp.models import Fact, Memory
from quizapp.policy import Actor, require_learner
from quizapp.queries.forecast import ForecastDay, forecast
from quizapp.queries.history import WEEKS, History, history
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.pauses import days_off
from quizapp.queries.queue_counts import ASKABLE, COURSE, LEARNER, Waiting, waiting
from quizapp.queries.quiz_history import PastAttempt, past_attempts
from quizapp.queries.topic_recall import TopicRecall, topic_recall

FORECAST_DAYS = 30
MAXIMUM_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class TopicMastery:
    """A topic with its facts by level, and what was recalled of it lately."""

    topic: TopicRecall
    levels: Counter[Level]

    @property
    def facts(self) -> int:
        return self.levels.total()

    @property
    def known_well(self) -> int:
        return self.levels[Level.MATURE]


@dataclass(frozen=True, slots=True)
class Suspended:
    """A fact that the learner put aside."""

    fact_id: int
    statement: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Everything on the progress page.

    :param stabilities: days that each fact in review should last until recall falls to 90 %.
    """

    waiting: Waiting
    history: History
    forecast: tuple[ForecastDay, ...]
    topics: tuple[TopicMastery, ...]
    stabilities: tuple[float, ...]
    suspended: tuple[Suspended, ...]
    attempts: tuple[PastAttempt, ...]

    @property
    def facts(self) -> int:
        return sum(topic.facts for topic in self.topics)

    @property
    def known_well(self) -> int:
        return sum(topic.known_well for topic in self.topics)

    @property
    def is_recall_measurable(self) -> bool:
        """Return whether enough was tested in twelve weeks to draw recall by week."""
        return self.history.last(7 * WEEKS).recall.is_measurable

    @property
    def memory_life(self) -> float | None:
        """Return the median stability in days, or None before any fact is in review."""
        return median(self.stabilities) if self.stabilities else None


_FACTS = (
    sa.select(
        Fact.id,
        Fact.topic_id,
        sa.case((Memory.is_suspended, Fact.statement)).label("suspended"),
        *STATE_COLUMNS,
    )
    .outerjoin(Memory, sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == Fact.id))
    .where(Fact.course_id == COURSE, ASKABLE)
    .order_by(Fact.position, Fact.id)
)


def progress_view(session: Session, *, actor: Actor, course_id: int, now: datetime) -> ProgressView:
    """Return the learner's progress in a course.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    mine: dict[str, Any] = {"learner_id": actor.id, "course_id": course_id}
    found = waiting(session, actor=actor, course_id=course_id, clock=clock, now=now)
    rows = session.execute(_FACTS, mine).all()
    whose: dict[str, Any] = {
        "actor": actor,
        "course_id": course_id,
        "clock": clock,
        "waiting": found,
    }
    topics = topic_recall(session, **whose, now=now)
    off = days_off(session, **mine, settings=found.settings)
    levels = _levels(rows)
    return ProgressView(
        waiting=found,
        history=history(
            session, clock=clock, today=clock.day_of(now), off=off, with_hours=True, **mine
        ),
        forecast=forecast(session, **whose, off=off, now=now, days=FORECAST_DAYS),
        topics=tuple(TopicMastery(t, levels[t.id]) for t in topics if t.id in levels),
        stabilities=_stabilities(rows),
        suspended=tuple(Suspended(row.id, row.suspended) for row in rows if row.suspended),
        attempts=past_attempts(session, limit=MAXIMUM_ATTEMPTS, now=now, **mine),
    )


def _levels(rows: Sequence[sa.Row[tuple[object, ...]]]) -> dict[int, Counter[Level]]:
    found: dict[int, Counter[Level]] = {}
    for row in rows:
        found.setdefault(row.topic_id, Counter())[level(state_of(row))] += 1
    return found


def _stabilities(rows: Sequence[sa.Row[tuple[object, ...]]]) -> tuple[float, ...]:
    in_review = (row for row in rows if level(state_of(row)) in (Level.YOUNG, Level.MATURE))
    return tuple(row.stability for row in in_review)
