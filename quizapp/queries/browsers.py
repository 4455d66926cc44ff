"""Where somebody is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import UserSession
from quizapp.queries.accounts import token_hash

#: Of the digest of a token; it opens nothing, and tells one session from another.
NAME_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is signed in.

    :param name: by which it can be signed out. :param what: in words, "" where it did not tell.
    """

    name: str
    what: str
    since: datetime
    until: datetime
    is_this: bool


def signed_in_browsers(
    session: Session, *, user_id: int, token: str, now: datetime
) -> list[Browser]:
    """Return somebody's browsers, this one first, then those that signed in last.

    :param token: of the browser that asks.
    """
    rows = session.execute(
        sa.select(
            UserSession.token_hash,
            UserSession.browser,
            UserSession.created_at,
            UserSession.expires_at,
        )
        .where(UserSession.user_id == user_id, UserSession.expires_at > now)
        .order_by(UserSession.created_at.desc(), UserSession.token_hash)
    )
    here = token_hash(token)
    found = [Browser(row[0][:NAME_LENGTH], *row[1:], is_this=row[0] == here) for row in rows]
    return sorted(found, key=lambda one: not one.is_this)
