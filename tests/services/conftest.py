"""Services and queries run on a real database of each kind, and every test is undone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

import quizapp.db  # noqa: F401  (its engine hooks)
from tests.support.make import NOON, Make
from tests.support.postgres import EphemeralPostgres
from tests.support.sqlite import without_waiting


@pytest.fixture(scope="session")
def sqlite_engine(
    migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    path = tmp_path_factory.mktemp("services") / "services.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    engine = without_waiting(sa.create_engine(f"sqlite:///{path}"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_engine(migrated_postgres: EphemeralPostgres) -> Iterator[sa.Engine]:
    migrated_postgres.create_database("services", template="migrated")
    engine = sa.create_engine(migrated_postgres.url("services"))
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> sa.Engine:
    engine: sa.Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture
def session(engine: sa.Engine) -> Iterator[Session]:
    """A session whose work is undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        options = {"join_transaction_mode": "create_savepoint", "expire_on_commit": False}
        with Session(connection, **options) as session:
            yield session
        outer.rollback()


@pytest.fixture
def make(session: Session) -> Make:
    return Make(session)


@pytest.fixture
def now() -> datetime:
    return NOON
