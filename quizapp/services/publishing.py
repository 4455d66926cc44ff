"""What has to hold before learners are asked a question, whichever way it gets there."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, Problem
from quizapp.models import (
    Citation,
    Course,
    Question,
    QuestionReview,
    ReviewStep,
    Revision,
    Status,
)
from quizapp.policy import Actor, require_instructor

NO_CITATION = (
    "Nothing proves the fact of this question: it has no citation whose words are found in a text. "
    "Cite words for it, or mend the lost citation, before learners are asked."
)
OTHER_APPROVES = (
    "In this course somebody other than the author approves what learners are asked. "
    "Send it for review; another instructor makes it ready."
)


def reasons_against(
    session: Session, *, actor: Actor, course_id: int, question_ids: Collection[int]
) -> Mapping[int, str]:
    """Return why questions of a course may not become ready by this actor, by id.

    What is ready already, or may become so, is not among them. One statement for any number.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(Question.id, _is_cited(Question.fact_id), _is_held(actor, course_id)).where(
            Question.course_id == course_id,
            Question.id.in_(sorted(question_ids)),
            Question.status != Status.READY,
            kept_from_ready(actor, course_id),
        )
    )
    against = ((number, _words(is_cited, is_held)) for number, is_cited, is_held in rows)
    return {number: words for number, words in against if words}


def kept_from_ready(actor: Actor, course_id: int) -> sa.ColumnElement[bool]:
    """Return the condition that a `Question` of the course may not become ready by this actor."""
    return sa.or_(sa.not_(_is_cited(Question.fact_id)), _is_held(actor, course_id))


def require_publishable(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> None:
    """Pass a question that may become ready by this actor, or is.

    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: at "status", with what to do first.
    """
    against = reasons_against(session, actor=actor, course_id=course_id, question_ids=[question_id])
    if question_id in against:
        raise Invalid([Problem("status", against[question_id])])


def problems_of_own(
    session: Session, *, course_id: int, fact_id: int | None, was_ready: bool
) -> list[Problem]:
    """Return what keeps content from being asked that the actor is just writing themselves.

    :param fact_id: None for a fact that is written with it, whose words were found just now.
    :param was_ready: it tests the same fact and learners are asked it: an old citation may be lost.
    """
    is_cited = was_ready or fact_id is None or bool(session.scalar(sa.select(_is_cited(fact_id))))
    words = _words(is_cited, needs_other(session, course_id))
    return [Problem("status", words)] if words else []


def needs_other(session: Session, course_id: int) -> bool:
    """Return whether the course has somebody other than the author approve its questions."""
    found = sa.select(Course.review_by_other).where(Course.id == course_id)
    return bool(session.scalar(found))


def _words(is_cited: bool, is_held: bool) -> str:
    return NO_CITATION if not is_cited else OTHER_APPROVES if is_held else ""


def _is_cited(fact_id: int | sa.orm.InstrumentedAttribute[int]) -> sa.Exists:
    return sa.exists().where(Citation.fact_id == fact_id, Citation.lost_at.is_(None))


def _is_held(actor: Actor, course_id: int) -> sa.ColumnElement[bool]:
    """Return whether the actor wrote the current revision and nobody else has approved it."""
    by_other = sa.select(Course.review_by_other).where(Course.id == course_id).scalar_subquery()
    approved = sa.exists().where(
        QuestionReview.question_id == Question.id,
        QuestionReview.number == Question.current_number,
        QuestionReview.step == ReviewStep.APPROVED,
        QuestionReview.actor_id != actor.id,
    )
    is_own = sa.exists().where(
        Revision.question_id == Question.id,
        Revision.number == Question.current_number,
        Revision.author_id == actor.id,
    )
    return sa.and_(by_other, is_own, sa.not_(approved))
