"""Inviting people by their addresses: a plan first, then letters, each with a link of its own.

Nobody is put into a course without saying yes, and the link alone proves whose mailbox it is: an
account's address has never been proved. So those with an account get the same letter as those
without, and the plan does not tell who has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, LimitReached, NotFound, Problem
from quizapp.models import Enrolment, Invitation, InvitationState, Role, User
from quizapp.policy import Actor, require_author
from quizapp.queries import people
from quizapp.services.allowances import create_group
from quizapp.services.invitation_links import LIFETIME
from quizapp.services.invitation_list import (
    LONGEST_TEXT,
    BadLine,
    Listed,
    read_list,
)
from quizapp.services.jobs import JobName, enqueue_all
from quizapp.services.limits import INVITATIONS, count_against
from quizapp.services.list_table import LONGEST_LIST

#: How long it is kept what became of an invitation.
KEPT = timedelta(days=90)
#: How many sections one list may make.
MOST_SECTIONS = 30
#: Letters of a list leave one after the other, so that others get in between.
_APART = timedelta(milliseconds=500)
_BATCH = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list as it was pasted, and what those on it are to be."""

    text: str
    role: Role = Role.STUDENT
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What inviting would do: every address of the list is in exactly one of these.

    `invited` are those whose invitation is open: they get no second letter. `head` is the line that
    names the columns, where the list is a table; `sections` are those of it that would be made.
    """

    new: tuple[Listed, ...]
    members: tuple[Listed, ...]
    invited: tuple[Listed, ...]
    doubled: tuple[Listed, ...]
    bad: tuple[BadLine, ...]
    head: str = ""
    sections: tuple[str, ...] = ()


def plan_invitations(
    session: Session, *, actor: Actor, course_id: int, wanted: Wanted, now: datetime
) -> Plan:
    """Return what inviting a list would do; nothing is stored.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such group.
    :raises Invalid: the list is empty or too long, at "addresses".
    """
    require_author(actor, course_id)
    if wanted.group_id is not None:
        people.group(session, actor=actor, course_id=course_id, group_id=wanted.group_id)
    if len(wanted.text) > LONGEST_TEXT:
        raise Invalid([Problem("addresses", "This is too long. Invite them in several lists.")])
    read = read_list(wanted.text)
    if not read.listed and not read.bad:
        raise Invalid([Problem("addresses", "Paste at least one email address.")])
    if len(read.listed) > LONGEST_LIST:
        message = (
            f"{len(read.listed):,} addresses are too many for one list. "
            f"Invite at most {LONGEST_LIST} at a time."
        )
        raise Invalid([Problem("addresses", message)])
    emails = [one.email for one in read.listed]
    members = _members(session, course_id, emails)
    invited = _invited(session, course_id, emails, now) - members
    new = tuple(one for one in read.listed if one.email not in members | invited)
    return Plan(
        new=new,
        members=tuple(one for one in read.listed if one.email in members),
        invited=tuple(one for one in read.listed if one.email in invited),
        doubled=read.doubled,
        bad=read.bad,
        head=read.head,
        sections=_new_sections(session, actor, course_id, wanted, new),
    )


def invite(
    session: Session, *, actor: Actor, course_id: int, wanted: Wanted, site: str, now: datetime
) -> Plan:
    """Invite those of a list who are new; return what was done with each address.

    :param site: the address of this site, with a slash at the end; links begin with it.
    :raises Forbidden, NotFound, Invalid: as in `plan_invitations`.
    :raises LimitReached: the actor would send too many letters a day; then nothing is stored.
    """
    plan = plan_invitations(session, actor=actor, course_id=course_id, wanted=wanted, now=now)
    if not plan.new:
        return plan
    _count(session, actor, len(plan.new), now)
    emails = [one.email for one in plan.new]
    for some in _batches(emails):
        session.execute(
            sa.delete(Invitation).where(
                Invitation.course_id == course_id, Invitation.email.in_(some)
            )
        )
    groups = _sections(session, actor, course_id, plan.sections)
    made = [
        Invitation(
            course_id=course_id,
            email=one.email,
            name=one.name,
            role=wanted.role,
            group_id=groups.get(one.section.casefold(), wanted.group_id)
            if wanted.role is Role.STUDENT
            else None,
            state=InvitationState.OPEN,
            made_at=now,
            expires_at=now + LIFETIME,
        )
        for one in plan.new
    ]
    session.add_all(made)
    session.flush()  # generate the ids that the jobs carry
    _send(session, [one.id for one in made], site=site, now=now)
    return plan


def _new_sections(
    session: Session, actor: Actor, course_id: int, wanted: Wanted, new: Sequence[Listed]
) -> tuple[str, ...]:
    """Return the sections of a list that the course does not have, each once.

    :raises Invalid: there are too many to be sections.
    """
    if wanted.role is not Role.STUDENT or not any(one.section for one in new):
        return ()
    there = {
        one.name.casefold() for one in people.groups(session, actor=actor, course_id=course_id)
    }
    named = {one.section.casefold(): one.section for one in reversed(new) if one.section}
    made = [name for key, name in reversed(named.items()) if key not in there]
    if len(made) > MOST_SECTIONS:
        message = (
            f"This list names {len(made)} new sections, and a list makes {MOST_SECTIONS} at most. "
            "Is that what its column of sections holds?"
        )
        raise Invalid([Problem("addresses", message)])
    return tuple(made)


def _sections(
    session: Session, actor: Actor, course_id: int, made: Sequence[str]
) -> dict[str, int]:
    """Make the sections that are missing; return those of the course by folded name."""
    for name in made:
        create_group(session, actor=actor, course_id=course_id, name=name)
    found = people.groups(session, actor=actor, course_id=course_id)
    return {one.name.casefold(): one.id for one in found}


def resend(
    session: Session, *, actor: Actor, course_id: int, invitation_id: int, site: str, now: datetime
) -> str:
    """Send an invitation again with a new link; the old link fails. Return its address.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such invitation.
    :raises Conflict: it was accepted. :raises LimitReached: too many letters a day.
    """
    found = _held(session, actor, course_id, invitation_id)
    if found.state is InvitationState.ACCEPTED:
        raise Conflict("This invitation was accepted meanwhile.")
    _count(session, actor, 1, now)
    found.state, found.settled_at = InvitationState.OPEN, None
    found.token_hash, found.sent_at, found.expires_at = None, None, now + LIFETIME
    session.flush()  # pages read with Core
    _send(session, [found.id], site=site, now=now)
    return found.email


def take_back(
    session: Session, *, actor: Actor, course_id: int, invitation_id: int, now: datetime
) -> str:
    """Let an invitation's link fail from now on; return its address.

    :raises Forbidden, NotFound: as in `resend`. :raises Conflict: it was accepted.
    """
    found = _held(session, actor, course_id, invitation_id)
    if found.state is InvitationState.ACCEPTED:
        raise Conflict("This invitation was accepted meanwhile.")
    found.state, found.settled_at, found.token_hash = InvitationState.TAKEN_BACK, now, None
    session.flush()  # pages read with Core
    return found.email


def take_back_from(session: Session, *, course_id: int, user_id: int, now: datetime) -> None:
    """Let the open invitation to an account's address fail: whoever has it was just taken out."""
    email = sa.select(User.email).where(User.id == user_id).scalar_subquery()
    session.execute(
        sa.update(Invitation)
        .where(
            Invitation.course_id == course_id,
            Invitation.email == email,
            Invitation.state == InvitationState.OPEN,
        )
        .values(state=InvitationState.TAKEN_BACK, settled_at=now, token_hash=None)
    )


