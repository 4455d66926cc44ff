"""Counting anew from the log what learners did, to prove or to rebuild what is stored of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.predictions import BANDS, MILLION
from quizapp.memory.state import Rating
from quizapp.models import Base, PredictionTotal, QuarterTotal, Review
from quizapp.queries.accounts import accounts_after

#: How many learners are read at once.
BATCH = 50
_Place = tuple[int, ...]
_Counts = tuple[int, ...]
_WHOSE = ("learner_id", "course_id")


@dataclass(frozen=True, slots=True)
class _Total:
    """A table of totals, and how it follows from the reviews.

    :param places: of what it holds the totals, by the names of its columns. :param counts: likewise
    what is summed up. :param only: the reviews that count.
    """

    table: Any
    places: Mapping[str, Any]
    counts: Mapping[str, Any]
    only: Any

    @property
    def keys(self) -> list[str]:
        return [*_WHOSE, *self.places]

    def counted(self, *where: Any) -> Any:
        """Return the totals of the reviews of which the conditions hold, as they should be."""
        of = [Review.learner_id, Review.course_id, *self.places.values()]
        sums = [sa.func.sum(one).label(name) for name, one in self.counts.items()]
        named = [one.label(name) for name, one in zip(self.keys, of, strict=True)]
        standing = (Review.undone_at.is_(None), self.only, *where)
        return sa.select(*named, *sums).where(*standing).group_by(*of)


def _number(value: int) -> Any:
    """Return SQL for a number that stands in the statement itself, as what rows are grouped by."""
    return sa.literal_column(str(value), sa.BigInteger)


def _is(condition: Any) -> Any:
    return sa.case((condition, 1), else_=0)


def _totals() -> tuple[_Total, ...]:
    at = sa.type_coerce(Review.at, sa.BigInteger)
    recalled = Review.rating > Rating.AGAIN.value
    band, highest = Review.predicted // _number(MILLION // BANDS), _number(BANDS - 1)
    off = sa.cast(Review.predicted, sa.BigInteger) - MILLION * _is(recalled)
    tables = Base.metadata.tables
    of_quarters = _Total(
        tables[QuarterTotal.__tablename__],
        {"quarter": at // _number(900_000)},
        {
            "reviews": sa.literal(1),
            "tested": _is(Review.is_test),
            "recalled": _is(sa.and_(Review.is_test, recalled)),
            "introduced": _is(Review.is_first),
            "milliseconds": Review.duration_ms,
        },
        sa.true(),
    )
    of_predictions = _Total(
        tables[PredictionTotal.__tablename__],
        {
            # 1 January 1970 was the fourth day of its week.
            "week": (at // _number(86_400_000) + _number(3)) // _number(7),
            "band": sa.case((band > highest, highest), else_=band),
        },
        {
            "tested": sa.literal(1),
            "recalled": _is(recalled),
            "predicted": Review.predicted,
            "squared_error": off * off,
        },
        Review.predicted.is_not(None),
    )
    return of_quarters, of_predictions


_TOTALS = _totals()


@dataclass(frozen=True, slots=True)
class Miscounted:
    """A learner and a course of which something else is stored than the log comes to.

    :param rows: how many, `example` one of them in words.
    """

    learner_id: int
    course_id: int
    rows: int
    example: str

    def __str__(self) -> str:
        whose = f"learner {self.learner_id}, course {self.course_id}"
        are = "row is" if self.rows == 1 else "rows are"
        return f"{whose}: {self.rows:,} {are} stored otherwise; {self.example}"


@dataclass(slots=True)
class Recounted:
    """How far a recount has come.

    :param learners: those of whom anything is counted or stored. :param reviews: not undone.
    """

    learners: int = 0
    reviews: int = 0
    differences: list[Miscounted] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.reviews:,} reviews of {self.learners:,} learners recounted"


def recount(session: Session) -> Iterator[Recounted]:
    """Yield after each batch of learners how much was counted anew, and what differed.

    Nothing is written. What is rated while it runs may be told as a difference on PostgreSQL.
    """
    so_far, last = Recounted(), 0
    while learners := accounts_after(session, last, limit=BATCH):
        _recount_batch(session, learners, so_far)
        last = learners[-1]
        yield so_far


def store_recount(session: Session, differences: Sequence[Miscounted]) -> None:
    """Store of each learner and course what the log comes to now; nobody rates meanwhile."""
    if session.connection().dialect.name == "postgresql":
        tables = ", ".join(total.table.name for total in _TOTALS)
        session.execute(sa.text(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE"))
    for one in differences:
        for total in _TOTALS:
            mine = [getattr(total.table.c, name) == getattr(one, name) for name in _WHOSE]
            session.execute(sa.delete(total.table).where(*mine))
            counted = total.counted(
                Review.learner_id == one.learner_id, Review.course_id == one.course_id
            )
            names = counted.selected_columns.keys()
            session.execute(sa.insert(total.table).from_select(names, counted))


def _recount_batch(session: Session, learners: Sequence[int], so_far: Recounted) -> None:
    wrong: dict[tuple[int, int], list[str]] = {}
    whose: set[int] = set()
    for total in _TOTALS:
        stored = _rows(
            session, total, sa.select(*total.table.c), total.table.c.learner_id, learners
        )
        counted = _rows(session, total, total.counted(), Review.learner_id, learners)
        for place in sorted(stored.keys() | counted.keys()):
            whose.add(place[0])
            ours, theirs = stored.get(place), counted.get(place)
            if ours != theirs:
                words = _words(total, place, ours, theirs)
                wrong.setdefault((place[0], place[1]), []).append(words)
        if total.table.name == QuarterTotal.__tablename__:
            so_far.reviews += sum(counts[0] for counts in counted.values())
    so_far.learners += len(whose)
    so_far.differences.extend(
        Miscounted(*place, len(found), found[0]) for place, found in sorted(wrong.items())
    )


def _rows(
    session: Session, total: _Total, select: Any, learner_id: Any, learners: Sequence[int]
) -> dict[_Place, _Counts]:
    """Return what is counted by its place; a row of zeros is as good as none."""
    rows = session.execute(select.where(learner_id.in_(learners))).mappings()
    found = {
        tuple(row[name] for name in total.keys): tuple(int(row[name]) for name in total.counts)
        for row in rows
    }
    return {place: counts for place, counts in found.items() if any(counts)}


def _words(total: _Total, place: _Place, stored: _Counts | None, counted: _Counts | None) -> str:
    where = ", ".join(f"{name} {n}" for name, n in zip(total.places, place[2:], strict=True))
    nothing = (0,) * len(total.counts)
    pairs = zip(total.counts, stored or nothing, counted or nothing, strict=True)
    told = ", ".join(
        f"{name} {ours}, counted {theirs}" for name, ours, theirs in pairs if ours != theirs
    )
    return f"{where}: stored {told}"
