"""Writing down by what rules a memory is kept, so that it can be worked out again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.memory.settings import ALGORITHM, MemorySettings
from quizapp.models import Base, MemoryRules
from quizapp.policy import Actor
from quizapp.queries.memory_rules import rules_in_force

_TABLE = Base.metadata.tables[MemoryRules.__tablename__]
_INSERT: Mapping[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}
#: Somebody would have to change the same settings this often at once.
_TRIES = 5


def keep_rules(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    now: datetime,
    settings: MemorySettings | None = None,
    change: Callable[[MemorySettings], MemorySettings] | None = None,
) -> int:
    """Return the number of the rules that hold from now on; they are appended if they are new.

    :param settings: what the learner chose; None leaves it as it is.
    :param change: makes them of those that hold, whatever these are by then: nothing that was
        changed at the same time is lost. What it raises is raised.
    :raises Conflict: they were changed over and over again at the same time.
    """
    for _ in range(_TRIES):
        held = rules_in_force(session, learner_id=actor.id, course_id=course_id)
        wanted = settings or (change(held.settings) if change else held.settings)
        if held.fits(actor) and held.settings == wanted:
            return held.number
        values = {
            "learner_id": actor.id,
            "course_id": course_id,
            "number": held.number + 1,
            "since": now,
            "settings": wanted.dump(),
            "zone": actor.timezone,
            "day_start_hour": actor.day_start_hour,
            "algorithm": ALGORITHM,
        }
        if _appended(session, values):
            return held.number + 1
    raise Conflict("Your settings are being changed in another tab. Try again.")


def _appended(session: Session, values: dict[str, Any]) -> bool:
    """Return whether the row was written; not, if another one has taken its number."""
    insert = _INSERT[session.connection().dialect.name](_TABLE)
    written: Any = session.execute(insert.values(values).on_conflict_do_nothing())
    return bool(written.rowcount)
