"""What instructors wrote in the gradebook: what holds, and how it came to that."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from quizapp.grading.marks import Mark
from quizapp.grading.standing import Entry
from quizapp.models import MarkEntry, User


@dataclass(frozen=True, slots=True)
class LoggedEntry:
    """One entry of the log, and who made it; "" where the account is gone."""

    entry: Entry
    is_undo: bool
    author: str


_ENTRY = (
    MarkEntry.seq,
    MarkEntry.at,
    MarkEntry.points,
    MarkEntry.most,
    MarkEntry.is_excused,
    MarkEntry.reason,
    MarkEntry.comment,
    MarkEntry.was_points,
    MarkEntry.was_most,
)


def held_entries(
    session: Session, *, learners: Any, quiz_ids: Collection[int]
) -> dict[tuple[int, int], Entry]:
    """Return the entries that hold, by learner and quiz.

    :param learners: ids, or a select of them.
    """
    later = aliased(MarkEntry)
    superseded = sa.exists().where(
        later.learner_id == MarkEntry.learner_id,
        later.quiz_id == MarkEntry.quiz_id,
        later.seq > MarkEntry.seq,
    )
    rows = session.execute(
        sa.select(MarkEntry.learner_id, MarkEntry.quiz_id, *_ENTRY).where(
            MarkEntry.learner_id.in_(learners),
            MarkEntry.quiz_id.in_(list(quiz_ids)),
            sa.not_(superseded),
        )
    )
    return {(row.learner_id, row.quiz_id): entry_of(row) for row in rows}


def entry_log(session: Session, *, learner_id: int, quiz_id: int) -> tuple[LoggedEntry, ...]:
    """Return all that was written about a student's quiz, the newest first."""
    rows = session.execute(
        sa.select(*_ENTRY, MarkEntry.is_undo, User.name)
        .outerjoin(User, User.id == MarkEntry.made_by)
        .where(MarkEntry.learner_id == learner_id, MarkEntry.quiz_id == quiz_id)
        .order_by(MarkEntry.seq.desc())
    )
    return tuple(LoggedEntry(entry_of(row), row.is_undo, row.name or "") for row in rows)


def entry_of(row: Any) -> Entry:
    """Return the entry of a row."""
    return Entry(
        seq=row.seq,
        at=row.at,
        mark=None if row.points is None else Mark(row.points, row.most),
        is_excused=row.is_excused,
        reason=row.reason,
        comment=row.comment,
        was=None if row.was_points is None else Mark(row.was_points, row.was_most),
    )
