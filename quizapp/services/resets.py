"""Setting a new password when the old one is forgotten.

The page answers alike for every address, because it only leaves a job: the worker looks
whether there is an account, makes the token and sends it. So the token is in the letter
and nowhere else; the database keeps its hash.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound
from quizapp.models import EmailChange, PasswordReset, User
from quizapp.queries.accounts import token_hash
from quizapp.services.accounts import email_problems, fold_email
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.limits import RESET_ACCOUNT, RESET_NETWORK, count_against
from quizapp.services.sessions import close_all, new_token

LIFETIME = timedelta(minutes=30)
_ENDED = "This link has been used or is older than 30 minutes. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Reset:
    """What the letter with the link needs."""

    email: str
    token: str


def count_reset(session: Session, *, email: str, network: str, now: datetime) -> None:
    """Count one wish for a link.

    :raises LimitReached: too many for the address or the network, whether it has an account or not.
    """
    count_against(session, limit=RESET_NETWORK, subject=network, now=now)
    count_against(session, limit=RESET_ACCOUNT, subject=fold_email(email), now=now)


def request_reset(session: Session, *, email: str, site: str, now: datetime) -> None:
    """Have the worker send a link, if the address has an account.

    :param site: the address of this site, with a slash at the end; the link begins with it.
    :raises Invalid: this is no address; that tells nothing about accounts.
    """
    if problems := email_problems(email):
        raise Invalid(problems)
    payload = {"email": fold_email(email), "site": site}
    enqueue(session, name=JobName.SEND_RESET, payload=payload, now=now)


def make_reset(session: Session, *, email: str, now: datetime) -> Reset | None:
    """Return a new link's token, or None when nobody has the address.

    Only the newest link of an account works.
    """
    user_id = session.scalar(
        sa.select(User.id).where(User.email == email, User.is_disabled.is_(False))
    )
    if user_id is None:
        return None
    session.execute(sa.delete(PasswordReset).where(PasswordReset.user_id == user_id))
    token = new_token()
    session.add(
        PasswordReset(token_hash=token_hash(token), user_id=user_id, expires_at=now + LIFETIME)
    )
    session.flush()  # the caller may use the token in this transaction
    return Reset(email, token)


def reset_email(session: Session, *, token: str, now: datetime) -> str:
    """Return the address of the account that a link is for.

    :raises NotFound: the link was used, is too old or never was.
    """
    email = session.scalar(
        sa.select(User.email)
        .join(PasswordReset, PasswordReset.user_id == User.id)
        .where(
            PasswordReset.token_hash == token_hash(token),
            PasswordReset.expires_at > now,
            User.is_disabled.is_(False),
        )
    )
    if email is None:
        raise NotFound(_ENDED)
    return email


def reset_password(session: Session, *, token: str, new_hash: str, now: datetime) -> int:
    """Use a link up, keep the new password, end every session; return the user's id.

    :raises NotFound: the link was used, is too old or never was.
    """
    user_id: int | None = session.scalar(
        sa.delete(PasswordReset)
        .where(PasswordReset.token_hash == token_hash(token), PasswordReset.expires_at > now)
        .returning(PasswordReset.user_id)
    )
    if user_id is None:
        raise NotFound(_ENDED)
    session.execute(sa.update(User).where(User.id == user_id).values(password_hash=new_hash))
    session.execute(sa.delete(PasswordReset).where(PasswordReset.user_id == user_id))
    session.execute(sa.delete(EmailChange).where(EmailChange.user_id == user_id))
    close_all(session, user_id=user_id)
    return user_id
