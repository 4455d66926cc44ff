"""Handing in the attempts whose time is over, one after the other, so that others can write too."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_errors, reading, transaction
from quizapp.errors import NotFound, Unavailable
from quizapp.queries.accounts import actor_for_id
from quizapp.services.attempt_submit import Overdue, overdue_attempts, submit_attempt
from quizapp.services.jobs import JobName, enqueue_only

_EVERY = timedelta(minutes=1)
#: After so long other jobs get their turn, well before the lease is over.
SLICE_SECONDS = 20.0
#: Between two attempts others may write; without a pause, whoever waits might wait on.
PAUSE_SECONDS = 0.02
_LATER: tuple[type[Exception], ...] = (Unavailable, *database_errors())


def close_overdue(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Hand in the attempts whose time is over, and look again in a minute; at once if some wait.

    Each is tried once in a round: one that cannot be handed in holds up none behind it.
    """
    now, until = datetime.now(UTC), time.monotonic() + SLICE_SECONDS
    with transaction() as session:
        enqueue_only(session, name=JobName.CLOSE_OVERDUE, now=now, run_after=now + _EVERY)
    failures: list[Exception] = []
    last: Overdue | None = None
    while time.monotonic() < until:
        with reading() as session:
            found = overdue_attempts(session, now=now, after=last)
        if not found:
            break
        for last in found:
            try:
                _hand_in(last, now)
            except _LATER:
                raise
            except Exception as error:  # noqa: BLE001  (it is raised when the others are done)
                failures.append(error)
            time.sleep(PAUSE_SECONDS)
    else:
        again = datetime.now(UTC)
        with transaction() as session:
            enqueue_only(session, name=JobName.CLOSE_OVERDUE, now=again, run_after=again)
    if failures:
        raise failures[0]


def _hand_in(one: Overdue, now: datetime) -> None:
    """Hand one in on its own: one learner's attempt must not wait for another's."""
    with transaction() as session:
        actor = actor_for_id(session, one.learner_id)
        # With an account that is being deleted its attempts go, maybe just now.
        if actor is not None:
            with suppress(NotFound):
                submit_attempt(session, actor=actor, attempt_id=one.attempt_id, now=now)
