"""Making copies of large courses, batch by batch, so that nobody waits for the database meanwhile.

What the copy lacks is looked up before each round, so a worker that dies is followed by one that
goes on from there. What is half done is hidden; what fails is emptied later.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_errors, db, reading, transaction
from quizapp.errors import Conflict, Unavailable
from quizapp.policy import may_teach
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.course_copies import unindexed
from quizapp.services.course_copies import (
    BATCH,
    Copying,
    copy_later,
    copy_some,
    fail_copy,
    finish_copy,
    index_some,
    lacking,
    take_up_copy,
)
from quizapp.services.question_index import index_rows

#: Then the rest waits for its turn behind other jobs, well before the lease is over.
SLICE_SECONDS = 10.0
#: Between two batches others may write; without a pause, whoever waits might wait on.
PAUSE_SECONDS = 0.02
_NOT_THEIRS = "Whoever asked for it no longer teaches this course, so no course was made."
_FAULT = "Something went wrong here, and no course was made. Try again later."
_LATER: tuple[type[Exception], ...] = (Unavailable, *database_errors())

_log = logging.getLogger(__name__)


def copy_course(_settings: Settings, payload: Mapping[str, Any]) -> None:
    """Go on with a copy for a while; what is left is another job."""
    copy_id = int(payload["copy_id"])
    with transaction() as session:
        copying = take_up_copy(session, copy_id=copy_id)
    if copying is None:
        return
    try:
        _go_on(copying)
    except Conflict as error:
        _log.info("copy of a course %d: %s", copy_id, error)
    except _LATER:
        raise
    except Exception:
        with transaction() as session:
            fail_copy(session, copy_id=copy_id, reason=_FAULT, now=datetime.now(UTC))
        raise


def _go_on(copying: Copying) -> None:
    until = time.monotonic() + SLICE_SECONDS
    while time.monotonic() < until:
        if _copy_round(copying, until):
            continue
        if not _index_batch(copying):
            _finish(copying)
            return
    with transaction() as session:
        copy_later(session, copy_id=copying.id, now=datetime.now(UTC))


def _copy_round(copying: Copying, until: float) -> bool:
    """Copy what is lacking of one kind, as far as time allows; return whether there was any."""
    with reading() as session:
        act, ids, left = lacking(session, copying_=copying)
    if act is None:
        return False
    keys: dict[str, Any] = {"copying_": copying, "act": act}
    for first in range(0, len(ids), BATCH):
        some = ids[first : first + BATCH]
        left -= len(some)
        with transaction() as session:
            now = datetime.now(UTC)
            copy_some(session, **keys, ids=some, done=max(0, copying.total - left), now=now)
        time.sleep(PAUSE_SECONDS)
        if time.monotonic() > until:
            break
    return True


def _index_batch(copying: Copying) -> bool:
    """Let some questions be found by their words; return whether there were any."""
    with reading() as session:
        ids = unindexed(session, course_id=copying.pair.new, most=BATCH)
        rows = index_rows(session, ids)
    if ids:
        with transaction() as session:
            index_some(session, copying_=copying, ids=ids, rows=rows)
        time.sleep(PAUSE_SECONDS)
    return bool(ids)


def _finish(copying: Copying) -> None:
    actor = actor_for_id(db.session(), copying.actor_id or 0)
    with transaction() as session:
        now = datetime.now(UTC)
        if actor is None:
            fail_copy(session, copy_id=copying.id, reason="The account is gone.", now=now)
        elif not may_teach(actor, copying.pair.old):
            # They may have been removed while it waited; a copy holds all of the course.
            fail_copy(session, copy_id=copying.id, reason=_NOT_THEIRS, now=now)
        else:
            finish_copy(session, copying_=copying, zone=actor.timezone, now=now)
