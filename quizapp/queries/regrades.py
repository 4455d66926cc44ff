"""Decisions about wrong keys that hold now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.regrades import Fix, RegradeFix
from quizapp.models import Regrade, Revision
from quizapp.questions.registry import TYPES


class Fixes:
    """The decisions that hold, by the quiz and the revision that they are about."""

    def __init__(self, rows: Iterable[Any], corrected: Mapping[int, Any]) -> None:
        self._by_place: defaultdict[tuple[int | None, int], list[Fix]] = defaultdict(list)
        for row in rows:
            detail = row.detail or {}
            fix = Fix(
                row.fix,
                response=detail if row.fix is RegradeFix.ACCEPT else None,
                corrected=corrected.get(detail.get("revision", 0)),
            )
            self._by_place[row.quiz_id, row.revision_id].append(fix)

    def of(self, quiz_id: int, revision_id: int) -> tuple[Fix, ...]:
        """Return what holds for a revision in a quiz, the decisions for every quiz first."""
        if not self._by_place:
            return ()
        everywhere = self._by_place.get((None, revision_id), [])
        return (*everywhere, *self._by_place.get((quiz_id, revision_id), []))


def fixes_for(
    session: Session,
    revision_ids: Sequence[int] | None = None,
    *,
    planned: Sequence[Regrade] = (),
    without: int | None = None,
) -> Fixes:
    """Return the decisions that hold about revisions; None for all there are.

    :param planned: decisions that are not stored, to see what they would do.
    :param without: the id of one to leave out, to see what undoing it would do.
    """
    holds: list[sa.ColumnElement[bool]] = [Regrade.undone_at.is_(None)]
    if revision_ids is not None:
        holds.append(Regrade.revision_id.in_(revision_ids))
    if without is not None:
        holds.append(Regrade.id != without)
    stored = session.execute(
        sa.select(Regrade.quiz_id, Regrade.revision_id, Regrade.fix, Regrade.detail)
        .where(*holds)
        .order_by(Regrade.id)
    )
    rows: list[Any] = [*stored, *planned]
    later = {row.detail["revision"] for row in rows if row.fix is RegradeFix.CORRECT}
    return Fixes(rows, _contents(session, sorted(later)) if later else {})


def _contents(session: Session, revision_ids: Sequence[int]) -> dict[int, Any]:
    rows = session.execute(
        sa.select(Revision.id, Revision.type, Revision.content).where(Revision.id.in_(revision_ids))
    )
    return {row.id: (TYPES[row.type], TYPES[row.type].parse(row.content)) for row in rows}
