"""Archiving a course: it stays to be read and reviewed, and nothing is written to it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Course
from quizapp.policy import Actor, require_instructor


def archive_course(session: Session, *, actor: Actor, course_id: int, now: datetime) -> bool:
    """Archive a course; return whether it was not archived.

    Attempts that are open can be finished; `policy.require_running` refuses all that is new.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    return _set(session, course_id, Course.archived_at.is_(None), now)


def unarchive_course(session: Session, *, actor: Actor, course_id: int) -> bool:
    """Let a course run again, as it was; return whether it was archived.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    return _set(session, course_id, Course.archived_at.is_not(None), None)


def _set(
    session: Session, course_id: int, so_far: sa.ColumnElement[bool], value: datetime | None
) -> bool:
    changed = session.execute(
        sa.update(Course)
        .where(Course.id == course_id, so_far)
        .values(archived_at=value)
        .returning(Course.id)
    )
    return changed.one_or_none() is not None
