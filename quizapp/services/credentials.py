"""Proving who one is, by a password."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, Problem
from quizapp.models import EmailChange, User
from quizapp.policy import Actor
from quizapp.services.accounts import email_problems, fold_email
from quizapp.services.limits import (
    NEW_PASSWORD,
    SIGN_IN_ACCOUNT,
    SIGN_IN_NETWORK,
    count_against,
    forget_tries,
    give_back,
)
from quizapp.services.passwords import hash_password, is_outdated, is_password, require_password
from quizapp.services.sessions import close_all, open_session

_WRONG = "The email address or the password is wrong."


@dataclass(frozen=True, slots=True)
class Proof:
    """Somebody showed the password of a user.

    :param kept: the hash it was compared with. :param renewed: a hash at today's parameters
        to keep instead, or None when the kept one is still good.
    """

    user_id: int
    kept: str
    renewed: str | None


def count_sign_in(session: Session, *, email: str, network: str, now: datetime) -> None:
    """Count one try to sign in, before the password is looked at.

    :raises LimitReached: too many for the account or the network, known or not.
    """
    count_against(session, limit=SIGN_IN_NETWORK, subject=network, now=now)
    count_against(session, limit=SIGN_IN_ACCOUNT, subject=fold_email(email), now=now)


def authenticate(session: Session, *, email: str, password: str) -> Proof:
    """Return proof of who has this address and password; reads only.

    Slow, so call it before a transaction. Unknown addresses take as long as wrong passwords.

    :raises Invalid: with one and the same problem for unknown, wrong, disabled and guest.
    """
    row = session.execute(
        sa.select(User.id, User.password_hash).where(
            # What is no address cannot be stored as one; PostgreSQL would refuse to look for it.
            User.email == ("" if email_problems(email) else fold_email(email)),
            User.is_disabled.is_(False),
        )
    ).one_or_none()
    kept = row.password_hash if row else None
    if not is_password(password, kept) or row is None or kept is None:
        raise Invalid([Problem("", _WRONG)])
    return Proof(row.id, kept, hash_password(password) if is_outdated(kept) else None)


def sign_in(
    session: Session, *, proof: Proof, email: str, network: str, now: datetime, browser: str = ""
) -> str:
    """Open a session for whom the proof names and return its token.

    The tries counted for it are given back: only bad ones use up the limits.

    :param browser: what signs in, in a few words.

    :raises Invalid: the password or the account changed since it was compared.
    """
    found = session.execute(
        sa.update(User)
        .where(
            User.id == proof.user_id,
            User.password_hash == proof.kept,
            User.is_disabled.is_(False),
        )
        .values(password_hash=proof.renewed or proof.kept)
    )
    if _rows(found) != 1:
        raise Invalid([Problem("", _WRONG)])
    forget_tries(session, limit=SIGN_IN_ACCOUNT, subject=fold_email(email))
    give_back(session, limit=SIGN_IN_NETWORK, subject=network)
    return open_session(session, user_id=proof.user_id, now=now, browser=browser)


def prove_present_password(session: Session, *, actor: Actor, password: str) -> Proof:
    """Return proof that a signed-in member knows the present password; slow, reads only.

    :raises Invalid: at `present`: it is another one.
    """
    kept = session.scalar(sa.select(User.password_hash).where(User.id == actor.id))
    if not is_password(password, kept) or kept is None:
        raise Invalid([Problem("present", "This is not your present password.")])
    return Proof(actor.id, kept, None)


def count_password_change(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one try to change a password.

    :raises LimitReached: too many; a borrowed browser must not become a way to guess.
    """
    count_against(session, limit=NEW_PASSWORD, subject=str(actor.id), now=now)


def hash_new_password(password: str, *, email: str) -> str:
    """Return the hash of a password that may be chosen; slow.

    :raises Invalid: at `password`: it may not be chosen.
    """
    require_password(password, email=email, path="password")
    return hash_password(password)


def change_password(session: Session, *, proof: Proof, new_hash: str, token: str) -> None:
    """Keep the new password and end every session but the one with this token.

    A wish for another address ends too: it may have been a stranger's.

    :raises Conflict: the password was changed meanwhile.
    """
    changed = session.execute(
        sa.update(User)
        .where(User.id == proof.user_id, User.password_hash == proof.kept)
        .values(password_hash=new_hash)
    )
    if _rows(changed) != 1:
        raise Conflict("Your password was changed in another window. Sign in again.")
    session.execute(sa.delete(EmailChange).where(EmailChange.user_id == proof.user_id))
    close_all(session, user_id=proof.user_id, but=token)


def _rows(result: sa.Result[Any]) -> int:
    return cast("sa.CursorResult[Any]", result).rowcount
