"""What was counted by days is counted by quarters of an hour, and the days are as before."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp import db
from quizapp.config import Settings
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.models import to_millis
from quizapp.services.progress_recount import recount

#: In London, on the day before clocks go forward; days begin at 4.
START = datetime(2026, 3, 28, 3, 50, tzinfo=UTC)
TABLES = ("user_account", "course", "topic", "fact", "question", "revision", "memory_rules")
ROWS: dict[str, list[dict[str, Any]]] = {
    "user_account": [
        {"id": 7, "name": "A", "is_admin": False, "is_guest": False, "is_disabled": False}
        | {"timezone": "Europe/London", "day_start_hour": 4, "created_at": 0}
    ],
    "course": [
        {"id": 1, "slug": "a", "title": "A", "summary": "", "language": "en"}
        | {"is_public": True, "created_at": 0}
    ],
    "topic": [{"id": 1, "course_id": 1, "key": "", "title": "", "summary": "", "position": 0}],
    "fact": [
        {"id": number, "course_id": 1, "topic_id": 1, "key": f"f{number}", "statement": "F"}
        | {"note": "", "record": "", "status": "ready", "position": number}
        for number in (1, 2, 3)
    ],
    "question": [
        {
            "id": 1,
            "course_id": 1,
            "fact_id": 1,
            "key": "q",
            "type": "cloze",
            "stem": "",
            "recall": 2,
        }
        | {"status": "ready", "current_number": 1, "updated_at": 0}
    ],
    "revision": [
        {"id": 1, "question_id": 1, "number": 1, "type": "cloze", "content": "{}", "sha256": ""}
        | {"created_at": 0}
    ],
    "memory_rules": [
        {"learner_id": 7, "course_id": 1, "number": number, "since": 0, "zone": "Europe/London"}
        | {"day_start_hour": 4, "algorithm": "fsrs6"}
        | {"settings": json.dumps({"desired_retention": 0.9, "weights": weights})}
        for number, weights in ((1, None), (2, [*DEFAULT_WEIGHTS[:-1], 0.3]))
    ],
}
NEW = {"phase": "new", "step": None, "stability": None, "difficulty": None}
NEW |= {"due_at": None, "last_review_at": None, "reps": 0, "lapses": 0}


def known(last: timedelta, *, stability: float = 5.0) -> dict[str, Any]:
    """Return a memory that was reviewed so long after the start, stable for so many days."""
    at = to_millis(START + last)
    times = {"due_at": at, "last_review_at": at, "reps": 1, "lapses": 0}
    return {"phase": "review", "step": None, "stability": stability, "difficulty": 5.0, **times}


def insert(connection: sa.Connection, table: str, row: dict[str, Any]) -> None:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(sa.text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)  # noqa: S608


class Past:
    """Reviews and days as they were stored then."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.count = 0

    def rate(self, fact: int, after: timedelta, before: dict[str, Any], **given: Any) -> None:
        self.count += 1
        at = START + after
        # Half past three belongs to the day before, and what follows summer time comes earlier.
        local = at + timedelta(hours=at >= datetime(2026, 3, 29, 1, tzinfo=UTC))
        row = {"learner_id": 7, "id": to_millis(at) << 20, "fact_id": fact, "course_id": 1}
        row |= {"revision_id": 1, "at": to_millis(at), "rating": 3, "origin": "flashcard"}
        row |= {"day": (local - timedelta(hours=4)).date().isoformat(), "duration_ms": 1_000}
        row |= {"before": json.dumps(before), "rules": 1, "nonce": str(self.count)}
        insert(self.connection, "review", row | given)

    def total(self, day: date, *counts: int) -> None:
        names = ("reviews", "tested", "recalled", "introduced", "milliseconds")
        row = {"learner_id": 7, "course_id": 1, "day": day.isoformat()}
        insert(self.connection, "day_total", row | dict(zip(names, counts, strict=True)))


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def studied(past: Past) -> None:
    """Leave reviews of three days, one of them taken back, and some made in another program."""
    past.rate(1, hours(0), NEW)
    past.rate(2, hours(0.5), NEW)
    # After five times 24 hours, six days as summer time began; on the same day again; with other
    # weights since; and taken back.
    past.rate(1, hours(5 * 24), known(hours(0), stability=6.0), rating=1)
    past.rate(2, hours(5 * 24 + 1), known(hours(5 * 24 + 0.5)))
    past.rate(2, hours(9 * 24), known(hours(5 * 24 + 1)), rules=2)
    past.rate(1, hours(9 * 24 + 1), known(hours(4 * 24 + 1)), undone_at=1)
    elsewhere: dict[str, Any] = {"origin": "import"}
    past.rate(3, hours(-10 * 24), NEW, **elsewhere)
    past.rate(3, hours(-10 * 24 + 1), NEW, **elsewhere, rating=1)
    past.rate(3, hours(-7 * 24), NEW, **elsewhere, rating=1)
    past.rate(3, hours(-7 * 24 + 1), NEW, **elsewhere)
    past.total(date(2026, 3, 17), 1, 0, 0, 1, 1_000)
    past.total(date(2026, 3, 18), 1, 0, 0, 0, 1_000)
    past.total(date(2026, 3, 20), 1, 1, 0, 0, 1_000)
    past.total(date(2026, 3, 21), 1, 1, 1, 0, 1_000)
    past.total(date(2026, 3, 27), 1, 0, 0, 1, 1_000)
    past.total(date(2026, 3, 28), 1, 0, 0, 1, 1_000)
    past.total(date(2026, 4, 2), 2, 2, 1, 0, 2_000)
    past.total(date(2026, 4, 6), 1, 1, 1, 0, 1_000)


