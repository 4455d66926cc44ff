"""How each topic of a course is going: what was recalled lately, and what is ready now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Phase, Rating
from quizapp.models import Fact, Memory, Review, Topic
from quizapp.policy import Actor
from quizapp.queries.history import LATELY, Recall
from quizapp.queries.queue_counts import COURSE, LEARNER, MET, SOON, first_id_at, parameters


@dataclass(frozen=True, slots=True)
class TopicRecall:
    """A topic, the tests of memory of the last 30 days, and how many cards are due now."""

    id: int
    key: str
    title: str
    recall: Recall
    ready: int


def _select() -> Any:
    tests = (
        sa.select(
            Fact.topic_id,
            sa.func.count().label("tested"),
            sa.func.sum(sa.case((Review.rating > Rating.AGAIN, 1), else_=0)).label("recalled"),
        )
        .join(Fact, Fact.id == Review.fact_id)
        .where(
            Review.learner_id == LEARNER,
            Review.course_id == COURSE,
            Review.id >= sa.bindparam("since_id", type_=sa.BigInteger),
            Review.undone_at.is_(None),
            Review.before["phase"].as_string() == Phase.REVIEW.value,
        )
        .group_by(Fact.topic_id)
        .subquery("tests")
    )
    ready = (
        sa.select(Fact.topic_id, sa.func.count().label("ready"))
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, Memory.due_at <= SOON)
        .group_by(Fact.topic_id)
        .subquery("ready")
    )
    return (
        sa.select(Topic.id, Topic.key, Topic.title, tests.c.tested, tests.c.recalled, ready.c.ready)
        .outerjoin(tests, tests.c.topic_id == Topic.id)
        .outerjoin(ready, ready.c.topic_id == Topic.id)
        .where(Topic.course_id == COURSE)
        .order_by(Topic.position, Topic.id)
    )


_SELECT = _select()


def topic_recall(
    session: Session, *, actor: Actor, course_id: int, clock: LearnerClock, now: datetime
) -> tuple[TopicRecall, ...]:
    """Return every topic of the course in its order."""
    since = clock.start_of(clock.day_of(now) - timedelta(days=LATELY - 1))
    bound = parameters(actor, course_id, clock, now) | {"since_id": first_id_at(since)}
    return tuple(
        TopicRecall(
            row.id,
            row.key,
            row.title,
            Recall(row.tested or 0, int(row.recalled or 0)),
            row.ready or 0,
        )
        for row in session.execute(_SELECT, bound)
    )
