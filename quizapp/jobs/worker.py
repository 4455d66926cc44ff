"""The loop that takes jobs and does them, one at a time."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime

from flask import Flask

from quizapp.config import Settings
from quizapp.db import database_errors, db, transaction, unavailable
from quizapp.errors import Forbidden, Invalid, NotFound, Unavailable
from quizapp.jobs.handlers import HANDLERS
from quizapp.jobs.turns import Turns
from quizapp.services.jobs import (
    Claimed,
    JobName,
    claim,
    enqueue_only,
    fail,
    finish,
    waiting_kinds,
)

#: Longer than any handler takes; a job whose worker died waits this long.
LEASE_SECONDS = 120
POLL_SECONDS = 1.0
#: Between two jobs others may write: behind many short ones whoever waits might wait on.
BREATH_SECONDS = 0.02
#: After the database could not be used.
PAUSE_SECONDS = 5.0

# These say that the work itself is wrong; trying again cannot help.
_FINAL = (Invalid, NotFound, Forbidden)

_NO_DATABASE: tuple[type[Exception], ...] = (Unavailable, *database_errors())

_log = logging.getLogger(__name__)


def run(app: Flask, stop: threading.Event) -> None:
    """Do jobs until `stop` is set; the one begun is finished first.

    A database that cannot be used is waited for. `app` needs the settings and the database;
    no pages.
    """
    is_started, turns = False, Turns()
    while not stop.is_set():
        try:
            if not is_started:
                _start(app)
                is_started = True
            did_one = do_one(app, turns)
        except _NO_DATABASE as error:
            _log.error("jobs wait: %s", _reason(error))
            stop.wait(PAUSE_SECONDS)
            continue
        stop.wait(BREATH_SECONDS if did_one else POLL_SECONDS)


def do_one(app: Flask, turns: Turns | None = None) -> bool:
    """Claim one job and do it; return whether there was one.

    :param turns: of the worker; without them the job that has waited longest comes next.
    :raises Unavailable: the database cannot be used; the job, if any, stays leased.
    """
    with app.app_context():
        kinds = waiting_kinds(db.session(), now=datetime.now(UTC))
        if not kinds:
            return False
        turns = turns or Turns()
        kind = turns.next_of(kinds)
        with transaction() as session:
            now = datetime.now(UTC)
            job = claim(session, now=now, lease_seconds=LEASE_SECONDS, kind=kind)
        if job is None:
            return False
        turns.note(job.name)  # another worker may have taken the one that was meant
        failure = _attempt(app.extensions["quizapp.settings"], job)
        with transaction() as session:
            if failure is None:
                finish(session, job=job)
            else:
                _report(job, failure)
                fail(
                    session,
                    job=job,
                    error=f"{type(failure).__name__}: {failure}",
                    now=datetime.now(UTC),
                    is_final=isinstance(failure, _FINAL),
                )
    return True


def _start(app: Flask) -> None:
    """Have what comes again and again done, whichever worker gets to it."""
    now = datetime.now(UTC)
    with app.app_context(), transaction() as session:
        for name in (
            JobName.PURGE_EXPIRED,
            JobName.CLOSE_OVERDUE,
            JobName.LOOK_FOR_FITS,
            JobName.PLAN_EXAMS,
            JobName.FIGURE_ITEMS,
            JobName.LOOK_FOR_LETTERS,
            JobName.REFRESH_STANDINGS,
        ):
            enqueue_only(session, name=name, now=now, run_after=now)


def _attempt(settings: Settings, job: Claimed) -> Exception | None:
    """Return what went wrong, or None; whatever it is must not end the worker."""
    try:
        HANDLERS[JobName(job.name)](settings, job.payload)
    except Exception as error:  # noqa: BLE001
        return error
    return None


def _report(job: Claimed, failure: Exception) -> None:
    # The payload stays out of the log: it may hold addresses.
    _log.error("job %d (%s), try %d, failed", job.id, job.name, job.tries, exc_info=failure)


def _reason(error: Exception) -> str:
    return str(error if isinstance(error, Unavailable) else unavailable(error))
