"""A learner's reviews from first to last, as fitting and measuring need them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.history import History, PastReview
from quizapp.models import Course, Review, Revision

_TIME = sa.case((Review.came.is_not(None), Review.duration_ms), else_=0)


def review_history(session: Session, *, learner_id: int, course: str | None = None) -> History:
    """Return what a learner was asked and how it went, without what was undone.

    The kind of a review is its type of question. A time is that of an answer given on the card;
    those of cards that learners rated themselves, with the key before them, tell something else.

    :param course: a slug; None for all courses together.
    """
    query = (
        sa.select(Review.fact_id, Review.day, Review.rating, _TIME, Revision.type)
        .join(Revision, Revision.id == Review.revision_id)
        .where(Review.learner_id == learner_id, Review.undone_at.is_(None))
        .order_by(Review.id)
    )
    if course is not None:
        query = query.join(Course, Course.id == Review.course_id).where(Course.slug == course)
    rows = session.execute(query)
    return History(
        PastReview(fact, day.toordinal(), rating, duration, kind)
        for fact, day, rating, duration, kind in rows
    )
