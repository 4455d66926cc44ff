"""What is said of a course as a whole, for those who may change it."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import MADE_HERE, Course, Enrolment, Role
from quizapp.policy import Actor, require_instructor


@dataclass(frozen=True, slots=True)
class StoredCourse:
    """A course as its settings show it.

    :param edited: how often it was edited here. :param is_from_files: the bank's files state it.
    """

    title: str
    slug: str
    summary: str
    language: str
    is_public: bool
    edited: int
    is_from_files: bool


def stored_course(session: Session, *, actor: Actor, course_id: int) -> StoredCourse:
    """Return what is stored of a course.

    :raises Forbidden, NotFound: the actor does not teach it.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(
            Course.title,
            Course.slug,
            Course.summary,
            Course.language,
            Course.is_public,
            Course.edited,
            sa.and_(Course.bank_sha256.is_not(None), Course.bank_sha256 != MADE_HERE),
        ).where(Course.id == course_id)
    ).one()
    return StoredCourse(*row)


def may_publish(session: Session, *, actor: Actor) -> bool:
    """Return whether someone may show a course to everybody.

    Admins may, and those who teach a public course: whoever runs the site let them. Whoever made
    a course of their own cards teaches too, and everybody may do that.
    """
    if actor.is_admin:
        return True
    taught = (
        sa.select(Course.id)
        .join(Enrolment, Enrolment.course_id == Course.id)
        .where(Enrolment.user_id == actor.id, Enrolment.role == Role.INSTRUCTOR, Course.is_public)
    )
    return session.scalar(taught.limit(1)) is not None
