"""Reading and writing one learner's memory of one fact as a whole, outside of reviews."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.models import Memory
from quizapp.queries.memory_rows import SNAPSHOT_COLUMNS, Snapshot, columns_of, snapshot_of

CHANGED = "That card has changed since. Load the page again."


def lock_snapshot(session: Session, *, learner_id: int, fact_id: int) -> Snapshot:
    """Return the memory as it is; on PostgreSQL nobody else writes it until the end."""
    held = (
        sa.select(*SNAPSHOT_COLUMNS)
        .where(Memory.learner_id == learner_id, Memory.fact_id == fact_id)
        .with_for_update()
    )
    return snapshot_of(session.execute(held).one_or_none())


def put_snapshot(
    session: Session, keys: Mapping[str, int], *, was: Snapshot, becomes: Snapshot
) -> None:
    """Write the memory; a page that was shown before cannot rate it any more.

    :param keys: learner_id, course_id and fact_id.
    :param was: what `lock_snapshot` gave.
    :raises Conflict: it is not what it was.
    """
    if was.is_blank:
        session.execute(sa.insert(Memory).values({**columns_of(becomes), **keys, "seen": 1}))
        return
    own = (Memory.learner_id == keys["learner_id"], Memory.fact_id == keys["fact_id"])
    change: Any = sa.delete(Memory)
    if not becomes.is_blank:
        change = sa.update(Memory).values(columns_of(becomes) | {"seen": Memory.seen + 1})
    statement = change.where(*own, Memory.reps == was.state.reps)
    result: Any = session.execute(statement, execution_options={"synchronize_session": False})
    if result.rowcount != 1:
        raise Conflict(CHANGED)
