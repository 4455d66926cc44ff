"""How far back a page of progress looks."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum


class Period(StrEnum):
    """So much of the past, up to today; the value is what stands in an address."""

    MONTH = "month"
    QUARTER = "3-months"
    YEAR = "year"
    ALL = "all"

    @property
    def days(self) -> int | None:
        """Return its length in whole weeks or a year, today included; None for everything."""
        return _DAYS[self]

    @property
    def is_by_week(self) -> bool:
        """Return whether it is told by week; what is longer is told by month."""
        return self in (Period.MONTH, Period.QUARTER)

    def first_day(self, today: date) -> date | None:
        """Return the first of its days; None for everything."""
        return None if self.days is None else today - timedelta(days=self.days - 1)


_DAYS = {Period.MONTH: 35, Period.QUARTER: 91, Period.YEAR: 365, Period.ALL: None}
USUAL = Period.QUARTER


def period_named(name: str | None) -> Period:
    """Return the period of an address; the usual one for a name that is none."""
    return next((period for period in Period if period == name), USUAL)