def purge_invitations(session: Session, *, now: datetime) -> None:
    """Drop what is long over: nobody needs the addresses of those who never came."""
    session.execute(
        sa.delete(Invitation).where(
            Invitation.made_at < now - KEPT, Invitation.expires_at < now - KEPT
        )
    )


def _held(session: Session, actor: Actor, course_id: int, invitation_id: int) -> Invitation:
    require_author(actor, course_id)
    found = session.scalar(
        sa.select(Invitation)
        .where(Invitation.id == invitation_id, Invitation.course_id == course_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("There is no such invitation in this course.")
    return found


def _count(session: Session, actor: Actor, many: int, now: datetime) -> None:
    try:
        count_against(session, limit=INVITATIONS, subject=str(actor.id), now=now, many=many)
    except LimitReached as error:
        message = (
            f"You may send {INVITATIONS.tries:,} invitations a day, and these would be more. "
            "Send the rest tomorrow, or give your class the join code."
        )
        raise LimitReached(message, retry_after_seconds=error.retry_after_seconds) from error


def _send(session: Session, ids: Sequence[int], *, site: str, now: datetime) -> None:
    wanted = [
        ({"invitation_id": invitation_id, "site": site}, now + place * _APART)
        for place, invitation_id in enumerate(ids)
    ]
    enqueue_all(session, name=JobName.SEND_INVITATION, wanted=wanted, now=now)


def _members(session: Session, course_id: int, emails: Sequence[str]) -> set[str]:
    """Return which of these addresses are of members, or were invited and came by another."""
    found: set[str] = set()
    for some in _batches(emails):
        found |= set(
            session.scalars(
                sa.select(User.email)
                .join(Enrolment, Enrolment.user_id == User.id)
                .where(Enrolment.course_id == course_id, User.email.in_(some))
            )
        )
        found |= set(
            session.scalars(
                sa.select(Invitation.email)
                .join(Enrolment, Enrolment.user_id == Invitation.accepted_by)
                .where(
                    Invitation.course_id == course_id,
                    Enrolment.course_id == course_id,
                    Invitation.email.in_(some),
                )
            )
        )
    return found


def _invited(session: Session, course_id: int, emails: Sequence[str], now: datetime) -> set[str]:
    found: set[str] = set()
    for some in _batches(emails):
        found |= set(
            session.scalars(
                sa.select(Invitation.email).where(
                    Invitation.course_id == course_id,
                    Invitation.email.in_(some),
                    Invitation.state == InvitationState.OPEN,
                    Invitation.expires_at > now,
                )
            )
        )
    return found


def _batches(emails: Sequence[str]) -> list[Sequence[str]]:
    return [emails[start : start + _BATCH] for start in range(0, len(emails), _BATCH)]
