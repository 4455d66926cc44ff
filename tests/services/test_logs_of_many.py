"""Reading the logs of many attempts at once, as regrades and recounts do."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Action, Attempt, AttemptState, Response
from quizapp.queries.responses import states_of_many
from quizapp.services import memory_replay, progress_recount
from tests.support.desk import Desk
from tests.support.make import NOON, Make

_ATTEMPTS, _WANTED, _SLOTS = 600, 60, 4


def test_the_logs_of_many_attempts_are_read_row_by_row(
    session: Session, make: Make, reads: list[tuple[str, Any]]
) -> None:
    places = _store_attempts(session, make)
    session.execute(sa.text("ANALYZE response"))

    states_of_many(session, places[:_WANTED])

    (told,) = [read for read in reads if "FROM response" in read[0]]
    if session.get_bind().dialect.name == "sqlite":  # which does not tell how much it read
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {told[0]}", told[1])
        assert "MATERIALIZE" not in str(plan.all())
        return
    plan = session.connection().exec_driver_sql(
        f"EXPLAIN (ANALYZE, FORMAT JSON) {told[0]}", told[1]
    )
    found = plan.scalar_one()
    whole = json.loads(found) if isinstance(found, str) else found
    most = max(one["Actual Rows"] * one["Actual Loops"] for one in _nodes(whole[0]["Plan"]))
    # Each row once, of all that there are at the very most; not all of them again for each.
    assert most <= _ATTEMPTS * _SLOTS


@pytest.mark.parametrize("commanded", [memory_replay.replay, progress_recount.recount])
def test_who_comes_next_is_not_asked_of_the_logs(
    session: Session,
    make: Make,
    reads: list[tuple[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    commanded: Any,
) -> None:
    desk = Desk(session, make, NOON)
    desk.rate(desk.fact())
    make.learner(desk.course)  # who never began
    desk.actor = make.learner(desk.course)
    desk.rate(desk.fact())
    monkeypatch.setattr(sys.modules[commanded.__module__], "BATCH", 1)
    reads.clear()

    *_, found = commanded(session)

    assert (found.reviews, found.differences, getattr(found, "learners", 2)) == (2, [], 2)
    chosen = [text for text, _ in reads if "LIMIT" in text]
    assert chosen
    assert [text for text in chosen if "review" in text] == []


@pytest.fixture
def reads(session: Session) -> Iterator[list[tuple[str, Any]]]:
    """Yield the statements that were sent, with their values."""
    sent: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        sent.append((statement, parameters))

    connection = session.connection()
    sa.event.listen(connection, "before_cursor_execute", note)
    yield sent
    sa.event.remove(connection, "before_cursor_execute", note)


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from _nodes(inner)


def _store_attempts(session: Session, make: Make) -> list[tuple[int, int]]:
    course = make.course()
    quiz, learners = make.quiz(course), [make.learner(course).id for _ in range(100)]
    places = [(learners[number // 6], number + 1) for number in range(_ATTEMPTS)]
    shared = {"quiz_id": quiz.id, "title": "", "state": AttemptState.SUBMITTED, "seed": 1}
    laid: dict[str, Any] = {"layout": [], "settings": {}, "started_at": NOON, "max_mark": 0}
    session.execute(
        sa.insert(Attempt),
        [
            {"learner_id": learner, "id": number, "number": number} | shared | laid
            for learner, number in places
        ],
    )
    session.execute(
        sa.insert(Response),
        [
            {
                "learner_id": learner,
                "attempt_id": number,
                "slot": slot,
                "seq": 1,
                "at": NOON,
                "action": Action.SAVE,
                "nonce": f"{number}-{slot}",
                "content": {"choice": [0]},
                "certainty": None,
            }
            for learner, number in places
            for slot in range(_SLOTS)
        ],
    )
    return places
