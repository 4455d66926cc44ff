"""Who is asking."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Course, Enrolment, User, UserSession
from quizapp.policy import Actor
from quizapp.queries.compiled import Compiled


def token_hash(token: str) -> str:
    """Return what the database keeps of a session or reset token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


_ACTOR_COLUMNS = (
    User.id,
    User.name,
    User.email,
    User.is_admin,
    User.is_guest,
    User.timezone,
    User.day_start_hour,
    Enrolment.course_id,
    Enrolment.role,
    Course.archived_at,
)
# Every request asks this.
_BY_TOKEN = Compiled(
    sa.select(*_ACTOR_COLUMNS)
    .select_from(UserSession)
    .join(User, User.id == UserSession.user_id)
    .outerjoin(Enrolment, Enrolment.user_id == User.id)
    .outerjoin(Course, Course.id == Enrolment.course_id)
    .where(
        UserSession.token_hash == sa.bindparam("hash"),
        UserSession.expires_at > sa.bindparam("now"),
        User.is_disabled.is_(False),
    )
    .order_by(Enrolment.joined_at, Enrolment.course_id)
)
_BY_ID = (
    sa.select(*_ACTOR_COLUMNS)
    .select_from(User)
    .outerjoin(Enrolment, Enrolment.user_id == User.id)
    .outerjoin(Course, Course.id == Enrolment.course_id)
    .where(User.id == sa.bindparam("user_id"))
    .order_by(Enrolment.joined_at, Enrolment.course_id)
)
_ARCHIVED = sa.select(Course.id).where(Course.archived_at.is_not(None))


def actor_for_token(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Return who holds a session token, or None: unknown, ended, expired or disabled."""
    values = {"hash": token_hash(token), "now": now}
    return _actor(session, _BY_TOKEN.rows(session.connection(), values))


def actor_for_id(session: Session, user_id: int) -> Actor | None:
    """Return the actor for a user id, for commands and jobs, or None."""
    return _actor(session, session.execute(_BY_ID, {"user_id": user_id}).all())


def _actor(session: Session, rows: Sequence[Any]) -> Actor | None:
    if not rows:
        return None
    first = rows[0]
    archived = {r.course_id for r in rows if r.archived_at is not None}
    if first.is_admin:  # they write to courses that they are not in
        archived.update(session.scalars(_ARCHIVED))
    return Actor(
        id=first.id,
        name=first.name,
        email=first.email,
        is_admin=first.is_admin,
        is_guest=first.is_guest,
        timezone=first.timezone,
        day_start_hour=first.day_start_hour,
        roles=MappingProxyType({r.course_id: r.role for r in rows if r.course_id is not None}),
        archived=frozenset(archived),
    )


def accounts_after(session: Session, last: int, *, limit: int) -> Sequence[int]:
    """Return the ids of the next accounts, in their order; who learnt anything has one.

    To ask a log of many millions who stands in it next means reading all the rest of it.
    """
    found = sa.select(User.id).where(User.id > last).order_by(User.id).limit(limit)
    return session.scalars(found).all()


def has_accounts(session: Session) -> bool:
    """Return whether anybody has signed up; guests do not count."""
    found = session.scalar(sa.select(User.id).where(User.email.is_not(None)).limit(1))
    return found is not None
