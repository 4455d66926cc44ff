"""Between rows of the table `memory` and the values that the memory rules know."""

from __future__ import annotations

from typing import Any

from quizapp.memory.state import NEW_STATE, MemoryState, Phase
from quizapp.models import Memory

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
