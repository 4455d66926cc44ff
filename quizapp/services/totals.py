"""What reviews add up to, kept beside them: adding one or many, and taking one out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from quizapp.memory.predictions import band_of, squared_error, week_of
from quizapp.memory.quarters import quarter_of
from quizapp.memory.state import Rating
from quizapp.models import Base, PredictionTotal, QuarterTotal
from quizapp.services.review_sql import STATEMENTS

_Row = dict[str, int]


def count(connection: Connection, review: Mapping[str, Any], *, sign: int = 1) -> None:
    """Add a review to the totals that it belongs to, or with sign -1 take it out.

    :param review: values of its columns by their names.
    """
    sql = STATEMENTS[connection.dialect.name]
    sql.total.run(connection, _of_quarter(review, sign))
    if review["predicted"] is not None:
        sql.prediction.run(connection, _of_band(review, sign))


def count_all(connection: Connection, reviews: Iterable[Mapping[str, Any]]) -> None:
    """Add reviews to the totals that they belong to; each total is written once."""
    quarters, bands = _Sums(QuarterTotal), _Sums(PredictionTotal)
    for review in reviews:
        quarters.add(_of_quarter(review))
        if review["predicted"] is not None:
            bands.add(_of_band(review))
    sql = STATEMENTS[connection.dialect.name]
    for row in quarters.rows.values():
        sql.total.run(connection, row)
    for row in bands.rows.values():
        sql.prediction.run(connection, row)


class _Sums:
    """Rows of a table of totals, those of one key added up."""

    def __init__(self, model: type[Base]) -> None:
        table = Base.metadata.tables[model.__tablename__]
        self._place = itemgetter(*(column.key for column in table.primary_key))
        self._counts = [column.key for column in table.c if not column.primary_key]
        self.rows: dict[tuple[int, ...], _Row] = {}

    def add(self, row: _Row) -> None:
        held = self.rows.setdefault(self._place(row), row)
        if held is not row:
            for name in self._counts:
                held[name] += row[name]


def _of_quarter(review: Mapping[str, Any], sign: int = 1) -> _Row:
    """Return what a review adds to a `QuarterTotal`, by the names of all its columns."""
    tested = sign * review["is_test"]
    return {
        "learner_id": review["learner_id"],
        "course_id": review["course_id"],
        "quarter": quarter_of(review["at"]),
        "reviews": sign,
        "tested": tested,
        "recalled": tested * (review["rating"] > Rating.AGAIN),
        "introduced": sign * review["is_first"],
        "milliseconds": sign * review["duration_ms"],
    }


def _of_band(review: Mapping[str, Any], sign: int = 1) -> _Row:
    """Return the same for a `PredictionTotal`: of a review of which something was foretold."""
    tested, predicted = sign * review["is_test"], review["predicted"]
    recalled = tested * (review["rating"] > Rating.AGAIN)
    return {
        "learner_id": review["learner_id"],
        "course_id": review["course_id"],
        "week": week_of(review["at"]),
        "band": band_of(predicted),
        "tested": tested,
        "recalled": recalled,
        "predicted": sign * predicted,
        "squared_error": sign * squared_error(predicted, recalled=recalled != 0),
    }
