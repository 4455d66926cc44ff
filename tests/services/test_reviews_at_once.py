"""Many ratings of one card at the same moment: one counts, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.models import Memory, Origin, QuarterTotal, Review
from quizapp.services.reviews import record_review
from tests.support.desk import Desk
from tests.support.make import NOON, Make

AT_ONCE = 6


class Crowd:
    """Several connections that rate the same learner's card together."""

    def __init__(self, database_url: str) -> None:
        self.engine = sa.create_engine(database_url, pool_size=AT_ONCE)
        with Session(self.engine) as session:
            desk = Desk(session, Make(session), NOON)
            fact = desk.fact()
            self.given: dict[str, Any] = {
                "actor": desk.actor,
                "course_id": desk.course.id,
                "fact_id": fact.id,
                "revision_id": desk.revision_id(fact),
                "rating": 3,
                "origin": Origin.FLASHCARD,
                "now": NOON,
            }
            session.commit()

    def run(self, given: Callable[[int], dict[str, Any]]) -> list[str]:
        """Rate from every connection with given(number); return what became of each."""
        barrier = Barrier(AT_ONCE)

        def rate(number: int) -> str:
            barrier.wait()
            with Session(self.engine) as session:
                try:
                    session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
                    recorded = record_review(session, **self.given | given(number))
                    session.commit()
                except (Conflict, IntegrityError):
                    return "refused"
                return "repeated" if recorded.repeated else "rated"

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(rate, range(AT_ONCE)))

    def numbers(self) -> tuple[int, int, int]:
        """Return the reviews in the log, by the memory, and by the total of the quarter."""
        counts = (
            sa.select(sa.func.count()).select_from(Review),
            sa.select(Memory.reps),
            sa.select(QuarterTotal.reviews),
        )
        with Session(self.engine) as session:
            log, reps, total = (session.execute(query).scalar_one() for query in counts)
        return log, reps, total


@pytest.fixture
def crowd(database_url: str) -> Iterator[Crowd]:
    crowd = Crowd(database_url)
    yield crowd
    crowd.engine.dispose()


def test_of_ratings_from_one_page_one_counts(crowd: Crowd) -> None:
    became = crowd.run(lambda number: {"nonce": f"n{number}", "seen": 0})

    assert sorted(became) == ["rated"] + ["refused"] * (AT_ONCE - 1)
    assert crowd.numbers() == (1, 1, 1)


def test_one_rating_sent_many_times_counts_once(crowd: Crowd) -> None:
    became = crowd.run(lambda _: {"nonce": "same", "seen": 0})

    assert became.count("rated") == 1
    assert crowd.numbers() == (1, 1, 1)


def test_ratings_that_ask_for_no_state_are_all_kept_or_refused(crowd: Crowd) -> None:
    became = crowd.run(
        lambda number: {"nonce": f"n{number}", "now": NOON + timedelta(minutes=number)}
    )

    rated = became.count("rated")
    assert rated >= 1
    assert crowd.numbers() == (rated, rated, rated)
