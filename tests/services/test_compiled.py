"""A compiled statement does what the statement does, on both databases, and can be heard."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from quizapp.models import Base, Course, Enrolment, Origin, Role
from quizapp.queries.compiled import Compiled
from tests.support.desk import Desk, statements_of
from tests.support.make import Make


def test_rows_are_those_of_the_ordinary_way(session: Session, make: Make, now: datetime) -> None:
    desk = Desk(session, make, now)
    desk.rate(desk.fact())
    table = Base.metadata.tables["review"]
    statement = sa.select(*table.c).where(table.c.learner_id == sa.bindparam("learner_id"))

    (ordinary,) = session.execute(statement, {"learner_id": desk.actor.id})
    (compiled,) = Compiled(statement).rows(session.connection(), {"learner_id": desk.actor.id})

    assert compiled._asdict() == ordinary._asdict()
    assert compiled.at.tzinfo is UTC
    assert compiled.origin is Origin.FLASHCARD
    assert isinstance(compiled.before, dict)
    assert compiled.rules == 1


def test_no_rows_are_an_empty_list(session: Session) -> None:
    statement = Compiled(sa.select(Course.id).where(Course.slug == sa.bindparam("slug")))

    assert statement.rows(session.connection(), {"slug": "none"}) == []


def test_values_in_the_statement_itself_are_kept(session: Session, make: Make) -> None:
    course, user = make.course(), make.user()
    make.enrol(user, course, Role.INSTRUCTOR)
    statement = sa.select(Enrolment.user_id).where(
        Enrolment.role == Role.INSTRUCTOR, Enrolment.course_id == sa.bindparam("course_id")
    )

    rows = Compiled(statement).rows(session.connection(), {"course_id": course.id})

    assert [row.user_id for row in rows] == [user.id]


def insert(bucket: str, now: datetime) -> dict[str, Any]:
    return {"bucket": bucket, "window_ends_at": now, "count": 1}


INSERT = Compiled(sa.insert(Base.metadata.tables["rate_limit"]))


def test_a_write_says_how_many_rows_it_hit(session: Session, now: datetime) -> None:
    table = Base.metadata.tables["rate_limit"]
    update = Compiled(
        sa.update(table).where(table.c.count == sa.bindparam("old")).values(window_ends_at=now)
    )
    connection = session.connection()

    assert INSERT.run(connection, insert("a", now)) == 1
    assert update.run(connection, {"old": 1}) == 1
    assert update.run(connection, {"old": 7}) == 0


def test_a_value_that_is_missing_is_named(session: Session) -> None:
    with pytest.raises(KeyError, match="window_ends_at"):
        INSERT.run(session.connection(), {"bucket": "a", "count": 1})


def test_the_drivers_errors_arrive_as_the_toolkits(session: Session, now: datetime) -> None:
    INSERT.run(session.connection(), insert("a", now))

    with pytest.raises(IntegrityError) as caught, session.begin_nested():
        INSERT.run(session.connection(), insert("a", now))

    assert caught.value.orig is not None
    assert not caught.value.connection_invalidated
    assert "parameters" in str(caught.value)  # that they are hidden, as they may be secrets
    assert str(now.year) not in str(caught.value)


def test_a_table_that_is_not_there_is_the_toolkits_error_too(session: Session) -> None:
    statement = Compiled(sa.text("SELECT id FROM nowhere"))

    with pytest.raises((OperationalError, ProgrammingError)), session.begin_nested():
        statement.run(session.connection(), {})


def test_a_connection_that_is_lost_is_given_up(postgresql_engine: sa.Engine) -> None:
    statement = Compiled(sa.select(Course.id))
    with postgresql_engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
        lost: Any = connection.connection.dbapi_connection
        with postgresql_engine.connect() as other:
            ended = sa.text("SELECT pg_terminate_backend(:id)")
            other.execute(ended, {"id": lost.info.backend_pid})

        with pytest.raises(OperationalError) as caught:
            statement.rows(connection, {})

        assert caught.value.connection_invalidated
        assert connection.invalidated
        connection.rollback()
        assert statement.rows(connection, {}) == connection.execute(sa.select(Course.id)).all()


def test_listeners_hear_of_it(session: Session) -> None:
    statement = Compiled(sa.select(Course.id).where(Course.slug == sa.bindparam("slug")))

    with statements_of(session) as seen:
        statement.rows(session.connection(), {"slug": "x"})

    assert len(seen) == 1
    assert seen[0].startswith("SELECT course.id")
