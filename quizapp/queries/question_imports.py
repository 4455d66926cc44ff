"""What pages show of imports of questions: how far, what each would do, what it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.formats.registry import FORMATS
from quizapp.models import (
    ImportOutcome,
    Question,
    QuestionImport,
    QuestionImportRow,
    QuestionImportState,
    User,
)
from quizapp.policy import Actor, require_instructor

PAGE_SIZE = 50
#: To filter by: new ones that are not quite what the file says.
ALTERED = "altered"
FILTERS = ("", *(one.value for one in ImportOutcome), ALTERED)
_LISTED = 20
_State = QuestionImportState
_COLUMNS = (
    QuestionImport.id,
    QuestionImport.name,
    QuestionImport.format,
    QuestionImport.state,
    QuestionImport.total,
    QuestionImport.done,
    QuestionImport.counts,
    QuestionImport.report,
    QuestionImport.error,
    QuestionImport.created_at,
    QuestionImport.applied_at,
    QuestionImport.undone_at,
    User.name.label("author"),
)


@dataclass(frozen=True, slots=True)
class ImportHead:
    """One import. :param counts: outcome → how many, and `ALTERED`.
    :param media: how many pictures and sounds come along.
    :param undone: what taking it back did, by the names of `services.import_undoing.Undone`.
    """

    id: int
    name: str
    format: str
    state: QuestionImportState
    total: int
    done: int
    counts: Mapping[str, int]
    remarks: tuple[str, ...]
    topics: tuple[str, ...]
    undone: Mapping[str, int]
    error: str
    author: str
    created_at: datetime
    applied_at: datetime | None
    undone_at: datetime | None
    media: int

    @property
    def is_open(self) -> bool:
        """Return whether a worker has something to do."""
        return self.state in (_State.READING, _State.APPLYING)

    @property
    def writes(self) -> int:
        """Return how many questions applying it makes or changes."""
        return self.counts.get("new", 0) + self.counts.get("changed", 0)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One part of the file. :param question_id: None where no page shows it."""

    position: int
    outcome: ImportOutcome
    line: int
    place: str
    words: str
    notes: tuple[str, ...]
    question_id: int | None


@dataclass(frozen=True, slots=True)
class QuestionImportPage:
    """One page of an import's lines. :param total: of the lines that are shown."""

    head: ImportHead
    lines: tuple[ImportLine, ...]
    wanted: str
    total: int
    page: int
    pages: int


def question_imports_of(
    session: Session, *, actor: Actor, course_id: int
) -> tuple[ImportHead, ...]:
    """Return a course's last imports, the newest first.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    found = _select(course_id).order_by(QuestionImport.id.desc()).limit(_LISTED)
    return tuple(_head(row) for row in session.execute(found))


def import_head(session: Session, *, actor: Actor, course_id: int, import_id: int) -> ImportHead:
    """Return one import of a course.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    """
    require_instructor(actor, course_id)
    row = session.execute(_select(course_id).where(QuestionImport.id == import_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such import in this course.")
    return _head(row)


def import_lines(
    session: Session, *, course_id: int, head: ImportHead, wanted: str, page: int
) -> QuestionImportPage:
    """Return one page of what becomes of the parts of a file, in its order.

    :param wanted: one of `FILTERS`. :param page: one beyond the last gives the last.
    """
    total = head.counts.get(wanted, 0) if wanted else head.total
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    own = sa.and_(Question.id == QuestionImportRow.question_id, Question.course_id == course_id)
    found = (
        sa.select(QuestionImportRow.position, QuestionImportRow.outcome, QuestionImportRow.line)
        .add_columns(QuestionImportRow.place, QuestionImportRow.words, QuestionImportRow.notes)
        .add_columns(Question.id.label("question_id"))
        .outerjoin(Question, own)
        .where(QuestionImportRow.import_id == head.id, *_filtered(wanted))
        .order_by(QuestionImportRow.position)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    lines = tuple(
        ImportLine(
            position=row.position,
            outcome=row.outcome,
            line=row.line,
            place=row.place,
            words=row.words,
            notes=tuple(row.notes),
            question_id=row.question_id,
        )
        for row in session.execute(found)
    )
    return QuestionImportPage(head, lines, wanted, total, page, pages)


def _filtered(wanted: str) -> list[sa.ColumnElement[bool]]:
    if wanted == ALTERED:
        has_notes = sa.cast(QuestionImportRow.notes, sa.Text) != "[]"
        return [QuestionImportRow.outcome == ImportOutcome.NEW, has_notes]
    return [QuestionImportRow.outcome == ImportOutcome(wanted)] if wanted else []


def _select(course_id: int) -> Any:
    return (
        sa.select(*_COLUMNS)
        .outerjoin(User, User.id == QuestionImport.author_id)
        .where(QuestionImport.course_id == course_id)
    )


def _head(row: Any) -> ImportHead:
    form = FORMATS.get(row.format)
    return ImportHead(
        id=row.id,
        name=row.name,
        format=form.label if form else row.format,
        state=row.state,
        total=row.total,
        done=row.done,
        counts=row.counts,
        remarks=tuple(row.report.get("remarks", ())),
        topics=tuple(row.report.get("topics", {}).values()),
        undone=row.report.get("undone", {}),
        error=row.error,
        author=row.author or "",
        created_at=row.created_at,
        applied_at=row.applied_at,
        undone_at=row.undone_at,
        media=row.report.get("media", 0),
    )
