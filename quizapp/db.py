"""The database: engine, session, migrations, and the one place where a transaction ends."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.orm import Session

from quizapp.config import Settings
from quizapp.errors import Conflict, Unavailable
from quizapp.models import Base
from quizapp.queries.compiled import Compiled

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)
_LOCKING = {"sqlite_begin": "IMMEDIATE"}
_BEGIN = {mode: Compiled(sa.text(f"BEGIN {mode}")) for mode in ("DEFERRED", "IMMEDIATE")}
_UNIQUE_SQLITE = {"SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}
_UNIQUE_POSTGRESQL = "23505"
_PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    # NORMAL loses acknowledged reviews when the power goes; FULL does not (ADR 0003).
    "synchronous=FULL",
    "temp_store=MEMORY",
    "wal_autocheckpoint=4000",
    "journal_size_limit=67108864",
)


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit what the block did, or none of it.

    Entry points (views, commands, jobs) open it, once, around the service calls of one
    user action; services never do. Nothing else commits.

    :raises Conflict: another transaction stored the same unique thing first.
    :raises Unavailable: the database is locked, read-only, full or gone.
    """
    if _open.get():
        raise RuntimeError("transaction() inside transaction(): services must not open one")
    token = _open.set(True)
    session = db.session()
    try:
        _begin_to_write(session)
        yield session
        session.commit()
    except IntegrityError as error:
        session.rollback()
        if _is_unique_violation(error):
            raise Conflict("This was changed by someone else; look again and retry.") from error
        raise
    except OperationalError as error:
        session.rollback()
        raise unavailable(error) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        _open.reset(token)


@contextmanager
def reading() -> Iterator[Session]:
    """Give the session to read with, and end its transaction: for work that goes on without it.

    Whatever takes long is reckoned after it, so that nothing is held meanwhile.
    """
    session = db.session()
    try:
        yield session
    finally:
        session.rollback()


def take_time(session: Session) -> None:
    """Let statements take as long as they need, until the transaction ends; locks do not wait so.

    For commands that read all there is, or all that one learner did. Whoever runs one waits for it;
    a page must not (`Settings.statement_seconds`).
    """
    if session.connection().dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            session.execute(sa.text(f"SET LOCAL {limit} = 0"))


def _begin_to_write(session: Session) -> None:
    """Leave the session in a transaction that sees what is stored now, locked on SQLite."""
    if not session.is_active or any(True for _ in session):
        session.rollback()  # objects would stay as they were read
    if not session.in_transaction():
        session.connection(execution_options=_LOCKING)
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        # A read snapshot cannot be upgraded to a write lock: end it, then lock first (ADR 0003).
        # The session keeps its connection: giving it back and taking it again would cost more
        # than all the SQL of a rating.
        connection.connection.rollback()
        _BEGIN["IMMEDIATE"].run(connection, {})
    elif connection.dialect.default_isolation_level != "READ COMMITTED":
        session.rollback()  # a snapshot that lasts; in READ COMMITTED it ends with each statement
        session.connection()


def database_app(settings: Settings) -> Flask:
    """Return an application with the database and nothing else: no pages, so it starts soon."""
    app = Flask("quizapp", static_folder=None)
    app.config.from_mapping(settings.flask())
    app.extensions["quizapp.settings"] = settings
    db.init_app(app)
    return app


def unavailable(error: Exception) -> Unavailable:
    """Return the error to show for a database that cannot be used, with what to do about it."""
    text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
    if "no such table" in text or "does not exist" in text:
        return Unavailable("The database is not set up yet. Run `quizapp init` on the server.")
    if "readonly" in text or "read-only" in text:
        return Unavailable(
            "Nothing was saved: the database is read-only. "
            "Check who may write to the database file and its folder."
        )
    if "locked" in text or "timeout" in text:
        return Unavailable("The database is busy, so nothing was saved. Try again in a moment.")
    if "full" in text or "disk" in text:
        return Unavailable("Nothing was saved: there is no room left on the disk.")
    return Unavailable("The database cannot be reached right now. Try again in a moment.")


def upgrade(settings: Settings) -> None:
    """Bring the schema of the configured database to the newest revision."""
    command.upgrade(_alembic(settings.database_url), "head")


def downgrade(settings: Settings, revision: str = "base") -> None:
    """Take the schema back to a revision; "base" leaves no table."""
    command.downgrade(_alembic(settings.database_url), revision)


def _alembic(database_url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["database_url"] = database_url
    return config


def _is_unique_violation(error: IntegrityError) -> bool:
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorname", "") in _UNIQUE_SQLITE
    return getattr(cause, "sqlstate", "") == _UNIQUE_POSTGRESQL


@event.listens_for(sa.Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # let SQLAlchemy, not the driver, say BEGIN
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(sa.Engine, "begin")
def _begin_sqlite(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        # A deferred transaction that reads and then writes fails at once if another writer
        # committed in between; taking the lock first makes it wait its turn.
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        _BEGIN[mode].run(connection, {})


def database_errors() -> tuple[type[Exception], ...]:
    """Return what a database that is locked, gone or not set up raises outside a transaction."""
    return (OperationalError, ProgrammingError)
