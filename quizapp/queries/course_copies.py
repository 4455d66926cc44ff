"""What pages show of copies of courses, and what making one needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import (
    Attempt,
    CopyState,
    Course,
    CourseCopy,
    Enrolment,
    Fact,
    FormerMember,
    Media,
    Memory,
    Passage,
    Question,
    QuestionText,
    Quiz,
    Review,
    Source,
    Term,
    Topic,
)
from quizapp.policy import Actor, require_instructor


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a course holds. :param dated: quizzes that open or close at some time."""

    texts: int
    topics: int
    facts: int
    questions: int
    quizzes: int
    terms: int
    media: int
    dated: int = 0


@dataclass(frozen=True, slots=True)
class CopyHead:
    """One copy. :param report: what was copied.

    :param slug, title, course_id: of the new course, which not all who teach the old one teach.
    """

    id: int
    state: CopyState
    total: int
    done: int
    shift_days: int | None
    report: Mapping[str, Any]
    error: str
    created_at: datetime
    slug: str
    title: str
    course_id: int


def contents_of(session: Session, *, actor: Actor, course_id: int) -> Contents:
    """Return how much there is to copy.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    counts = copied_counts(session, course_id=course_id)
    settings = session.scalars(
        sa.select(Quiz.settings).where(Quiz.course_id == course_id, ~Quiz.is_practice)
    )
    dated = sum(bool(one.get("opens_at") or one.get("closes_at")) for one in settings)
    return Contents(**counts, dated=dated)


def copied_counts(session: Session, *, course_id: int) -> dict[str, int]:
    """Return how many of each thing a course holds, by the names of `Contents`."""
    columns = {
        "texts": _count(Source.course_id == course_id),
        "topics": _count(Topic.course_id == course_id),
        "facts": _count(Fact.course_id == course_id),
        "questions": _count(Question.course_id == course_id),
        "quizzes": _count(Quiz.course_id == course_id, ~Quiz.is_practice),
        "terms": _count(Term.course_id == course_id),
        "media": _count(Media.course_id == course_id),
    }
    row = session.execute(sa.select(*(one.label(name) for name, one in columns.items()))).one()
    return dict(row._mapping)


def parts_of(session: Session, *, course_id: int) -> int:
    """Return how many paragraphs, facts and questions there are to copy."""
    passages = (
        sa.select(sa.func.count(Passage.id))
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
    ).scalar_subquery()
    facts, questions = _count(Fact.course_id == course_id), _count(Question.course_id == course_id)
    return session.scalar(sa.select(passages + facts + questions)) or 0


def copy_head(session: Session, *, actor: Actor, course_id: int, copy_id: int) -> CopyHead:
    """Return one copy of a course.

    :raises Forbidden, NotFound: the actor does not teach what it is made from, or there is none.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(
            CourseCopy.id,
            CourseCopy.state,
            CourseCopy.total,
            CourseCopy.done,
            CourseCopy.shift_days,
            CourseCopy.report,
            CourseCopy.error,
            CourseCopy.created_at,
            Course.slug,
            Course.title,
            CourseCopy.course_id,
        )
        .join(Course, Course.id == CourseCopy.course_id)
        .where(CourseCopy.id == copy_id, CourseCopy.source_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such copy of this course.")
    return CopyHead(*row)


def unused_copy(session: Session, *, course_id: int) -> bool:
    """Return whether a course is a copy that can be taken back."""
    made = session.execute(
        sa.select(CourseCopy.actor_id).where(
            CourseCopy.course_id == course_id, CourseCopy.state == CopyState.DONE
        )
    ).one_or_none()
    return made is not None and is_unused(session, course_id=course_id, maker_id=made.actor_id)


def is_unused(session: Session, *, course_id: int, maker_id: int | None) -> bool:
    """Return whether nobody but its maker is or was in a course, and nobody has learnt in it."""
    members = list(
        session.scalars(sa.select(Enrolment.user_id).where(Enrolment.course_id == course_id))
    )
    left = session.scalars(
        sa.select(FormerMember.user_id).where(FormerMember.course_id == course_id)
    )
    if any(person != maker_id for person in (*members, *left)):
        return False
    # Logs lead with the learner, so they are asked for members alone.
    attempts = sa.select(Attempt.id).join(Quiz, Quiz.id == Attempt.quiz_id)
    asked = [
        attempts.where(Quiz.course_id == course_id),
        *(
            sa.select(table.fact_id).where(
                table.learner_id.in_(members), table.course_id == course_id
            )
            for table in (Memory, Review)
        ),
    ]
    return all(session.execute(one.limit(1)).first() is None for one in asked)


def unindexed(session: Session, *, course_id: int, most: int | None = None) -> list[int]:
    """Return the questions of a course of which nothing can be searched yet."""
    kept = QuestionText.question_id == Question.id
    found = (
        sa.select(Question.id)
        .outerjoin(QuestionText, kept)
        .where(Question.course_id == course_id, QuestionText.question_id.is_(None))
        .order_by(Question.id)
    )
    return list(session.scalars(found.limit(most)))


def _counted(*conditions: sa.ColumnElement[bool]) -> sa.Select[int]:
    return sa.select(sa.func.count()).where(*conditions)


def _count(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return _counted(*conditions).scalar_subquery()
