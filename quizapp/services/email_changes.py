"""Another address for an account: asked for with the password, used once its mailbox says yes.

The page answers alike whether the address has an account or not, as with forgotten passwords: a
worker looks, makes the link and sends it, so that its secret is in the letter and nowhere else.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import EmailChange, PasswordReset, User
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.services.accounts import email_problems, fold_email
from quizapp.services.credentials import Proof
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.limits import EMAIL_CHANGE, count_against
from quizapp.services.mail import (
    Letter,
    address_letter,
    old_address_letter,
    post_letter,
    taken_letter,
)
from quizapp.services.sessions import new_token
from quizapp.services.weekly_letters import letters_follow

HOURS = 24
_FIELD = "email"
_OVER = f"This link has been used or is older than {HOURS} hours. Ask for a new one."
_TAKEN = "This address has an account of its own by now, so nothing was changed."


def count_change(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one wish for another address.

    :raises LimitReached: too many; each is a letter to somebody.
    """
    count_against(session, limit=EMAIL_CHANGE, subject=str(actor.id), now=now)


def check_address(actor: Actor, email: str) -> str:
    """Return the address as it is kept.

    :raises Invalid: it is none, or the one in use.
    """
    problems = email_problems(email, path=_FIELD)
    folded = fold_email(email)
    if not problems and folded == actor.email:
        problems = [Problem(_FIELD, "This is your address already. Enter another one.")]
    if problems:
        raise Invalid(problems)
    return folded


def ask_change(
    session: Session, *, actor: Actor, proof: Proof, email: str, site: str, now: datetime
) -> None:
    """Store that somebody wants another address, and have both mailboxes told.

    :param proof: that they know the password. :param email: what `check_address` returned.
    :param site: the address of this site, with a slash at the end.
    :raises Conflict: the password was changed meanwhile.
    """
    known = sa.select(User.email).where(User.id == proof.user_id, User.password_hash == proof.kept)
    old = session.scalar(known.with_for_update(key_share=True))
    if old is None:
        raise Conflict("Your password was changed in another window. Sign in again.")
    forget_change(session, user_id=actor.id)
    session.add(
        EmailChange(
            user_id=actor.id, email=email, token_hash=None, expires_at=now + timedelta(hours=HOURS)
        )
    )
    session.flush()  # a second press fails here
    payload = {"user_id": actor.id, "site": site}
    enqueue(session, name=JobName.SEND_EMAIL_CHANGE, payload=payload, now=now)
    letter = old_address_letter(email=old, is_done=False, site=site)
    post_letter(session, letter=letter, now=now)


def forget_change(session: Session, *, user_id: int) -> None:
    """Drop the wish for another address; its link works no more."""
    gone = sa.delete(EmailChange).where(EmailChange.user_id == user_id)
    session.execute(gone, execution_options={"synchronize_session": False})


def waiting_address(session: Session, *, user_id: int, now: datetime) -> str | None:
    """Return the address whose mailbox has not said yes so far, or None."""
    found = sa.select(EmailChange.email).where(
        EmailChange.user_id == user_id, EmailChange.expires_at > now
    )
    return session.scalar(found)


def make_change_letter(
    session: Session, *, user_id: int, site: str, now: datetime
) -> Letter | None:
    """Return the letter to the new address; its link replaces one that was made before."""
    mine = (EmailChange.user_id == user_id, EmailChange.expires_at > now)
    email = session.scalar(sa.select(EmailChange.email).where(*mine))
    if email is None:
        return None
    if session.scalar(sa.select(User.id).where(User.email == email)) is not None:
        return taken_letter(email=email, site=site)
    token = new_token()
    session.execute(sa.update(EmailChange).where(*mine).values(token_hash=token_hash(token)))
    return address_letter(email=email, token=token, hours=HOURS, site=site)


def asked_address(session: Session, *, token: str, now: datetime) -> str:
    """Return the address that a link is about.

    :raises NotFound: it was used, is too old or never was.
    """
    return str(_asked(session, token, now).email)


def use_address(session: Session, *, token: str, site: str, now: datetime) -> None:
    """Use a link up: from now on the account has the new address, and the old one is told.

    Links for a new password that went to the old mailbox end with it, and weekly letters follow.

    :raises NotFound: as `asked_address`. :raises Conflict: the address has an account by now.
    """
    row = _asked(session, token, now)
    forget_change(session, user_id=row.user_id)
    taken = sa.select(User.id).where(User.email == row.email)
    if session.scalar(taken) is not None:
        raise Conflict(_TAKEN)
    session.execute(sa.update(User).where(User.id == row.user_id).values(email=row.email))
    session.execute(sa.delete(PasswordReset).where(PasswordReset.user_id == row.user_id))
    letters_follow(session, learner_id=row.user_id, now=now)
    letter = old_address_letter(email=row.old, is_done=True, site=site)
    post_letter(session, letter=letter, now=now)


def purge_email_changes(session: Session, *, now: datetime) -> None:
    """Drop the wishes that no mailbox said yes to in time."""
    session.execute(sa.delete(EmailChange).where(EmailChange.expires_at <= now))


def _asked(session: Session, token: str, now: datetime) -> Any:
    found = (
        sa.select(EmailChange.user_id, EmailChange.email, User.email.label("old"))
        .join(User, User.id == EmailChange.user_id)
        .where(
            EmailChange.token_hash == token_hash(token),
            EmailChange.expires_at > now,
            User.is_disabled.is_(False),
        )
        .with_for_update(of=EmailChange)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound(_OVER)
    return row
