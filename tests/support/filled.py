"""A database with rows in every table: of one person, and of a neighbour beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Base
from quizapp.models.base import Exact, Instant
from tests.support.make import NOON

#: No other number is like it, so wherever it stands it is theirs.
PERSON, NEIGHBOUR = 987_654_321, 123_456_789
NAME, EMAIL = "Amara Nkemdirim-Osei", "amara.osei@example.org"
Row = dict[str, Any]


_LISTS = ("layout", "courses", "tags", "fields")
_PLAIN: Mapping[Any, Any] = {
    Instant: NOON,
    Exact: Fraction(1, 2),
    sa.Boolean: False,
    sa.Date: date(2026, 3, 4),
    sa.Float: 0.5,
    sa.LargeBinary: b"bytes",
}


@dataclass(slots=True)
class Filled:
    """What was stored.

    :param keys: the values of a row by table and whose it is: both halves point at the same
        course, and their own rows at themselves.
    """

    session: Session
    given: Mapping[str, Row]
    keys: dict[tuple[str, int], Row] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def fill(self) -> None:
        for table in Base.metadata.sorted_tables:
            self.store(table, PERSON)
            self.store(table, NEIGHBOUR)
        self.session.flush()

    def store(self, table: sa.Table, whose: int) -> None:
        values = {c.name: self.value(table, c, whose) for c in table.c if self.is_given(c)}
        values |= self.given.get(table.name, {})
        insert = sa.insert(table).values(values)
        done: Any = self.session.execute(insert)
        key = dict(zip(table.primary_key.columns.keys(), done.inserted_primary_key, strict=True))
        self.keys[table.name, whose] = values | key

    @staticmethod
    def is_given(column: sa.Column[Any]) -> bool:
        """Leave numbers that the database gives to it."""
        return column.table.autoincrement_column is not column or column.table.name in (
            "user_account",
        )

    def value(self, table: sa.Table, column: sa.Column[Any], whose: int) -> Any:
        key = next(iter(column.foreign_keys), None)
        if table.name == "user_account" and column.name in ("id", "name", "email"):
            mine = {"id": PERSON, "name": NAME, "email": EMAIL}
            theirs = {"id": NEIGHBOUR, "name": "Bo Li", "email": "bo@example.org"}
            return (mine if whose == PERSON else theirs)[column.name]
        if key is not None:
            target = key.column
            if target.table.name == "user_account":
                # Whoever owns a row: themselves. Whoever else is named in one: the person.
                return whose if key.ondelete == "CASCADE" else PERSON
            if target.table is table:
                return None
            return self.keys[target.table.name, whose][target.name]
        return self.plain(column)

    def plain(self, column: sa.Column[Any]) -> Any:
        number = next(self.numbers)
        kind: Any = column.type
        if column.nullable and not isinstance(kind, sa.String):
            return None
        if isinstance(kind, sa.Enum):
            return next(iter(kind.enum_class or ()))
        if isinstance(kind, sa.JSON):
            return [] if column.name in _LISTS else {}
        for of, value in _PLAIN.items():
            if isinstance(kind, of):
                return value
        return number if isinstance(kind, sa.Integer) else f"{number} {column.name}"[: kind.length]


def counted(session: Session) -> Counter[str]:
    """Return how many rows each table has."""
    tables = Base.metadata.sorted_tables
    return Counter(
        {t.name: session.scalar(sa.select(sa.func.count()).select_from(t)) or 0 for t in tables}
    )


def places_naming(session: Session, *words: str) -> list[str]:
    """Return every column of every row in which one of the words stands."""
    return [
        f"{table.name}.{name}: {value!r}"
        for table in Base.metadata.sorted_tables
        for row in session.execute(sa.select(table))
        for name, value in row._mapping.items()
        if any(word.casefold() in str(value).casefold() for word in words)
    ]
