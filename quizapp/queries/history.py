"""What a learner did in a course, day by day, and what that adds up to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.days_off import NO_DAYS_OFF, DaysOff, streak_until
from quizapp.memory.quarters import (
    A_DAY,
    AN_HOUR,
    Shifts,
    clock_shifts,
    day_shifts,
    first_quarter,
    start_of_quarter,
)
from quizapp.models import QuarterTotal
from quizapp.queries.compiled import Compiled

DAYS = 365
#: Days that "lately" means: recall, pace and time a day are taken over them.
LATELY = 30
WEEKS = 12
#: Seconds a card takes while too little is known about the learner.
USUAL_SECONDS = 15.0
#: Fewer ratings or tests than this say nothing about a learner.
MEASURABLE = 20
#: 97.5 % of a normal distribution lies below: both tails together make 5 %.
_Z = 1.959964
_DAY = timedelta(days=1)


def monday(day: date) -> date:
    """Return the first day of the week that a day lies in: of a learner's and of a class alike."""
    return day - day.weekday() * _DAY


@dataclass(frozen=True, slots=True)
class Recall:
    """How many tests of memory were passed, and what that says about the rest.

    `low` and `high` bound the true share with 95 % confidence (Wilson 1927), which holds for
    few tests and for shares near 1 too. All three are of 0 to 1; without tests, 0, 0 and 1.
    """

    tested: int = 0
    recalled: int = 0

    @property
    def is_measurable(self) -> bool:
        return self.tested >= MEASURABLE

    @property
    def share(self) -> float:
        return self.recalled / self.tested if self.tested else 0.0

    @property
    def low(self) -> float:
        return max(0.0, self._centre - self._margin) if self.tested else 0.0

    @property
    def high(self) -> float:
        return min(1.0, self._centre + self._margin) if self.tested else 1.0

    @property
    def _centre(self) -> float:
        return (self.share + _Z**2 / (2 * self.tested)) / (1 + _Z**2 / self.tested)

    @property
    def _margin(self) -> float:
        spread = self.share * (1 - self.share) / self.tested + _Z**2 / (4 * self.tested**2)
        return _Z * math.sqrt(spread) / (1 + _Z**2 / self.tested)


@dataclass(frozen=True, slots=True)
class Totals:
    """What was done on one day, or on several together."""

    reviews: int = 0
    tested: int = 0
    recalled: int = 0
    milliseconds: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.reviews + other.reviews,
            self.tested + other.tested,
            self.recalled + other.recalled,
            self.milliseconds + other.milliseconds,
        )

    @property
    def recall(self) -> Recall:
        return Recall(self.tested, self.recalled)


NOTHING = Totals()


@dataclass(frozen=True, slots=True)
class History:
    """The year up to `today`, or less or more; only days of the learner's with a review are kept.

    :param off: days on which nothing was expected: they do not break a row of days.
    """

    today: date
    days: Mapping[date, Totals]
    off: DaysOff = NO_DAYS_OFF

    def last(self, count: int) -> Totals:
        """Return what the last `count` days, today included, add up to."""
        return self._between(self.today - (count - 1) * _DAY, self.today)

    @property
    def lately(self) -> Totals:
        return self.last(LATELY)

    @property
    def reviews(self) -> int:
        return sum(day.reviews for day in self.days.values())

    @property
    def seconds_a_card(self) -> float:
        """Return the learner's usual pace, or everybody's while too little is known."""
        lately = self.lately
        if lately.reviews < MEASURABLE or not lately.milliseconds:
            return USUAL_SECONDS
        return lately.milliseconds / lately.reviews / 1000

    def minutes(self, cards: int) -> int:
        """Return how long so many cards take at the learner's pace, at least a minute."""
        return max(1, math.floor(cards * self.seconds_a_card / 60 + 0.5))

    @property
    def cards_a_day(self) -> int:
        """Return the ratings on a usual day of the last 30 on which there were any."""
        return self._a_day(self.lately.reviews)

    @property
    def seconds_a_day(self) -> int:
        return self._a_day(round(self.lately.milliseconds / 1000))

    @property
    def usual_day(self) -> int:
        """Return the ratings on a usual day: of the last 30, or of the year where those are more.

        After a break the last days were not usual ones.
        """
        of_the_year = round(self.reviews / len(self.days)) if self.days else 0
        return max(self.cards_a_day, of_the_year)

    @property
    def streak(self) -> int:
        """Return the days in a row with a review up to today, or to yesterday if none yet today."""
        return self._run_until(self.today)

    @property
    def longest_streak(self) -> int:
        ends = (day for day in self.days if day + _DAY not in self.days)
        return max((self._run_until(day) for day in ends), default=0)

    @property
    def counts(self) -> list[int]:
        """Return the reviews of each day of the year, the oldest first."""
        first = self.today - (DAYS - 1) * _DAY
        return [self.on(first + n * _DAY).reviews for n in range(DAYS)]

    def since(self, first: date) -> History:
        """Return the same without the days before `first`."""
        return replace(self, days={day: done for day, done in self.days.items() if day >= first})

    def on(self, day: date) -> Totals:
        return self.days.get(day, NOTHING)

    def weeks(self, count: int = WEEKS) -> Iterator[tuple[date, Totals]]:
        """Yield the last weeks, the oldest first, each with its Monday; the last is this one."""
        for back in range(count - 1, -1, -1):
            first = monday(self.today) - 7 * back * _DAY
            yield first, self._between(first, first + 6 * _DAY)

    def _a_day(self, number: int) -> int:
        first = self.today - (LATELY - 1) * _DAY
        active = sum(first <= day <= self.today for day in self.days)
        return round(number / active) if active else 0

    def _run_until(self, day: date) -> int:
        earliest = self.today - DAYS * _DAY
        return streak_until(day, self.days, self.off, earliest=earliest)

    def _between(self, first: date, last: date) -> Totals:
        inside = (total for day, total in self.days.items() if first <= day <= last)
        return sum(inside, NOTHING)


