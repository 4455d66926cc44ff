"""What telling reads: the log of one fact, however long that of its learner is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.settings import ALGORITHM, MemorySettings
from quizapp.memory.state import NEW_STATE, Phase
from quizapp.models import Base, Fact, Memory, MemoryRules, Origin, Review, Revision
from quizapp.queries.memory_log import logs_of_facts
from quizapp.queries.telling import TOLD, told_otherwise
from tests.support.desk import statements_of
from tests.support.make import NOON, Make


@pytest.fixture
def empty() -> Iterator[Session]:
    """A session on SQLite, which knows nothing of how much is where."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def lookups(session: Session, sql: str) -> set[str]:
    """Return by what SQLite looks up steps of the log for a statement."""
    bare = sql.replace("?", "1")
    found = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {bare}")]
    names = ("review", "memory_act", "of_fact", "last_review")
    return {step.split("(")[1] for step in found if step.split()[1] in names}


#: Steps of one fact by the index, and each of them by its key; never all that a learner did.
FEW = {
    "learner_id=? AND fact_id=?)",
    "learner_id=? AND fact_id=? AND id<?)",
    "learner_id=? AND id=?)",
    "learner_id=? AND id=? AND fact_id=?)",
}


@pytest.mark.parametrize("before", [None, 5])
def test_the_last_review_of_a_fact_is_found_without_the_others(
    empty: Session, before: int | None
) -> None:
    found = sa.select(TOLD.c.number).where(told_otherwise(1, 1, 1, before=before))

    assert FEW >= lookups(empty, str(found.compile(empty.get_bind()))) != set()


@pytest.mark.parametrize("before", [None, 5])
def test_the_log_of_facts_is_read_without_that_of_others(
    empty: Session, before: int | None
) -> None:
    with statements_of(empty) as seen:
        list(logs_of_facts(empty, 1, [1, 2], before=before))

    reviews, acts = (lookups(empty, sql) for sql in seen[:2])
    assert FEW >= reviews != set()
    assert FEW >= acts != set()


def _revision_of(session: Session, make: Make, fact: Fact) -> int:
    question = make.question(fact)
    return session.scalars(sa.select(Revision.id).where(Revision.question_id == question.id)).one()


def test_each_of_many_memories_is_told_by_the_rules_of_its_own_last_review(
    session: Session, make: Make
) -> None:
    course = make.course()
    learner = make.learner(course)
    of_old, of_new = make.fact(course), make.fact(course)
    keys = {"learner_id": learner.id, "course_id": course.id}
    for place, fact in enumerate((of_old, of_new), 1):
        session.add_all(
            [
                MemoryRules(
                    **keys,
                    number=place,
                    since=NOON,
                    settings=MemorySettings().dump(),
                    zone="UTC",
                    day_start_hour=4,
                    algorithm=ALGORITHM,
                ),
                Memory(
                    **keys,
                    fact_id=fact.id,
                    phase=Phase.REVIEW.value,
                    stability=3.0,
                    difficulty=5.0,
                    due_at=NOON,
                    last_review_at=NOON,
                    reps=1,
                    lapses=0,
                    seen=1,
                ),
                Review(
                    **keys,
                    id=place,
                    fact_id=fact.id,
                    revision_id=_revision_of(session, make, fact),
                    at=NOON,
                    day=NOON.date(),
                    rating=3,
                    origin=Origin.FLASHCARD,
                    duration_ms=0,
                    before=NEW_STATE.to_json(),
                    rules=place,
                    nonce=f"n{place}",
                ),
            ]
        )
    session.flush()

    told = told_otherwise(learner.id, course.id, Memory.fact_id)
    found = sa.select(Memory.fact_id, TOLD.c.number).outerjoin(TOLD, told)
    by_fact = {row.fact_id: row.number for row in session.execute(found)}

    assert by_fact == {of_old.id: 1, of_new.id: None}
