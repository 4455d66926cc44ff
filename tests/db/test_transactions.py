"""What `transaction()` promises, on both databases."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from quizapp.app import create_app
from quizapp.db import db, transaction
from quizapp.errors import Conflict, Unavailable
from quizapp.models import Course, RateLimit
from tests.support.make import NOON
from tests.support.settings import settings_for

THREADS, ROUNDS = 8, 25


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(database_url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def course(slug: str) -> Course:
    return Course(slug=slug, title="A", summary="", language="en", is_public=True, created_at=NOON)


def count() -> int:
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Course)) or 0


def test_a_block_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(RuntimeError), transaction() as session:
        session.add(course("a"))
        session.flush()
        raise RuntimeError

    assert count() == 0


def test_the_same_unique_thing_twice_is_a_conflict(app: Flask) -> None:
    with transaction() as session:
        session.add(course("a"))

    with pytest.raises(Conflict), transaction() as session:
        session.add(course("a"))


def test_another_broken_rule_stays_a_fault_of_ours(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError), transaction() as session:
        session.execute(sa.insert(Course.__table__).values(slug="b"))


def test_transactions_do_not_nest(app: Flask) -> None:
    with pytest.raises(RuntimeError, match="inside"), transaction(), transaction():
        pass


def test_threads_that_read_and_then_write_lose_nothing(app: Flask) -> None:
    with transaction() as session:
        session.add(RateLimit(bucket="hits", window_ends_at=NOON, count=0))
    faults: list[BaseException] = []

    def work() -> None:
        with app.app_context():
            for _ in range(ROUNDS):
                try:
                    db.session.execute(sa.select(Course.id)).all()  # a read, as loading a user is
                    with transaction() as session:
                        row = session.get_one(RateLimit, "hits", with_for_update=True)
                        row.count += 1
                except BaseException as fault:  # noqa: BLE001  (reported below)
                    faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    db.session.rollback()
    assert db.session.get_one(RateLimit, "hits").count == THREADS * ROUNDS


def test_a_transaction_sees_what_others_stored_since_the_page_was_read(app: Flask) -> None:
    titles = sa.select(Course.title)
    with transaction() as session:
        session.add(course("a"))
    assert db.session.scalars(titles).all() == ["A"]
    with db.engine.begin() as other:
        other.execute(sa.update(Course).values(title="B"))

    with transaction() as session:
        assert session.scalars(titles).all() == ["B"]


def test_an_object_that_was_read_before_is_read_again(app: Flask) -> None:
    with transaction() as session:
        session.add(course("a"))
    read = db.session.scalars(sa.select(Course)).one()
    assert read.title == "A"
    with db.engine.connect() as other:
        other.execute(sa.update(Course).values(title="B"))
        other.commit()

    with transaction():
        assert read.title == "B"


@pytest.fixture
def sqlite_app(sqlite_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(sqlite_url, tmp_path))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_sqlite_is_opened_as_durable_as_it_must_be(sqlite_app: Flask) -> None:
    pragma = db.session.connection().exec_driver_sql

    assert pragma("PRAGMA journal_mode").scalar() == "wal"
    assert pragma("PRAGMA synchronous").scalar() == 2  # FULL
    assert pragma("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize("level", ["read committed", "repeatable read"])
def test_however_postgresql_is_set_up_a_transaction_sees_what_is_stored(
    postgresql_url: str, tmp_path: Path, level: str
) -> None:
    name = sa.make_url(postgresql_url).database
    engine = sa.create_engine(postgresql_url)
    with engine.begin() as other:
        setting = f"default_transaction_isolation TO '{level}'"
        other.execute(sa.text(f'ALTER DATABASE "{name}" SET {setting}'))
    app = create_app(settings_for(postgresql_url, tmp_path))
    with app.app_context():
        titles = sa.select(Course.title)
        assert db.session.scalars(titles).all() == []
        with Session(engine) as other_session, other_session.begin():
            other_session.add(course("a"))

        with transaction() as session:
            assert session.scalars(titles).all() == ["A"]
        db.session.remove()
        db.engine.dispose()
    engine.dispose()


def test_a_database_that_is_read_only_says_so(sqlite_app: Flask) -> None:
    db.session.connection().exec_driver_sql("PRAGMA query_only=ON")
    db.session.rollback()

    with pytest.raises(Unavailable, match="read-only"), transaction() as session:
        session.add(course("a"))


def test_a_database_that_stays_locked_is_unavailable(sqlite_url: str, tmp_path: Path) -> None:
    settings = settings_for(sqlite_url, tmp_path)
    app = create_app(settings)
    app_engine_options = {"connect_args": {"timeout": 0}}
    other = sa.create_engine(sqlite_url, **app_engine_options)
    with app.app_context(), other.connect() as holder:
        db.session.connection().exec_driver_sql("PRAGMA busy_timeout=50")
        db.session.rollback()
        holder.execution_options(sqlite_begin="IMMEDIATE").begin()

        with pytest.raises(Unavailable, match="busy"), transaction() as session:
            session.add(course("a"))
        db.session.execute(sa.select(Course.id)).all()  # and again, after a read
        with pytest.raises(Unavailable, match="busy"), transaction() as session:
            session.add(course("a"))

        holder.rollback()
        with transaction() as session:
            session.add(course("a"))
        db.session.remove()
        db.engine.dispose()
    other.dispose()
    assert os.path.exists(sqlite_url.removeprefix("sqlite:///"))
