"""Who is what in a course: roles, removing people, bringing them back."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import Enrolment, FormerMember, Role, User
from quizapp.policy import Actor, require_author
from quizapp.services.enrolments import NO_MEMBER, enrol, require_other_instructor, take_out
from quizapp.services.invitations import take_back_from

MUST_ASK = "This is about yourself. Say that you are sure."


def change_role(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    user_id: int,
    role: Role,
    is_sure: bool = False,
) -> bool:
    """Make a member who has an account a student or an instructor; return whether that is new.

    :param is_sure: the actor was asked, where they take a role from themselves.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such member.
    :raises Conflict: it would leave the course without an instructor, which only admins may do;
        or the actor is about to lock themselves out and was not asked.
    """
    require_author(actor, course_id)
    held = (Enrolment.user_id == user_id, Enrolment.course_id == course_id)
    has_account = Enrolment.user_id.in_(sa.select(User.id).where(User.is_guest.is_(False)))
    found = session.scalar(sa.select(Enrolment.role).where(*held, has_account))
    if found is None:
        raise NotFound(NO_MEMBER)
    if found is role:
        return False
    if found is Role.INSTRUCTOR:
        _require_may_go(session, actor, course_id, user_id, is_sure=is_sure)
    # They may have gone while this one waited for its turn.
    changed = sa.update(Enrolment).where(*held).values(role=role).returning(Enrolment.user_id)
    if session.scalar(changed) is None:
        raise NotFound(NO_MEMBER)
    return True


def remove_member(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    user_id: int,
    is_sure: bool = False,
    now: datetime,
) -> None:
    """Take someone out of a course. Their attempts and what they remember stay theirs.

    An open invitation to their address is taken back, or it would let them in again.

    :raises Forbidden, NotFound, Conflict: as in `change_role`.
    """
    require_author(actor, course_id)
    role = session.scalar(
        sa.select(Enrolment.role).where(
            Enrolment.user_id == user_id, Enrolment.course_id == course_id
        )
    )
    if role is Role.INSTRUCTOR:
        _require_may_go(session, actor, course_id, user_id, is_sure=is_sure)
    elif user_id == actor.id and not is_sure:
        raise Conflict(MUST_ASK)
    take_out(session, user_id=user_id, course_id=course_id, by=actor.id, now=now)
    take_back_from(session, course_id=course_id, user_id=user_id, now=now)


def bring_back(
    session: Session, *, actor: Actor, course_id: int, user_id: int, now: datetime
) -> Role:
    """Put a former member back as what they were, with groups and needs; return their role.

    Only people that the course's instructors removed: who left by themselves decides themselves.

    :raises Forbidden, NotFound: the actor does not teach the course, or removed nobody like that.
    """
    require_author(actor, course_id)
    former = session.get(FormerMember, (user_id, course_id), populate_existing=True)
    if former is None or former.removed_by is None:
        raise NotFound("Nobody like that was removed from this course.")
    role = former.role
    enrol(session, user_id=user_id, course_id=course_id, role=role, now=now)
    return role


def _require_may_go(
    session: Session, actor: Actor, course_id: int, user_id: int, *, is_sure: bool
) -> None:
    if not actor.is_admin:
        require_other_instructor(session, course_id=course_id, user_id=user_id)
    if user_id == actor.id and not is_sure:
        raise Conflict(MUST_ASK)
