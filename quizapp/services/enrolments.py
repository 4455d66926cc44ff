"""Joining and leaving courses: every way in and out goes through `enrol` and `take_out`."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.models import Course, Enrolment, FormerMember, Group, GroupMember, Role, User
from quizapp.policy import Actor
from quizapp.queries.joining import IS_OPEN, has_other_instructor

#: How long somebody who left by themselves may come back by themselves.
RETURN_WITHIN = timedelta(days=30)
NO_MEMBER = "There is no such person in this course."
LAST_INSTRUCTOR = "A course needs an instructor. Make somebody else one first."
_NO_COURSE = "There is no such course to join."
_NO_WAY_BACK = "There is no course to go back to. Ask whoever teaches it for its join code."


def join_course(session: Session, *, actor: Actor, slug: str, now: datetime) -> bool:
    """Make someone a student of a public course; return whether they were not in it before.

    Whoever is a member already keeps the role they have.

    :raises NotFound: there is no such public course, or it is archived.
    """
    course_id = session.scalar(
        sa.select(Course.id).where(Course.slug == slug, Course.is_public, IS_OPEN)
    )
    if course_id is None:
        raise NotFound(_NO_COURSE)
    return enrol(session, user_id=actor.id, course_id=course_id, role=Role.STUDENT, now=now)


def enrol(
    session: Session,
    *,
    user_id: int,
    course_id: int,
    role: Role,
    now: datetime,
    group_id: int | None = None,
) -> bool:
    """Put someone into a course; return whether they were not in it before.

    Whoever is a member keeps the higher role; whoever was one before has joined when they did then.

    :param group_id: a group of the course that they are put into too, if they are a student.
    :raises NotFound: the course goes, with the account of whoever was alone in it.
    """
    # Who presses twice waits, and is in the course already.
    person = sa.select(User.id).where(User.id == user_id)
    session.execute(person.with_for_update(key_share=True))
    # Who takes the course along with their account is waited for.
    hidden = sa.select(Course.hidden_since).where(Course.id == course_id)
    if session.scalar(hidden.with_for_update(read=True, key_share=True)) is not None:
        raise NotFound(_NO_COURSE)
    found = session.get(Enrolment, (user_id, course_id), populate_existing=True)
    is_new = found is None
    if found is None:
        former = session.get(FormerMember, (user_id, course_id), populate_existing=True)
        joined_at = former.joined_at if former else now
        found = Enrolment(user_id=user_id, course_id=course_id, role=role, joined_at=joined_at)
        session.add(found)
        if former:
            session.delete(former)
    elif role is Role.INSTRUCTOR:
        found.role = role
    if group_id is not None and found.role is Role.STUDENT:
        _put_into(session, user_id, course_id, group_id)
    session.flush()  # a page that reads it with Core in this transaction sees it
    return is_new


def take_out(
    session: Session, *, user_id: int, course_id: int, by: int | None, now: datetime
) -> Enrolment:
    """Take someone out of a course, and remember what they were; return what that was.

    What they learnt, their attempts, groups and needs stay, and hold again when they are back.

    :param by: who removes them; None where they leave.
    :raises NotFound: they are not in it.
    """
    found = session.get(Enrolment, (user_id, course_id), populate_existing=True)
    if found is None:
        raise NotFound(NO_MEMBER)
    key = {"user_id": user_id, "course_id": course_id}
    session.execute(sa.delete(FormerMember).filter_by(**key))
    session.add(
        FormerMember(**key, role=found.role, joined_at=found.joined_at, left_at=now, removed_by=by)
    )
    session.delete(found)
    session.flush()  # pages read with Core
    return found


def leave_course(session: Session, *, actor: Actor, slug: str, now: datetime) -> str:
    """Let someone leave a course; return its title.

    :raises NotFound: they are not in it. :raises Conflict: nobody else teaches it.
    """
    course = session.execute(
        sa.select(Course.id, Course.title).where(
            Course.slug == slug, Course.id.in_(list(actor.roles))
        )
    ).one_or_none()
    if course is None:
        raise NotFound("There is no such course of yours.")
    if actor.teaches(course.id):
        require_other_instructor(session, course_id=course.id, user_id=actor.id)
    take_out(session, user_id=actor.id, course_id=course.id, by=None, now=now)
    title: str = course.title
    return title


def return_to_course(session: Session, *, actor: Actor, slug: str, now: datetime) -> int:
    """Let someone who left by themselves go back, as the student they were; return the course's id.

    To an archived course too: they may read what they had there.

    :raises NotFound: they never were in it, were removed, taught it, or left too long ago.
    """
    course_id = session.scalar(
        sa.select(Course.id)
        .join(FormerMember, FormerMember.course_id == Course.id)
        .where(
            Course.slug == slug,
            Course.hidden_since.is_(None),
            FormerMember.user_id == actor.id,
            FormerMember.removed_by.is_(None),
            FormerMember.role == Role.STUDENT,
            FormerMember.left_at > now - RETURN_WITHIN,
        )
    )
    if course_id is None:
        raise NotFound(_NO_WAY_BACK)
    enrol(session, user_id=actor.id, course_id=course_id, role=Role.STUDENT, now=now)
    return course_id


def require_other_instructor(session: Session, *, course_id: int, user_id: int) -> None:
    """Pass if somebody else who can sign in teaches the course too; others who ask this wait.

    :raises Conflict: nobody else does.
    """
    # Two who step down at once would each count on the other.
    session.execute(sa.select(Course.id).where(Course.id == course_id).with_for_update())
    if not has_other_instructor(session, course_id=course_id, user_id=user_id):
        raise Conflict(LAST_INSTRUCTOR)


def _put_into(session: Session, user_id: int, course_id: int, group_id: int) -> None:
    group = sa.select(Group.id).where(Group.id == group_id, Group.course_id == course_id)
    if session.scalar(group) is None:
        return  # deleted meanwhile: they are in the course all the same
    if session.get(GroupMember, (user_id, group_id)) is None:
        session.add(GroupMember(learner_id=user_id, group_id=group_id))
