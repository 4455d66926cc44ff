"""Between rows of the table `memory` and the values that the memory rules know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quizapp.memory.state import NEW_STATE, MemoryState, Phase
from quizapp.models import Memory, from_millis, to_millis

#: What `state_of` reads. The row of a fact that was put aside before it was ever rated is in
#: phase "new"; its `due_at` means nothing.
STATE_COLUMNS = (
    Memory.phase,
    Memory.step,
    Memory.stability,
    Memory.difficulty,
    Memory.due_at,
    Memory.last_review_at,
    Memory.reps,
    Memory.lapses,
)
#: What `snapshot_of` reads.
SNAPSHOT_COLUMNS = (*STATE_COLUMNS, Memory.is_suspended, Memory.buried_until)
#: Stands in the column `due_at` of a fact in phase "new", where it means nothing.
NEVER_DUE = from_millis(0)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a row of `memory` says; there is no row for what was never met nor put aside.

    :param buried_until: UTC; None when the fact is not put off.
    """

    state: MemoryState = NEW_STATE
    is_suspended: bool = False
    buried_until: datetime | None = None

    @property
    def is_blank(self) -> bool:
        """Return whether it says nothing, so that no row is kept of it."""
        return self == UNTOUCHED

    def dump(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `load_snapshot` reads back exactly."""
        until = self.buried_until
        return {
            "state": self.state.to_json(),
            "is_suspended": self.is_suspended,
            "buried_until": None if until is None else to_millis(until),
        }


UNTOUCHED = Snapshot()


def load_snapshot(stored: Mapping[str, Any] | None) -> Snapshot:
    """Return the snapshot that `dump` wrote; None is the blank one.

    :raises ValueError: it is damaged.
    """
    if stored is None:
        return UNTOUCHED
    until = stored["buried_until"]
    state = MemoryState.from_json(stored["state"])
    return Snapshot(state, stored["is_suspended"], None if until is None else from_millis(until))


def snapshot_of(row: Any) -> Snapshot:
    """Return what a row with `SNAPSHOT_COLUMNS` says; None, for no row, is blank."""
    if row is None:
        return UNTOUCHED
    return Snapshot(state_of(row), row.is_suspended, row.buried_until)


def columns_of(snapshot: Snapshot) -> dict[str, Any]:
    """Return the values of `SNAPSHOT_COLUMNS` by their names."""
    state = snapshot.state
    values = {column.key: getattr(state, column.key) for column in STATE_COLUMNS}
    return values | {
        "phase": state.phase.value,
        "due_at": state.due_at or NEVER_DUE,
        "is_suspended": snapshot.is_suspended,
        "buried_until": snapshot.buried_until,
    }


def state_of(row: Any) -> MemoryState:
    """Return the state in a row with `STATE_COLUMNS`; one of an outer join that is empty is new."""
    if row.phase is None or row.phase == Phase.NEW:
        return NEW_STATE
    return MemoryState(
        phase=Phase(row.phase),
        step=row.step,
        stability=row.stability,
        difficulty=row.difficulty,
        due_at=row.due_at,
        last_review_at=row.last_review_at,
        reps=row.reps,
        lapses=row.lapses,
    )


def seed_of(learner_id: int, fact_id: int) -> int:
    """Return the seed of a learner's memory of a fact, so that a button keeps what it promises."""
    return learner_id << 32 | fact_id
