"""The declarative base every table shares, and the column types that both databases read alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_E = TypeVar("_E", bound=StrEnum)


def to_millis(instant: datetime) -> int:
    """Return whole milliseconds since 1970-01-01 UTC.

    :raises ValueError: the instant has no time zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"naive datetime {instant!r}: pass an aware one")
    return (instant - _EPOCH) // _MILLISECOND


def from_millis(millis: int) -> datetime:
    """Return the UTC instant that many milliseconds after 1970-01-01."""
    return _EPOCH + timedelta(milliseconds=millis)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime in Python, integer milliseconds on disk.

    SQLite drops time zones and PostgreSQL keeps microseconds; integers make both answer
    alike, are the smallest row, and compare without parsing (ADR 0004).
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else to_millis(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else from_millis(value)


@lru_cache(maxsize=4096)
def fraction_of(text: str) -> Fraction:
    """Return a fraction from its text; marks of a class are thousands of a few values."""
    return Fraction(text)


class Exact(TypeDecorator[Fraction]):
    """A fraction kept exactly, as text "numerator/denominator"."""

    impl = sa.String(40)
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: Any) -> str | None:
        return None if value is None else f"{value.numerator}/{value.denominator}"

    def process_result_value(self, value: str | None, dialect: Any) -> Fraction | None:
        return None if value is None else fraction_of(value)


def choice(kind: type[_E]) -> sa.Enum:
    """Return a column type that stores a StrEnum by its value, as text on both databases."""
    return sa.Enum(kind, native_enum=False, length=20, values_callable=_values)


def _values(kind: type[StrEnum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """Base of every table.

    Constraints are named: unnamed ones cannot be altered by later migrations on SQLite.
    """

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: Instant(),
        Fraction: Exact(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }


def learner_key() -> Any:
    """Return the foreign key that leads the primary key of every learner-owned table."""
    return sa.ForeignKey("user_account.id", ondelete="CASCADE")
