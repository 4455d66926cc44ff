"""What telling reads: the log of one fact, however long that of its learner is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Base
from quizapp.queries.memory_log import logs_of
from quizapp.queries.telling import TOLD, told_otherwise
from tests.support.desk import statements_of


@pytest.fixture
def empty() -> Iterator[Session]:
    """A session on SQLite, which knows nothing of how much is where."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def steps_of(session: Session, sql: str) -> list[str]:
    """Return how SQLite reads the log for a statement."""
    bare = sql.replace("?", "1")
    found = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {bare}")
    steps = [row[3] for row in found]
    return [step for step in steps if "review" in step or "memory_act" in step]


@pytest.mark.parametrize("before", [None, 5])
def test_the_last_review_of_a_fact_is_found_by_the_index(
    empty: Session, before: int | None
) -> None:
    found = sa.select(TOLD.c.number).where(told_otherwise(1, 1, 1, before=before))

    (step,) = steps_of(empty, str(found.compile(empty.get_bind())))

    assert "ix_review_learner_id_fact_id_id (learner_id=? AND fact_id=?" in step


@pytest.mark.parametrize("before", [None, 5])
def test_the_log_of_a_fact_is_read_by_the_indexes(empty: Session, before: int | None) -> None:
    with statements_of(empty) as seen:
        list(logs_of(empty, [1], facts=[1, 2], before=before))

    steps = [step for sql in seen for step in steps_of(empty, sql)]

    assert len(steps) == 2, steps
    assert all("_learner_id_fact_id_id (learner_id=? AND fact_id=?" in step for step in steps)
