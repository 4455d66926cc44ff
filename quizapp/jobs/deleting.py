"""Deleting an account, batch by batch, so that nobody waits for the database meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from quizapp.config import Settings
from quizapp.db import transaction
from quizapp.jobs.exporting import purge_exports
from quizapp.jobs.importing import purge_files
from quizapp.jobs.mail import deliver
from quizapp.services.account_deletions import begin_deletion, go_on_later
from quizapp.services.erasure import erase_some, finish_erasure
from quizapp.services.mail import deleted_letter

#: Then the rest waits for its turn behind other jobs, well before the lease is over.
SLICE_SECONDS = 10.0
#: Between two batches others may write; without a pause, whoever waits might wait on.
PAUSE_SECONDS = 0.02

_log = logging.getLogger(__name__)


def delete_account(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Go on with the deletion of an account for a while; what is left is another job."""
    until = time.monotonic() + SLICE_SECONDS
    with transaction() as session:
        leaving = begin_deletion(session, user_id=payload["user_id"], now=datetime.now(UTC))
    if leaving is None:
        return
    is_more = True
    while is_more:
        with transaction() as session:
            is_more = erase_some(session, leaving=leaving, now=datetime.now(UTC))
            if is_more and time.monotonic() > until:
                go_on_later(session, leaving=leaving, now=datetime.now(UTC))
                return
        time.sleep(PAUSE_SECONDS)
    with transaction() as session:
        is_done = finish_erasure(session, leaving=leaving)
    if not is_done:
        return
    purge_exports(settings, now=datetime.now(UTC))
    purge_files(settings, now=datetime.now(UTC))
    if leaving.email:
        _say_so(settings, leaving.email)


def _say_so(settings: Settings, email: str) -> None:
    """Tell the person that it is done: at once or never, as the address must not be kept for it."""
    try:
        deliver(settings, deleted_letter(email=email))
    except Exception:  # noqa: BLE001  (whatever it is, the account is gone)
        # Nothing of the failure is logged: it could hold the address.
        _log.warning("an account is deleted; its last letter could not be sent")
