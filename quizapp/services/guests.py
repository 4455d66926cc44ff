"""People who try the site before they have an account."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import User, UserSession
from quizapp.services.accounts import join_public_courses
from quizapp.services.limits import GUEST_NETWORK, count_against
from quizapp.services.statistics import forget_learners
from quizapp.services.zones import is_zone

GUEST_NAME = "Guest"
#: What a guest learnt is kept this long at least, even when no browser can reach it any more.
KEPT = timedelta(days=60)


def count_guest(session: Session, *, network: str, now: datetime) -> None:
    """Count one more guest of a network.

    :raises LimitReached: it made too many this hour.
    """
    count_against(session, limit=GUEST_NETWORK, subject=network, now=now)


def make_guest(session: Session, *, timezone: str, now: datetime) -> int:
    """Store someone without an address, a student of every public course; return the id.

    :param timezone: what the browser said; UTC stands in for a name that is no zone.
    """
    guest = User(
        name=GUEST_NAME,
        is_guest=True,
        timezone=timezone if is_zone(timezone) else "UTC",
        created_at=now,
    )
    session.add(guest)
    session.flush()  # generate guest.id
    join_public_courses(session, user_id=guest.id, now=now)
    return guest.id


def purge_guests(session: Session, *, now: datetime, at_most: int = 10) -> bool:
    """Drop guests that no browser can reach any more, with all that they learnt.

    Return whether there may be more.

    :param at_most: so many in one go: others wait to write meanwhile, and a guest may have
        learnt for months.
    """
    reachable = sa.select(UserSession.user_id).where(UserSession.expires_at > now)
    lost = (
        sa.select(User.id)
        .where(User.is_guest, User.created_at <= now - KEPT, User.id.not_in(reachable))
        .order_by(User.id)
        .limit(at_most)
    )
    ids = session.scalars(lost).all()
    forget_learners(session, ids)
    session.execute(sa.delete(User).where(User.id.in_(ids)))
    return len(ids) == at_most
