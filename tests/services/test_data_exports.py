"""Copies of data whose worker comes to an end while somebody looks after them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import DataExport, ExportState, Job
from quizapp.services.data_exports import (
    ask_export,
    fail_forgotten,
    finish_export,
    take_up_export,
)
from tests.support.make import NOON, Make


def test_one_that_is_finished_meanwhile_is_not_called_a_failure(
    session: Session, make: Make
) -> None:
    actor = make.actor(make.user())
    number = ask_export(session, actor=actor, now=NOON)
    making = take_up_export(session, learner_id=actor.id, number=number)
    assert making is not None
    connection, looked = session.connection(), []

    def finish(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """Do what a worker of that moment does: on PostgreSQL the next statement sees it."""
        if "FROM job" in statement and not looked:
            looked.append(statement)
            finish_export(session, making=making, size=1, now=NOON)
            session.execute(sa.delete(Job))

    sa.event.listen(connection, "before_cursor_execute", finish)
    fail_forgotten(session, now=NOON)
    sa.event.remove(connection, "before_cursor_execute", finish)

    assert looked
    assert session.scalars(sa.select(DataExport.state)).all() == [ExportState.DONE]