def days(connection: sa.Connection) -> list[tuple[Any, ...]]:
    rows = connection.execute(sa.text("SELECT * FROM day_total ORDER BY day"))
    return [(str(row.day), *row[3:]) for row in rows]


def days_of_quarters(connection: sa.Connection) -> list[tuple[Any, ...]]:
    """Return the totals of quarters by the days of London, where summer time began on the 29th."""
    found: dict[str, Counter[int]] = {}
    for row in connection.execute(sa.text("SELECT * FROM quarter_total")):
        begin = datetime.fromtimestamp(row.quarter * 900, UTC)
        local = begin + timedelta(hours=begin >= datetime(2026, 3, 29, 1, tzinfo=UTC))
        counts = found.setdefault((local - timedelta(hours=4)).date().isoformat(), Counter())
        counts.update(dict(enumerate(row[3:])))
    return [(day, *(counts[n] for n in range(5))) for day, counts in sorted(found.items())]


def test_days_are_as_they_were_and_tests_say_what_was_foretold(
    settings: Settings, engine: sa.Engine
) -> None:
    db.downgrade(settings, "0020")
    with engine.begin() as connection:
        for table in TABLES:
            for row in ROWS[table]:
                insert(connection, table, row)
        studied(Past(connection))
        before = days(connection)

    db.upgrade(settings)

    with Session(engine) as session:
        *_, counted = recount(session)
        assert counted.differences == []
        assert counted.reviews == 9
        assert days_of_quarters(session.connection()) == before
        rows = session.execute(
            sa.text("SELECT fact_id, is_first, is_test, predicted FROM review ORDER BY at")
        ).all()
        weeks = session.execute(sa.text("SELECT * FROM prediction_total")).all()
    assert [tuple(row) for row in rows] == [
        (3, True, False, None),
        (3, False, False, None),
        (3, False, True, None),
        (3, False, True, None),
        (1, True, False, None),
        (2, True, False, None),
        (1, False, True, 900_000),
        (2, False, True, None),
        (2, False, True, None),
        (1, False, True, 900_000),
    ]
    # 0.9 was foretold once of what counts, and it was forgotten; 2 April lies in week 2,935.
    assert [tuple(row[2:]) for row in weeks] == [(2935, 18, 1, 0, 900_000, 810_000_000_000)]

    db.downgrade(settings, "0020")
    with engine.connect() as connection:
        assert days(connection) == before
