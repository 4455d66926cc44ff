"""Reading reviews from a CSV file, strictly: one bad row and nothing is taken.

The columns are told in docs/how-to/measure-predictions.md.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from quizapp.errors import Invalid, Problem
from quizapp.memory.days import LearnerClock
from quizapp.memory.history import History, PastReview

#: Names of columns: ours, and those of other programs' exports.
_NAMES = {
    "fact": "fact",
    "card": "fact",
    "card_id": "fact",
    "at": "at",
    "ts_ms": "at",
    "review_time": "at",
    "rating": "rating",
    "review_rating": "rating",
    "duration_ms": "duration_ms",
    "review_duration": "duration_ms",
    "learner": "learner",
    "kind": "kind",
    "timezone": "timezone",
    "day_start_hour": "day_start_hour",
}
_NEEDED = ("fact", "at", "rating")
_MOST_PROBLEMS = 20
_MOST_DURATION_MS = 24 * 60 * 60 * 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATINGS = {"1": 1, "2": 2, "3": 3, "4": 4}


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    learner: str
    fact: str
    at: datetime
    day: int
    rating: int
    duration_ms: int
    kind: str


@dataclass(slots=True)
class _Reading:
    """What was read so far, and what is wrong with it."""

    name: str
    zone: str
    day_start_hour: int
    rows: list[_Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    wrong: int = 0
    seen: dict[tuple[str, str, datetime], int] = field(default_factory=dict)

    def refuse(self, line: int, message: str) -> None:
        self.wrong += 1
        if self.wrong <= _MOST_PROBLEMS:
            self.problems.append(Problem(f"{self.name}:{line}:", message))


def read_reviews(
    lines: Iterable[str], *, name: str, zone: str = "UTC", day_start_hour: int = 4
) -> dict[str, History]:
    """Return the history of each learner in a CSV file, by the learner's name in it.

    Rows may come in any order.

    :param lines: of the file, the first naming the columns. :param name: of it, for messages.
    :param zone: where a row names no time zone; `day_start_hour` alike.
    :raises Invalid: with a problem for every wrong row (the first 20), at "name:line:".
    """
    reading = _Reading(name, zone, day_start_hour)
    reader = csv.reader(lines, strict=True)
    try:
        columns = _columns(reading, next(reader, []))
        for cells in reader if columns else ():
            if cells:
                _read(reading, reader.line_num, columns, cells)
    except csv.Error as error:
        reading.refuse(reader.line_num, f"This is not CSV ({error}). Check the quotes.")
    if not reading.wrong and not reading.rows:
        reading.refuse(1, "There are no reviews below the names of the columns.")
    if reading.wrong:
        more = reading.wrong - len(reading.problems)
        rest = [Problem(f"{name}:", f"{more:,} more rows are wrong.")] if more else []
        raise Invalid([*reading.problems, *rest])
    return _histories(reading.rows)


def _columns(reading: _Reading, header: list[str]) -> list[str]:
    """Return our names of the columns; none when they cannot be used."""
    known = ", ".join(dict.fromkeys(_NAMES.values()))
    columns = []
    for given in header:
        column = _NAMES.get(given.strip().lower())
        if column is None:
            reading.refuse(1, f"There is no column “{given}”. The columns are {known}.")
        elif column in columns:
            reading.refuse(1, f"Two columns mean “{column}”. Remove one.")
        else:
            columns.append(column)
    for needed in _NEEDED:
        if needed not in columns:
            reading.refuse(1, f"The column “{needed}” is missing. The columns are {known}.")
    return [] if reading.wrong else columns


def _read(reading: _Reading, line: int, columns: list[str], cells: list[str]) -> None:
    if len(cells) != len(columns):
        reading.refuse(line, f"{len(cells)} cells under {len(columns)} columns. Check the commas.")
        return
    row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
    try:
        read = _row(reading, line, row)
    except ValueError as error:
        reading.refuse(line, str(error))
        return
    earlier = reading.seen.setdefault((read.learner, read.fact, read.at), line)
    if earlier != line:
        reading.refuse(line, f"This is the review of line {earlier} again. Remove one.")
        return
    reading.rows.append(read)


def _row(reading: _Reading, line: int, row: Mapping[str, str]) -> _Row:
    """Return what a row says.

    :raises ValueError: with a sentence on what is wrong with it.
    """
    if not row["fact"]:
        raise ValueError("Name the fact or card.")
    if row["rating"] not in _RATINGS:
        raise ValueError(f"A rating is 1, 2, 3 or 4, not “{row['rating']}”.")
    at = _instant(row["at"])
    clock = _clock(
        row.get("timezone") or reading.zone, row.get("day_start_hour") or reading.day_start_hour
    )
    return _Row(
        line=line,
        learner=row.get("learner", ""),
        fact=row["fact"],
        at=at,
        day=clock.day_of(at).toordinal(),
        rating=_RATINGS[row["rating"]],
        duration_ms=_duration(row.get("duration_ms", "")),
        kind=row.get("kind", ""),
    )


def _instant(text: str) -> datetime:
    wrong = (
        f"“{text}” is no time. Give milliseconds since 1970, or ISO 8601 with the offset"
        " from UTC, like 2026-03-02T18:00:00+01:00."
    )
    try:
        if text.isascii() and text.lstrip("-").isdigit():
            at = _EPOCH + timedelta(milliseconds=int(text))
        else:
            at = datetime.fromisoformat(text)
        # The days around it have to exist too.
        plausible = at.utcoffset() is not None and 1900 <= at.year <= 9000
    except (ValueError, OverflowError) as error:
        raise ValueError(wrong) from error
    if not plausible:
        raise ValueError(wrong)
    return at


def _duration(text: str) -> int:
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text) <= _MOST_DURATION_MS):
        raise ValueError(f"“{text}” is no duration. Give whole milliseconds, or nothing.")
    return int(text)


@lru_cache(maxsize=1024)
def _clock(zone: str, hour: str | int) -> LearnerClock:
    text = str(hour)
    if not (text.isascii() and text.isdigit()):
        raise ValueError("A day starts at a full hour from 0 to 23.")
    try:
        return LearnerClock(zone, int(text))
    except Invalid as error:
        raise ValueError(" ".join(problem.message for problem in error.problems)) from error


def _histories(rows: Iterable[_Row]) -> dict[str, History]:
    by_learner: dict[str, list[_Row]] = {}
    for row in rows:
        by_learner.setdefault(row.learner, []).append(row)
    return {learner: History(_reviews(own)) for learner, own in by_learner.items()}


def _reviews(rows: list[_Row]) -> Iterator[PastReview]:
    facts: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (row.at, row.line)):
        fact = facts.setdefault(row.fact, len(facts))
        yield PastReview(fact, row.day, row.rating, row.duration_ms, row.kind)
