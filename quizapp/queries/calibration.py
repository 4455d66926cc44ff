"""How what was foretold of a learner's memory came out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.predictions import BANDS, MILLION, week_of_day
from quizapp.models import PredictionTotal
from quizapp.queries.history import Recall

#: Fewer tests than this say nothing about predictions: by chance alone, what comes of them is off
#: by five points and more.
MEASURABLE = 100


@dataclass(frozen=True, slots=True)
class Band:
    """The tests of which much the same was foretold.

    :param low: the least chance in it, 0 to 0.95; :param high: where the next band begins.
    :param predicted: the mean of what was foretold, 0 to 1.
    """

    low: float
    high: float
    tested: int
    recalled: int
    predicted: float

    @property
    def recall(self) -> Recall:
        """Return what was recalled, with its margin of error."""
        return Recall(self.tested, self.recalled)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How well recall was foretold.

    :param bands: those with tests, the least chance first.
    :param brier: the mean of the squared errors (Brier 1950), 0 to 1, less is better; what was
        never certain costs something however well it is foretold. 0.0 without tests.
    """

    bands: tuple[Band, ...]
    brier: float

    @property
    def tested(self) -> int:
        return sum(band.tested for band in self.bands)

    @property
    def recalled(self) -> int:
        return sum(band.recalled for band in self.bands)

    @property
    def recall(self) -> Recall:
        return Recall(self.tested, self.recalled)

    @property
    def predicted(self) -> float:
        """Return the mean of all that was foretold; 0.0 without tests."""
        tested = self.tested
        return math.fsum(b.tested * b.predicted for b in self.bands) / tested if tested else 0.0

    @property
    def rmse_bins(self) -> float:
        """Return how far what was foretold and what came lie apart; 0 to 1, less is better.

        The root of the mean over the bands, weighted by their tests, of (mean foretold − share
        recalled)². The bins of `memory.measures.rmse_bins` are others. 0.0 without tests.
        """
        off = (b.tested * (b.predicted - b.recall.share) ** 2 for b in self.bands)
        return math.sqrt(math.fsum(off) / self.tested) if self.tested else 0.0

    @property
    def is_measurable(self) -> bool:
        return self.tested >= MEASURABLE


def calibration(
    session: Session, *, learner_id: int, course_id: int, since: date | None
) -> Calibration:
    """Return how the predictions of a learner's memory of a course came out.

    :param since: whole weeks of UTC count, from the one that this day lies in; None for all.
    """
    names = ("tested", "recalled", "predicted", "squared_error")
    sums = (sa.func.sum(getattr(PredictionTotal, name)).label(name) for name in names)
    select = sa.select(PredictionTotal.band, *sums).where(
        PredictionTotal.learner_id == learner_id, PredictionTotal.course_id == course_id
    )
    if since is not None:
        select = select.where(PredictionTotal.week >= week_of_day(since))
    grouped = select.group_by(PredictionTotal.band).order_by(PredictionTotal.band)
    rows = [row for row in session.execute(grouped) if row.tested]
    tested = sum(int(row.tested) for row in rows)
    squares = sum(int(row.squared_error) for row in rows)
    return Calibration(
        bands=tuple(map(_band, rows)),
        brier=squares / tested / MILLION**2 if tested else 0.0,
    )


def _band(row: Any) -> Band:
    tested, recalled, predicted = (int(one) for one in (row.tested, row.recalled, row.predicted))
    low, high = row.band / BANDS, (row.band + 1) / BANDS
    return Band(low, high, tested, recalled, predicted / tested / MILLION)
