"""A course's class as its instructors see it: who teaches, join codes, invitations, who left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.errors import NotFound
from quizapp.models import (
    Attempt,
    AttemptState,
    Challenge,
    Enrolment,
    FormerMember,
    Group,
    Invitation,
    InvitationState,
    JoinCode,
    Quiz,
    Role,
    User,
)
from quizapp.policy import Actor, require_instructor

PAGE_SIZE = 50
#: How many of those who left a page names.
MOST_FORMER = 20


@dataclass(frozen=True, slots=True)
class Member:
    """Someone in a course; `email` is "" for guests."""

    id: int
    name: str
    email: str
    role: Role
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class Former:
    """Someone who was in a course; `removed_by` names who took them out, None if they left."""

    id: int
    name: str
    email: str
    role: Role
    left_at: datetime
    is_removed: bool
    removed_by: str | None


@dataclass(frozen=True, slots=True)
class Code:
    """A join code of a course, or of one of its groups.

    :param group: the group's name. :param ends_at: the first moment it fails.
    """

    code: str
    group_id: int | None
    group: str | None
    is_on: bool
    ends_at: datetime | None

    @property
    def spaced(self) -> str:
        """The code as it is read out."""
        return f"{self.code[:4]}-{self.code[4:]}"

    def works(self, now: datetime) -> bool:
        return self.is_on and (self.ends_at is None or self.ends_at > now)

    def last_day(self, timezone: str) -> date | None:
        """The last day it works on, as a clock there has it."""
        if self.ends_at is None:
            return None
        return (self.ends_at - timedelta(milliseconds=1)).astimezone(ZoneInfo(timezone)).date()


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation; `accepted_by` is the name of the account that used it."""

    id: int
    email: str
    name: str
    role: Role
    group: str | None
    state: InvitationState
    sent_at: datetime | None
    expires_at: datetime
    settled_at: datetime | None
    accepted_by: str | None

    def is_open(self, now: datetime) -> bool:
        return self.state is InvitationState.OPEN and self.expires_at > now


@dataclass(frozen=True, slots=True)
class InvitationList:
    """One page of invitations, open ones first; `total` of all, `open` of those that are."""

    rows: tuple[InvitationRow, ...]
    total: int
    open: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ClassParts:
    """What the page of people shows beside the list of students.

    :param code: the course's own. :param group_codes: group's id → its code.
    """

    instructors: tuple[Member, ...]
    code: Code | None
    group_codes: dict[int, Code]
    open_invitations: int
    former: tuple[Former, ...]
    guests: int


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What is left undone in a course that someone is about to archive."""

    open_attempts: int
    challenges: int


def class_parts(session: Session, *, actor: Actor, course_id: int, now: datetime) -> ClassParts:
    """Return what the page of people shows beside its students.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    codes = join_codes(session, actor=actor, course_id=course_id)
    waiting = sa.select(sa.func.count()).where(*_open(course_id, now)).scalar_subquery()
    guests = (
        sa.select(sa.func.count())
        .select_from(Enrolment)
        .join(User, User.id == Enrolment.user_id)
        .where(Enrolment.course_id == course_id, User.is_guest)
        .scalar_subquery()
    )
    counted = session.execute(sa.select(waiting, guests)).one()
    return ClassParts(
        instructors=instructors(session, actor=actor, course_id=course_id),
        code=next((code for code in codes if code.group_id is None), None),
        group_codes={code.group_id: code for code in codes if code.group_id is not None},
        open_invitations=counted[0],
        former=_former(session, course_id),
        guests=counted[1],
    )


def instructors(session: Session, *, actor: Actor, course_id: int) -> tuple[Member, ...]:
    """Return who teaches a course, by name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        _MEMBERS.where(
            Enrolment.course_id == course_id, Enrolment.role == Role.INSTRUCTOR
        ).order_by(sa.func.lower(User.name), User.id)
    )
    return tuple(_member(row) for row in rows)


def join_codes(session: Session, *, actor: Actor, course_id: int) -> tuple[Code, ...]:
    """Return a course's join codes: its own, then those of groups by name.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(JoinCode.code, JoinCode.group_id, Group.name, JoinCode.is_on, JoinCode.ends_at)
        .outerjoin(Group, Group.id == JoinCode.group_id)
        .where(JoinCode.course_id == course_id)
        .order_by(JoinCode.group_id.is_not(None), Group.name)
    )
    return tuple(Code(*row) for row in rows)


