"""Making copies of data, part by part, so that a worker that dies loses a part at most.

Parts lie in a folder of their own until all are there; then they become one zip. Nothing is locked
while a part is read.
"""

from __future__ import annotations

import logging
import os
import shutil
import time
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_errors, reading, transaction
from quizapp.errors import Conflict, Unavailable
from quizapp.jobs.export_parts import planned_parts, read_me, write_part
from quizapp.services.data_exports import (
    FAULT,
    Making,
    drop_expired,
    export_later,
    exports_in_use,
    fail_export,
    fail_forgotten,
    finish_export,
    note_parts,
    take_up_export,
)

#: Then the rest waits for its turn behind other jobs, well before the lease is over.
SLICE_SECONDS = 15.0
_LATER: tuple[type[Exception], ...] = (Unavailable, *database_errors())

_log = logging.getLogger(__name__)


def export_data(settings: Settings, payload: Mapping[str, Any]) -> None:
    """Go on with a copy for a while; what is left is another job."""
    with transaction() as session:
        making = take_up_export(session, **payload)
    if making is None:
        return
    folder = settings.exports / making.file
    try:
        _go_on(making, folder)
    except Conflict as error:
        _log.info("copy %d of user %d: %s", making.number, making.learner_id, error)
    except _LATER:
        raise
    except Exception:
        with transaction() as session:
            fail_export(session, making=making, reason=FAULT, now=datetime.now(UTC))
        shutil.rmtree(folder, ignore_errors=True)
        raise


def purge_exports(settings: Settings, *, now: datetime) -> None:
    """Throw away the copies whose time is over, and what nobody asks for any more."""
    with transaction() as session:
        fail_forgotten(session, now=now)
        drop_expired(session, now=now)
    if not settings.exports.is_dir():
        return
    # Listed first: what is asked for meanwhile is none of them.
    found = list(settings.exports.iterdir())
    with reading() as session:
        used = exports_in_use(session)
    for path in found:
        is_open = used.get(path.name.partition(".")[0])
        # What a worker that died had packed, or had yet to tidy away, nobody needs after it.
        if is_open or (is_open is not None and path.suffix == ".zip"):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _go_on(making: Making, folder: Path) -> None:
    until = time.monotonic() + SLICE_SECONDS
    place = dict(making.place)
    if not place or not folder.is_dir():
        with reading() as session:
            parts = planned_parts(session, making=making)
        place = {"parts": parts, "at": 0, "chunk": 0, "after": None}
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
    while place["at"] < len(place["parts"]):
        with reading() as session:
            place = write_part(session, making=making, folder=folder, place=place)
        with transaction() as session:
            keys = {"total": len(place["parts"]) + 1, "done": place["at"], "place": place}
            note_parts(session, making=making, **keys)
            if time.monotonic() > until:
                export_later(session, making=making, now=datetime.now(UTC))
                return
    _finish(making, folder)


def _finish(making: Making, folder: Path) -> None:
    now = datetime.now(UTC)
    with reading() as session:
        words = read_me(session, making=making, folder=folder, now=now)
    (folder / "README.txt").write_text(words, encoding="utf-8")
    # Under a name of this run: packing takes long, and another worker may have begun meanwhile.
    part = folder.with_suffix(f".{making.run}.part")
    try:
        size = _pack(folder, part)
        with transaction() as session:
            finish_export(session, making=making, size=size, now=now)
            os.replace(part, folder.with_suffix(".zip"))
    finally:
        part.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _pack(folder: Path, part: Path) -> int:
    """Write what a folder holds as a zip and return its size."""
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    part.chmod(0o600)
    return part.stat().st_size
