"""Keeping the pictures and sounds of a course."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound, Problem
from quizapp.formats.media import MediaFile
from quizapp.formats.report import UNPRINTABLE
from quizapp.models import Base, Course, Media, MediaBytes
from quizapp.policy import Actor, require_author
from quizapp.queries.media import is_used

#: What the files of one course may take in all.
COURSE_BYTES = 500 * 1_048_576
_TITLE_LENGTH = 200
_BYTES = Base.metadata.tables[MediaBytes.__tablename__]
_INSERT: Mapping[str, Callable[[Any], Any]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


def keep_media(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    files: Iterable[tuple[str, MediaFile]],
    now: datetime,
) -> int:
    """Store files, each once; return how many the course did not have.

    :param files: each with what its author calls it.
    :raises Forbidden, NotFound: the actor does not teach the course.
    :raises Invalid: they would take more room than a course has; the problem is at "file".
    """
    require_author(actor, course_id)
    # Whoever else adds files to this course waits, so that the room is counted right.
    session.execute(sa.select(Course.id).where(Course.id == course_id).with_for_update())
    of_course = Media.course_id == course_id
    stored = set(session.scalars(sa.select(Media.digest).where(of_course)))
    taken = session.scalar(sa.select(sa.func.coalesce(sa.func.sum(Media.size), 0)).where(of_course))
    added = {file.digest: (title, file) for title, file in files if file.digest not in stored}
    wanted = sum(len(file.data) for _, file in added.values())
    if (taken or 0) + wanted > COURSE_BYTES:
        room = COURSE_BYTES // 1_048_576
        message = f"The files of a course have {room} MB in all. Delete some that nothing shows."
        raise Invalid([Problem("file", message)])
    _keep_bytes(session, [file for _, file in added.values()])
    session.add_all(
        Media(
            course_id=course_id,
            digest=file.digest,
            suffix=file.suffix,
            media_type=file.media_type,
            title=UNPRINTABLE.sub(" ", title)[:_TITLE_LENGTH],
            size=len(file.data),
            created_at=now,
        )
        for title, file in added.values()
    )
    session.flush()
    return len(added)


def remove_media(session: Session, *, actor: Actor, course_id: int, media_id: int) -> str:
    """Delete a file that no revision of a question shows; return what its author calls it.

    Its bytes go with the next `purge_bytes`, unless another course shows them too.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such file.
    :raises Conflict: a question shows it, or did.
    """
    require_author(actor, course_id)
    row = session.execute(
        sa.select(Media.title, Media.digest).where(
            Media.id == media_id, Media.course_id == course_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such file in this course.")
    if is_used(session, course_id=course_id, digest=row.digest):
        raise Conflict("A question shows this file, or did when it was asked, so it stays.")
    session.execute(sa.delete(Media).where(Media.id == media_id))
    return str(row.title)


def purge_bytes(session: Session, *, most: int) -> int:
    """Throw away bytes that no course shows any more, of so many files; return of how many."""
    shown = sa.select(Media.id).where(Media.digest == _BYTES.c.digest).exists()
    unshown = sa.select(_BYTES.c.digest).where(~shown).limit(most)
    # Whoever is about to show them again waits, and then brings them along.
    found = list(session.scalars(unshown.with_for_update(skip_locked=True)))
    session.execute(sa.delete(_BYTES).where(_BYTES.c.digest.in_(found), ~shown))
    return len(found)


def _keep_bytes(session: Session, files: Sequence[MediaFile]) -> None:
    """Store what files hold, where no course has them yet."""
    digests = [file.digest for file in files]
    known = sa.select(_BYTES.c.digest).where(_BYTES.c.digest.in_(digests))
    here = set(session.scalars(known.with_for_update(read=True, key_share=True)))
    rows = [{"digest": one.digest, "data": one.data} for one in files if one.digest not in here]
    if rows:
        insert = _INSERT[session.connection().dialect.name](_BYTES)
        session.execute(insert.on_conflict_do_nothing(), rows)
