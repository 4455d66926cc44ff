"""Working out every memory anew from its log, to prove or to rebuild what is stored of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.memory import replay as memory_replay
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Weights
from quizapp.memory.replay import Event, Moved
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import Rating
from quizapp.models import MOVES, ActKind, Memory, MemoryAct, MemoryRules, Review
from quizapp.queries.memory_rows import (
    SNAPSHOT_COLUMNS,
    UNTOUCHED,
    Snapshot,
    load_snapshot,
    seed_of,
    snapshot_of,
)
from quizapp.queries.memory_rules import settings_of
from quizapp.services.snapshots import put_snapshot

#: How many learners are read at once.
BATCH = 50
_Key = tuple[int, int]
_RulesKey = tuple[int, int, int]
_Clocked = tuple[LearnerClock, MemorySettings]


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
    while learners := _learners(session, last):
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


def tell_in_weights_in_force(
    session: Session, *, learner_id: int, course_id: int, fact_id: int | None = None
) -> int:
    """Store what is remembered of a course in the weights that hold now; return how much changed.

    Dates stay. For after the weights of a learner have changed, or a state came back that was
    stored before they did.

    :param fact_id: the only fact to look at.
    :raises Conflict: one of the memories was written meanwhile.
    """
    so_far = Replayed()
    _replay_batch(session, [learner_id], so_far)
    wrong = [
        one
        for one in so_far.differences
        if one.course_id == course_id
        and fact_id in (None, one.fact_id)
        and one.stored.state.stability is not None
    ]
    for one in wrong:
        _retell(session, one)
    return len(wrong)


def _retell(session: Session, one: Difference) -> None:
    """Store stability and difficulty anew; pages that show the card may go on rating it."""
    told = one.replayed.state
    statement = sa.update(Memory).where(
        Memory.learner_id == one.learner_id,
        Memory.fact_id == one.fact_id,
        Memory.reps == told.reps,
        Memory.last_review_at == told.last_review_at,
    )
    values = {"stability": told.stability, "difficulty": told.difficulty}
    done: Any = session.execute(
        statement.values(values), execution_options={"synchronize_session": False}
    )
    if done.rowcount != 1:
        raise Conflict("That card was rated meanwhile.")


def _learners(session: Session, last: int) -> Sequence[int]:
    """Return the next learners who have a memory or a log of one."""
    known = sa.union(
        *(
            sa.select(table.learner_id).where(table.learner_id > last)
            for table in (Memory, Review, MemoryAct)
        )
    ).subquery()
    statement = sa.select(known.c.learner_id).order_by(known.c.learner_id).limit(BATCH)
    return session.scalars(statement).all()


def _replay_batch(session: Session, learners: Sequence[int], so_far: Replayed) -> None:
    rules, stored = _rules(session, learners), _stored(session, learners)
    told: set[_Key] = set()
    for key, entries in groupby(_log(session, learners), key=_key):
        told.add(key)
        log = list(entries)
        so_far.reviews += sum(entry.kind is None for entry in log)
        course_id = log[-1].course_id
        replayed = _replayed(log, rules, _weights_now(rules, key[0], course_id))
        found = stored[key][1] if key in stored else UNTOUCHED
        if found != replayed:
            so_far.differences.append(Difference(*key, course_id, found, replayed))
    for key, (course_id, found) in stored.items():
        if key not in told and not found.is_blank:
            so_far.differences.append(Difference(*key, course_id, found, UNTOUCHED))
    so_far.memories += len(told | stored.keys())


def _weights_now(
    rules: Mapping[_RulesKey, _Clocked], learner_id: int, course_id: int
) -> Weights | None:
    """Return the weights of the newest rules of a learner in a course."""
    numbers = [key[2] for key in rules if key[:2] == (learner_id, course_id)]
    return rules[learner_id, course_id, max(numbers)][1].weights if numbers else None


def _replayed(
    entries: Iterable[Any], rules: Mapping[_RulesKey, _Clocked], weights: Weights | None
) -> Snapshot:
    """Return the memory that reviews and acts on one fact, in their order, lead to.

    :param weights: in force now; it is told in them.
    """
    memory, events = UNTOUCHED, list[Event | Moved]()
    for entry in entries:
        if entry.kind in MOVES:
            events.append(_moved(entry))
        elif entry.kind is None:
            events.append(_event(entry, *rules[entry.learner_id, entry.course_id, entry.rules]))
        elif entry.kind is ActKind.RESET:
            memory, events = UNTOUCHED, []
        elif entry.kind is ActKind.IMPORT:
            # What came before was made by rules that are not ours.
            memory, events = load_snapshot(entry.after), []
        else:
            flags = load_snapshot(entry.after)
            memory = replace(
                memory, is_suspended=flags.is_suspended, buried_until=flags.buried_until
            )
    state = memory_replay.replay(events, start=memory.state, weights=weights)
    return replace(memory, state=state)


def _moved(entry: Any) -> Moved:
    before, after = load_snapshot(entry.before).state, load_snapshot(entry.after).state
    return Moved(before, after.due_at)


def _event(entry: Any, clock: LearnerClock, settings: MemorySettings) -> Event:
    seed = seed_of(entry.learner_id, entry.fact_id)
    return Event(
        Rating(entry.rating),
        entry.at,
        seed,
        clock,
        settings,
        days=entry.interval_days,
        known=entry.known,
    )


def _log(session: Session, learners: Sequence[int]) -> list[Any]:
    """Return reviews and acts that stand, fact by fact, each in the order of its log."""
    reviews = sa.select(
        Review.learner_id,
        Review.fact_id,
        Review.id,
        Review.course_id,
        Review.at,
        Review.rating,
        Review.rules,
        Review.interval_days,
        Review.known,
        sa.null().label("kind"),
    ).where(Review.learner_id.in_(learners), Review.undone_at.is_(None))
    acts = sa.select(
        MemoryAct.learner_id,
        MemoryAct.fact_id,
        MemoryAct.id,
        MemoryAct.course_id,
        MemoryAct.kind,
        MemoryAct.before,
        MemoryAct.after,
    ).where(MemoryAct.learner_id.in_(learners), MemoryAct.undone_at.is_(None))
    rows: list[Any] = [*session.execute(reviews), *session.execute(acts)]
    return sorted(rows, key=lambda row: (row.learner_id, row.fact_id, row.id))


def _rules(session: Session, learners: Sequence[int]) -> dict[_RulesKey, _Clocked]:
    rows = session.execute(
        sa.select(*MemoryRules.__table__.c).where(MemoryRules.learner_id.in_(learners))
    )
    return {
        (row.learner_id, row.course_id, row.number): (
            LearnerClock(row.zone, row.day_start_hour),
            settings_of(row.settings),
        )
        for row in rows
    }


def _stored(session: Session, learners: Sequence[int]) -> dict[_Key, tuple[int, Snapshot]]:
    rows = session.execute(
        sa.select(Memory.learner_id, Memory.fact_id, Memory.course_id, *SNAPSHOT_COLUMNS).where(
            Memory.learner_id.in_(learners)
        )
    )
    return {_key(row): (row.course_id, snapshot_of(row)) for row in rows}


def _key(row: Any) -> _Key:
    return row.learner_id, row.fact_id


def _spelt(memory: Snapshot) -> dict[str, Any]:
    dumped = memory.dump()
    return {**dumped.pop("state"), **dumped}
