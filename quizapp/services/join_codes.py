"""Join codes: making, renewing, switching off, and joining by them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid, NotFound, Problem
from quizapp.models import JoinCode, Role
from quizapp.models.membership import CODE_LENGTH
from quizapp.policy import Actor, require_author
from quizapp.queries import people
from quizapp.queries.joining import NO_SUCH_CODE, offered_by
from quizapp.services.enrolments import enrol
from quizapp.services.limits import (
    JOIN_GUESS_ACCOUNT,
    JOIN_GUESS_NETWORK,
    Limit,
    count_against,
    require_tries_left,
)

#: No vowels, so that no code is a word; and of signs that look alike none: 0 O Q, 1 I L, 2 Z,
#: 5 S, 8 B. 21 signs in 8 places are 38 thousand million codes.
LETTERS = "CDFGHJKMNPRTVWXY34679"
_NO_CODE = "This course has no join code yet. Make one first."


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose code: a course's own, or that of one of its groups."""

    course_id: int
    group_id: int | None = None


def read_code(text: str) -> str:
    """Return a code as it is stored, whatever case, spaces and dashes were typed; "" for none."""
    plain = "".join(sign for sign in text.upper() if sign.isalnum())
    return plain if len(plain) == CODE_LENGTH and set(plain) <= set(LETTERS) else ""


def make_code(session: Session, *, actor: Actor, whose: Whose, now: datetime) -> str:
    """Give a course, or one of its groups, a new code; the one before fails at once.

    A date that it ends on goes with it.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group.
    """
    require_author(actor, whose.course_id)
    if whose.group_id is not None:
        people.group(session, actor=actor, course_id=whose.course_id, group_id=whose.group_id)
    session.execute(sa.delete(JoinCode).where(*_is(whose)))
    code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
    session.add(
        JoinCode(
            code=code,
            course_id=whose.course_id,
            group_id=whose.group_id,
            is_on=True,
            made_at=now,
        )
    )
    session.flush()  # pages read with Core; a code that is taken fails here
    return code


def switch_code(
    session: Session, *, actor: Actor, whose: Whose, is_on: bool, now: datetime
) -> None:
    """Switch a code off, or on again; an end that it is past goes then, so that it works.

    :raises Forbidden, NotFound: the actor does not teach the course, or there is no code.
    """
    require_author(actor, whose.course_id)
    ends_at = sa.case((JoinCode.ends_at <= now, sa.null()), else_=JoinCode.ends_at)
    _update(session, whose, is_on=is_on, **({"ends_at": ends_at} if is_on else {}))


def end_code(
    session: Session,
    *,
    actor: Actor,
    whose: Whose,
    ends_at: datetime | None,
    now: datetime,
) -> None:
    """Set the moment from which a code fails; None for never.

    :raises Forbidden, NotFound: the actor does not teach the course, or there is no code.
    :raises Invalid: the moment is over, at "ends_on".
    """
    require_author(actor, whose.course_id)
    if ends_at is not None and ends_at <= now:
        raise Invalid([Problem("ends_on", "Choose today or a later day.")])
    _update(session, whose, ends_at=ends_at)


def require_guesses(session: Session, *, actor: Actor | None, network: str, now: datetime) -> None:
    """Pass whoever may still try codes; nothing is counted yet.

    :raises LimitReached: too many were wrong.
    """
    limit, subject = _guesser(actor, network)
    require_tries_left(session, limit=limit, subject=subject, now=now)


def count_guess(session: Session, *, actor: Actor | None, network: str, now: datetime) -> None:
    """Count a code that was wrong; right ones are not counted, for a class shares one network.

    :raises LimitReached: too many were wrong.
    """
    limit, subject = _guesser(actor, network)
    count_against(session, limit=limit, subject=subject, now=now)


def join_by_code(session: Session, *, actor: Actor, code: str, now: datetime) -> tuple[str, bool]:
    """Make someone a student of the course of a code; return its slug, and whether they are new.

    :raises NotFound: the code is wrong, old, switched off or over, or the course is archived.
    """
    offer = offered_by(session, code=read_code(code), now=now)
    if offer is None:
        raise NotFound(NO_SUCH_CODE)
    is_new = enrol(
        session,
        user_id=actor.id,
        course_id=offer.course_id,
        role=Role.STUDENT,
        group_id=offer.group_id,
        now=now,
    )
    return offer.slug, is_new


def _guesser(actor: Actor | None, network: str) -> tuple[Limit, str]:
    if actor is None or actor.is_guest:
        return JOIN_GUESS_NETWORK, network
    return JOIN_GUESS_ACCOUNT, str(actor.id)


def _is(whose: Whose) -> list[sa.ColumnElement[bool]]:
    is_group = (
        JoinCode.group_id.is_(None)
        if whose.group_id is None
        else JoinCode.group_id == whose.group_id
    )
    return [JoinCode.course_id == whose.course_id, is_group]


def _update(session: Session, whose: Whose, **values: object) -> None:
    changed = session.execute(
        sa.update(JoinCode).where(*_is(whose)).values(**values).returning(JoinCode.code)
    ).one_or_none()
    if changed is None:
        raise NotFound(_NO_CODE)
