"""The pictures and sounds of courses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.markup.media import SOUNDS, kept_name
from quizapp.models import Course, Media, MediaBytes, Question, QuestionImport, Revision
from quizapp.policy import Actor, may_read, require_instructor

PAGE_SIZE = 24
_NO_FILE = "There is no such file."


@dataclass(frozen=True, slots=True)
class MediaRow:
    """A file in the list; `name` is what texts call it, `size` is in bytes."""

    id: int
    name: str
    title: str
    size: int
    created_at: datetime

    @property
    def is_sound(self) -> bool:
        return self.name.rpartition(".")[2] in SOUNDS


@dataclass(frozen=True, slots=True)
class MediaPage:
    """One page of a course's files, newest first; `bytes_taken` is of all of them."""

    rows: tuple[MediaRow, ...]
    total: int
    bytes_taken: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ServedFile:
    """A file as it is sent."""

    data: bytes
    media_type: str


def media_page(session: Session, *, actor: Actor, course_id: int, page: int) -> MediaPage:
    """Return a page of a course's files.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    of_course = Media.course_id == course_id
    total, taken = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Media.size), 0)).where(of_course)
    ).one()
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        sa.select(Media.id, Media.digest, Media.suffix, Media.title, Media.size, Media.created_at)
        .where(of_course)
        .order_by(Media.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    listed = tuple(
        MediaRow(row.id, f"{row.digest}.{row.suffix}", row.title, row.size, row.created_at)
        for row in rows
    )
    return MediaPage(listed, total, taken, page, pages)


def served_file(session: Session, *, actor: Actor | None, name: str) -> ServedFile:
    """Return a file that a course shows which its reader may read.

    :raises NotFound: there is none, or its reader may not know that there is.
    """
    kept = kept_name(name)
    if kept is None:
        raise NotFound(_NO_FILE)
    rows = session.execute(
        sa.select(Media.id, Media.course_id, Course.is_public)
        .join(Course, Course.id == Media.course_id)
        .where(Media.digest == kept[0], Media.suffix == kept[1])
    )
    readable = (row for row in rows if may_read(actor, row.course_id, is_public=row.is_public))
    found = next(readable, None)
    if found is None:
        raise NotFound(_NO_FILE)
    row = session.execute(
        sa.select(MediaBytes.data, Media.media_type)
        .join(Media, Media.digest == MediaBytes.digest)
        .where(Media.id == found.id)
    ).one()
    return ServedFile(row.data, row.media_type)


def kept_names(session: Session, *, course_id: int) -> frozenset[str]:
    """Return the names that texts of a course may point at."""
    rows = session.execute(
        sa.select(Media.digest, Media.suffix).where(Media.course_id == course_id)
    )
    return frozenset(f"{row.digest}.{row.suffix}" for row in rows)


def is_used(session: Session, *, course_id: int, digest: str) -> bool:
    """Return whether a revision of a question of the course points at a file.

    Reads the course's revisions one after the other: asked when a file is to be deleted.
    """
    content = sa.cast(Revision.content, sa.Text)
    # What undoing an import took out is elsewhere, and old attempts still show it.
    holdings = sa.select(QuestionImport.holding_id).where(QuestionImport.course_id == course_id)
    is_of_course = sa.or_(Question.course_id == course_id, Question.course_id.in_(holdings))
    found = (
        sa.select(Revision.id)
        .join(Question, Question.id == Revision.question_id)
        .where(is_of_course, content.contains(f"media:{digest}"))
        .limit(1)
    )
    return session.scalar(found) is not None
