"""The one place where a review is written: the log, the memory and the day's total together."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.memory import intervals, scheduler
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import ALGORITHM, MemorySettings
from quizapp.memory.state import MemoryState, Phase, Rating
from quizapp.models import Origin
from quizapp.policy import Actor, require_learner
from quizapp.queries.memory_rows import STATE_COLUMNS, seed_of, state_of
from quizapp.queries.memory_settings import settings_of
from quizapp.queries.queue_counts import REVIEW_ID_BITS, first_id_at
from quizapp.services.review_sql import STATEMENTS

#: A card left open while the learner was away would spoil every figure about time.
MAXIMUM_DURATION_MS = 120_000
MAXIMUM_NONCE_LENGTH = 64
STALE = "That card was already rated."


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a review led to.

    :param interval_label: how long until the fact comes back ("24 days").
    :param repeated: the review had been stored before; nothing was written now.
    """

    state: MemoryState
    interval_label: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class Counted:
    """What one review adds to the day's total: each 0 or 1.

    :param tested: the fact was past its first steps. :param recalled: and was remembered.
    :param introduced: the fact was met for the first time.
    """

    tested: int
    recalled: int
    introduced: int


def counted(before: MemoryState, rating: int) -> Counted:
    """Return what a review of a memory in state `before` adds to the day's total."""
    tested = before.phase is Phase.REVIEW
    return Counted(
        tested=int(tested),
        recalled=int(tested and rating > Rating.AGAIN),
        introduced=int(before.phase is Phase.NEW),
    )


def review_id(at: datetime, nonce: str) -> int:
    """Return the id of a review: its milliseconds, then 20 bits of its nonce's digest."""
    digest = hashlib.sha256(nonce.encode()).digest()
    return first_id_at(at) | int.from_bytes(digest[:4], "big") >> 32 - REVIEW_ID_BITS


def record_review(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    fact_id: int,
    revision_id: int,
    rating: int,
    origin: Origin,
    nonce: str,
    now: datetime,
    seen: int | None = None,
    fraction: Fraction | None = None,
    duration_ms: int = 0,
) -> Recorded:
    """Rate what the learner remembers of a fact; a nonce that was stored before changes nothing.

    :param rating: 1 to 4. :param origin: where the learner was asked.
    :param revision_id: what was shown. :param fraction: the grade, if the response was graded.
    :param seen: `memory.seen` as the learner's page showed it; None does not ask.
    :param duration_ms: shown to rated; at most `MAXIMUM_DURATION_MS` of it counts.
    :raises NotFound: the learner is not in the course, or it has no such fact or question.
    :raises Conflict: the memory was written since the page was shown.
    :raises Invalid: the rating or the nonce is none.
    """
    require_learner(actor, course_id)
    _require_nonce(nonce)
    keys = {"learner_id": actor.id, "course_id": course_id, "fact_id": fact_id}
    connection = session.connection()
    found = _look(connection, keys, revision_id=revision_id, nonce=nonce)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    if found.repeated:
        return _recorded(found.state, now, clock, repeated=True)
    if seen is not None and seen != found.seen:
        raise Conflict(STALE)
    rules: dict[str, Any] = {"now": now, "clock": clock, "settings": found.settings}
    after = scheduler.review(found.state, rating, seed=seed_of(actor.id, fact_id), **rules)
    entry = keys | {
        "revision_id": revision_id,
        "rating": int(rating),
        "origin": origin,
        "nonce": nonce,
        "at": now,
        "day": clock.day_of(now),
        "fraction": fraction,
        "duration_ms": min(max(duration_ms, 0), MAXIMUM_DURATION_MS),
    }
    _write(connection, found, after, entry)
    return _recorded(after, now, clock, repeated=False)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was there before a review."""

    state: MemoryState
    seen: int
    settings: MemorySettings
    repeated: bool


def _look(connection: Connection, keys: dict[str, int], *, revision_id: int, nonce: str) -> _Found:
    values = {**keys, "revision_id": revision_id, "nonce": nonce}
    rows = STATEMENTS[connection.dialect.name].look.rows(connection, values)
    if not rows:
        raise NotFound("There is no such card in this course.")
    row = rows[0]
    return _Found(
        state=state_of(row),
        seen=row.seen or 0,
        settings=settings_of(row.desired_retention, row.new_per_day),
        repeated=row.repeated is not None,
    )


def _write(
    connection: Connection, found: _Found, after: MemoryState, entry: dict[str, Any]
) -> None:
    sql = STATEMENTS[connection.dialect.name]
    sql.log.run(connection, entry | _log_values(found, entry["at"], entry["nonce"]))
    kept = sql.keep.run(connection, entry | _memory_values(after, seen=found.seen))
    # Nobody may have written the row since it was read; where there was none, none was locked.
    if kept != 1:
        raise Conflict(STALE)
    sql.total.run(connection, _total_values(found.state, entry))


def _log_values(found: _Found, at: datetime, nonce: str) -> dict[str, Any]:
    weights = found.settings.weights
    return {
        "id": review_id(at, nonce),
        "before": found.state.to_json(),
        "desired_retention": found.settings.desired_retention,
        "algorithm": ALGORITHM,
        "weights": list(weights) if weights else None,
        "undone_at": None,
    }


def _memory_values(after: MemoryState, *, seen: int) -> dict[str, Any]:
    return {column.key: getattr(after, column.key) for column in STATE_COLUMNS} | {
        "phase": after.phase.value,
        "is_suspended": False,
        "buried_until": None,
        "seen": seen + 1,
        "seen_before": seen,
    }


def _total_values(before: MemoryState, entry: dict[str, Any]) -> dict[str, Any]:
    count = counted(before, entry["rating"])
    return {
        "learner_id": entry["learner_id"],
        "course_id": entry["course_id"],
        "day": entry["day"],
        "reviews": 1,
        "tested": count.tested,
        "recalled": count.recalled,
        "introduced": count.introduced,
        "milliseconds": entry["duration_ms"],
    }


def _require_nonce(nonce: str) -> None:
    if not nonce or len(nonce) > MAXIMUM_NONCE_LENGTH:
        raise Invalid([Problem("nonce", "Load the page again: this card cannot be rated twice.")])


def _recorded(
    state: MemoryState, now: datetime, clock: LearnerClock, *, repeated: bool
) -> Recorded:
    label = ""
    if state.due_at is not None:
        label = intervals.label_due(now, state.due_at, clock, state.phase)
    return Recorded(state, label, repeated)