_COUNTS = (
    QuarterTotal.reviews,
    QuarterTotal.tested,
    QuarterTotal.recalled,
    QuarterTotal.milliseconds,
)


def history(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    clock: LearnerClock,
    today: date,
    off: DaysOff = NO_DAYS_OFF,
    first: date | None = None,
) -> History:
    """Return the learner's last year in a course, by the days of the `clock`.

    :param first: the day to begin with instead.
    """
    first = first or today - (DAYS - 1) * _DAY
    shifts = day_shifts(clock, first, today + _DAY)
    values = _bound(learner_id, course_id, first_quarter(clock, first), shifts)
    rows = _by_day(len(shifts)).rows(session.connection(), values)
    return History(today, {date.fromordinal(row[0]): Totals(*row[1:]) for row in rows}, off)


def hours(
    session: Session,
    *,
    learner_id: int,
    course_id: int,
    clock: LearnerClock,
    today: date,
    first: date,
) -> tuple[Totals, ...]:
    """Return what the learner did from 0 to 1 o'clock by the wall clock, to 23 to 24: 24 totals.

    :param first: of the days that count, up to today.
    """
    begin, end = first_quarter(clock, first), first_quarter(clock, today + 2 * _DAY)
    shifts = clock_shifts(clock.zone, begin, end)
    values = _bound(learner_id, course_id, begin, shifts)
    found = [NOTHING] * 24
    for hour, *counts in _by_hour(len(shifts)).rows(session.connection(), values):
        found[hour] = Totals(*counts)
    return tuple(found)


def first_day(
    session: Session, *, learner_id: int, course_id: int, clock: LearnerClock, today: date
) -> date:
    """Return the first of the learner's days of which anything is stored; today without any."""
    quarter = session.scalar(
        sa.select(QuarterTotal.quarter)
        .where(QuarterTotal.learner_id == learner_id, QuarterTotal.course_id == course_id)
        .order_by(QuarterTotal.quarter)
        .limit(1)
    )
    return today if quarter is None else clock.day_of(start_of_quarter(quarter))


@cache
def _by_day(changes: int) -> Compiled:
    return _grouped(_shifted(changes) // _number(A_DAY))


@cache
def _by_hour(changes: int) -> Compiled:
    return _grouped(_shifted(changes) // _number(AN_HOUR) % _number(24))


def _grouped(key: Any) -> Compiled:
    """Return a query of a learner's totals since a quarter, added up by `key`."""
    rows = sa.select(key.label("place"), *_COUNTS).where(
        QuarterTotal.learner_id == sa.bindparam("learner_id"),
        QuarterTotal.course_id == sa.bindparam("course_id"),
        QuarterTotal.quarter >= sa.bindparam("begin"),
        QuarterTotal.reviews > 0,
    )
    placed = rows.subquery("placed").c
    whole = (sa.cast(sa.func.sum(placed[count.key]), sa.BigInteger) for count in _COUNTS)
    named = (one.label(count.key) for one, count in zip(whole, _COUNTS, strict=True))
    return Compiled(sa.select(placed.place, *named).group_by(placed.place))


def _shifted(changes: int) -> Any:
    """Return SQL for a quarter with what is added to it, which changes so often in the year."""
    shift: Any = sa.bindparam("shift_0", type_=sa.Integer)
    if changes > 1:
        later: Any = [
            (QuarterTotal.quarter >= sa.bindparam(f"from_{n}"), sa.bindparam(f"shift_{n}"))
            for n in range(changes - 1, 0, -1)
        ]
        shift = sa.case(*later, else_=shift)
    return QuarterTotal.quarter + sa.cast(shift, sa.Integer)


def _bound(learner_id: int, course_id: int, begin: int, shifts: Shifts) -> dict[str, int]:
    bound = {"learner_id": learner_id, "course_id": course_id, "begin": begin}
    bound |= {f"from_{n}": begin for n, (begin, _) in enumerate(shifts) if n}
    return bound | {f"shift_{n}": shift for n, (_, shift) in enumerate(shifts)}


def _number(value: int) -> Any:
    return sa.literal_column(str(value), sa.Integer)
