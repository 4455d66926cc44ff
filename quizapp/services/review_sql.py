"""The statements of a review, built once from the tables for each kind of database."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from quizapp.models import (
    Base,
    Fact,
    Memory,
    MemoryAct,
    MemoryRules,
    PredictionTotal,
    QuarterTotal,
    Question,
    Review,
    Revision,
)
from quizapp.queries.compiled import Compiled
from quizapp.queries.memory_rows import STATE_COLUMNS
from quizapp.queries.memory_rules import RULES_COLUMNS, in_force
from quizapp.queries.telling import TOLD, TOLD_BY, told_otherwise

_TABLES = Base.metadata.tables
_MEMORY, _REVIEW = (_TABLES[model.__tablename__] for model in (Memory, Review))


@dataclass(frozen=True, slots=True)
class Statements:
    """Rating a card is what learners do most; nothing of its SQL is put together twice.

    :param look: everything a review must know first; on PostgreSQL it locks the memory.
    :param log: appends the review.
    :param keep: writes the memory, unless `seen` is no longer the bound `seen_before`.
    :param total: adds to the total of the quarter of an hour.
    :param prediction: adds to that of what was foretold; only where something was.
    """

    look: Compiled
    log: Compiled
    keep: Compiled
    total: Compiled
    prediction: Compiled


def _look() -> Any:
    learner_id: Any = sa.bindparam("learner_id")
    fact_id: Any = sa.bindparam("fact_id")
    course_id: Any = sa.bindparam("course_id")
    # Locked inside a subquery: PostgreSQL cannot lock the side of an outer join that may be empty.
    held = (
        sa.select(*STATE_COLUMNS, Memory.seen)
        .where(Memory.learner_id == learner_id, Memory.fact_id == fact_id)
        .with_for_update()
        .subquery("held")
    )
    asked = sa.and_(Question.id == Revision.question_id, Question.course_id == Fact.course_id)
    repeat = sa.and_(Review.learner_id == learner_id, Review.nonce == sa.bindparam("nonce"))
    return (
        sa.select(
            *held.c,
            *RULES_COLUMNS,
            *_newest(learner_id, fact_id),
            TOLD_BY,
            Review.id.label("repeated"),
        )
        .select_from(Fact)
        .join(Revision, Revision.id == sa.bindparam("revision_id"))
        .join(Question, asked)
        .outerjoin(held, sa.true())
        .outerjoin(MemoryRules, in_force(learner_id, course_id))
        .outerjoin(TOLD, told_otherwise(learner_id, course_id, fact_id))
        .outerjoin(Review, repeat)
        .where(Fact.id == fact_id, Fact.course_id == course_id)
    )


def _newest(learner_id: Any, fact_id: Any) -> Iterator[Any]:
    """Yield the newest ids in the learner's log: of this fact, and of all."""
    for table in (Review, MemoryAct):
        newest = sa.select(sa.func.max(table.id)).where(table.learner_id == learner_id)
        name = table.__tablename__
        yield newest.where(table.fact_id == fact_id).scalar_subquery().label(f"{name}_of_fact")
        yield newest.scalar_subquery().label(f"{name}_of_learner")


def _keep(insert: Callable[[Any], Any]) -> Any:
    row = insert(_MEMORY)
    replaced = [*(column.key for column in STATE_COLUMNS), "seen"]
    return row.on_conflict_do_update(
        index_elements=[_MEMORY.c.learner_id, _MEMORY.c.fact_id],
        set_={name: row.excluded[name] for name in replaced},
        where=_MEMORY.c.seen == sa.bindparam("seen_before"),
    )


def _total(insert: Callable[[Any], Any], model: type[Base]) -> Any:
    """Return an insert that adds its counts to those of a row that is there."""
    table = _TABLES[model.__tablename__]
    keys = list(table.primary_key.columns)
    row = insert(table)
    counts = {one.key: one + row.excluded[one.key] for one in table.c if not one.primary_key}
    return row.on_conflict_do_update(index_elements=keys, set_=counts)


STATEMENTS: Mapping[str, Statements] = {
    dialect: Statements(
        look=Compiled(_look()),
        log=Compiled(sa.insert(_REVIEW)),
        keep=Compiled(_keep(insert)),
        total=Compiled(_total(insert, QuarterTotal)),
        prediction=Compiled(_total(insert, PredictionTotal)),
    )
    for dialect, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
