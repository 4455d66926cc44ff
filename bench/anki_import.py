"""How fast packages are imported, and how long others wait to write meanwhile.

    python -m bench.anki_import [--notes 10000 100000] [--reviews 5]

Writes a package of that many notes with schedules and reviews, has a worker in a process of its
own import it, and writes to the same database every few hundredths of a second meanwhile. Prints
notes a second, the worker's memory, and how long those writes took.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from bench.stage import SECRET
from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.db import db, transaction, upgrade
from quizapp.formats.anki_package.notes import Calendar
from quizapp.formats.anki_package.scheduling import schedule_of
from quizapp.formats.anki_package.writer import (
    Frame,
    Remembered,
    WrittenAnswer,
    WrittenCard,
    write_package,
)
from quizapp.jobs.worker import do_one
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import ImportState, PackageImport, User
from quizapp.queries.accounts import actor_for_id
from quizapp.services.package_imports import Wanted, ask_import

_CLOCK, _SETTINGS = LearnerClock("Europe/Berlin", 4), MemorySettings()
_FILE = "bench"
_PROBE_SECONDS = 0.05
_WORDS = [
    "river",
    "treaty",
    "airbase",
    "ceasefire",
    "border",
    "province",
    "minister",
    "council",
    "accord",
    "valley",
]


def main() -> int:
    """Measure, or, started by itself, import; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.anki_import")
    parser.add_argument("--notes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--reviews", type=int, default=5)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.work:
        return _work(_settings(chosen.work))
    for count in chosen.notes:
        with tempfile.TemporaryDirectory() as folder:
            print(_measured(Path(folder), count, chosen.reviews), flush=True)
    return 0


def _measured(folder: Path, count: int, reviews: int) -> str:
    settings = _settings(folder)
    upgrade(settings)
    settings.imports.mkdir()
    now = datetime.now(UTC)
    package = settings.imports / f"{_FILE}.package"
    frame = _frame(now)
    began = time.perf_counter()
    write_package(package, frame, _cards(frame, count, reviews, now), now=now)
    wrote = time.perf_counter() - began
    app = create_app(settings)
    with app.app_context():
        _ask(now)
        command = [sys.executable, "-m", "bench.anki_import", "--work", str(folder)]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            waits = _probe(worker)
            told = (worker.stdout.read() if worker.stdout else "").strip()
        seconds = time.perf_counter() - began
        done = db.session.execute(sa.select(PackageImport.state, PackageImport.done)).one()
    if worker.returncode or tuple(done) != (ImportState.DONE, count):
        raise RuntimeError(f"the import came to {done}")
    size = package.stat().st_size if package.exists() else 0
    return (
        f"{count:,} notes, {count * reviews:,} reviews: written in {wrote:.1f} s, imported in "
        f"{seconds:.1f} s, {count / seconds:,.0f} notes/s; {told}; others wrote {len(waits):,} "
        f"times meanwhile: p50 {_ms(waits, 0.5)}, p99 {_ms(waits, 0.99)}, worst {_ms(waits, 1)}"
        + (f"; {size:,} bytes" if size else "")
    )


def _work(settings: Settings) -> int:
    app = create_app(settings)
    while do_one(app):
        pass
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = used.ru_utime + used.ru_stime
    print(f"of these the worker computed {seconds:.1f} s, with {used.ru_maxrss // 1024} MB")
    return 0


def _probe(worker: subprocess.Popen[str]) -> list[float]:
    """Return how long each of a series of small writes took."""
    waits = []
    while worker.poll() is None:
        began = time.perf_counter()
        with transaction() as session:
            session.execute(sa.update(User).values(name="Amara"))
        waits.append(time.perf_counter() - began)
        time.sleep(_PROBE_SECONDS)
    return waits


def _ms(waits: Sequence[float], share: float) -> str:
    ordered = sorted(waits) or [0.0]
    at = min(int(len(ordered) * share), len(ordered) - 1)
    return f"{ordered[at] * 1_000:.0f} ms"


def _ask(now: datetime) -> None:
    with transaction() as session:
        user = User(email="a@example.org", name="Amara", created_at=now, timezone=_CLOCK.zone)
        session.add(user)
        session.flush()
        actor = actor_for_id(session, user.id)
        assert actor is not None  # noqa: S101
        ask_import(session, actor=actor, wanted=Wanted(_FILE, "bench.apkg"), now=now)


def _frame(now: datetime) -> Frame:
    zero = _CLOCK.day_of(now) - timedelta(days=400)
    created = _CLOCK.start_of(zero)
    return Frame("Bench", created, -60, Calendar(zero, 4), 0.9, None)


def _cards(frame: Frame, count: int, reviews: int, now: datetime) -> Iterator[WrittenCard]:
    random = Random(1)  # noqa: S311
    for number in range(count):
        text = " ".join(random.choices(_WORDS, k=12))
        front, back = f"<p>What of {text} {number}?</p>", f"<p>The <b>{text}</b> of {number}.</p>"
        last = now - timedelta(days=random.randrange(1, 300), milliseconds=number)
        state = _state(last, random, frame.calendar.day_zero)
        schedule = schedule_of(
            state,
            is_suspended=False,
            place=number,
            calendar=frame.calendar,
            clock=_CLOCK,
            settings=_SETTINGS,
        )
        memory = Remembered(12.3456, 5.123, 0.9, 0.1542, int(last.timestamp()), reviews, 1)
        ends = [int((last - timedelta(days=n)).timestamp() * 1_000) for n in range(reviews)]
        answers = [WrittenAnswer(at, 3, 5, 3, 500, 4_000, 1) for at in reversed(ends)]
        fields = (front, back, f"{text} <mark>{number}</mark>", "Reader", f"f{number}")
        yield WrittenCard(
            f"bench-{number}", fields, "Bench::Topic", ("bench",), schedule, memory, tuple(answers)
        )


def _state(last: datetime, random: Random, zero: date) -> MemoryState:
    due = _CLOCK.start_of(max(zero, _CLOCK.day_of(last) + timedelta(days=random.randrange(1, 90))))
    return MemoryState(Phase.REVIEW, None, 12.3456, 5.123, due, last, 5, 1)


def _settings(folder: Path) -> Settings:
    return Settings(
        data=folder, database_url=f"sqlite:///{folder / 'bench.sqlite3'}", secret_key=SECRET
    )


if __name__ == "__main__":
    sys.exit(main())
