"""Courses that somebody teaches: those theirs alone, and those that nobody else teaches."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.models import Course, Enrolment, FormerMember, Role


@dataclass(frozen=True, slots=True)
class LeftCourse:
    """A course with nobody else to teach it. :param students: how many are in it."""

    slug: str
    title: str
    students: int


def sole_courses(session: Session, *, user_id: int) -> list[int]:
    """Return the courses that nobody else is or was in: what somebody made for themselves.

    What is public or kept in files on the server is the site's, whoever is in it.
    """
    return list(session.scalars(_sole(user_id).order_by(Course.id)))


def sole_titles(session: Session, *, user_id: int) -> list[str]:
    """Return their titles."""
    found = sa.select(Course.title).where(Course.id.in_(_sole(user_id)))
    return list(session.scalars(found.order_by(Course.title)))


def left_courses(session: Session, *, user_id: int) -> list[LeftCourse]:
    """Return the courses with others in them that nobody else teaches."""
    mine, other, student = aliased(Enrolment), aliased(Enrolment), aliased(Enrolment)
    taught = sa.exists().where(
        other.course_id == Course.id, other.role == Role.INSTRUCTOR, other.user_id != user_id
    )
    students = (
        sa.select(sa.func.count())
        .where(student.course_id == Course.id, student.role == Role.STUDENT)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(Course.slug, Course.title, students.label("students"))
        .join(mine, sa.and_(mine.course_id == Course.id, mine.user_id == user_id))
        .where(mine.role == Role.INSTRUCTOR, ~taught, Course.hidden_since.is_(None))
        .where(Course.id.not_in(_sole(user_id)))
        .order_by(Course.title)
    )
    return [LeftCourse(*row) for row in rows]


def _sole(user_id: int) -> sa.Select[int]:
    def taught(table: type[Enrolment] | type[FormerMember]) -> sa.Exists:
        return sa.exists().where(
            table.course_id == Course.id,
            table.user_id == user_id,
            table.role == Role.INSTRUCTOR,
        )

    def others(table: type[Enrolment] | type[FormerMember]) -> sa.Exists:
        return sa.exists().where(table.course_id == Course.id, table.user_id != user_id)

    return sa.select(Course.id).where(
        sa.or_(taught(Enrolment), taught(FormerMember)),
        ~others(Enrolment),
        ~others(FormerMember),
        Course.is_public.is_(False),
        Course.bank_sha256.is_(None),
    )
