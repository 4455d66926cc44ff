"""The first page: what there is to learn, and one real card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Citation,
    Course,
    Fact,
    Passage,
    Question,
    Quiz,
    Revision,
    Status,
    Topic,
)
from quizapp.queries.library import TopicRow, topic_rows
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.questions.registry import TYPES

#: A landing page must not read a whole course: so many facts are looked through for the card,
#: and so many of their questions are read.
_LOOKED_THROUGH, _CANDIDATES = 300, 20


@dataclass(frozen=True, slots=True)
class DemoCard:
    """A question with its answer in plain words, and the passage that proves it."""

    topic: str
    question: str
    answer: str
    citation: CitedPassage


@dataclass(frozen=True, slots=True)
class HomeCourse:
    """The course that the first page shows."""

    slug: str
    title: str
    summary: str
    fact_count: int
    quiz_count: int


@dataclass(frozen=True, slots=True)
class Home:
    """What the first page shows; nothing of it when no public course is there."""

    course: HomeCourse | None = None
    topics: tuple[TopicRow, ...] = ()
    demo: DemoCard | None = None


def home(session: Session) -> Home:
    """Return the oldest public course with its topics and a card; the same for everyone."""
    quizzes = sa.select(sa.func.count()).where(
        Quiz.course_id == Course.id, Quiz.status == Status.READY, Quiz.is_practice.is_(False)
    )
    course = session.execute(
        sa.select(Course.id, Course.slug, Course.title, Course.summary)
        .add_columns(quizzes.scalar_subquery().label("quiz_count"))
        .where(Course.is_public, Course.archived_at.is_(None))
        .order_by(Course.id)
        .limit(1)
    ).one_or_none()
    if course is None:
        return Home()
    topics = topic_rows(session, course_id=course.id)
    return Home(
        course=HomeCourse(
            course.slug,
            course.title,
            course.summary,
            sum(topic.fact_count for topic in topics),
            course.quiz_count,
        ),
        topics=topics,
        demo=_demo(session, course.id),
    )


def _demo(session: Session, course_id: int) -> DemoCard | None:
    candidates = _candidates(session, course_id)
    # `min` keeps the first of those that explain themselves alike.
    row = min(candidates, key=lambda row: not row.content.get("explanation"), default=None)
    if row is None:
        return None
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    return DemoCard(
        topic=row.title,
        question=kind.stem(content),
        answer=kind.answer(content).text,
        citation=citations_for(session, [row.fact_id])[row.fact_id][0],
    )


def _candidates(session: Session, course_id: int) -> Sequence[Any]:
    """Return questions fit for a demonstration, the best first.

    What asks for free recall makes sense without options, and a short passage is read at once.
    """
    facts = (
        sa.select(Fact.id)
        .where(Fact.course_id == course_id, Fact.status == Status.READY)
        .order_by(Fact.position, Fact.id)
        .limit(_LOOKED_THROUGH)
        .subquery()
    )
    current = sa.and_(
        Revision.question_id == Question.id, Revision.number == Question.current_number
    )
    return session.execute(
        sa.select(Fact.id.label("fact_id"), Topic.title, Revision.type, Revision.content)
        .join(facts, facts.c.id == Fact.id)
        .join(Topic, Topic.id == Fact.topic_id)
        .join(
            Citation,
            sa.and_(
                Citation.fact_id == Fact.id, Citation.position == 0, Citation.lost_at.is_(None)
            ),
        )
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Question, sa.and_(Question.fact_id == Fact.id, Question.status == Status.READY))
        .join(Revision, current)
        .order_by(Question.recall.desc(), sa.func.length(Passage.text), Fact.position, Question.id)
        .limit(_CANDIDATES)
    ).all()
