"""How questions did over all their uses, in short: for lists of many."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import ItemTally, Revision
from quizapp.psychometrics.counts import GRAIN, Cohort, Kind
from quizapp.psychometrics.intervals import ENOUGH


@dataclass(frozen=True, slots=True)
class ItemFigure:
    """How a question did in the first attempts at every quiz that asked it, all revisions.

    :param facility: mean share of its points, 0 to 1; None below `ENOUGH` answers.
    :param discrimination: correlation with the rest, −1 to 1: the mean over quizzes and
        revisions by Fisher's z, as far as each can say; None where none can.
    """

    answers: int
    facility: float | None
    discrimination: float | None

    @property
    def has_enough(self) -> bool:
        return self.answers >= ENOUGH


def item_figures(session: Session, *, question_ids: Collection[int]) -> Mapping[int, ItemFigure]:
    """Return the figures of questions by their ids, in one query; those never asked are left out.

    For lists: sums are rounded as floating numbers are. Pages of analysis reckon exactly.
    """
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in session.execute(_sums(question_ids)):
        if row.n:
            found[row.question_id].append(row)
    return {question_id: _figure(rows) for question_id, rows in found.items()}


def _sums(question_ids: Collection[int]) -> Any:
    value = sa.cast(ItemTally.value, sa.Double) / GRAIN
    is_mark, n = ItemTally.kind == Kind.MARK, sa.cast(ItemTally.n, sa.Double)

    def summed(what: Any, condition: Any) -> Any:
        return sa.func.sum(sa.case((condition, what), else_=0))

    return (
        sa.select(
            Revision.question_id,
            summed(n, is_mark).label("n"),
            summed(value * n, is_mark).label("marks"),
            summed(sa.cast(ItemTally.most, sa.Double) / GRAIN, is_mark).label("most"),
            summed(value * value * n, is_mark).label("squares"),
            summed(value * ItemTally.amount / GRAIN, is_mark).label("products"),
            summed(value * n, ~is_mark).label("rests"),
            summed(value * value * n, ~is_mark).label("rest_squares"),
        )
        .join(Revision, Revision.id == ItemTally.revision_id)
        .where(
            Revision.question_id.in_(list(question_ids)),
            ItemTally.cohort == Cohort.FIRST,
            ItemTally.kind.in_([Kind.MARK, Kind.REST]),
        )
        .group_by(Revision.question_id, ItemTally.quiz_id, ItemTally.revision_id)
    )


def _figure(rows: list[Any]) -> ItemFigure:
    answers = int(sum(row.n for row in rows))
    most = sum(row.most for row in rows)
    if answers < ENOUGH:
        return ItemFigure(answers, None, None)
    facility = sum(row.marks for row in rows) / most if most else None
    weighted = [
        (row.n - 3, math.atanh(min(max(r, -0.999_999), 0.999_999)))
        for row in rows
        if row.n >= ENOUGH and (r := _correlation(row)) is not None
    ]
    sure = sum(weight for weight, _ in weighted)
    mean = math.tanh(sum(weight * z for weight, z in weighted) / sure) if sure else None
    return ItemFigure(answers, facility, mean)


def _correlation(row: Any) -> float | None:
    """Return the correlation of marks with rests; None where one of them does not vary."""
    own = row.n * row.squares - row.marks**2
    others = row.n * row.rest_squares - row.rests**2
    # What is left of equal marks by rounding is no spread.
    least = 1e-9 * row.n**2
    if own <= least or others <= least:
        return None
    together = row.n * row.products - row.marks * row.rests
    return float(together / math.sqrt(own * others))
