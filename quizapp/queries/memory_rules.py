"""By what rules a learner's memory of one course is kept now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import ALGORITHM, MemorySettings
from quizapp.models import MemoryRules
from quizapp.policy import Actor

DEFAULTS = MemorySettings()
#: What `rules_of` reads.
RULES_COLUMNS = (
    MemoryRules.number.label("rules"),
    MemoryRules.settings.label("chosen"),
    MemoryRules.zone,
    MemoryRules.day_start_hour,
    MemoryRules.algorithm,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for a learner in a course; `number` is 0 while nothing was ever stored."""

    number: int
    settings: MemorySettings
    zone: str
    day_start_hour: int
    algorithm: str

    def fits(self, actor: Actor) -> bool:
        """Return whether a review made now by the actor would be made by exactly these."""
        mine = (actor.timezone, actor.day_start_hour, ALGORITHM)
        return bool(self.number) and (self.zone, self.day_start_hour, self.algorithm) == mine


NONE = Rules(0, DEFAULTS, "", 0, "")


def in_force(learner_id: Any, course_id: Any) -> Any:
    """Return the condition that a row of `memory_rules` is the one that holds.

    :param learner_id: SQL, as is `course_id`: bound values or columns of another table.
    """
    newest = sa.alias(MemoryRules.__table__, "newest")
    number = (
        sa.select(sa.func.max(newest.c.number))
        .where(newest.c.learner_id == learner_id, newest.c.course_id == course_id)
        .scalar_subquery()
    )
    return sa.and_(
        MemoryRules.learner_id == learner_id,
        MemoryRules.course_id == course_id,
        MemoryRules.number == number,
    )


def settings_of(chosen: Mapping[str, Any] | None) -> MemorySettings:
    """Return the settings that were stored; None, as an outer join gives it, is the default.

    :raises Invalid: what is stored is damaged.
    """
    return DEFAULTS if chosen is None else MemorySettings.parse(chosen)


def rules_of(row: Any) -> Rules:
    """Return the rules in a row with `RULES_COLUMNS`; those of an empty one have number 0."""
    if row.rules is None:
        return NONE
    settings = settings_of(row.chosen)
    return Rules(row.rules, settings, row.zone, row.day_start_hour, row.algorithm)


_SELECT = sa.select(*RULES_COLUMNS).where(
    in_force(
        sa.bindparam("learner_id", type_=sa.Integer), sa.bindparam("course_id", type_=sa.Integer)
    )
)


def rules_in_force(session: Session, *, learner_id: int, course_id: int) -> Rules:
    """Return how a learner's facts of one course are scheduled."""
    values = {"learner_id": learner_id, "course_id": course_id}
    row = session.execute(_SELECT, values).one_or_none()
    return rules_of(row) if row else NONE
