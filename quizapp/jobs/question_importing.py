"""Reading large files of questions, and applying large plans, while nobody waits for a page."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_errors, db, reading, transaction
from quizapp.errors import Conflict, NotFound, QuizError, Unavailable
from quizapp.models import QuestionImportState
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.import_planning import media_in, plan_file
from quizapp.services.import_preparing import prepare_apply
from quizapp.services.import_rows import Importing
from quizapp.services.import_writing import apply_import
from quizapp.services.question_imports import (
    FILE_SUFFIX,
    begin_plan,
    drop_old_plans,
    fail_question_import,
    finish_plan,
    plan_anew,
    plan_later,
    reason_of,
    store_plan_rows,
    take_up_import,
)

#: Rows of a plan in one transaction; nobody else can write on SQLite meanwhile.
BATCH = 250
#: Between two batches others may write.
_PAUSE_SECONDS = 0.02
_KEPT = timedelta(days=7)
_GONE = "The file is gone. Choose it again."
_FAULT = (
    "Something went wrong here, and nothing was imported. It is not your file: try again later."
)
_LATER: tuple[type[Exception], ...] = (Unavailable, *database_errors())

_log = logging.getLogger(__name__)


def import_questions(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Plan a file or apply its plan, whichever is to be done."""
    import_id = int(payload["import_id"])
    with transaction() as session:
        importing = take_up_import(session, import_id=import_id)
    if importing is None:
        return
    try:
        if importing.state is QuestionImportState.READING:
            _plan(settings, importing)
        else:
            _apply(settings, importing, payload.get("actor_id"))
    except Conflict as error:
        _log.info("import of questions %d: %s", import_id, error)
    except _LATER:
        raise
    except QuizError as error:
        _fail(import_id, reason_of(error))
    except Exception:
        _fail(import_id, _FAULT)
        raise


def purge_plans(_settings: Settings, *, now: datetime) -> None:
    """Drop the plans that nobody applied."""
    with transaction() as session:
        drop_old_plans(session, before=now - _KEPT)


def _plan(settings: Settings, importing: Importing) -> None:
    path = _path(settings, importing)
    if not path.exists():
        raise NotFound(_GONE)
    plan = plan_file(
        db.session(),
        course_id=importing.course_id,
        wanted=importing.wanted,
        data=path.read_bytes(),
    )
    with transaction() as session:
        begin_plan(session, importing=importing, total=len(plan.rows))
    for first in range(0, len(plan.rows), BATCH):
        rows = plan.rows[first : first + BATCH]
        with transaction() as session:
            store_plan_rows(session, importing=importing, rows=rows, first=first)
        time.sleep(_PAUSE_SECONDS)
    with transaction() as session:
        finish_plan(session, importing=importing, plan=plan)


def _apply(settings: Settings, importing: Importing, actor_id: int | None) -> None:
    keys: dict[str, Any] = {
        "course_id": importing.course_id,
        "import_id": importing.id,
    }
    now = datetime.now(UTC)
    path = _path(settings, importing)
    # Looked at before the transaction: unpacking pictures may take seconds.
    media = media_in(importing.wanted, path.read_bytes()) if path.exists() else ()
    with reading() as session:
        # And so is what the questions become.
        prepared = prepare_apply(session, **keys, now=now)
    given: dict[str, Any] = {
        "state": QuestionImportState.APPLYING,
        "media": media,
        "prepared": prepared,
    }
    try:
        with transaction() as session:
            apply_import(session, actor=_actor(actor_id), **keys, now=now, **given)
    except Conflict as error:
        with transaction() as session:
            plan_anew(session, actor=_actor(actor_id), **keys, reason=str(error))
            plan_later(session, import_id=importing.id, now=now)


def _actor(actor_id: int | None) -> Actor:
    """Return who applies a plan with what they may do by now: it waited, and took its time."""
    actor = actor_for_id(db.session(), actor_id or 0)
    if actor is None:
        raise NotFound("The account is gone.")
    return actor


def _path(settings: Settings, importing: Importing) -> Path:
    return settings.imports / f"{importing.wanted.file}{FILE_SUFFIX}"


def _fail(import_id: int, reason: str) -> None:
    with transaction() as session:
        fail_question_import(session, import_id=import_id, reason=reason)
