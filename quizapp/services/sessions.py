"""Signed-in browsers: rows that can be ended from here, whatever cookie was copied."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import PasswordReset, UserSession
from quizapp.queries.accounts import token_hash
from quizapp.queries.browsers import NAME_LENGTH

LIFETIME = timedelta(days=60)


def new_token() -> str:
    """Return 256 random bits as text for an address or a cookie."""
    return secrets.token_urlsafe(32)


def open_session(session: Session, *, user_id: int, now: datetime, browser: str = "") -> str:
    """Sign a browser in and return its token; only the token's hash is kept.

    :param browser: what it is, in a few words.
    """
    token = new_token()
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user_id,
            created_at=now,
            expires_at=now + LIFETIME,
            browser=browser[:60],
        )
    )
    session.flush()  # a user who was deleted meanwhile fails here, not at the commit
    return token


def close_session(session: Session, *, token: str) -> None:
    """End one browser's session; nothing happens if it had ended."""
    session.execute(sa.delete(UserSession).where(UserSession.token_hash == token_hash(token)))


def close_one(session: Session, *, user_id: int, name: str) -> None:
    """End the session of a user that a list of them named; nothing happens if it had ended.

    :param name: as `queries.browsers` gave it.
    """
    ended = sa.delete(UserSession).where(
        UserSession.user_id == user_id,
        sa.func.substr(UserSession.token_hash, 1, len(name)) == name,
    )
    if len(name) == NAME_LENGTH:
        session.execute(ended)


def close_all(session: Session, *, user_id: int, but: str | None = None) -> None:
    """End every session of a user, or every one but that of the token `but`."""
    ended = sa.delete(UserSession).where(UserSession.user_id == user_id)
    if but is not None:
        ended = ended.where(UserSession.token_hash != token_hash(but))
    session.execute(ended)


def purge_expired(session: Session, *, now: datetime) -> None:
    """Drop the sessions and reset links whose time is over."""
    session.execute(sa.delete(UserSession).where(UserSession.expires_at <= now))
    session.execute(sa.delete(PasswordReset).where(PasswordReset.expires_at <= now))
