"""Finding courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Course


@dataclass(frozen=True, slots=True)
class CourseInfo:
    """What every page of a course shows of it; the digest tells which terms it has.

    :param review_by_other: nobody approves what they wrote themselves.
    :param archived_at: since when nothing is written to it; None while it runs.
    """

    id: int
    slug: str
    title: str
    summary: str
    is_public: bool
    language: str
    glossary_sha256: str
    review_by_other: bool = False
    archived_at: datetime | None = None


#: Selects what `CourseInfo` holds, in its order; of courses that are somebody's.
COURSE_INFO = sa.select(
    Course.id,
    Course.slug,
    Course.title,
    Course.summary,
    Course.is_public,
    Course.language,
    Course.glossary_sha256,
    Course.review_by_other,
    Course.archived_at,
).where(Course.hidden_since.is_(None))


def course_by_slug(session: Session, slug: str) -> CourseInfo:
    """Return the course with that slug.

    :raises NotFound: there is none.
    """
    # PostgreSQL refuses text with NUL, so nothing can be looked up by it.
    row = (
        None
        if "\0" in slug
        else session.execute(COURSE_INFO.where(Course.slug == slug)).one_or_none()
    )
    if row is None:
        raise NotFound("There is no such course.")
    return CourseInfo(*row)


def course_by_id(session: Session, course_id: int) -> CourseInfo:
    """Return the course with that id.

    :raises NotFound: there is none.
    """
    row = session.execute(COURSE_INFO.where(Course.id == course_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such course.")
    return CourseInfo(*row)


def courses(session: Session, ids: list[int] | None = None) -> list[CourseInfo]:
    """Return the courses with those ids in their order, or every public course by title."""
    if ids is None:
        rows = session.execute(
            COURSE_INFO.where(Course.is_public).order_by(Course.title, Course.id)
        )
        return [CourseInfo(*row) for row in rows]
    found = {
        row.id: CourseInfo(*row) for row in session.execute(COURSE_INFO.where(Course.id.in_(ids)))
    }
    return [found[course_id] for course_id in ids if course_id in found]
