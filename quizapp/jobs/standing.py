"""Keeping how the students of courses stand: read, reckoned while nothing is locked, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from quizapp.config import Settings
from quizapp.db import reading, transaction
from quizapp.queries.class_report import class_report
from quizapp.queries.student_standing import student_standing
from quizapp.services.jobs import JobName, enqueue_only
from quizapp.services.standings import (
    keep_report,
    keep_standings,
    stale_reports,
    stale_standings,
)

_EVERY = timedelta(minutes=1)
#: After so long other jobs get their turn.
_SLICE_SECONDS = 20.0
#: Standings that one transaction stores.
_BATCH = 25
#: A learner and a course.
_Pair = tuple[int, int]


def refresh_standings(_settings: Settings, _payload: Mapping[str, Any]) -> None:
    """Look again at whoever did something since, and at everybody twice a day; again in a minute.

    Where there is more than one turn's work, the rest follows at once.
    """
    now, began = datetime.now(UTC), monotonic()
    with transaction() as session:
        enqueue_only(session, name=JobName.REFRESH_STANDINGS, now=now, run_after=now + _EVERY)
    passed: dict[_Pair, Exception | None] = {}
    is_done, kept = False, 0
    while not is_done and monotonic() - began < _SLICE_SECONDS:
        looked_at = _refresh_some(now, passed)
        is_done, kept = looked_at is None, kept + (looked_at or 0)
    with reading() as session:
        courses = stale_reports(session, now=now)
    for course_id in courses:
        with reading() as session:
            report = class_report(session, course_id=course_id, now=now)
        with transaction() as session:
            keep_report(session, course_id=course_id, report=report)
    # Where nothing could be kept, another turn would find the same: it has a minute.
    if kept and not is_done:
        again = datetime.now(UTC)
        with transaction() as session:
            enqueue_only(session, name=JobName.REFRESH_STANDINGS, now=again, run_after=again)
    for error in passed.values():
        if error is not None:
            raise error


def _refresh_some(now: datetime, passed: dict[_Pair, Exception | None]) -> int | None:
    """Look at a batch of standings; return how many were kept, or None where none was left.

    :param passed: those that failed, with why, and those that are none: they stay out of date, so
        they would be the first each time.
    """
    with reading() as session:
        stale = stale_standings(session, now=now, limit=_BATCH + len(passed))
    found, left = [], [one for one in stale if one not in passed]
    for learner_id, course_id in left:
        try:
            with reading() as session:
                one = student_standing(session, learner_id=learner_id, course_id=course_id, now=now)
        except Exception as error:  # noqa: BLE001
            passed[learner_id, course_id] = error
            continue
        if one is None:
            passed[learner_id, course_id] = None
        else:
            found.append(one)
    if found:
        with transaction() as session:
            keep_standings(session, standings=found)
    return len(found) if left else None
