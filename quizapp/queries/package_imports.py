"""What pages show of imports, and what a worker needs of the learner they are for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.formats.report import Line, Part, Tally
from quizapp.models import Course, ImportState, PackageImport, Topic

_LISTED = 10
_COLUMNS = (
    PackageImport.id,
    PackageImport.name,
    PackageImport.title,
    PackageImport.is_comparison,
    PackageImport.state,
    PackageImport.total,
    PackageImport.done,
    PackageImport.error,
    PackageImport.created_at,
    Course.slug,
    Course.title.label("course"),
)


@dataclass(frozen=True, slots=True)
class ImportItem:
    """One import in the learner's list. :param slug: of its course, once that can be opened."""

    id: int
    name: str
    course: str
    slug: str
    is_comparison: bool
    state: ImportState
    total: int
    done: int
    error: str
    created_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in (ImportState.WAITING, ImportState.RUNNING)

    @property
    def is_done(self) -> bool:
        return self.state is ImportState.DONE


@dataclass(frozen=True, slots=True)
class ImportPage:
    """An import with its report, by what became of things."""

    item: ImportItem
    tally: Tally

    @property
    def kept(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.KEPT)

    @property
    def changed(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.CHANGED)

    @property
    def left_out(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.LEFT_OUT)

    @property
    def same(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.SAME)

    @property
    def differs(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.DIFFERS)

    @property
    def unknown(self) -> tuple[Line, ...]:
        return self.tally.lines(Part.UNKNOWN)


def imports_of(session: Session, learner_id: int) -> tuple[ImportItem, ...]:
    """Return a learner's last imports, the newest first."""
    found = _select(learner_id).order_by(PackageImport.id.desc()).limit(_LISTED)
    return tuple(_item(row) for row in session.execute(found))


def import_page(session: Session, *, learner_id: int, import_id: int) -> ImportPage:
    """Return one import of a learner.

    :raises NotFound: they have none such.
    """
    found = _select(learner_id, PackageImport.report).where(PackageImport.id == import_id)
    row = session.execute(found).one_or_none()
    if row is None:
        raise NotFound("There is no such import.")
    return ImportPage(_item(row), Tally.load(row.report))


def topics_of(session: Session, course_id: int) -> dict[str, int]:
    """Return the ids of a course's topics by their keys."""
    rows = session.execute(sa.select(Topic.key, Topic.id).where(Topic.course_id == course_id))
    return {row.key: row.id for row in rows}


def _select(learner_id: int, *more: Any) -> Any:
    return (
        sa.select(*_COLUMNS, *more)
        .outerjoin(Course, Course.id == PackageImport.course_id)
        .where(PackageImport.learner_id == learner_id)
    )


def _item(row: Any) -> ImportItem:
    is_shown = row.state is ImportState.DONE or row.is_comparison
    return ImportItem(
        id=row.id,
        name=row.name,
        course=row.course or row.title or "",
        slug=(row.slug or "") if is_shown else "",
        is_comparison=row.is_comparison,
        state=row.state,
        total=row.total,
        done=row.done,
        error=row.error,
        created_at=row.created_at,
    )
