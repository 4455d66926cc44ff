"""The one place where a review is written: the log, the memory and the totals together."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.memory import scheduler
from quizapp.memory.days import LearnerClock
from quizapp.memory.leeches import became_leech
from quizapp.memory.predictions import foretold
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import Origin
from quizapp.policy import Actor, require_learner
from quizapp.queries.due_counts import due_counts
from quizapp.queries.memory_rows import STATE_COLUMNS, seed_of, state_of
from quizapp.queries.memory_rules import Rules, rules_of
from quizapp.queries.queue_counts import REVIEW_ID_BITS, first_id_at
from quizapp.queries.telling import tell
from quizapp.services.memory_rules import keep_rules
from quizapp.services.review_sql import STATEMENTS
from quizapp.services.totals import count

#: A card left open while the learner was away would spoil every figure about time.
MAXIMUM_DURATION_MS = 120_000
MAXIMUM_NONCE_LENGTH = 64
_MILLISECOND = timedelta(milliseconds=1)
STALE = "That card was already rated."


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a review led to.

    :param repeated: the review had been stored before; nothing was written now.
    :param is_leech: the fact was forgotten once too often: its learner should hear of it now.
    """

    state: MemoryState
    repeated: bool
    is_leech: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered on a card.

    :param came: of the answer: a `memory.credit.Came`. :param response: as its type stores it;
        None where none was given.
    """

    came: str
    response: Mapping[str, Any] | None


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
    known: float | None = None,
    promised: Mapping[int, int] | None = None,
    answered: Answered | None = None,
) -> Recorded:
    """Rate what the learner remembers of a fact; a nonce that was stored before changes nothing.

    :param rating: 1 to 4. :param origin: where the learner was asked.
    :param revision_id: what was shown. :param fraction: the grade, if the response was graded.
    :param seen: `memory.seen` as the learner's page showed it; None does not ask.
    :param answered: on the card; None where the learner rated it, and for quizzes.
    :param duration_ms: shown to rated; at most `MAXIMUM_DURATION_MS` of it counts.
    :param known: the chance that a right response was no guess; None where it can be none.
    :param promised: the days that the page showed for each rating, as far as it showed days;
        for others, what is due now decides among those that chance may give.
    :raises NotFound: the learner is not in the course, or it has no such fact or question.
    :raises Conflict: the memory was written since.
    :raises Invalid: wrong rating or nonce, or days (`promised`) that cannot have been shown.
    """
    require_learner(actor, course_id)
    _require_nonce(nonce)
    keys = {"learner_id": actor.id, "course_id": course_id, "fact_id": fact_id}
    connection = session.connection()
    found = _look(connection, keys, revision_id=revision_id, nonce=nonce)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    if found.repeated:
        return _recorded(found, found.state)
    _require_fresh(found, seen)
    known = known if known != 1 else None
    rules = {"now": _moment(found.state, now), "clock": clock, "known": known}
    after, chance = _scheduled(session, found, keys, rating=rating, promised=promised, rules=rules)
    given = {"revision_id": revision_id, "rating": int(rating), "origin": origin, "nonce": nonce}
    given |= {"fraction": fraction, "duration_ms": duration_ms, "known": known, "predicted": chance}
    given |= {"came": answered and answered.came, "response": answered and answered.response}
    number = _rules_number(session, actor, course_id, found.rules, now)
    _write(connection, found, after, _entry(found, after, clock, keys | given | {"rules": number}))
    return _recorded(found, after)


@dataclass(frozen=True, slots=True)
class _Found:
    """What was there before a review.

    :param state: as it is stored, and as undoing stores it again.
    :param told_by: the settings of the last review, where they are not those in force.
    :param newest: the id in the log that this one must be above. What is done to one fact lies in
        the order in which it was done, and so do the steps with cards, which can be undone.
    """

    state: MemoryState
    seen: int
    rules: Rules
    newest: Mapping[Origin, int]
    repeated: bool
    told_by: Mapping[str, Any] | None


def _look(connection: Connection, keys: dict[str, int], *, revision_id: int, nonce: str) -> _Found:
    values = {**keys, "revision_id": revision_id, "nonce": nonce}
    rows = STATEMENTS[connection.dialect.name].look.rows(connection, values)
    if not rows:
        raise NotFound("There is no such card in this course.")
    row = rows[0]
    return _Found(
        state=state_of(row),
        seen=row.seen or 0,
        rules=rules_of(row),
        newest={
            Origin.QUIZ: max(row.review_of_fact or 0, row.memory_act_of_fact or 0),
            Origin.FLASHCARD: max(row.review_of_learner or 0, row.memory_act_of_learner or 0),
        },
        repeated=row.repeated is not None,
        told_by=row.told_by,
    )


def _scheduled(
    session: Session,
    found: _Found,
    keys: Mapping[str, int],
    *,
    rating: int,
    promised: Mapping[int, int] | None,
    rules: dict[str, Any],
) -> tuple[MemoryState, int | None]:
    """Return what the rating makes of the memory, as promised or as now is best; what was foretold.

    :param rules: now, clock and known, as the scheduler takes them.
    """
    settings, learner_id, fact_id = found.rules.settings, keys["learner_id"], keys["fact_id"]
    whose = {"learner_id": learner_id, "fact_id": fact_id}
    state = tell(session, found, found.state, weights=settings.weights, **whose)
    now, clock = rules["now"], rules["clock"]
    predicted = foretold(state, now=now, clock=clock, weights=settings.weights)
    rules = rules | {"settings": settings}
    shown = promised.get(rating) if promised else None
    counts = None
    if shown is None:
        days = scheduler.balanced_days(state, rating=rating, **rules)
        counts = due_counts(session.connection(), **keys, clock=clock, days=days)
    seed = seed_of(learner_id, fact_id)
    after = scheduler.review(state, rating, seed=seed, due_counts=counts, promised=shown, **rules)
    return after, predicted


def _entry(
    found: _Found, after: MemoryState, clock: LearnerClock, given: dict[str, Any]
) -> dict[str, Any]:
    """Return the row of a review: what was given, and what follows from it."""
    at: Any = after.last_review_at
    newest = found.newest[given["origin"]]
    return given | {
        "id": max(review_id(at, given["nonce"]), 1 + newest),
        "at": at,
        "day": clock.day_of(at),
        "duration_ms": min(max(given["duration_ms"], 0), MAXIMUM_DURATION_MS),
        "interval_days": scheduler.given_days(after, clock),
        "is_first": found.state.phase is Phase.NEW,
        "is_test": found.state.phase is Phase.REVIEW,
    }


def _write(
    connection: Connection, found: _Found, after: MemoryState, entry: dict[str, Any]
) -> None:
    sql = STATEMENTS[connection.dialect.name]
    untold = {"before": found.state.to_json(), "undone_at": None, "taken_back": None}
    sql.log.run(connection, entry | untold)
    kept = sql.keep.run(connection, entry | _memory_values(after, seen=found.seen))
    # Nobody may have written the row since it was read; where there was none, none was locked.
    if kept != 1:
        raise Conflict(STALE)
    count(connection, entry)


def _moment(state: MemoryState, now: datetime) -> datetime:
    """Return when the review counts as made: after the last one, whatever the clock says."""
    if state.last_review_at is None:
        return now
    return max(now, state.last_review_at + _MILLISECOND)


def _memory_values(after: MemoryState, *, seen: int) -> dict[str, Any]:
    return {column.key: getattr(after, column.key) for column in STATE_COLUMNS} | {
        "phase": after.phase.value,
        "is_suspended": False,
        "buried_until": None,
        "seen": seen + 1,
        "seen_before": seen,
    }


def _require_nonce(nonce: str) -> None:
    if not nonce or len(nonce) > MAXIMUM_NONCE_LENGTH:
        raise Invalid([Problem("nonce", "Load the page again: this card cannot be rated twice.")])


def _require_fresh(found: _Found, seen: int | None) -> None:
    if seen is not None and seen != found.seen:
        raise Conflict(STALE)


def _rules_number(
    session: Session, actor: Actor, course_id: int, rules: Rules, now: datetime
) -> int:
    if rules.fits(actor):
        return rules.number
    return keep_rules(session, actor=actor, course_id=course_id, now=now)


def _recorded(found: _Found, state: MemoryState) -> Recorded:
    """Return what a review made of what was found; or, of a repeated one, had made of it."""
    threshold = found.rules.settings.leech_threshold
    is_leech = became_leech(found.state, state, threshold=threshold)
    return Recorded(state, found.repeated, is_leech)
