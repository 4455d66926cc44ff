"""What a course holds, for everyone who may read it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.state import Phase
from quizapp.models import (
    Course,
    Fact,
    Memory,
    Passage,
    Quiz,
    Role,
    Slot,
    Source,
    Status,
    Topic,
)
from quizapp.policy import Actor, may_learn, may_read, may_teach
from quizapp.queries.courses import CourseInfo, course_by_slug
from quizapp.queries.queue_counts import ASKABLE

_NO_COURSE = "There is no such course."


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course in the list of courses; `role` is what the reader is in it, if anything."""

    slug: str
    title: str
    summary: str
    fact_count: int
    quiz_count: int
    role: Role | None
    is_archived: bool = False


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with its facts that learners meet, and how many of them one learner knows."""

    key: str
    title: str
    summary: str
    fact_count: int
    known_count: int


@dataclass(frozen=True, slots=True)
class QuizRow:
    """A quiz in a course's contents."""

    id: int
    title: str
    summary: str
    question_count: int


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A text in a course's contents."""

    id: int
    title: str
    author: str
    year: str
    licence: str
    note: str
    passage_count: int


@dataclass(frozen=True, slots=True)
class CoursePage:
    """A course's contents. `may_learn` and `may_teach` are about whoever reads."""

    course: CourseInfo
    topics: tuple[TopicRow, ...]
    quizzes: tuple[QuizRow, ...]
    sources: tuple[SourceRow, ...]
    may_learn: bool
    may_teach: bool

    @property
    def fact_count(self) -> int:
        return sum(topic.fact_count for topic in self.topics)

    @property
    def known_count(self) -> int:
        return sum(topic.known_count for topic in self.topics)


def course_cards(session: Session, *, actor: Actor | None) -> tuple[CourseCard, ...]:
    """Return the courses that someone may read: their own in the order joined, then the others.

    Archived ones are listed to their members and to admins alone.
    """
    roles = dict(actor.roles) if actor else {}
    facts = sa.select(sa.func.count()).where(Fact.course_id == Course.id, ASKABLE)
    quizzes = sa.select(sa.func.count()).where(
        Quiz.course_id == Course.id, Quiz.status == Status.READY, Quiz.is_practice.is_(False)
    )
    is_open = sa.and_(Course.is_public, Course.archived_at.is_(None))
    readable = sa.or_(is_open, Course.id.in_(list(roles)))
    if actor is not None and actor.is_admin:
        readable = sa.true()
    rows = session.execute(
        sa.select(
            Course.id,
            Course.slug,
            Course.title,
            Course.summary,
            facts.scalar_subquery().label("fact_count"),
            quizzes.scalar_subquery().label("quiz_count"),
            Course.archived_at,
        )
        .where(readable, Course.hidden_since.is_(None))
        .order_by(Course.title, Course.id)
    ).all()
    places = {course_id: place for place, course_id in enumerate(roles)}
    return tuple(
        CourseCard(
            row.slug,
            row.title,
            row.summary,
            row.fact_count,
            row.quiz_count,
            roles.get(row.id),
            row.archived_at is not None,
        )
        for row in sorted(rows, key=lambda row: places.get(row.id, len(places)))
    )


def course_page(session: Session, *, actor: Actor | None, slug: str) -> CoursePage:
    """Return a course's contents.

    :raises NotFound: there is no such course, or its reader may not know that there is.
    """
    course = course_by_slug(session, slug)
    if not may_read(actor, course.id, is_public=course.is_public):
        raise NotFound(_NO_COURSE)
    return CoursePage(
        course=course,
        topics=topic_rows(session, course_id=course.id, learner_id=actor.id if actor else None),
        quizzes=_quiz_rows(session, course.id),
        sources=source_rows(session, Source.course_id == course.id),
        may_learn=actor is not None and may_learn(actor, course.id),
        may_teach=actor is not None and may_teach(actor, course.id),
    )


def topic_rows(
    session: Session, *, course_id: int, learner_id: int | None = None
) -> tuple[TopicRow, ...]:
    """Return a course's topics in order; a fact past its first steps is known."""
    known = sa.and_(
        Memory.fact_id == Fact.id,
        Memory.learner_id == learner_id,  # of nobody there is no row
        Memory.phase == Phase.REVIEW.value,
    )
    rows = session.execute(
        sa.select(
            Topic.key,
            Topic.title,
            Topic.summary,
            sa.func.count(Fact.id),
            sa.func.count(Memory.fact_id),
        )
        .select_from(Topic)
        .outerjoin(Fact, sa.and_(Fact.topic_id == Topic.id, ASKABLE))
        .outerjoin(Memory, known)
        .where(Topic.course_id == course_id)
        .group_by(Topic.id, Topic.key, Topic.title, Topic.summary, Topic.position)
        .order_by(Topic.position, Topic.id)
    )
    return tuple(TopicRow(*row) for row in rows)


def _quiz_rows(session: Session, course_id: int) -> tuple[QuizRow, ...]:
    rows = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.summary, Slot.position, Slot.draw)
        .outerjoin(Slot, Slot.quiz_id == Quiz.id)
        .where(
            Quiz.course_id == course_id,
            Quiz.status == Status.READY,
            Quiz.is_practice.is_(False),
        )
        .order_by(Quiz.position, Quiz.id)
    ).all()
    counts: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        if row.position is not None:
            counts[row.id] += row.draw["count"] if row.draw else 1
    quizzes = {row.id: row for row in rows}
    return tuple(
        QuizRow(row.id, row.title, row.summary, counts[row.id]) for row in quizzes.values()
    )


def source_rows(session: Session, condition: sa.ColumnElement[bool]) -> tuple[SourceRow, ...]:
    """Return the texts that meet a condition, in the order they were added."""
    passages = sa.select(sa.func.count()).where(Passage.source_id == Source.id).scalar_subquery()
    rows = session.execute(
        sa.select(
            Source.id,
            Source.title,
            Source.author,
            Source.year,
            Source.licence,
            Source.note,
            passages,
        )
        .where(condition)
        .order_by(Source.id)
    )
    return tuple(SourceRow(*row) for row in rows)
