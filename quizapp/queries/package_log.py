"""What a package tells of a learner's memories: how they stand, and the reviews that led there.

A quiz may keep its results to itself for a while. The rating of a review says how its question
was answered, and so does all that followed from it: phases, intervals, difficulties. So of a
memory that such a quiz has rated everything is told as it was just before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.formats.anki_package.notes import AnswerKind
from quizapp.formats.anki_package.writer import WrittenAnswer
from quizapp.memory.model import Weights
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import ActKind, Memory, MemoryAct, Review, to_millis
from quizapp.queries.card_history import attempt_behind
from quizapp.queries.memory_log import logs_of_facts
from quizapp.queries.memory_rows import SNAPSHOT_COLUMNS, UNTOUCHED, Snapshot, snapshot_of
from quizapp.queries.telling import TOLD, TOLD_BY, tell_all, told_otherwise

_KINDS = {
    Phase.NEW.value: AnswerKind.LEARN,
    Phase.LEARNING.value: AnswerKind.LEARN,
    Phase.REVIEW.value: AnswerKind.REVIEW,
    Phase.RELEARNING.value: AnswerKind.RELEARN,
}
_SECONDS_A_DAY = 86_400
_LONGEST_SECONDS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose memories are told.

    :param weights: in which; None for the model's own.
    :param unshown: their attempts whose results they may not see yet.
    """

    learner_id: int
    course_id: int
    weights: Weights | None
    unshown: Collection[int]


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one memory.

    :param memory: in the weights of its owner.
    :param answers: the oldest first, with difficulties as they were then.
    """

    memory: Snapshot = UNTOUCHED
    answers: tuple[WrittenAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a log ends. :param difficulty: as it is stored, in the weights of its last review."""

    memory: Snapshot = UNTOUCHED
    difficulty: float | None = None


def told_memories(session: Session, owner: Owner, facts: Sequence[int]) -> dict[int, Told]:
    """Return what is told of the memories of some facts; of what was never met, nothing."""
    stands = _stands(session, owner, facts)
    reviews, resets = _reviews(session, owner, facts), _resets(session, owner, facts)
    for fact, hidden in _first_hidden(reviews, owner).items():
        stands[fact] = _stand_before(session, owner, hidden, stands.get(fact, _Stand()))
        for log in (reviews, resets):
            log[fact] = [row for row in log[fact] if row.id < hidden.id]
    return {
        fact: Told(
            stands.get(fact, _Stand()).memory,
            _answers(stands.get(fact, _Stand()), reviews[fact], resets[fact]),
        )
        for fact in stands.keys() | reviews.keys()
    }


def _stands(session: Session, owner: Owner, facts: Sequence[int]) -> dict[int, _Stand]:
    told = told_otherwise(owner.learner_id, owner.course_id, Memory.fact_id)
    found = (
        sa.select(Memory.fact_id, *SNAPSHOT_COLUMNS, TOLD_BY)
        .outerjoin(TOLD, told)
        .where(Memory.learner_id == owner.learner_id, Memory.fact_id.in_(facts))
    )
    rows = session.execute(found).all()
    states = tell_all(session, rows, weights=owner.weights, learner_id=owner.learner_id)
    stands = dict[int, _Stand]()
    for row in rows:
        stored = snapshot_of(row)
        told_now = replace(stored, state=states[row.fact_id])
        stands[row.fact_id] = _Stand(told_now, stored.state.difficulty)
    return stands


def _reviews(session: Session, owner: Owner, facts: Sequence[int]) -> defaultdict[int, list[Any]]:
    rows = session.execute(
        sa.select(
            Review.id,
            Review.fact_id,
            Review.at,
            Review.rating,
            Review.duration_ms,
            # The state before it says much; the log tells two words of it.
            Review.before["phase"].as_string().label("phase"),
            Review.before["difficulty"].as_float().label("difficulty"),
            Review.interval_days,
            Review.origin,
            Review.nonce,
        )
        .where(
            Review.learner_id == owner.learner_id,
            Review.fact_id.in_(facts),
            Review.undone_at.is_(None),
        )
        .order_by(Review.id)
    )
    return _by_fact(rows)


