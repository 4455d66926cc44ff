"""Copies of data that somebody asked for, and whether their account is going to be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import AccountDeletion, Course, DataExport, ExportState

_GONE = "There is no such copy, or its time is over."


@dataclass(frozen=True, slots=True)
class ExportItem:
    """One copy. :param course, slug: "" where it is about the person."""

    number: int
    state: ExportState
    total: int
    done: int
    size: int
    error: str
    created_at: datetime
    expires_at: datetime | None
    file: str
    course_id: int | None
    course: str
    slug: str

    @property
    def is_open(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state is ExportState.DONE


@dataclass(frozen=True, slots=True)
class Ending:
    """That an account is going to be deleted. :param due_at: until then it can be kept."""

    due_at: datetime
    keeps_statistics: bool


def exports_of(
    session: Session, *, learner_id: int, now: datetime, course_id: int | None = None
) -> list[ExportItem]:
    """Return somebody's copies, the newest first: of a course, or of what is their own."""
    of = DataExport.course_id.is_not_distinct_from(course_id)
    return _items(session, learner_id, now, of)


def export_item(session: Session, *, learner_id: int, number: int, now: datetime) -> ExportItem:
    """Return one of somebody's copies.

    :raises NotFound: there is none, or its time is over.
    """
    found = _items(session, learner_id, now, DataExport.number == number)
    if not found:
        raise NotFound(_GONE)
    return found[0]


def ending_of(session: Session, *, user_id: int) -> Ending | None:
    """Return when an account is deleted, or None where nobody asked for that."""
    found = sa.select(AccountDeletion.due_at, AccountDeletion.keeps_statistics).where(
        AccountDeletion.user_id == user_id
    )
    row = session.execute(found).one_or_none()
    return None if row is None else Ending(*row)


def _items(
    session: Session, learner_id: int, now: datetime, *where: sa.ColumnElement[bool]
) -> list[ExportItem]:
    columns = (
        DataExport.number,
        DataExport.state,
        DataExport.total,
        DataExport.done,
        DataExport.size,
        DataExport.error,
        DataExport.created_at,
        DataExport.expires_at,
        DataExport.file,
        DataExport.course_id,
    )
    rows = session.execute(
        sa.select(*columns)
        .add_columns(sa.func.coalesce(Course.title, ""), sa.func.coalesce(Course.slug, ""))
        .outerjoin(Course, Course.id == DataExport.course_id)
        .where(DataExport.learner_id == learner_id, *where)
        .where(sa.or_(DataExport.expires_at.is_(None), DataExport.expires_at > now))
        .order_by(DataExport.number.desc())
    )
    return [ExportItem(*row) for row in rows]
