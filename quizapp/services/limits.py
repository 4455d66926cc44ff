"""How often something may be tried: counts in the database, exact over all workers."""

from __future__ import annotations

import hashlib
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.errors import LimitReached
from quizapp.models import RateLimit

_INSERT: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries of one kind in so many seconds. `kind` is part of the bucket's name."""

    kind: str
    tries: int
    window_seconds: int

    def bucket(self, subject: str) -> str:
        """Return the bucket of whom or what is limited; addresses do not stand in it."""
        digest = hashlib.sha256(f"{self.kind}\n{subject}".encode()).hexdigest()
        return f"{self.kind}:{digest}"


SIGN_IN_ACCOUNT = Limit("sign-in-account", 10, 15 * 60)
SIGN_IN_NETWORK = Limit("sign-in-network", 100, 60 * 60)
SIGN_UP_NETWORK = Limit("sign-up-network", 100, 60 * 60)
GUEST_NETWORK = Limit("guest-network", 30, 60 * 60)
RESET_ACCOUNT = Limit("reset-account", 5, 60 * 60)
RESET_NETWORK = Limit("reset-network", 30, 60 * 60)
NEW_PASSWORD = Limit("new-password", 10, 15 * 60)
CHALLENGE = Limit("challenge", 40, 60 * 60)
ACCESS_CODE = Limit("access-code", 10, 15 * 60)
JOIN_GUESS_ACCOUNT = Limit("join-guess-account", 20, 15 * 60)
JOIN_GUESS_NETWORK = Limit("join-guess-network", 60, 15 * 60)
LETTER_CONFIRMATION = Limit("letter-confirmation", 5, 24 * 60 * 60)
CALENDAR_READ = Limit("calendar-read", 60, 60 * 60)
CALENDAR_GUESS = Limit("calendar-guess", 60, 15 * 60)
INVITATIONS = Limit("invitations", 1_000, 24 * 60 * 60)
EMAIL_CHANGE = Limit("email-change", 5, 60 * 60)
DATA_EXPORT = Limit("data-export", 6, 24 * 60 * 60)
CLASS_MESSAGES = Limit("class-messages", 20, 24 * 60 * 60)
CLASS_LETTERS = Limit("class-letters", 2_000, 24 * 60 * 60)


def count_try(
    session: Session,
    *,
    bucket: str,
    limit: int,
    window_seconds: int,
    now: datetime,
    many: int = 1,
) -> None:
    """Count one try, or `many` at once; the window begins with its first.

    Run it in a transaction of its own, before the work: the try then counts even if the
    work fails, and tries at the same moment cannot slip past each other.

    :raises LimitReached: `limit` tries were counted before in this window.
    """
    insert = _INSERT[session.get_bind().dialect.name](RateLimit).values(
        bucket=bucket, window_ends_at=now + timedelta(seconds=window_seconds), count=many
    )
    is_over = RateLimit.window_ends_at <= now
    upsert = insert.on_conflict_do_update(
        index_elements=[RateLimit.bucket],
        set_={
            "count": sa.case((is_over, many), else_=RateLimit.count + many),
            "window_ends_at": sa.case(
                (is_over, insert.excluded.window_ends_at), else_=RateLimit.window_ends_at
            ),
        },
    ).returning(RateLimit.count, RateLimit.window_ends_at)
    count, window_ends_at = session.execute(upsert).one()
    if count > limit:
        raise _reached(window_ends_at, now)


def require_tries_left(session: Session, *, limit: Limit, subject: str, now: datetime) -> None:
    """Pass whoever has a try left, without counting one: where only failures are counted.

    :raises LimitReached: the subject has no tries left in this window.
    """
    ends_at = session.scalar(
        sa.select(RateLimit.window_ends_at).where(
            RateLimit.bucket == limit.bucket(subject),
            RateLimit.window_ends_at > now,
            RateLimit.count >= limit.tries,
        )
    )
    if ends_at is not None:
        raise _reached(ends_at, now)


def count_against(
    session: Session, *, limit: Limit, subject: str, now: datetime, many: int = 1
) -> None:
    """Count one try of a subject (an address, a network, a user id) against a limit.

    :raises LimitReached: the subject has no tries left in this window.
    """
    count_try(
        session,
        bucket=limit.bucket(subject),
        limit=limit.tries,
        window_seconds=limit.window_seconds,
        now=now,
        many=many,
    )


def forget_tries(session: Session, *, limit: Limit, subject: str) -> None:
    """Begin anew: what was counted turned out to be right."""
    session.execute(sa.delete(RateLimit).where(RateLimit.bucket == limit.bucket(subject)))


def give_back(session: Session, *, limit: Limit, subject: str) -> None:
    """Take one try off again, where others share the count."""
    session.execute(
        sa.update(RateLimit)
        .where(RateLimit.bucket == limit.bucket(subject), RateLimit.count > 0)
        .values(count=RateLimit.count - 1)
    )


def purge_limits(session: Session, *, now: datetime) -> None:
    """Drop the counts whose window is over."""
    session.execute(sa.delete(RateLimit).where(RateLimit.window_ends_at <= now))


def network_of(address: str | None) -> str:
    """Return what one household or school is counted by: an IPv4 address, or an IPv6 /64.

    Providers give every IPv6 customer a /64 at least, so single addresses cost nothing.
    """
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((int(parsed), 64), strict=False))


def _reached(ends_at: datetime, now: datetime) -> LimitReached:
    seconds = max(1, math.ceil((ends_at - now).total_seconds()))
    return LimitReached(
        f"That was tried too often. Try again in {_spoken(seconds)}.",
        retry_after_seconds=seconds,
    )


def _spoken(seconds: int) -> str:
    if seconds < 90:
        return f"{seconds} seconds" if seconds != 1 else "1 second"
    return f"{math.ceil(seconds / 60)} minutes"
