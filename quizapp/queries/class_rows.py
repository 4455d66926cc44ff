"""The students of a class as rows: whom an address asks for, in what order, and how they stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.predictions import MILLION
from quizapp.models import (
    CourseStanding,
    Enrolment,
    Topic,
    TopicStanding,
    User,
)
from quizapp.queries.history import MEASURABLE, Recall
from quizapp.queries.people import student_fits
from quizapp.queries.student_standing import QUIET_DAYS

PAGE_SIZE = 25
#: A plan that ends so little under its target is on track: it is a forecast.
EXAM_TOLERANCE = 0.02


class Condition(StrEnum):
    """Whom to list; the value is what stands in an address."""

    QUIET = "quiet"
    BEHIND = "behind"


class Sort(StrEnum):
    """By what to list; the value is what stands in an address."""

    NAME = "name"
    RECALL = "recall"
    WAITING = "waiting"
    ACTIVE = "active"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class ClassFilter:
    """Whom to list, and in what order.

    :param topic_id: what `Sort.TOPIC` sorts by. :param is_reversed: the other way round than usual:
        names from A, and for the rest who needs help first.
    """

    text: str = ""
    group_id: int | None = None
    condition: Condition | None = None
    sort: Sort = Sort.NAME
    topic_id: int | None = None
    is_reversed: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A student and how they stood; all but the name is empty before the job has come to them.

    :param mastery: chance of recall today as a share of a topic's facts, by the topic's id.
    """

    id: int
    name: str
    recall: Recall
    waiting: int | None
    last_active_at: datetime | None
    is_behind: bool
    exam_day: date | None
    exam_target: float | None
    exam_share: float | None
    mastery: Mapping[int, float]

    @property
    def misses_exam(self) -> bool:
        """Return whether the plan for their exam ends under what they want to know."""
        if self.exam_share is None or self.exam_target is None:
            return False
        return self.exam_share < self.exam_target - EXAM_TOLERANCE


STUDENTS = sa.join(Enrolment, User, User.id == Enrolment.user_id).outerjoin(
    CourseStanding,
    sa.and_(
        CourseStanding.learner_id == Enrolment.user_id,
        CourseStanding.course_id == Enrolment.course_id,
    ),
)
COLUMNS = (
    User.id,
    User.name,
    CourseStanding.tested,
    CourseStanding.recalled,
    CourseStanding.waiting,
    CourseStanding.last_active_at,
    CourseStanding.is_behind,
    CourseStanding.exam_day,
    CourseStanding.exam_target,
    CourseStanding.exam_share,
)


def conditions_of(course_id: int, wanted: ClassFilter, now: datetime) -> list[Any]:
    conditions = student_fits(course_id, text=wanted.text, group_id=wanted.group_id)
    if wanted.condition is Condition.QUIET:
        conditions += is_quiet(now)
    if wanted.condition is Condition.BEHIND:
        conditions += is_behind(now)
    return conditions


def is_quiet(now: datetime) -> list[Any]:
    """Return the conditions of having done nothing for a week without having said so.

    Whose account is closed cannot come back, and no message reaches them.
    """
    since = now - timedelta(days=QUIET_DAYS)
    last = sa.func.coalesce(CourseStanding.last_active_at, Enrolment.joined_at)
    paused = CourseStanding.paused_until
    return [
        User.is_disabled.is_(False),
        CourseStanding.as_of.is_not(None),
        last < since,
        Enrolment.joined_at < since,
        sa.or_(paused.is_(None), paused < now.date()),
    ]


def is_behind(now: datetime) -> list[Any]:
    """Return the conditions of studying, but too little: for the backlog or for the exam."""
    misses = sa.and_(
        CourseStanding.exam_day > now.date(),
        CourseStanding.exam_share < CourseStanding.exam_target - EXAM_TOLERANCE,
    )
    since = now - timedelta(days=QUIET_DAYS)
    return [
        User.is_disabled.is_(False),
        CourseStanding.last_active_at >= since,
        sa.or_(CourseStanding.is_behind, misses),
    ]


def _order(wanted: ClassFilter) -> list[Any]:
    name = sa.func.lower(User.name)
    if wanted.sort is Sort.NAME:
        return [name.desc() if wanted.is_reversed else name, User.id]
    keys = {
        Sort.RECALL: _share(CourseStanding.recalled, CourseStanding.tested, MEASURABLE),
        Sort.WAITING: -CourseStanding.waiting,
        Sort.ACTIVE: CourseStanding.last_active_at,
        Sort.TOPIC: _share(TopicStanding.expected, TopicStanding.facts, 1),
    }
    key = keys[wanted.sort]
    return [key.is_(None), key.desc() if wanted.is_reversed else key, name, User.id]


def _share(part: Any, whole: Any, least: int) -> Any:
    return sa.case((whole >= least, sa.cast(part, sa.Double) / whole))


def found_rows(
    session: Session,
    conditions: Sequence[Any],
    wanted: ClassFilter,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> Sequence[Any]:
    statement = sa.select(*COLUMNS).select_from(STUDENTS)
    if wanted.sort is Sort.TOPIC:
        # An address may name any topic: one of another course would tell how they stand there.
        of_course = sa.exists().where(
            Topic.id == wanted.topic_id, Topic.course_id == Enrolment.course_id
        )
        of_topic = sa.and_(
            TopicStanding.learner_id == User.id,
            TopicStanding.topic_id == wanted.topic_id,
            of_course,
        )
        statement = statement.outerjoin(TopicStanding, of_topic)
    statement = statement.where(*conditions).order_by(*_order(wanted))
    return session.execute(statement.limit(limit).offset(offset)).all()


def with_topics(session: Session, course_id: int, rows: Sequence[Any]) -> tuple[StudentRow, ...]:
    mastery: defaultdict[int, dict[int, float]] = defaultdict(dict)
    for one in session.execute(
        sa.select(
            TopicStanding.learner_id,
            TopicStanding.topic_id,
            TopicStanding.facts,
            TopicStanding.expected,
        )
        .join(Topic, Topic.id == TopicStanding.topic_id)
        .where(
            Topic.course_id == course_id,
            TopicStanding.learner_id.in_([row.id for row in rows]),
            TopicStanding.facts > 0,
        )
    ):
        mastery[one.learner_id][one.topic_id] = one.expected / one.facts / MILLION
    return tuple(row_of(row, mastery[row.id]) for row in rows)


def row_of(row: Any, mastery: Mapping[int, float]) -> StudentRow:
    return StudentRow(
        id=row.id,
        name=row.name,
        recall=Recall(row.tested or 0, row.recalled or 0),
        waiting=row.waiting,
        last_active_at=row.last_active_at,
        is_behind=bool(row.is_behind),
        exam_day=row.exam_day,
        exam_target=row.exam_target,
        exam_share=row.exam_share,
        mastery=mastery,
    )
