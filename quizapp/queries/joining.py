"""What a join code or an invitation offers, before anybody joins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Course,
    Enrolment,
    FormerMember,
    Group,
    Invitation,
    InvitationState,
    JoinCode,
    Role,
    User,
)
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash

NO_SUCH_CODE = (
    "This code opens no course. Check it letter by letter, or ask your instructor for the "
    "present one."
)
LINK_OVER = (
    "This invitation no longer works: it was used, taken back, or is too old. Ask whoever sent it "
    "for another."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A course that can be joined, with who teaches it and the group that one would be in."""

    course_id: int
    slug: str
    title: str
    summary: str
    teachers: tuple[str, ...]
    group_id: int | None
    group: str | None
    role: Role = Role.STUDENT
    email: str = ""


@dataclass(frozen=True, slots=True)
class LeftCourse:
    """A course that someone left by themselves and may go back to."""

    slug: str
    title: str


#: Nobody joins a course that is archived, or that was taken back and belongs to nobody.
IS_OPEN = sa.and_(Course.archived_at.is_(None), Course.hidden_since.is_(None))
_COLUMNS = (Course.id, Course.slug, Course.title, Course.summary, Group.name.label("group"))


def offered_by(session: Session, *, code: str, now: datetime) -> Offer | None:
    """Return what a code as it is stored offers; None for one that is wrong, off or over."""
    if not code:
        return None
    row = session.execute(
        sa.select(*_COLUMNS, JoinCode.group_id)
        .join(JoinCode, JoinCode.course_id == Course.id)
        .outerjoin(Group, Group.id == JoinCode.group_id)
        .where(
            JoinCode.code == code,
            JoinCode.is_on,
            sa.or_(JoinCode.ends_at.is_(None), JoinCode.ends_at > now),
            IS_OPEN,
        )
    ).one_or_none()
    return None if row is None else _offer(session, row)


def invited_by(session: Session, *, token: str, now: datetime) -> Offer | None:
    """Return what the link of an invitation offers; None where it no longer works."""
    row = session.execute(
        sa.select(*_COLUMNS, Invitation.group_id, Invitation.role, Invitation.email)
        .join(Invitation, Invitation.course_id == Course.id)
        .outerjoin(Group, Group.id == Invitation.group_id)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.state == InvitationState.OPEN,
            Invitation.expires_at > now,
            IS_OPEN,
        )
    ).one_or_none()
    return None if row is None else _offer(session, row, role=row.role, email=row.email)


def courses_left(session: Session, *, actor: Actor, since: datetime) -> tuple[LeftCourse, ...]:
    """Return the courses that someone left since then, the last one first."""
    rows = session.execute(
        sa.select(Course.slug, Course.title)
        .join(FormerMember, FormerMember.course_id == Course.id)
        .where(
            FormerMember.user_id == actor.id,
            FormerMember.removed_by.is_(None),
            FormerMember.role == Role.STUDENT,
            FormerMember.left_at > since,
            Course.hidden_since.is_(None),
            Course.id.not_in(list(actor.roles)),
        )
        .order_by(FormerMember.left_at.desc(), Course.id)
    )
    return tuple(LeftCourse(*row) for row in rows)


def teachers_of(session: Session, *, course_id: int) -> tuple[str, ...]:
    """Return the names of those who teach a course, in the order that they joined."""
    names = session.scalars(
        sa.select(User.name)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(
            Enrolment.course_id == course_id,
            Enrolment.role == Role.INSTRUCTOR,
            User.is_disabled.is_(False),
        )
        .order_by(Enrolment.joined_at, User.id)
    )
    return tuple(names)


def has_other_instructor(session: Session, *, course_id: int, user_id: int) -> bool:
    """Return whether somebody besides this person, who can sign in, teaches a course."""
    other = (
        sa.select(Enrolment.user_id)
        .join(User, User.id == Enrolment.user_id)
        .where(
            Enrolment.course_id == course_id,
            Enrolment.role == Role.INSTRUCTOR,
            Enrolment.user_id != user_id,
            User.is_disabled.is_(False),
        )
    )
    return session.scalar(other.limit(1)) is not None


def _offer(session: Session, row: Any, *, role: Role = Role.STUDENT, email: str = "") -> Offer:
    return Offer(
        course_id=row.id,
        slug=row.slug,
        title=row.title,
        summary=row.summary,
        teachers=teachers_of(session, course_id=row.id),
        group_id=row.group_id,
        group=row.group,
        role=role,
        email=email,
    )
