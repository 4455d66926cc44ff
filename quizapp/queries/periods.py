"""How far back a page of progress looks, and the weeks or months that it tells of."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from quizapp.queries.history import DAYS, NOTHING, History, Totals, monday


class Period(StrEnum):
    """So much of the past, up to today; the value is what stands in an address."""

    MONTH = "month"
    QUARTER = "3-months"
    YEAR = "year"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """Return its length: whole weeks, this one included, or a year; None for everything."""
        return _DAYS[self]

    @property
    def is_by_week(self) -> bool:
        """Return whether it is told by week; what is longer is told by month."""
        return self in (Period.MONTH, Period.QUARTER)

    def first_day(self, today: date) -> date | None:
        """Return the first of its days, a Monday where it is told by week; None for everything."""
        if self.days is None:
            return None
        last = monday(today) + timedelta(days=_WEEK - 1) if self.is_by_week else today
        return last - timedelta(days=self.days - 1)


_WEEK = 7
_DAYS = {Period.MONTH: 5 * _WEEK, Period.QUARTER: 13 * _WEEK, Period.YEAR: DAYS, Period.ALL: None}
USUAL = Period.QUARTER


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week from Monday, or a month, and what was done in it; the last goes on."""

    first: date
    totals: Totals


def period_named(name: str | None) -> Period:
    """Return the period of an address; the usual one for a name that is none."""
    return next((period for period in Period if period == name), USUAL)


def stretches(past: History, period: Period) -> tuple[Stretch, ...]:
    """Return the weeks or months of a period, the oldest first; those without a review too.

    :param past: as far back as the period, or further.
    """
    if period.is_by_week and period.days is not None:
        weeks = past.weeks(period.days // _WEEK)
        return tuple(Stretch(first, totals) for first, totals in weeks)
    return _months(past, period.first_day(past.today))


def _months(past: History, since: date | None) -> tuple[Stretch, ...]:
    done: defaultdict[date, Totals] = defaultdict(lambda: NOTHING)
    days = [day for day in past.days if since is None or day >= since]
    for day in days:
        done[day.replace(day=1)] += past.days[day]
    month = since or min(days, default=past.today)
    found, month = [], month.replace(day=1)
    while month <= past.today:
        found.append(Stretch(month, done[month]))
        month = (month + timedelta(days=31)).replace(day=1)
    return tuple(found)
