"""Who may store marks of a course at a time: many who hand in, or one who changes what counts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Course, Quiz


def beside_others(attempt: sa.Select[Any]) -> sa.Select[Any]:
    """Return a query of one attempt and its quiz that also waits while marks are being changed.

    Others may hand in at the same time. What counts is to be read after it: on PostgreSQL each
    statement sees what was committed before it, so whatever was decided meanwhile is seen. On
    SQLite a transaction that writes is alone from its start (ADR 3).
    """
    joined = attempt.join(Course, Course.id == Quiz.course_id)
    return joined.with_for_update(read=True, of=Course)


def share(session: Session, course_id: int) -> None:
    """Wait while marks of a course are being changed; others may mark at the same time.

    First of all locks that a transaction takes: whoever is alone goes on to the attempts.
    """
    session.execute(sa.select(Course.id).where(Course.id == course_id).with_for_update(read=True))


def alone(session: Session, course_id: int) -> None:
    """Wait until nobody else stores marks of a course, and keep them waiting till the commit.

    Whoever handed in before is stored then, and is marked again by whoever holds this; whoever
    comes later reads what was decided.

    :raises NotFound: there is no such course.
    """
    # Not the key of the row: enrolments and reviews, which refer to it, need not wait.
    course = sa.select(Course.id).where(Course.id == course_id).with_for_update(key_share=True)
    if session.scalar(course) is None:
        raise NotFound("There is no such course.")
