"""Taking in packages of other programs: asked for once, done batch by batch, all or nothing."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.config import Settings
from quizapp.errors import Conflict, Invalid, Problem
from quizapp.formats.anki_package.limits import FIELD, Limits
from quizapp.formats.report import Tally
from quizapp.models import Course, Enrolment, ImportState, PackageImport, Role, Topic
from quizapp.policy import Actor, require_learner
from quizapp.questions.reading import clean
from quizapp.services.facts import slug_of
from quizapp.services.jobs import JobName, enqueue

TITLE_LIMIT = 200
_SLUG_LIMIT = 60
_KEPT_IN_STEP = "This import is being done by another worker."
_OPEN = (ImportState.WAITING, ImportState.RUNNING)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a learner asks for.

    :param file: in the folder of imports. :param name: what it was called before.
    :param title: of the new course, "" for the package's own.
    :param compare_with: a course to compare the package with instead; None to import it.
    """

    file: str
    name: str
    title: str = ""
    compare_with: int | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """An import that a worker has begun, or gone on with."""

    id: int
    run: int
    learner_id: int
    file: str
    name: str
    title: str
    course_id: int | None
    is_comparison: bool
    total: int
    done: int
    last_note: int | None
    tally: Tally


def limits_of(settings: Settings) -> Limits:
    """Return how much of a package this installation takes."""
    return Limits(expanded_bytes=settings.import_expanded_bytes, notes=settings.import_notes)


def ask_import(session: Session, *, actor: Actor, wanted: Wanted, now: datetime) -> int:
    """Store that a learner wants a package imported, for a worker to do; return its id.

    :raises Invalid: another one is not done yet, or the title is wrong.
    :raises NotFound: the learner is not in the course to compare with.
    """
    title = check_import(session, actor=actor, wanted=wanted)
    row = PackageImport(
        learner_id=actor.id,
        file=wanted.file,
        name=wanted.name[-TITLE_LIMIT:],
        title=title,
        course_id=wanted.compare_with,
        is_comparison=wanted.compare_with is not None,
        state=ImportState.WAITING,
        run=0,
        total=0,
        done=0,
        last_note=None,
        report={},
        error="",
        created_at=now,
        ended_at=None,
    )
    session.add(row)
    session.flush()  # generate row.id
    enqueue(session, name=JobName.IMPORT_PACKAGE, payload={"import_id": row.id}, now=now)
    return row.id


def check_import(session: Session, *, actor: Actor, wanted: Wanted) -> str:
    """Return the title that is wanted, cleaned; raises what `ask_import` raises."""
    if wanted.compare_with is not None:
        require_learner(actor, wanted.compare_with)
    title, complaint = clean(wanted.title, TITLE_LIMIT)
    if complaint:
        raise Invalid([Problem("title", complaint)])
    # One at a time: whoever locks their own account first asks first.
    open_one = sa.select(PackageImport.id).where(
        PackageImport.learner_id == actor.id, PackageImport.state.in_(_OPEN)
    )
    if session.scalar(open_one.limit(1)) is not None:
        raise Invalid([Problem(FIELD, "Another import of yours is not done yet. Wait for it.")])
    return " ".join(title.split())


def take_up(session: Session, *, import_id: int) -> Running | None:
    """Let this worker go on with an import; None if there is nothing left to do."""
    row = _locked(session, import_id)
    if row is None or row.state not in _OPEN:
        return None
    _update(session, import_id, run=row.run + 1, state=ImportState.RUNNING)
    return Running(
        id=row.id,
        run=row.run + 1,
        learner_id=row.learner_id,
        file=row.file,
        name=row.name,
        title=row.title,
        course_id=row.course_id,
        is_comparison=row.is_comparison,
        total=row.total,
        done=row.done,
        last_note=row.last_note,
        tally=Tally.load(row.report),
    )


def make_course(
    session: Session, *, running: Running, title: str, topics: list[str], now: datetime
) -> int:
    """Store the course that a package becomes, with its topics and no members; return its id."""
    token = hashlib.sha256(f"{running.id} {running.file}".encode()).hexdigest()[:6]
    course = Course(
        slug=f"{slug_of(title)[:_SLUG_LIMIT]}-{token}",
        title=title[:TITLE_LIMIT],
        summary="",
        language="en",
        is_public=False,
        created_at=now,
    )
    session.add(course)
    session.flush()  # generate course.id
    rows = [
        {
            "course_id": course.id,
            "key": f"deck-{position + 1}",
            "title": name[:TITLE_LIMIT],
            "summary": "",
            "position": position,
        }
        for position, name in enumerate(topics)
    ]
    session.execute(sa.insert(Topic), rows)
    _update(session, running.id, course_id=course.id)
    return course.id


def note_total(session: Session, *, running: Running, total: int) -> None:
    """Store how many notes there are, so that it can be told how far it has come."""
    require_run(session, running=running)
    _update(session, running.id, total=total)


def require_run(session: Session, *, running: Running) -> None:
    """Pass the worker that took the import up last, until the end of the transaction.

    :raises Conflict: another one has it by now.
    """
    row = _locked(session, running.id)
    if row is None or row.run != running.run or row.state is not ImportState.RUNNING:
        raise Conflict(_KEPT_IN_STEP)


def note_progress(
    session: Session, *, running: Running, done: int, last_note: int, tally: Tally
) -> None:
    """Store how far it has come, together with what was stored."""
    _update(session, running.id, done=done, last_note=last_note, report=tally.dump())


def finish_import(
    session: Session, *, running: Running, course_id: int, tally: Tally, now: datetime
) -> None:
    """Let the learner into the course that was made: only now does anybody see it."""
    require_run(session, running=running)
    if not running.is_comparison:
        session.execute(
            sa.insert(Enrolment).values(
                user_id=running.learner_id,
                course_id=course_id,
                role=Role.INSTRUCTOR,
                joined_at=now,
            )
        )
    _update(session, running.id, state=ImportState.DONE, ended_at=now, report=tally.dump())


def fail_import(session: Session, *, import_id: int, reason: str, now: datetime) -> None:
    """Store why an import came to nothing; what it had stored is for `removal` to take out."""
    row = _locked(session, import_id)
    if row is not None and row.state in _OPEN:
        _update(session, import_id, state=ImportState.FAILED, error=reason, ended_at=now)


def continue_later(session: Session, *, running: Running, now: datetime) -> None:
    """Leave the rest for a later job, so that others have their turn."""
    require_run(session, running=running)
    enqueue(session, name=JobName.IMPORT_PACKAGE, payload={"import_id": running.id}, now=now)


def files_in_use(session: Session) -> set[str]:
    """Return the files of imports that are not over."""
    found = sa.select(PackageImport.file).where(PackageImport.state.in_(_OPEN))
    return set(session.scalars(found))


def _locked(session: Session, import_id: int) -> Any:
    found = sa.select(*PackageImport.__table__.c).where(PackageImport.id == import_id)
    return session.execute(found.with_for_update()).one_or_none()


def _update(session: Session, import_id: int, **values: Any) -> None:
    found = sa.update(PackageImport).where(PackageImport.id == import_id)
    session.execute(found.values(**values), execution_options={"synchronize_session": False})
