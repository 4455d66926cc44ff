"""Taking in a package, batch by batch, so that nobody waits for the database meanwhile.

Each batch is a transaction of its own and notes how far it has come with it; a worker that dies is
followed by one that goes on from there. What is half done has no members, so nobody sees it; what
fails is taken out again.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_errors, db, transaction
from quizapp.errors import Conflict, Invalid, NotFound, Unavailable
from quizapp.formats.anki_package.archive import unpack
from quizapp.formats.anki_package.collection import Collection, opened
from quizapp.formats.anki_package.limits import Limits
from quizapp.formats.anki_package.notes import Note
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.courses import course_by_id
from quizapp.queries.package_comparison import compare, known_facts
from quizapp.queries.package_export import plan_export
from quizapp.services.package_course import prepare_course
from quizapp.services.package_imports import (
    Running,
    continue_later,
    fail_import,
    files_in_use,
    finish_import,
    limits_of,
    note_progress,
    note_total,
    require_run,
    take_up,
)
from quizapp.services.package_removal import remove_some
from quizapp.services.question_imports import question_files_in_use

#: Notes in one transaction: some tenths of a second in which nobody else can write on SQLite.
BATCH = 125
#: Then the rest waits for its turn behind other jobs, well before the lease is over.
SLICE_SECONDS = 10.0
#: Between two batches others may write; without a pause, whoever waits might wait on.
PAUSE_SECONDS = 0.02
#: A file that no import needs is kept this long, in case its upload is still going on.
_KEPT = timedelta(hours=1)
_FAULT = (
    "Something went wrong here, and nothing was imported. It is not your file: try again later."
)
_GONE = "The file is gone. Choose it again."

_log = logging.getLogger(__name__)
#: Stores what was made of a batch of notes.
_Keep = Callable[[], None]
_Prepare = Callable[[Sequence[Note]], _Keep]
_LATER: tuple[type[Exception], ...] = (Unavailable, *database_errors())


def import_package(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Go on with an import for a while; what is left is another job."""
    import_id = int(payload["import_id"])
    with transaction() as session:
        running = take_up(session, import_id=import_id)
    if running is not None:
        try:
            _run(settings, running)
        except Conflict as error:
            _log.info("import %d: %s", import_id, error)
            return
        except _LATER:
            raise
        except (Invalid, NotFound) as error:
            _fail(settings, running, _reason(error))
        except Exception:
            _fail(settings, running, _FAULT)
            raise
    _remove(import_id)


def purge_files(settings: Settings, *, now: datetime) -> None:
    """Drop the files of imports that are over."""
    if not settings.imports.is_dir():
        return
    used = files_in_use(db.session()) | question_files_in_use(db.session())
    for path in settings.imports.iterdir():
        age = now.timestamp() - path.stat().st_mtime
        if path.stem not in used and age > _KEPT.total_seconds():
            path.unlink(missing_ok=True)


def _run(settings: Settings, running: Running) -> None:
    limits = limits_of(settings)
    package = settings.imports / f"{running.file}.package"
    database = package.with_suffix(".sqlite3")
    is_new = not database.exists()
    if is_new:
        if not package.exists():
            raise NotFound(_GONE)
        _unpack(package, database, limits)
    with opened(database, limits, check=is_new or not running.total) as collection:
        _Work(settings, running, collection).go_on()


def _unpack(package: Path, database: Path, limits: Limits) -> None:
    """Unpack under another name first: a file of the right name is whole."""
    part = database.with_suffix(".part")
    unpack(package, part, limits)
    os.replace(part, database)


@dataclass(slots=True)
class _Work:
    """One worker's share of an import."""

    settings: Settings
    running: Running
    collection: Collection

    def go_on(self) -> None:
        """Do batches until the import is done or the time is up."""
        until = time.monotonic() + SLICE_SECONDS
        prepare = self._comparison() if self.running.is_comparison else self._course()
        while notes := self._next():
            # What takes longest needs no lock.
            keep = prepare(notes)
            with transaction() as session:
                require_run(session, running=self.running)
                keep()
                self.running = replace(
                    self.running,
                    done=self.running.done + len(notes),
                    last_note=notes[-1].id,
                )
                note_progress(
                    session,
                    running=self.running,
                    done=self.running.done,
                    last_note=notes[-1].id,
                    tally=self.running.tally,
                )
            if time.monotonic() > until:
                with transaction() as session:
                    continue_later(session, running=self.running, now=datetime.now(UTC))
                return
            time.sleep(PAUSE_SECONDS)
        self._finish()

    def _next(self) -> list[Note]:
        after = self.running.last_note
        start = {} if after is None else {"after": after}
        return self.collection.notes(**start, most=BATCH)

    def _course(self) -> _Prepare:
        with transaction() as session:
            require_run(session, running=self.running)
            course = prepare_course(
                session,
                running=self.running,
                actor=self._actor(),
                collection=self.collection,
                now=datetime.now(UTC),
            )
        self.running = course.running

        def prepare(notes: Sequence[Note]) -> _Keep:
            now, done = datetime.now(UTC), self.running.done
            cards = course.read(notes, now=now)
            return lambda: course.store(db.session(), cards, done=done, now=now)

        return prepare

    def _comparison(self) -> _Prepare:
        session, course_id = db.session(), self.running.course_id
        if course_id is None:
            raise NotFound("The course is gone.")
        with transaction() as held:
            note_total(held, running=self.running, total=self.collection.counts().notes)
        exported = plan_export(
            session,
            actor=self._actor(),
            course=course_by_id(session, course_id),
            with_memory=True,
            now=datetime.now(UTC),
        )
        known = known_facts(session, exported)

        def prepare(notes: Sequence[Note]) -> _Keep:
            compare(
                db.session(),
                exported=exported,
                known=known,
                calendar=self.collection.calendar,
                notes=notes,
                tally=self.running.tally,
            )
            return lambda: None

        return prepare

    def _finish(self) -> None:
        course_id = self.running.course_id
        if course_id is None:
            raise NotFound("The course is gone.")
        with transaction() as session:
            finish_import(
                session,
                running=self.running,
                course_id=course_id,
                tally=self.running.tally,
                now=datetime.now(UTC),
            )
        _drop_files(self.settings, self.running)

    def _actor(self) -> Actor:
        actor = actor_for_id(db.session(), self.running.learner_id)
        if actor is None:
            raise NotFound("The account is gone.")
        return actor


def _fail(settings: Settings, running: Running, reason: str) -> None:
    with transaction() as session:
        fail_import(session, import_id=running.id, reason=reason, now=datetime.now(UTC))
    _drop_files(settings, running)


def _remove(import_id: int) -> None:
    """Take out what a failed import had stored, a little at a time."""
    is_more = True
    while is_more:
        with transaction() as session:
            is_more = remove_some(session, import_id=import_id)
        time.sleep(PAUSE_SECONDS if is_more else 0)


def _drop_files(settings: Settings, running: Running) -> None:
    for path in settings.imports.glob(f"{running.file}.*"):
        path.unlink(missing_ok=True)


def _reason(error: Invalid | NotFound) -> str:
    if isinstance(error, Invalid):
        return " ".join(problem.message for problem in error.problems)
    return str(error)
