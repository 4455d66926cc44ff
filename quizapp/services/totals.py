"""What reviews add up to, kept beside them: adding one, and taking one out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from quizapp.memory.predictions import band_of, squared_error, week_of
from quizapp.memory.quarters import quarter_of
from quizapp.memory.state import Rating
from quizapp.services.review_sql import STATEMENTS


def count(connection: Connection, review: Mapping[str, Any], *, sign: int = 1) -> None:
    """Add a review to the totals that it belongs to, or with sign -1 take it out.

    :param review: values of its columns by their names.
    """
    sql = STATEMENTS[connection.dialect.name]
    whose = {"learner_id": review["learner_id"], "course_id": review["course_id"]}
    tested = sign * review["is_test"]
    recalled = tested * (review["rating"] > Rating.AGAIN)
    quarter = {
        "quarter": quarter_of(review["at"]),
        "reviews": sign,
        "tested": tested,
        "recalled": recalled,
        "introduced": sign * review["is_first"],
        "milliseconds": sign * review["duration_ms"],
    }
    sql.total.run(connection, whose | quarter)
    predicted = review["predicted"]
    if predicted is None:
        return
    week = {
        "week": week_of(review["at"]),
        "band": band_of(predicted),
        "tested": tested,
        "recalled": recalled,
        "predicted": sign * predicted,
        "squared_error": sign * squared_error(predicted, recalled=recalled != 0),
    }
    sql.prediction.run(connection, whose | week)
