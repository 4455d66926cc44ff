"""Copies of data: asked for once, made by a worker part by part, thrown away after a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.models import DataExport, ExportState, Job, JobState, User
from quizapp.policy import Actor, require_instructor
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.limits import DATA_EXPORT, count_against

#: So long a file can be fetched.
KEPT = timedelta(days=7)
FAULT = "Something went wrong here, and there is no copy. Try again later."
_UNDER_WAY = "Another copy of yours is being made. Wait for it."
_KEPT_IN_STEP = "This copy is being made by another worker."
_OPEN = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Making:
    """A copy that a worker has begun, or gone on with.

    :param course_id: None where it is about the person. :param place: where it goes on; empty at
        the beginning.
    """

    learner_id: int
    number: int
    course_id: int | None
    file: str
    run: int
    place: Mapping[str, Any]


def count_export(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one wish for a copy.

    :raises LimitReached: too many today.
    """
    count_against(session, limit=DATA_EXPORT, subject=str(actor.id), now=now)


def ask_export(
    session: Session, *, actor: Actor, now: datetime, course_id: int | None = None
) -> int:
    """Store that somebody wants a copy of what is theirs, or of a course; return its number.

    :raises Conflict: another one is being made.
    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    if course_id is not None:
        require_instructor(actor, course_id)
    # Two presses at once: the second waits, and finds the first.
    session.execute(sa.select(User.id).where(User.id == actor.id).with_for_update(key_share=True))
    mine = DataExport.learner_id == actor.id
    fail_forgotten(session, now=now)
    going = sa.select(DataExport.number).where(mine, DataExport.state.in_(_OPEN))
    if session.scalar(going.limit(1)) is not None:
        raise Conflict(_UNDER_WAY)
    last = session.scalar(sa.select(sa.func.max(DataExport.number)).where(mine)) or 0
    row = DataExport(
        learner_id=actor.id,
        number=last + 1,
        course_id=course_id,
        file=uuid4().hex,
        state=ExportState.WAITING,
        run=0,
        total=0,
        done=0,
        place={},
        size=0,
        error="",
        created_at=now,
        ended_at=None,
        expires_at=None,
    )
    session.add(row)
    session.flush()  # a second worker of the same moment fails here
    _enqueue(session, row.learner_id, row.number, now)
    return row.number


def take_up_export(session: Session, *, learner_id: int, number: int) -> Making | None:
    """Let this worker go on with a copy; None if there is nothing left to do."""
    row = _locked(session, learner_id, number)
    if row is None or row.state not in _OPEN:
        return None
    _update(session, learner_id, number, run=row.run + 1, state=ExportState.RUNNING)
    return Making(learner_id, number, row.course_id, row.file, row.run + 1, row.place)


def note_parts(
    session: Session, *, making: Making, total: int, done: int, place: Mapping[str, Any]
) -> None:
    """Store how far it has come.

    :raises Conflict: another worker has it by now, or the account is going.
    """
    _require_run(session, making)
    values = {"total": total, "done": done, "place": dict(place)}
    _update(session, making.learner_id, making.number, **values)


def export_later(session: Session, *, making: Making, now: datetime) -> None:
    """Leave the rest for a later job, so that others have their turn."""
    _require_run(session, making)
    _enqueue(session, making.learner_id, making.number, now)


def finish_export(session: Session, *, making: Making, size: int, now: datetime) -> None:
    """Store that the file is there; earlier ones of the same kind are not needed any more.

    :raises Conflict: as `note_parts`.
    """
    _require_run(session, making)
    before = sa.delete(DataExport).where(
        DataExport.learner_id == making.learner_id,
        DataExport.number < making.number,
        DataExport.course_id.is_not_distinct_from(making.course_id),
    )
    session.execute(before, execution_options={"synchronize_session": False})
    values = {"state": ExportState.DONE, "size": size, "ended_at": now, "expires_at": now + KEPT}
    _update(session, making.learner_id, making.number, **values, place={})


def fail_export(session: Session, *, making: Making, reason: str, now: datetime) -> None:
    """Store why a copy came to nothing."""
    row = _locked(session, making.learner_id, making.number)
    if row is not None and row.state in _OPEN:
        values = {"state": ExportState.FAILED, "error": reason, "ended_at": now, "place": {}}
        _update(session, making.learner_id, making.number, **values)


def fail_forgotten(session: Session, *, now: datetime) -> None:
    """Say of copies that no job makes any more that they came to nothing.

    Each try of the job has failed, or somebody threw it away.
    """
    going = sa.select(DataExport.learner_id, DataExport.number)
    open_ones = session.execute(going.where(DataExport.state.in_(_OPEN))).all()
    if not open_ones:
        return
    waiting = sa.select(Job.payload).where(
        Job.name == JobName.EXPORT_DATA, Job.state == JobState.WAITING
    )
    made = {(one["learner_id"], one["number"]) for one in session.scalars(waiting)}
    for learner_id, number in {(row.learner_id, row.number) for row in open_ones} - made:
        values = {"state": ExportState.FAILED, "error": FAULT, "ended_at": now, "place": {}}
        # One that has been finished since it was looked for keeps its file.
        _update(session, learner_id, number, DataExport.state.in_(_OPEN), **values)


def drop_export(session: Session, *, actor: Actor, number: int) -> None:
    """Throw a copy away before its time; nothing happens if there is none."""
    gone = sa.delete(DataExport).where(
        DataExport.learner_id == actor.id,
        DataExport.number == number,
        DataExport.state.not_in(_OPEN),
    )
    session.execute(gone, execution_options={"synchronize_session": False})


def drop_expired(session: Session, *, now: datetime) -> None:
    """Drop copies whose time is over, and those that came to nothing as long ago."""
    over = sa.or_(
        DataExport.expires_at <= now,
        sa.and_(DataExport.state == ExportState.FAILED, DataExport.ended_at <= now - KEPT),
    )
    session.execute(sa.delete(DataExport).where(over))


def exports_in_use(session: Session) -> dict[str, bool]:
    """Return the names of the files that there are or are going to be; True for the latter."""
    rows = session.execute(sa.select(DataExport.file, DataExport.state))
    return {row.file: row.state in _OPEN for row in rows}


def _require_run(session: Session, making: Making) -> None:
    row = _locked(session, making.learner_id, making.number)
    if row is None or row.run != making.run or row.state is not ExportState.RUNNING:
        raise Conflict(_KEPT_IN_STEP)


def _enqueue(session: Session, learner_id: int, number: int, now: datetime) -> None:
    payload = {"learner_id": learner_id, "number": number}
    enqueue(session, name=JobName.EXPORT_DATA, payload=payload, now=now)


def _locked(session: Session, learner_id: int, number: int) -> Any:
    found = sa.select(*DataExport.__table__.c).where(*_at(learner_id, number))
    return session.execute(found.with_for_update()).one_or_none()


def _update(session: Session, learner_id: int, number: int, *only: Any, **values: Any) -> None:
    change = sa.update(DataExport).where(*_at(learner_id, number), *only).values(**values)
    session.execute(change, execution_options={"synchronize_session": False})


def _at(learner_id: int, number: int) -> tuple[Any, ...]:
    return DataExport.learner_id == learner_id, DataExport.number == number