def _resets(session: Session, owner: Owner, facts: Sequence[int]) -> defaultdict[int, list[Any]]:
    """Return where memories began anew, and the difficulties that this put an end to."""
    rows = session.execute(
        sa.select(
            MemoryAct.id,
            MemoryAct.fact_id,
            MemoryAct.before["state", "difficulty"].as_float().label("difficulty"),
        )
        .where(
            MemoryAct.learner_id == owner.learner_id,
            MemoryAct.fact_id.in_(facts),
            MemoryAct.kind == ActKind.RESET,
            MemoryAct.undone_at.is_(None),
        )
        .order_by(MemoryAct.id)
    )
    return _by_fact(rows)


def _by_fact(rows: Any) -> defaultdict[int, list[Any]]:
    found = defaultdict[int, list[Any]](list)
    for row in rows:
        found[row.fact_id].append(row)
    return found


def _first_hidden(reviews: Mapping[int, list[Any]], owner: Owner) -> dict[int, Any]:
    """Return of each fact the first review that its owner may not see yet, if there is one."""
    found = dict[int, Any]()
    for fact, rows in reviews.items():
        for row in rows:
            if attempt_behind(row.origin, row.nonce) in owner.unshown:
                found[fact] = row
                break
    return found


def _stand_before(session: Session, owner: Owner, review: Any, now: _Stand) -> _Stand:
    """Return how a memory stood before a review; aside if it is so now."""
    stored = sa.select(Review.before).where(
        Review.learner_id == owner.learner_id, Review.id == review.id
    )
    state = found = MemoryState.from_json(session.scalars(stored).one())
    if found.stability is not None:
        logs = logs_of_facts(session, owner.learner_id, [review.fact_id], before=review.id)
        for log in logs:
            state = log.told_in(owner.weights, found)
    return _Stand(replace(now.memory, state=state), found.difficulty)


def _answers(
    stand: _Stand, reviews: Sequence[Any], resets: Sequence[Any]
) -> tuple[WrittenAnswer, ...]:
    """Return the log of a card.

    Where a review does not tell the days that it gave, they are those until the next one.
    """
    ends = [row.at for row in reviews[1:]] + [stand.memory.state.due_at]
    difficulties = _difficulties(stand, reviews, resets)
    written, last = list[WrittenAnswer](), 0
    for number, (row, end) in enumerate(zip(reviews, ends, strict=False)):
        kind = _KINDS[row.phase]
        if number and row.phase == Phase.NEW.value:
            kind = AnswerKind.REVIEW  # from another program, which did not tell
        interval = row.interval_days or _interval(row.at, end)
        written.append(
            WrittenAnswer(
                *(to_millis(row.at), row.rating, interval, last, _factor(difficulties[row.id])),
                *(row.duration_ms, int(kind)),
            )
        )
        last = interval
    return tuple(written)


def _difficulties(
    stand: _Stand, reviews: Sequence[Any], resets: Sequence[Any]
) -> dict[int, float | None]:
    """Return the difficulty after each step: what the next one found."""
    steps = sorted((*reviews, *resets), key=lambda row: row.id)
    found = [row.difficulty for row in steps[1:]] + [stand.difficulty]
    return {row.id: after for row, after in zip(steps, found, strict=False)}


def _factor(difficulty: float | None) -> int:
    """Return a difficulty, 1 to 10, as the log tells it: 100 to 1100; 0 where there is none."""
    return 0 if difficulty is None else round((difficulty - 1) / 9 * 1_000 + 100)


def _interval(at: datetime, end: datetime | None) -> int:
    """Return whole days, or seconds below 0 where it is less than one."""
    seconds = 0 if end is None else max(0, int((end - at).total_seconds()))
    days = round(seconds / _SECONDS_A_DAY)
    return days if days else -min(seconds, _LONGEST_SECONDS)
