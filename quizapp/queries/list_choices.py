"""What an instructor can choose among beside the list of questions: authors, kept views."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Enrolment, Role, SavedView, User
from quizapp.policy import Actor


@dataclass(frozen=True, slots=True)
class View:
    """A name, and what follows the question mark of an address."""

    name: str
    query: str


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody who teaches the course."""

    id: int
    name: str


def saved_views(session: Session, *, actor: Actor, course_id: int) -> tuple[View, ...]:
    """Return the actor's own views of a course by name."""
    found = session.execute(
        sa.select(SavedView.name, SavedView.query)
        .where(SavedView.user_id == actor.id, SavedView.course_id == course_id)
        .order_by(SavedView.name)
    )
    return tuple(View(*row) for row in found)


def authors(session: Session, *, course_id: int) -> tuple[Author, ...]:
    """Return the instructors of a course by name."""
    found = session.execute(
        sa.select(User.id, User.name)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(Enrolment.course_id == course_id, Enrolment.role == Role.INSTRUCTOR)
        .order_by(User.name, User.id)
    )
    return tuple(Author(*row) for row in found)
