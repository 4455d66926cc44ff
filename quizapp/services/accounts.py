"""Accounts: who may have one, and what it may do."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.models import Course, Enrolment, FormerMember, Role, User
from quizapp.policy import Actor
from quizapp.services.limits import SIGN_UP_NETWORK, count_against
from quizapp.services.passwords import hash_password, password_problems
from quizapp.services.sessions import close_all
from quizapp.services.zones import zone_problems

MAXIMUM_EMAIL, MAXIMUM_LOCAL_PART, MAXIMUM_NAME = 254, 64, 100
#: Persian and Hindi names are spelt with these joiners, which show nothing themselves.
_JOINERS = "\u200c\u200d"
_TAKEN = "This address cannot be used. If it is yours, sign in or reset the password."


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account that may be made: checked, folded, and with its password hashed."""

    email: str
    name: str
    password_hash: str
    timezone: str


def fold_email(text: str) -> str:
    """Return an address as it is stored and looked up: without spaces round it, lower case."""
    return text.strip().lower()


def email_problems(text: str, *, path: str = "email") -> list[Problem]:
    """Return what is wrong with an address as typed; only what can be written to it matters."""
    email = text.strip()
    if len(email) > MAXIMUM_EMAIL:
        return [Problem(path, f"Use an address of at most {MAXIMUM_EMAIL} characters.")]
    local, _, domain = email.partition("@")
    # Plain ASCII: another letter that looks or folds alike must not reach a neighbour's account.
    is_plain = email.isascii() and all(33 <= ord(letter) < 127 for letter in email)
    labels = domain.split(".")
    is_domain = len(labels) > 1 and all(label.replace("-", "").isalnum() for label in labels)
    is_local = 0 < len(local) <= MAXIMUM_LOCAL_PART and not set(local) & set('()<>[],;:\\"')
    if is_plain and is_local and is_domain:
        return []
    return [Problem(path, "Enter an email address with an @, like amara@example.org.")]


def clean_name(text: str) -> str:
    """Return a name as it is stored: NFC, one space between words, nothing that misleads."""
    normal = unicodedata.normalize("NFC", text)
    return " ".join("".join(c for c in normal if c.isspace() or _is_shown(c)).split())


def name_problems(name: str, *, path: str = "name") -> list[Problem]:
    """Return what is wrong with a cleaned name."""
    if not any(c.isprintable() for c in name):
        return [Problem(path, "Enter a name, as your class knows you.")]
    if len(name) > MAXIMUM_NAME:
        return [Problem(path, f"Use at most {MAXIMUM_NAME} characters.")]
    return []


def prepare_account(*, email: str, password: str, name: str, timezone: str) -> NewAccount:
    """Check what was typed and hash the password; slow, so call it before a transaction.

    :param name: when empty, the part of the address before the @ stands in.
    :raises Invalid: with a problem for everything that is wrong.
    """
    folded = fold_email(email)
    cleaned = clean_name(name) or folded.partition("@")[0]
    problems = email_problems(email)
    problems += password_problems(password, email=folded)
    problems += name_problems(cleaned) if not problems or name.strip() else []
    problems += zone_problems(timezone)
    if problems:
        raise Invalid(problems)
    return NewAccount(folded, cleaned, hash_password(password), timezone)


def count_sign_up(session: Session, *, network: str, now: datetime) -> None:
    """Count one try to make an account.

    :raises LimitReached: the network made too many this hour.
    """
    count_against(session, limit=SIGN_UP_NETWORK, subject=network, now=now)


def sign_up(session: Session, *, account: NewAccount, guest: Actor | None, now: datetime) -> int:
    """Store an account, a student of every public course; return the user's id.

    :param guest: who turns into this account and keeps everything learnt so far, if anyone.
    :raises Invalid: the address has an account. :raises Conflict: the guest no longer is one.
    """
    if session.scalar(sa.select(User.id).where(User.email == account.email)) is not None:
        raise Invalid([Problem("email", _TAKEN)])
    values: dict[str, Any] = {
        "email": account.email,
        "name": account.name,
        "password_hash": account.password_hash,
        "timezone": account.timezone,
        "is_guest": False,
    }
    if guest is None:
        user = User(**values, created_at=now)
        session.add(user)
        session.flush()  # generate user.id
        user_id = user.id
    else:
        user_id = guest.id
        _upgrade_guest(session, user_id, values)
    join_public_courses(session, user_id=user_id, now=now)
    return user_id


def join_public_courses(session: Session, *, user_id: int, now: datetime) -> None:
    """Make a user a student of every public course that runs, but for those that they were in."""
    joined = sa.select(Enrolment.course_id).where(Enrolment.user_id == user_id)
    left = sa.select(FormerMember.course_id).where(FormerMember.user_id == user_id)
    missing = sa.select(Course.id).where(
        Course.is_public,
        Course.archived_at.is_(None),
        Course.id.not_in(joined),
        Course.id.not_in(left),
    )
    for course_id in session.scalars(missing.order_by(Course.id)).all():
        session.add(
            Enrolment(user_id=user_id, course_id=course_id, role=Role.STUDENT, joined_at=now)
        )
    session.flush()  # the caller may sign the user in and read the roles at once


def user_id_of(session: Session, *, email: str) -> int:
    """Return the id of the account with an address.

    :raises NotFound: there is none.
    """
    found = session.scalar(sa.select(User.id).where(User.email == fold_email(email)))
    if found is None:
        raise NotFound(f"There is no account with the address {fold_email(email)}.")
    return found


def make_admin(session: Session, *, user_id: int) -> None:
    """Let a user run the site."""
    session.execute(sa.update(User).where(User.id == user_id).values(is_admin=True))


def set_role(session: Session, *, user_id: int, course_id: int, role: Role, now: datetime) -> None:
    """Make a user a student or an instructor of a course, a new member if need be."""
    enrolment = session.get(Enrolment, (user_id, course_id))
    if enrolment is None:
        enrolment = Enrolment(user_id=user_id, course_id=course_id, role=role, joined_at=now)
        session.add(enrolment)
    enrolment.role = role
    session.flush()  # so that a second call in this transaction finds it


def disable(session: Session, *, user_id: int) -> None:
    """Close an account: its sessions end now, and its password opens none."""
    session.execute(sa.update(User).where(User.id == user_id).values(is_disabled=True))
    close_all(session, user_id=user_id)


def _upgrade_guest(session: Session, user_id: int, values: dict[str, Any]) -> None:
    upgraded = session.execute(
        sa.update(User).where(User.id == user_id, User.is_guest.is_(True)).values(**values)
    )
    if cast("sa.CursorResult[Any]", upgraded).rowcount != 1:
        raise Conflict("This guest has an account by now. Sign in to it.")
    close_all(session, user_id=user_id)


def _is_shown(letter: str) -> bool:
    # Category C: control characters, and those that turn the direction of what follows.
    return letter in _JOINERS or not unicodedata.category(letter).startswith("C")
