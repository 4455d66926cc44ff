"""Joining courses."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Course, Enrolment, Role
from quizapp.policy import Actor


def join_course(session: Session, *, actor: Actor, slug: str, now: datetime) -> bool:
    """Make someone a student of a public course; return whether they were not in it before.

    Whoever is a member already keeps the role they have.

    :raises NotFound: there is no such public course.
    """
    course_id = session.scalar(sa.select(Course.id).where(Course.slug == slug, Course.is_public))
    if course_id is None:
        raise NotFound("There is no such course to join.")
    if session.get(Enrolment, (actor.id, course_id)) is not None:
        return False
    session.add(Enrolment(user_id=actor.id, course_id=course_id, role=Role.STUDENT, joined_at=now))
    session.flush()  # a page that reads it with Core in this transaction sees it
    return True
