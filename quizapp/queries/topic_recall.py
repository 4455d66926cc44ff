"""How each topic of a course is going: what was recalled lately, and what is ready now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Rating
from quizapp.models import Fact, Memory, Review, Topic
from quizapp.policy import Actor
from quizapp.queries.history import LATELY, Recall
from quizapp.queries.queue_counts import (
    ASKED_NOW,
    COURSE,
    LEARNER,
    MET,
    REVIEW_NOW,
    STEP_NOW,
    UNMET,
    Waiting,
    first_id_at,
    parameters,
)


@dataclass(frozen=True, slots=True)
class TopicRecall:
    """A topic, the tests of memory of the last 30 days, and how many cards a sitting on it has."""

    id: int
    key: str
    title: str
    recall: Recall
    ready: int


def tests_by_topic() -> Any:
    """Return a query of a learner's tests of memory since the bound `since_id`, topic by topic."""
    recalled = sa.case((Review.rating > Rating.AGAIN, 1), else_=0)
    # By an expression, or SQLite would look up the reviews of each fact: of many, it takes twice
    # as long as to read those of a month in their order.
    fact_id = (Review.fact_id + sa.literal_column("0", sa.Integer)).label("fact_id")
    lately = (
        sa.select(fact_id, sa.func.count().label("tested"), sa.func.sum(recalled).label("recalled"))
        .where(
            Review.learner_id == LEARNER,
            Review.course_id == COURSE,
            Review.id >= sa.bindparam("since_id", type_=sa.BigInteger),
            Review.undone_at.is_(None),
            Review.is_test,
        )
        .group_by(fact_id)
        .subquery("lately")
    )
    sums = (sa.func.sum(lately.c[name]).label(name) for name in ("tested", "recalled"))
    return (
        sa.select(Fact.topic_id, *sums)
        .join(lately, lately.c.fact_id == Fact.id)
        .group_by(Fact.topic_id)
    )


def _select() -> Any:
    tests = tests_by_topic().subquery("tests")
    ready = (
        sa.select(
            Fact.topic_id,
            sa.func.sum(sa.case((STEP_NOW, 1), else_=0)).label("steps"),
            sa.func.sum(sa.case((REVIEW_NOW, 1), else_=0)).label("reviews"),
        )
        .select_from(Memory)
        .join(Fact, Fact.id == Memory.fact_id)
        .where(MET, ASKED_NOW)
        .group_by(Fact.topic_id)
        .subquery("ready")
    )
    unmet = (
        sa.select(Fact.topic_id, sa.func.count().label("facts"))
        .where(UNMET)
        .group_by(Fact.topic_id)
        .subquery("unmet")
    )
    counts = (tests.c.tested, tests.c.recalled, ready.c.steps, ready.c.reviews, unmet.c.facts)
    return (
        sa.select(Topic.id, Topic.key, Topic.title, *counts)
        .outerjoin(tests, tests.c.topic_id == Topic.id)
        .outerjoin(ready, ready.c.topic_id == Topic.id)
        .outerjoin(unmet, unmet.c.topic_id == Topic.id)
        .where(Topic.course_id == COURSE)
        .order_by(Topic.position, Topic.id)
    )


_SELECT = _select()


def topic_recall(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    clock: LearnerClock,
    waiting: Waiting,
    now: datetime,
) -> tuple[TopicRecall, ...]:
    """Return every topic of the course in its order.

    :param waiting: in the whole course: the limits of the day hold for each sitting on a topic.
    """
    since = clock.start_of(clock.day_of(now) - timedelta(days=LATELY - 1))
    bound = parameters(actor, course_id, clock, now) | {"since_id": first_id_at(since)}
    return tuple(
        TopicRecall(
            row.id,
            row.key,
            row.title,
            Recall(int(row.tested or 0), int(row.recalled or 0)),
            _ready(row, waiting),
        )
        for row in session.execute(_SELECT, bound)
    )


def _ready(row: Any, waiting: Waiting) -> int:
    if waiting.paused_until:
        return 0
    reviews = min(int(row.reviews or 0), waiting.counts.reviews_due)
    return reviews + int(row.steps or 0) + min(row.facts or 0, waiting.counts.new_left)
