"""Working out how questions did, for lists, soon after attempts were counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from quizapp.config import Settings
from quizapp.db import reading, transaction
from quizapp.queries.item_figures import figured_quiz
from quizapp.services.item_figures import due_quizzes, store_figures
from quizapp.services.jobs import JobName, enqueue_only

_EVERY = timedelta(minutes=1)
#: After so long other jobs get their turn.
_SLICE_SECONDS = 20.0


def figure_items(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Work out the figures of every quiz that was handed in since, and look again in a minute.

    Nothing is locked while they are reckoned. While a whole class hands in, once a minute is
    enough: the page says that there is more to come.
    """
    now, began = datetime.now(UTC), monotonic()
    with transaction() as session:
        enqueue_only(session, name=JobName.FIGURE_ITEMS, now=now, run_after=now + _EVERY)
    with reading() as session:
        due = due_quizzes(session)
    failures: list[Exception] = []
    for quiz_id in due:
        if monotonic() - began > _SLICE_SECONDS:
            again = datetime.now(UTC)
            with transaction() as session:
                enqueue_only(session, name=JobName.FIGURE_ITEMS, now=again, run_after=again)
            break
        try:
            _figure(quiz_id)
        except Exception as error:  # noqa: BLE001
            # It would be the first each time, and no other quiz would ever get its figures.
            failures.append(error)
    if failures:
        raise failures[0]


def _figure(quiz_id: int) -> None:
    with reading() as session:
        figured = figured_quiz(session, quiz_id=quiz_id)
    with transaction() as session:
        store_figures(session, figured=figured, now=datetime.now(UTC))
