"""The tests' own PostgreSQL: a crash keeps what was committed, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support import postgres as support
from tests.support.postgres import SAFE, EphemeralPostgres, PostgresNotFound, find_binaries


def test_what_was_committed_survives_a_crash_and_what_was_not_does_not() -> None:
    with EphemeralPostgres(SAFE) as server:
        with psycopg.connect(server.dsn()) as connection:
            connection.execute("CREATE TABLE kept (word text)")
            connection.execute("INSERT INTO kept VALUES ('committed')")
        open_transaction = psycopg.connect(server.dsn())
        open_transaction.execute("INSERT INTO kept VALUES ('lost')")

        server.kill9()
        open_transaction.close()
        server.start()

        with psycopg.connect(server.dsn()) as connection:
            rows = connection.execute("SELECT word FROM kept").fetchall()
        assert rows == [("committed",)]


def test_the_server_leaves_nothing_behind() -> None:
    with EphemeralPostgres() as server:
        folder = server.folder
        assert folder.is_dir()

    assert not folder.exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn())


def test_a_copied_database_has_the_rows_of_its_template(postgres: EphemeralPostgres) -> None:
    postgres.create_database("original")
    with psycopg.connect(postgres.dsn("original")) as connection:
        connection.execute("CREATE TABLE word AS SELECT 'copied' AS text")

    postgres.create_database("copy", template="original")

    with psycopg.connect(postgres.dsn("copy")) as connection:
        assert connection.execute("SELECT text FROM word").fetchone() == ("copied",)
    postgres.drop_database("copy")
    postgres.drop_database("original")


def test_a_missing_postgresql_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(support, "_candidates", lambda: [tmp_path])

    with pytest.raises(PostgresNotFound, match=r"scripts/setup dev.*PG_BIN"):
        find_binaries()
