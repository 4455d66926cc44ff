"""Working out every memory anew from its log, to prove or to rebuild what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Memory
from quizapp.queries.accounts import accounts_after
from quizapp.queries.memory_log import logs_of
from quizapp.queries.memory_rows import SNAPSHOT_COLUMNS, UNTOUCHED, Snapshot, snapshot_of
from quizapp.services.snapshots import put_snapshot

#: How many learners are read at once.
BATCH = 50
_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """A memory of which something else is stored than its log says."""

    learner_id: int
    fact_id: int
    course_id: int
    stored: Snapshot
    replayed: Snapshot

    def __str__(self) -> str:
        """Return one line for people: whose memory of what, and what differs."""
        stored, replayed = _spelt(self.stored), _spelt(self.replayed)
        wrong = [name for name in stored if stored[name] != replayed[name]]
        told = ", ".join(f"{name} {stored[name]}, replayed {replayed[name]}" for name in wrong)
        return f"fact {self.fact_id} of learner {self.learner_id}: stored {told}"


@dataclass(slots=True)
class Replayed:
    """How far a replay has come; a review counts if it was not undone."""

    memories: int = 0
    reviews: int = 0
    differences: list[Difference] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.memories:,} memories replayed from {self.reviews:,} reviews"


def replay(session: Session) -> Iterator[Replayed]:
    """Yield after each batch of learners how much was worked out anew, and what differed.

    Nothing is written. What is yielded is one object that grows.
    """
    so_far, last = Replayed(), 0
    while learners := accounts_after(session, last, limit=BATCH):
        _replay_batch(session, learners, so_far)
        last = learners[-1]
        yield so_far


def rebuild(session: Session, differences: Iterable[Difference]) -> None:
    """Store of each memory what its log says.

    :raises Conflict: one of them has been written since it was replayed.
    """
    for one in differences:
        keys = {
            "learner_id": one.learner_id,
            "course_id": one.course_id,
            "fact_id": one.fact_id,
        }
        put_snapshot(session, keys, was=one.stored, becomes=one.replayed)


def _replay_batch(session: Session, learners: Sequence[int], so_far: Replayed) -> None:
    stored = _stored(session, learners)
    told: set[_Key] = set()
    for log in logs_of(session, learners):
        key = log.learner_id, log.fact_id
        told.add(key)
        so_far.reviews += log.reviews
        found = stored[key][1] if key in stored else UNTOUCHED
        replayed = log.replayed()
        if found != replayed:
            so_far.differences.append(Difference(*key, log.course_id, found, replayed))
    for key, (course_id, found) in stored.items():
        if key not in told and not found.is_blank:
            so_far.differences.append(Difference(*key, course_id, found, UNTOUCHED))
    so_far.memories += len(told | stored.keys())


def _stored(session: Session, learners: Sequence[int]) -> dict[_Key, tuple[int, Snapshot]]:
    rows = session.execute(
        sa.select(Memory.learner_id, Memory.fact_id, Memory.course_id, *SNAPSHOT_COLUMNS).where(
            Memory.learner_id.in_(learners)
        )
    )
    return {(row.learner_id, row.fact_id): (row.course_id, snapshot_of(row)) for row in rows}


def _spelt(memory: Snapshot) -> dict[str, Any]:
    dumped = memory.dump()
    return {**dumped.pop("state"), **dumped}
