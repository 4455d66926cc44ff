"""The log of a memory: its reviews and acts that stand, in their order, and what they lead to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory import replay as memory_replay
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Weights
from quizapp.memory.replay import Event, Moved
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Rating
from quizapp.models import MOVES, ActKind, MemoryAct, MemoryRules, Review
from quizapp.queries.memory_rows import UNTOUCHED, Snapshot, load_snapshot, seed_of
from quizapp.queries.memory_rules import settings_of

_RulesKey = tuple[int, int, int]
_Clocked = tuple[LearnerClock, MemorySettings]


@dataclass(frozen=True, slots=True)
class FactLog:
    """What was done to one learner's memory of one fact.

    :param reviews: how many stand, those before the beginning too.
    :param start: what the memory began with, or began again; aside if it is so now.
    :param events: what followed.
    """

    learner_id: int
    fact_id: int
    course_id: int
    reviews: int
    start: Snapshot
    events: tuple[Event | Moved, ...]

    def replayed(self) -> Snapshot:
        """Return the memory that the log leads to."""
        return replace(self.start, state=memory_replay.replay(self.events, start=self.start.state))

    def told_in(self, weights: Weights | None, state: MemoryState) -> MemoryState:
        """Return the state that the log leads to, told in weights."""
        done = [event for event in self.events if isinstance(event, Event)]
        return memory_replay.told_in(weights, state, done, self.start.state)


def logs_of(session: Session, learners: Sequence[int]) -> Iterator[FactLog]:
    """Yield the logs of learners, fact by fact; of what has none, nothing."""

    def theirs(table: Any) -> tuple[Any, ...]:
        return (table.learner_id.in_(learners),)

    return _logs(session, learners, theirs)


def logs_of_facts(
    session: Session, learner_id: int, facts: Collection[int], *, before: int | None = None
) -> Iterator[FactLog]:
    """Yield the logs of these facts of a learner. :param before: up to the step with this id."""

    def of_facts(table: Any) -> tuple[Any, ...]:
        ids = ids_of(table, learner_id, lambda fact: fact.in_(sorted(facts)), before=before)
        # An act on many facts has one id.
        return table.learner_id == learner_id, table.id.in_(ids), table.fact_id.in_(sorted(facts))

    return _logs(session, [learner_id], of_facts)


def _logs(
    session: Session, learners: Sequence[int], wanted: Callable[[Any], tuple[Any, ...]]
) -> Iterator[FactLog]:
    found = _entries(session, wanted)
    rules = _rules(session, learners, {entry.rules for entry in found if entry.kind is None})
    for _key, entries in groupby(found, key=_key_of):
        yield _log(list(entries), rules)


def _log(entries: Sequence[Any], rules: Mapping[_RulesKey, _Clocked]) -> FactLog:
    start, events = UNTOUCHED, list[Event | Moved]()
    for entry in entries:
        if entry.kind in MOVES:
            events.append(_moved(entry))
        elif entry.kind is None:
            events.append(_event(entry, *rules[entry.learner_id, entry.course_id, entry.rules]))
        elif entry.kind is ActKind.RESET:
            start, events = UNTOUCHED, []
        elif entry.kind is ActKind.IMPORT:
            # What came before was made by rules that are not ours.
            start, events = load_snapshot(entry.after), []
        else:
            flags = load_snapshot(entry.after)
            start = replace(start, is_suspended=flags.is_suspended, buried_until=flags.buried_until)
    last = entries[-1]
    reviews = sum(entry.kind is None for entry in entries)
    return FactLog(last.learner_id, last.fact_id, last.course_id, reviews, start, tuple(events))


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


def _entries(session: Session, wanted: Callable[[Any], tuple[Any, ...]]) -> list[Any]:
    """Return reviews and acts that stand, fact by fact, each in the order of its log.

    :param wanted: conditions by the table.
    """
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
    )
    acts = sa.select(
        MemoryAct.learner_id,
        MemoryAct.fact_id,
        MemoryAct.id,
        MemoryAct.course_id,
        MemoryAct.kind,
        MemoryAct.before,
        MemoryAct.after,
    )
    rows: list[Any] = []
    for select, table in ((reviews, Review), (acts, MemoryAct)):
        found = select.where(*wanted(table), table.undone_at.is_(None))
        rows.extend(session.execute(found))
    return sorted(rows, key=lambda row: (row.learner_id, row.fact_id, row.id))


def ids_of(table: Any, learner_id: Any, about: Callable[[Any], Any], *, before: Any = None) -> Any:
    """Return SQL for the ids of steps of a learner, to choose rows by.

    Asked for the rows of one fact in one go, SQLite reads the whole log of the learner, which lies
    in the order of ids. The ids alone it reads from the index by facts.

    :param table: `Review` or `MemoryAct`. :param about: from the column of facts, which ones.
    :param before: only what came before the step with this id.
    """
    steps = sa.alias(table.__table__, "of_fact")
    inner = steps.c
    found = sa.select(inner.id).where(inner.learner_id == learner_id, about(inner.fact_id))
    # Columns of the statement around it are those of its row, however deep this stands in it.
    found = found.correlate_except(steps)
    return found if before is None else found.where(inner.id < before)


def _rules(
    session: Session, learners: Sequence[int], numbers: Collection[int]
) -> dict[_RulesKey, _Clocked]:
    rows = session.execute(
        sa.select(*MemoryRules.__table__.c).where(
            MemoryRules.learner_id.in_(learners), MemoryRules.number.in_(sorted(numbers))
        )
    )
    return {
        (row.learner_id, row.course_id, row.number): (
            LearnerClock(row.zone, row.day_start_hour),
            settings_of(row.settings),
        )
        for row in rows
    }


def _key_of(row: Any) -> tuple[int, int]:
    return row.learner_id, row.fact_id
