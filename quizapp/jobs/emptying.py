"""Throwing away what hidden courses said, a little at a time, as others write in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from quizapp.db import reading, transaction
from quizapp.services.course_copies import give_up_copies
from quizapp.services.course_emptying import (
    courses_to_empty,
    empty_facts,
    empty_passages,
    empty_questions,
    finish_emptying,
    leftover_of,
)
from quizapp.services.media import purge_bytes

#: So long what was taken back is kept, in case that was a mistake.
KEPT = timedelta(days=30)
#: Questions, facts or paragraphs in one transaction.
BATCH = 250
#: Then the rest waits for the next hour, well before the lease is over.
SLICE_SECONDS = 20.0
#: Between two batches others may write; without a pause, whoever waits might wait on.
PAUSE_SECONDS = 0.02
#: Files whose bytes are thrown away in one transaction.
_FILES = 10


def empty_hidden_courses(*, now: datetime) -> None:
    """Throw away what courses said that have been hidden for long, as far as time allows."""
    until = time.monotonic() + SLICE_SECONDS
    with transaction() as session:
        give_up_copies(session, now=now)
    with reading() as session:
        found = courses_to_empty(session, before=now - KEPT)
    for course_id in found:
        if not _empty(course_id, until):
            break
    while time.monotonic() < until:
        with transaction() as session:
            if not purge_bytes(session, most=_FILES):
                break
        time.sleep(PAUSE_SECONDS)


def _empty(course_id: int, until: float) -> bool:
    """Empty one course; return whether it is done."""
    with reading() as session:
        left = leftover_of(session, course_id=course_id)
    is_done = (
        _in_batches(empty_questions, left.questions, until)
        and _in_batches(empty_facts, left.facts, until)
        and _in_batches(empty_passages, left.passages, until)
    )
    if is_done:
        with transaction() as session:
            finish_emptying(session, course_id=course_id, now=datetime.now(UTC))
    return is_done


def _in_batches(act: Callable[..., None], ids: Sequence[int], until: float) -> bool:
    """Do something to all of them, unless time runs out; return whether it was done to all."""
    for first in range(0, len(ids), BATCH):
        if time.monotonic() > until:
            return False
        with transaction() as session:
            act(session, ids=ids[first : first + BATCH])
        time.sleep(PAUSE_SECONDS)
    return True
