"""What becomes of the citations of a passage when its text becomes another."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import Anchor, find_again, follow
from quizapp.models import Citation, Fact, Status


class Outcome(StrEnum):
    """What an edit does to a citation."""

    KEPT = "kept"
    MOVED = "moved"
    BACK = "back"  # was lost, and its words are found again
    LOST = "lost"
    STILL_LOST = "still lost"


@dataclass(frozen=True, slots=True)
class Fate:
    """One citation before and after an edit; start and end are 0 where it is lost.

    `is_asked`: its fact is not retired, so that its loss is worth a word.
    """

    fact_id: int
    position: int
    exact: str
    statement: str
    is_asked: bool
    old_start: int
    old_end: int
    start: int
    end: int
    outcome: Outcome

    @property
    def key(self) -> tuple[int, int]:
        return self.fact_id, self.position


def fates(session: Session, *, passage_id: int, old_text: str, new_text: str) -> tuple[Fate, ...]:
    """Return what becomes of each citation of a passage, in the order of the old text."""
    rows = session.execute(
        sa.select(Citation.fact_id, Citation.position, Citation.start, Citation.end)
        .add_columns(Citation.exact, Citation.prefix, Citation.suffix, Citation.lost_at)
        .add_columns(Fact.statement, Fact.status)
        .join(Fact, Fact.id == Citation.fact_id)
        .where(Citation.passage_id == passage_id)
        .order_by(Citation.start, Citation.fact_id, Citation.position)
    )
    return tuple(_fate(row, old_text, new_text) for row in rows)


def _fate(row: Any, old_text: str, new_text: str) -> Fate:
    anchor = Anchor(row.start, row.end, row.exact, row.prefix, row.suffix)
    was_lost = row.lost_at is not None
    place = (find_again if was_lost else follow)(anchor, old_text, new_text)
    if place is None:
        outcome = Outcome.STILL_LOST if was_lost else Outcome.LOST
    elif was_lost:
        outcome = Outcome.BACK
    else:
        outcome = Outcome.KEPT if place == (row.start, row.end) else Outcome.MOVED
    start, end = place or (0, 0)
    return Fate(
        fact_id=row.fact_id,
        position=row.position,
        exact=row.exact,
        statement=row.statement,
        is_asked=row.status is not Status.RETIRED,
        old_start=row.start,
        old_end=row.end,
        start=start,
        end=end,
        outcome=outcome,
    )
