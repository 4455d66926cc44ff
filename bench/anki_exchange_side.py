"""Anki's half of the exchange: runs in Anki's own environment, where quizapp is not.

    <environment>/bin/python bench/anki_exchange_side.py < job.json > result.jsonl

Imports a package into an empty collection, tells what Anki made of every card, and exports all
again in every form that Anki has. Imports nothing of the app.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

#: Above, a due date is a moment in seconds.
_FIRST_MOMENT = 1_000_000_000


def main() -> None:
    """Do the job on standard input."""
    job = json.load(sys.stdin)
    os.environ["TZ"] = job["zone"]
    time.tzset()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "collection.anki2"
        _take_in(path, job)
        _export(path, job)


def _take_in(path: Path, job: dict[str, Any]) -> None:
    from anki.collection import (  # noqa: PLC0415
        Collection,
        ImportAnkiPackageOptions,
        ImportAnkiPackageRequest,
    )

    col = Collection(str(path))
    col.set_config("fsrs", True)
    col.set_config("rollover", job["rollover"])
    col.close(downgrade=False)
    col = Collection(str(path))
    options = ImportAnkiPackageOptions(with_scheduling=True, with_deck_configs=True)
    log = col.import_anki_package(
        ImportAnkiPackageRequest(package_path=job["package"], options=options)
    ).log
    print(json.dumps(["log", len(log.new), len(log.updated), len(log.conflicting)]))
    for row in col.db.execute(
        "select n.guid, n.flds, c.type, c.queue, c.due, c.reps, c.lapses, c.data,"
        " (select count(*) from revlog r where r.cid = c.id)"
        " from cards c join notes n on n.id = c.nid"
    ):
        print(json.dumps(["card", *_told(col, job["rollover"], row)]))
    col.close(downgrade=False)


def _told(col: Any, rollover: int, row: list[Any]) -> list[Any]:
    guid, fields, kind, queue, due, reps, lapses, data, answers = row
    memory = json.loads(data or "{}")
    when = due if due > _FIRST_MOMENT else _date(col, rollover, due) if kind else None
    known = [memory.get(name) for name in ("s", "d", "dr", "lrt")]
    return [guid, fields.split("\x1f"), kind, queue == -1, when, reps, lapses, *known, answers]


def _date(col: Any, rollover: int, due: int) -> str:
    today = (datetime.datetime.now() - datetime.timedelta(hours=rollover)).date()  # noqa: DTZ005
    return (today + datetime.timedelta(days=due - col.sched.today)).isoformat()


def _export(path: Path, job: dict[str, Any]) -> None:
    from anki.collection import Collection, ExportAnkiPackageOptions  # noqa: PLC0415

    for legacy in (False, True):
        col = Collection(str(path))
        options = ExportAnkiPackageOptions(
            with_scheduling=True, with_deck_configs=True, with_media=True, legacy=legacy
        )
        name = f"{job['out']}/{'legacy' if legacy else 'new'}"
        col.export_anki_package(out_path=f"{name}.apkg", options=options, limit=None)
        col.export_collection_package(out_path=f"{name}.colpkg", include_media=True, legacy=legacy)
        col.close(downgrade=False)


if __name__ == "__main__":
    main()