def member(session: Session, *, actor: Actor, course_id: int, user_id: int) -> Member:
    """Return one member of a course, student or instructor; guests have no page.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such member.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        _MEMBERS.where(
            Enrolment.course_id == course_id, User.id == user_id, User.is_guest.is_(False)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such person in this course.")
    return _member(row)


def invitations(
    session: Session, *, actor: Actor, course_id: int, page: int, now: datetime
) -> InvitationList:
    """Return one page of a course's invitations: the open ones first, then by time.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    is_open = sa.and_(*_open(course_id, now))
    total, waiting = session.execute(
        sa.select(
            sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((is_open, 1), else_=0)), 0)
        ).where(Invitation.course_id == course_id)
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        sa.select(
            Invitation.id,
            Invitation.email,
            Invitation.name,
            Invitation.role,
            Group.name.label("group"),
            Invitation.state,
            Invitation.sent_at,
            Invitation.expires_at,
            Invitation.settled_at,
            User.name.label("accepted_by"),
        )
        .outerjoin(Group, Group.id == Invitation.group_id)
        .outerjoin(User, User.id == Invitation.accepted_by)
        .where(Invitation.course_id == course_id)
        .order_by(sa.case((is_open, 0), else_=1), Invitation.made_at.desc(), Invitation.email)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    found: list[Any] = list(rows)
    return InvitationList(tuple(InvitationRow(*row) for row in found), total, waiting, page, pages)


def unfinished(session: Session, *, actor: Actor, course_id: int) -> Unfinished:
    """Return what archiving a course would leave undone.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    going = sa.select(sa.func.count()).where(
        Attempt.quiz_id.in_(sa.select(Quiz.id).where(Quiz.course_id == course_id)),
        Attempt.state == AttemptState.OPEN,
    )
    doubts = sa.select(sa.func.count()).where(
        Challenge.course_id == course_id, Challenge.answered_at.is_(None)
    )
    row = session.execute(sa.select(going.scalar_subquery(), doubts.scalar_subquery())).one()
    return Unfinished(*row)


_MEMBERS = sa.select(User.id, User.name, User.email, Enrolment.role, Enrolment.joined_at).join_from(
    Enrolment, User, User.id == Enrolment.user_id
)


def _open(course_id: int, now: datetime) -> list[sa.ColumnElement[bool]]:
    return [
        Invitation.course_id == course_id,
        Invitation.state == InvitationState.OPEN,
        Invitation.expires_at > now,
    ]


def _member(row: Any) -> Member:
    return Member(row.id, row.name, row.email or "", row.role, row.joined_at)


def _former(session: Session, course_id: int) -> tuple[Former, ...]:
    remover = aliased(User)
    is_back = sa.exists().where(
        Enrolment.user_id == FormerMember.user_id, Enrolment.course_id == course_id
    )
    rows = session.execute(
        sa.select(
            User.id,
            User.name,
            User.email,
            FormerMember.role,
            FormerMember.left_at,
            FormerMember.removed_by.is_not(None).label("is_removed"),
            remover.name.label("removed_by"),
        )
        .join(User, User.id == FormerMember.user_id)
        .outerjoin(remover, remover.id == FormerMember.removed_by)
        .where(FormerMember.course_id == course_id, User.is_guest.is_(False), ~is_back)
        .order_by(FormerMember.left_at.desc(), User.id)
        .limit(MOST_FORMER)
    )
    return tuple(
        Former(
            row.id,
            row.name,
            row.email or "",
            row.role,
            row.left_at,
            bool(row.is_removed),
            row.removed_by,
        )
        for row in rows
    )
