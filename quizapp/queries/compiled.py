"""Statements whose SQL is put together once and then given to the driver as it is.

The toolkit spends ten times as long on a small statement as the database does. That is no matter
for a page; it is for what every request or every rating does. The statements are still written
with the models' columns, and values still pass through the types of those columns.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

#: What a type does to a value, by the value's place; values that stay as they are have none.
_Changes = tuple[tuple[int, Callable[[Any], Any]], ...]
_Reader = tuple[Callable[[Sequence[Any]], Any], _Changes]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one kind of database takes it.

    :param names: parameters in the order of their places.
    :param fixed: values that stand in the statement itself.
    """

    sql: str
    names: tuple[str, ...]
    changes: _Changes
    fixed: Mapping[str, Any]
    is_positional: bool


class Compiled:
    """A statement that costs hardly more than its SQL; without IN lists, whose SQL varies.

    It runs on a connection of the toolkit's, inside its transaction; listeners hear of it, and
    the driver's errors arrive as the toolkit's. Nothing is flushed first.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._forms: dict[type[sa.Dialect], _Form] = {}
        self._readers: dict[type[sa.Dialect], _Reader] = {}

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows found, as named tuples.

        :param values: of every parameter by its name; for an INSERT, of every column.
        :raises DBAPIError: the database refused, as the kind that the toolkit raises.
        """
        cursor, found = self._execute(connection, values)
        dialect = connection.dialect
        make, changes = self._readers.get(type(dialect)) or self._reader(dialect, cursor)
        return [make(_changed(row, changes)) for row in found]

    def run(self, connection: sa.Connection, values: Mapping[str, Any]) -> int:
        """Return how many rows were written; parameters and errors as for `rows`."""
        cursor, _ = self._execute(connection, values)
        count: int = cursor.rowcount
        return count

    def _execute(
        self, connection: sa.Connection, values: Mapping[str, Any]
    ) -> tuple[Any, list[tuple[Any, ...]]]:
        dialect: Any = connection.dialect
        form = self._forms.get(type(dialect)) or self._form(dialect)
        given = {**form.fixed, **values} if form.fixed else values
        parameters: Any = _changed([given[name] for name in form.names], form.changes)
        if not form.is_positional:
            parameters = dict(zip(form.names, parameters, strict=True))
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.cursor()
        for listener in connection.dispatch.before_cursor_execute:
            listener(connection, cursor, form.sql, parameters, None, False)
        try:
            cursor.execute(form.sql, parameters)
            return cursor, cursor.fetchall() if cursor.description else []
        except dialect.loaded_dbapi.Error as error:
            lost = dialect.is_disconnect(error, driver, cursor)
            if lost:
                connection.invalidate(error)
            kind = dialect.loaded_dbapi.Error
            named = {"connection_invalidated": lost, "dialect": dialect, "hide_parameters": True}
            raise DBAPIError.instance(form.sql, parameters, error, kind, **named) from error

    def _form(self, dialect: sa.Dialect) -> _Form:
        compiled: SQLCompiler = self._statement.compile(dialect=dialect)
        binds = compiled.binds
        names = tuple(compiled.positiontup or () if compiled.positional else binds)
        form = _Form(
            sql=compiled.string,
            names=names,
            changes=_changes(
                binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names
            ),
            fixed={name: bind.effective_value for name, bind in binds.items() if not bind.required},
            is_positional=compiled.positional,
        )
        return self._forms.setdefault(type(dialect), form)

    def _reader(self, dialect: sa.Dialect, cursor: Any) -> _Reader:
        """Return how to make a row; the types of some drivers must be seen in an answer first."""
        columns = list(self._statement.selected_columns)
        row: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
        changes = _changes(
            column.type.dialect_impl(dialect).result_processor(dialect, described[1])
            for column, described in zip(columns, cursor.description, strict=True)
        )
        return self._readers.setdefault(type(dialect), (row._make, changes))


def _changes(processors: Iterable[Callable[[Any], Any] | None]) -> _Changes:
    return tuple((place, change) for place, change in enumerate(processors) if change)


def _changed(values: Sequence[Any], changes: _Changes) -> Sequence[Any]:
    if not changes:
        return values
    changed = list(values)
    for place, change in changes:
        changed[place] = change(changed[place])
    return changed
