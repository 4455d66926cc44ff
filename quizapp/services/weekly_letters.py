"""Weekly letters: wanted, confirmed, asked for once a week, begun once, stopped.

Anybody may sign up with somebody else's address, so the first letter only asks whether they are
wanted there. After that, each is asked for in the transaction that says when the next one is due,
and a worker notes that it begins one before it sends it: one that dies in between has sent none,
or one, but never two.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Forbidden, Invalid, NotFound, Problem
from quizapp.models import User, WeeklyLetter
from quizapp.policy import Actor
from quizapp.queries.accounts import token_hash
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.letter_times import (
    is_daytime,
    letter_after,
    next_letter,
    next_morning,
)
from quizapp.services.limits import LETTER_CONFIRMATION, count_against
from quizapp.services.mail import Letter, confirmation_letter
from quizapp.services.sessions import new_token

CONFIRM_DAYS = 7
#: So many letters are asked for at once, so that nobody waits for the lock behind all of them.
AT_ONCE = 200
LINK_OVER = "This link was used, or is older than 7 days. Ask for a new one in your settings."
_OWNED = (WeeklyLetter.email == User.email, User.is_disabled.is_(False), User.is_guest.is_(False))


def want_letters(session: Session, *, actor: Actor, weekday: int, site: str, now: datetime) -> bool:
    """Send a letter each week from now on; return whether the address must be confirmed first.

    An address that was confirmed before need not be again.

    :param site: the address of this site, with a slash at the end.
    :raises Invalid: there is no such day of the week. :raises Forbidden: there is no address.
    :raises LimitReached: too many letters were asked for that confirm.
    """
    if weekday not in range(7):
        raise Invalid([Problem("weekday", "Choose a day from the list.")])
    if actor.email is None or actor.is_guest:
        raise Forbidden("Letters need an account with an email address.")
    held = session.get(WeeklyLetter, actor.id, with_for_update=True)
    if held is None:
        held = WeeklyLetter(learner_id=actor.id, is_idle=False)
        session.add(held)
    is_known = held.confirmed_at is not None and held.email == actor.email
    held.email, held.site, held.weekday, held.wanted_at = actor.email, site, weekday, now
    held.stopped_at, held.is_idle = None, False
    if is_known:
        held.next_at = _following(held, actor.timezone, now)
    else:
        count_against(session, limit=LETTER_CONFIRMATION, subject=str(actor.id), now=now)
        held.confirmed_at, held.next_at = None, None
        payload = {"learner_id": actor.id}
        enqueue(session, name=JobName.SEND_CONFIRMATION, payload=payload, now=now)
    session.flush()  # pages read with Core
    return not is_known


def stop_letters(
    session: Session, *, learner_id: int, now: datetime, since: datetime | None = None
) -> bool:
    """Send no more letters; return whether any might have come.

    :param since: the account must have been made then: another may have its number by now.

    A link that would confirm them fails. What was confirmed stays so: they can be wanted again
    without a letter.
    """
    is_theirs = sa.exists().where(User.id == learner_id, User.created_at == since)
    stopped = session.execute(
        sa.update(WeeklyLetter)
        .where(
            WeeklyLetter.learner_id == learner_id,
            # After the last letter too: should it come back, none may follow it.
            sa.or_(WeeklyLetter.stopped_at.is_(None), WeeklyLetter.is_idle),
            *([] if since is None else [is_theirs]),
        )
        .values(next_at=None, stopped_at=now, is_idle=False, token_hash=None, token_until=None)
        .returning(WeeklyLetter.learner_id)
    ).scalar_one_or_none()
    return stopped is not None


def make_confirmation(session: Session, *, learner_id: int, now: datetime) -> Letter | None:
    """Make the link that confirms an address and return the letter with it, or None.

    The link of a letter before fails: the database keeps one hash.
    """
    token = new_token()
    row: Any = session.execute(
        sa.update(WeeklyLetter)
        .where(
            WeeklyLetter.learner_id == learner_id,
            WeeklyLetter.confirmed_at.is_(None),
            WeeklyLetter.stopped_at.is_(None),
            sa.exists().where(User.id == WeeklyLetter.learner_id, *_OWNED),
        )
        .values(token_hash=token_hash(token), token_until=now + timedelta(days=CONFIRM_DAYS))
        .returning(WeeklyLetter.email, WeeklyLetter.site)
    ).one_or_none()
    if row is None:
        return None
    return confirmation_letter(email=row.email, token=token, days=CONFIRM_DAYS, site=row.site)


def confirm_letters(session: Session, *, token: str, now: datetime) -> datetime:
    """Use the link of a letter up: weekly letters go to that address. Return when the first does.

    :raises NotFound: it was used, is too old, or the account has another address by now.
    """
    row: Any = session.execute(
        sa.select(WeeklyLetter.learner_id, WeeklyLetter.weekday, User.timezone)
        .join(User, User.id == WeeklyLetter.learner_id)
        .where(
            WeeklyLetter.token_hash == token_hash(token),
            WeeklyLetter.token_until > now,
            *_OWNED,
        )
        .with_for_update(of=WeeklyLetter)
    ).one_or_none()
    if row is None:
        raise NotFound(LINK_OVER)
    first = next_letter(row.timezone, row.weekday, after=now)
    session.execute(
        sa.update(WeeklyLetter)
        .where(WeeklyLetter.learner_id == row.learner_id)
        .values(confirmed_at=now, token_hash=None, token_until=None, next_at=first)
    )
    return first


def letters_follow(session: Session, *, learner_id: int, now: datetime) -> None:
    """Send letters that are wanted to the account's address, whose mailbox has just said yes.

    Links in letters to the address before confirm nothing any more.
    """
    row: Any = session.execute(
        sa.select(WeeklyLetter.weekday, WeeklyLetter.next_at, WeeklyLetter.stopped_at)
        .add_columns(User.email, User.timezone)
        .join(User, User.id == WeeklyLetter.learner_id)
        .where(WeeklyLetter.learner_id == learner_id)
        .with_for_update(of=WeeklyLetter)
    ).one_or_none()
    if row is None:
        return
    next_at = row.next_at
    if next_at is None and row.stopped_at is None:
        next_at = next_letter(row.timezone, row.weekday, after=now)
    change = sa.update(WeeklyLetter).where(WeeklyLetter.learner_id == learner_id)
    kept = {"email": row.email, "confirmed_at": now, "next_at": next_at}
    session.execute(change.values(**kept, token_hash=None, token_until=None))


def ask_due(session: Session, *, now: datetime) -> bool:
    """Ask for every letter that is due, and say when the next one is; return whether some wait.

    One that was due at night, or while no worker ran, waits for the morning.
    """
    rows: Any = session.execute(
        sa.select(WeeklyLetter.learner_id, WeeklyLetter.weekday, User.timezone)
        .join(User, User.id == WeeklyLetter.learner_id)
        .where(WeeklyLetter.next_at <= now)
        .order_by(WeeklyLetter.next_at, WeeklyLetter.learner_id)
        .limit(AT_ONCE)
        .with_for_update(of=WeeklyLetter, skip_locked=True)
    ).all()
    for row in rows:
        if not is_daytime(row.timezone, now):
            changed: dict[str, Any] = {"next_at": next_morning(row.timezone, now)}
        else:
            today = now.astimezone(ZoneInfo(row.timezone)).date()
            after = letter_after(row.timezone, row.weekday, sent_at=now)
            changed = {"next_at": after, "asked_on": today}
            payload = {"learner_id": row.learner_id, "day": today.isoformat()}
            enqueue(session, name=JobName.SEND_WEEK, payload=payload, now=now)
        session.execute(
            sa.update(WeeklyLetter)
            .where(WeeklyLetter.learner_id == row.learner_id)
            .values(**changed)
        )
    return len(rows) == AT_ONCE


def begin_letter(
    session: Session, *, learner_id: int, day: date, is_last: bool, now: datetime
) -> bool:
    """Note that the letter of a day is being sent; return False if it was begun before.

    :param is_last: no other follows: nothing has happened for long.
    """
    ended = {"next_at": None, "stopped_at": now, "is_idle": True} if is_last else {}
    begun = session.execute(
        sa.update(WeeklyLetter)
        .where(
            WeeklyLetter.learner_id == learner_id,
            WeeklyLetter.asked_on == day,
            WeeklyLetter.next_at.is_not(None),
            sa.or_(WeeklyLetter.begun_on.is_(None), WeeklyLetter.begun_on < day),
        )
        .values(begun_on=day, **ended)
        .returning(WeeklyLetter.learner_id)
    ).scalar_one_or_none()
    return begun is not None


def give_back(session: Session, *, learner_id: int, day: date, now: datetime) -> None:
    """Let the letter of a day be begun again: it was refused before anybody took it."""
    row: Any = session.execute(
        sa.select(WeeklyLetter.weekday, WeeklyLetter.is_idle, User.timezone)
        .join(User, User.id == WeeklyLetter.learner_id)
        .where(WeeklyLetter.learner_id == learner_id, WeeklyLetter.begun_on == day)
    ).one_or_none()
    if row is None:
        return
    changed: dict[str, Any] = {"begun_on": None}
    if row.is_idle:
        following = letter_after(row.timezone, row.weekday, sent_at=now)
        changed |= {"next_at": following, "stopped_at": None, "is_idle": False}
    session.execute(
        sa.update(WeeklyLetter).where(WeeklyLetter.learner_id == learner_id).values(**changed)
    )


def _following(held: WeeklyLetter, zone: str, now: datetime) -> datetime:
    """Return when the next letter is due; changing the day brings no second one in a week."""
    first = next_letter(zone, held.weekday, after=now)
    if held.asked_on is None:
        return first
    days = first.astimezone(ZoneInfo(zone)).date() - held.asked_on
    return first if days > timedelta(days=3) else next_letter(zone, held.weekday, after=first)
