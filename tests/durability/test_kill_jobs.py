"""What a worker was at when it was killed is done by the next one: letters, copies, searches."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa

from quizapp import db
from quizapp.models import Course, User
from quizapp.queries.accounts import actor_for_id
from quizapp.services.course_copies import WrittenCopy, ask_copy, copy_later
from quizapp.services.courses import WrittenCourse
from quizapp.services.duplicates import ask_for_duplicates
from quizapp.services.jobs import JobName, enqueue
from tests.support.apps import make_app
from tests.support.server import LiveServer
from tests.support.settings import settings_for
from tests.support.sqlite import rows

KILLS, COPIES, LETTERS = 2, 2, 12
PATIENCE_SECONDS = 60
#: What comes again and again is always there.
ASKED = "name IN ('send_mail', 'copy_course', 'find_duplicates')"

pytestmark = pytest.mark.slow


def ask(folder: Path) -> None:
    """Leave work of three kinds, as the pages do."""
    app = make_app(settings_for(f"sqlite:///{folder / 'quizapp.sqlite3'}", folder))
    now = datetime.now(UTC)
    with app.app_context(), db.transaction() as session:
        is_teacher = User.email.like("instructor@%")
        teacher_id = session.scalars(sa.select(User.id).where(is_teacher)).one()
        course_id = session.scalars(sa.select(Course.id).order_by(Course.id).limit(1)).one()
        teacher = actor_for_id(session, teacher_id)
        assert teacher is not None
        for number in range(COPIES):
            written = WrittenCopy(WrittenCourse(f"Copy {number}"))
            copy = {"actor": teacher, "course_id": course_id, "written": written}
            copy_later(session, copy_id=ask_copy(session, **copy, now=now), now=now)
            ask_for_duplicates(session, actor=teacher, course_id=course_id, now=now)
        for number in range(LETTERS):
            letter = {"to": f"a{number}@example.org", "subject": "S", "body": f"Letter {number}."}
            enqueue(session, name=JobName.SEND_MAIL, payload=letter, now=now)
    with app.app_context():
        db.db.engine.dispose()


def let_leases_run_out(folder: Path) -> None:
    """Do what two minutes do to the lease of a worker that is dead."""
    with closing(sqlite3.connect(folder / "quizapp.sqlite3")) as found:
        found.execute("UPDATE job SET leased_until = 1 WHERE leased_until IS NOT NULL")
        found.commit()


def waiting(folder: Path) -> int:
    [(number,)] = rows(folder, f"SELECT count(*) FROM job WHERE {ASKED}")  # noqa: S608
    return int(number)


def test_killed_workers_lose_no_work_and_double_none(tmp_path: Path) -> None:
    folder, chance = tmp_path / "data", Random(1)  # noqa: S311
    server = LiveServer(folder)
    server.initialise()
    facts = rows(folder, "SELECT count(*) FROM fact WHERE status = 'ready'")
    ask(folder)
    interrupted = 0

    for _ in range(KILLS):
        server.start()
        time.sleep(chance.uniform(0.1, 1.2))
        server.kill9()
        [(leased,)] = rows(folder, "SELECT count(*) FROM job WHERE leased_until IS NOT NULL")
        interrupted += leased
        let_leases_run_out(folder)
    server.start()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while waiting(folder) and time.monotonic() < deadline:
        time.sleep(0.2)
    server.stop()

    assert waiting(folder) == 0, server.log[-2000:]
    copied = rows(
        folder,
        "SELECT course_copy.state, (SELECT count(*) FROM fact WHERE status = 'ready'"
        " AND fact.course_id = course_copy.course_id) FROM course_copy",
    )
    assert copied == [("done", facts[0][0])] * COPIES
    letters = [server.log.count(f"Letter {number}.") for number in range(LETTERS)]
    # A letter that was on its way when the worker died may come twice; none is lost.
    assert min(letters) == 1
    assert sum(letters) - LETTERS <= interrupted
