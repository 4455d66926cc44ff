"""Where a question is used: quizzes that ask it, attempts that asked it, memories of its fact."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.draws import Draw
from quizapp.models import Enrolment, Fact, Memory, Question, Quiz, Revision, Slot, Status, Topic
from quizapp.policy import Actor, require_instructor
from quizapp.queries.asked_attempts import BATCH, attempts_asking

#: More attempts are not looked through for one page.
MOST_LOOKED_AT = 5_000


@dataclass(frozen=True, slots=True)
class QuizUse:
    """A quiz that asks the question by name, or that may draw it."""

    id: int
    title: str
    status: Status
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another question on the same fact."""

    id: int
    stem: str
    type: str
    status: Status


@dataclass(frozen=True, slots=True)
class Use:
    """Where a question is used.

    :param asked: how many attempts that were handed in asked it, by quiz title; :param is_cut:
        there are more attempts in the course than were looked through.
    :param memories: of its fact, of how many members of the course.
    """

    stem: str
    status: Status
    fact: str
    topic: str
    quizzes: tuple[QuizUse, ...]
    attempts: int
    learners: int
    is_cut: bool
    memories: int
    siblings: tuple[Sibling, ...]


def use(session: Session, *, actor: Actor, course_id: int, question_id: int) -> Use:
    """Return where a question is used.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Question.stem, Question.status, Question.type, Question.tags, Question.fact_id)
        .add_columns(Fact.statement, Fact.topic_id, Topic.title)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Question.id == question_id, Question.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such question in this course.")
    attempts, learners, is_cut = _asked(session, course_id, question_id)
    return Use(
        stem=row.stem,
        status=row.status,
        fact=row.statement,
        topic=row.title,
        quizzes=_quizzes(session, course_id, question_id, row.topic_id, row.type, row.tags),
        attempts=attempts,
        learners=learners,
        is_cut=is_cut,
        memories=_memories(session, course_id, row.fact_id),
        siblings=_siblings(session, course_id, row.fact_id, question_id),
    )


def _quizzes(
    session: Session, course_id: int, question_id: int, *about: Any
) -> tuple[QuizUse, ...]:
    """Return the quizzes that ask a question, or whose draws would take one such as it."""
    topic_id, type_name, tags = about
    rows = session.execute(
        sa.select(Quiz.id, Quiz.title, Quiz.status, Slot.question_id, Slot.draw)
        .join(Slot, Slot.quiz_id == Quiz.id)
        .where(
            Quiz.course_id == course_id,
            sa.or_(Slot.question_id == question_id, Slot.question_id.is_(None)),
        )
        .order_by(Quiz.position, Quiz.id, Slot.position)
    )
    found: dict[int, QuizUse] = {}
    for row in rows:
        is_fixed = row.question_id is not None
        if is_fixed or Draw.load(row.draw).takes(
            topic_id=topic_id,
            type_name=type_name,
            tags=tags,
        ):
            before = found.get(row.id)
            is_fixed = is_fixed or (before is not None and before.is_fixed)
            found[row.id] = QuizUse(row.id, row.title, row.status, is_fixed)
    return tuple(found.values())


def _asked(session: Session, course_id: int, question_id: int) -> tuple[int, int, bool]:
    """Return how many attempts asked a question, of how many learners, and if that is not all."""
    revisions = set(
        session.scalars(sa.select(Revision.id).where(Revision.question_id == question_id))
    )
    attempts, learners, batches = 0, set(), 0
    asking = attempts_asking(session, course_id=course_id, revision_ids=revisions)
    for some in islice(asking, MOST_LOOKED_AT // BATCH):
        attempts += len(some)
        learners |= {one.learner_id for one in some}
        batches += 1
    return attempts, len(learners), batches == MOST_LOOKED_AT // BATCH


def _memories(session: Session, course_id: int, fact_id: int) -> int:
    # Memories lie by learner: going by the members looks up one row for each of them.
    found = session.scalar(
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(Memory, sa.and_(Memory.learner_id == Enrolment.user_id, Memory.fact_id == fact_id))
        .where(Enrolment.course_id == course_id)
    )
    return found or 0


def _siblings(
    session: Session, course_id: int, fact_id: int, question_id: int
) -> tuple[Sibling, ...]:
    rows = session.execute(
        sa.select(Question.id, Question.stem, Question.type, Question.status)
        .where(
            Question.fact_id == fact_id,
            Question.course_id == course_id,
            Question.id != question_id,
        )
        .order_by(Question.id)
    )
    return tuple(Sibling(*row) for row in rows)
