"""The databases that tests are given: of both kinds, migrated, empty, and one a test."""

from __future__ import annotations

import sqlalchemy as sa

from quizapp.models import Base


def test_a_test_gets_a_migrated_database_without_a_row(database_url: str) -> None:
    engine = sa.create_engine(database_url)

    with engine.connect() as connection:
        there = set(sa.inspect(connection).get_table_names())
        rows = sum(
            connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        )
    engine.dispose()

    assert there == {*Base.metadata.tables, "alembic_version"}
    assert rows == 0


def test_what_one_database_holds_is_not_in_another(sqlite_url: str, postgresql_url: str) -> None:
    engines = [sa.create_engine(url) for url in (sqlite_url, postgresql_url)]

    names = [engine.dialect.name for engine in engines]
    for engine in engines:
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE mine (word varchar(9))"))
        engine.dispose()

    assert names == ["sqlite", "postgresql"]


def test_the_next_test_starts_afresh(database_url: str) -> None:
    engine = sa.create_engine(database_url)

    there = sa.inspect(engine).get_table_names()
    engine.dispose()

    assert "mine" not in there
