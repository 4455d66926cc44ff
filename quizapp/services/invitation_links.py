"""The link of an invitation: made when its letter leaves, used once to come or to say no."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Course, Invitation, InvitationState
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.queries.joining import IS_OPEN, LINK_OVER
from quizapp.services.enrolments import enrol
from quizapp.services.mail import Letter, invitation_letter
from quizapp.services.sessions import new_token

LIFETIME = timedelta(days=14)


def make_letter(session: Session, *, invitation_id: int, site: str, now: datetime) -> Letter | None:
    """Make an invitation's link and return the letter with it; None if it is not to be sent.

    The link of a letter before fails: the database keeps one hash.
    """
    row = session.execute(
        sa.select(Invitation.email, Course.title)
        .join(Course, Course.id == Invitation.course_id)
        .where(
            Invitation.id == invitation_id,
            Invitation.state == InvitationState.OPEN,
            Invitation.expires_at > now,
            IS_OPEN,
        )
    ).one_or_none()
    if row is None:
        return None
    token = new_token()
    session.execute(
        sa.update(Invitation)
        .where(Invitation.id == invitation_id)
        .values(token_hash=token_hash(token), expires_at=now + LIFETIME)
    )
    return invitation_letter(
        email=row.email, course=row.title, token=token, days=LIFETIME.days, site=site
    )


def mark_sent(session: Session, *, invitation_id: int, now: datetime) -> None:
    """Remember that the letter of an invitation went out."""
    session.execute(sa.update(Invitation).where(Invitation.id == invitation_id).values(sent_at=now))


def accept(session: Session, *, actor: Actor, token: str, now: datetime) -> str:
    """Use an invitation up and join its course; return the course's slug.

    Whoever has the link may use it with the account they like; the instructors see which.

    :raises NotFound: the link was used, taken back, is too old, or the course is archived.
    """
    row = _settle(session, token, InvitationState.ACCEPTED, now, accepted_by=actor.id)
    enrol(
        session,
        user_id=actor.id,
        course_id=row.course_id,
        role=row.role,
        group_id=row.group_id,
        now=now,
    )
    slug: str = row.slug
    return slug


def decline(session: Session, *, token: str, now: datetime) -> None:
    """Use an invitation up without joining.

    :raises NotFound: as in `accept`.
    """
    _settle(session, token, InvitationState.DECLINED, now)


def _settle(
    session: Session,
    token: str,
    state: InvitationState,
    now: datetime,
    *,
    accepted_by: int | None = None,
) -> Any:
    running = sa.select(Course.id).where(IS_OPEN)
    used = session.execute(
        sa.update(Invitation)
        .where(
            Invitation.token_hash == token_hash(token),
            Invitation.state == InvitationState.OPEN,
            Invitation.expires_at > now,
            Invitation.course_id.in_(running),
        )
        .values(state=state, settled_at=now, accepted_by=accepted_by, token_hash=None)
        .returning(Invitation.id)
    ).scalar_one_or_none()
    if used is None:
        raise NotFound(LINK_OVER)
    return session.execute(
        sa.select(Invitation.course_id, Invitation.role, Invitation.group_id, Course.slug)
        .join(Course, Course.id == Invitation.course_id)
        .where(Invitation.id == used)
    ).one()
