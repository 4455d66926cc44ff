"""Workers that die in the middle of copies, deletions, standings and letters lose and double none.

Each dies by SIGKILL at a point of its work that is named; the next one finds what it left.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    AccountDeletion,
    ClassReport,
    CourseStanding,
    DataExport,
    ExportState,
    Job,
    JobState,
    QuizTotal,
    TopicStanding,
    WeeklyLetter,
)
from quizapp.policy import Actor
from quizapp.queries.class_report import class_report
from quizapp.queries.student_standing import student_standing
from quizapp.services.data_exports import ask_export
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.recount import recount
from tests.durability import dying
from tests.durability.dying import Point
from tests.support.filled import places_naming
from tests.support.make import Make
from tests.support.sitting import Sitting

NAME, EMAIL = "Nkemdirim Osei", "leaving@example.org"
READERS = ["first@example.org", "second@example.org", "third@example.org"]
#: In this order. What is noted in a transaction that dies was never done.
POINTS = (
    # Standings are written and not committed; then they are, and what they add up to is not.
    Point("refresh_standings", "quizapp.jobs.standing", "keep_standings", "after"),
    Point("refresh_standings", "quizapp.jobs.standing", "keep_report", "before"),
    # A part is there that nobody noted; the zip is there and not noted; only tidying is left.
    Point("export_data", "quizapp.jobs.exporting", "write_part", "after", 4),
    Point("export_data", "quizapp.jobs.exporting", "finish_export", "after"),
    Point("export_data", "shutil", "rmtree", "before"),
    # Counted out and not committed; committed; the account is gone, and its files are not.
    Point("delete_account", "quizapp.jobs.deleting", "erase_some", "after"),
    Point("delete_account", "quizapp.jobs.deleting", "erase_some", "before", 2),
    Point("delete_account", "quizapp.jobs.deleting", "purge_exports", "before"),
    # Letters are asked for and not committed; they are, and the job that asked is not done.
    Point("look_for_letters", "quizapp.jobs.letters", "ask_due", "after"),
    Point("look_for_letters", "quizapp.jobs.worker", "finish", "before"),
    # The first is not begun; it is sent, and the job not done; the second is begun and not sent.
    Point("send_week", "quizapp.jobs.letters", "begin_letter", "before"),
    Point("send_week", "quizapp.jobs.letters", "deliver", "after"),
    Point("send_week", "quizapp.jobs.letters", "deliver", "before"),
)

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for what. Five students handed one quiz in yesterday; one of them leaves."""

    course_id: int
    copier: Actor
    leaver: Actor


@contextmanager
def opened(url: str) -> Iterator[Session]:
    engine = sa.create_engine(url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.commit()
    engine.dispose()


def ask(url: str) -> Asked:
    """Leave work of four kinds, as the pages do."""
    now, zones = datetime.now(UTC), ("UTC", "Asia/Tokyo", "America/Denver")
    zone = next(zone for zone in zones if now.astimezone(ZoneInfo(zone)).hour in range(8, 20))
    with opened(url) as session:
        sitting = Sitting(session, Make(session), now - timedelta(days=1))
        quiz = sitting.quiz("single_choice", "short_text")
        sitting.question()
        told = {EMAIL: NAME, "copier@example.org": "Ada"} | dict.fromkeys(READERS, "Reader")
        students = {
            email: sitting.make.learner(sitting.course, email=email, name=name, timezone=zone)
            for email, name in told.items()
        }
        for student in students.values():
            sitting.now = sitting.at(1)  # attempts have their number from the moment
            sitting.start(quiz, actor=student)
            sitting.answer_rightly(0, actor=student)
            sitting.submit(actor=student)
        for email in READERS:
            session.add(_letter(students[email], now))
        leaver, copier = students[EMAIL], students["copier@example.org"]
        leaving = AccountDeletion(user_id=leaver.id, keeps_statistics=False, courses=[])
        leaving.asked_at = leaving.due_at = now - timedelta(days=1)
        session.add(leaving)
        enqueue(session, name=JobName.DELETE_ACCOUNT, payload={"user_id": leaver.id}, now=now)
        ask_export(session, actor=copier, now=now)
        return Asked(sitting.course.id, copier, leaver)


def _letter(student: Actor, now: datetime) -> WeeklyLetter:
    return WeeklyLetter(
        learner_id=student.id,
        email=student.email,
        site="https://learn.example/",
        weekday=0,
        wanted_at=now - timedelta(days=2),
        confirmed_at=now - timedelta(days=2),
        next_at=now - timedelta(minutes=1),
        is_idle=False,
    )


def work_and_die(url: str, folder: Path) -> str:
    """Let workers die at all of the points, and the last one live; return what they logged."""
    environment = os.environ | {"QUIZAPP_DATA": str(folder), "QUIZAPP_DATABASE_URL": url}
    done = subprocess.run(
        [sys.executable, dying.__file__, *map(str, POINTS)],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stderr


def test_killed_workers_lose_nothing_of_one_s_own_and_do_nothing_twice(
    sqlite_url: str, tmp_path: Path
) -> None:
    asked, folder = ask(sqlite_url), tmp_path / "data"

    log = work_and_die(sqlite_url, folder)

    with opened(sqlite_url) as session:
        check_letters(session, log)
        check_copy(session, folder / "exports")
        check_deletion(session, asked)
        check_standings(session, asked)
        # Nothing is given up, and what waits comes again and again.
        waiting = sa.select(Job.name, Job.state, Job.tries)
        left = {tuple(row) for row in session.execute(waiting)}
    assert {state for _, state, _ in left} == {JobState.WAITING}
    assert {tries for _, _, tries in left} == {0}
    assert {name for name, _, _ in left}.isdisjoint({"export_data", "delete_account", "send_week"})


def check_letters(session: Session, log: str) -> None:
    """Of a letter too many and one too few, the second is the kinder."""
    assert [log.count(f"mail to {reader}: Your week") for reader in READERS] == [1, 0, 1]
    after = session.scalars(sa.select(WeeklyLetter.next_at)).all()
    assert len([at for at in after if at and at > datetime.now(UTC) + timedelta(days=3)]) == 3


def check_copy(session: Session, folder: Path) -> None:
    row = session.scalars(sa.select(DataExport)).one()
    assert row.state is ExportState.DONE
    assert [path.name for path in folder.iterdir()] == [f"{row.file}.zip"]
    assert (folder / f"{row.file}.zip").stat().st_size == row.size
    with zipfile.ZipFile(folder / f"{row.file}.zip") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        told = {
            name: json.loads(archive.read(f"json/{name}.json"))
            for name in ("user_account", "attempt", "response", "review")
        }
    assert len(names) == len(set(names))
    assert {"README.txt", "tables/attempt.csv"} < set(names)
    assert [name.endswith(".apkg") for name in names].count(True) == 1
    assert {name: len(rows) for name, rows in told.items()} == dict.fromkeys(told, 1)


def check_deletion(session: Session, asked: Asked) -> None:
    assert places_naming(session, NAME, EMAIL) == []
    # Five handed in, one of them is counted out, once.
    assert session.scalar(sa.select(sa.func.sum(QuizTotal.n))) == 4
    assert [one for last in list(recount(session))[-1:] for one in last.differences] == []
    mine = sa.select(CourseStanding).where(CourseStanding.learner_id == asked.leaver.id)
    assert session.scalars(mine).all() == []


def check_standings(session: Session, asked: Asked) -> None:
    kept: list[Any] = list(session.execute(sa.select(*CourseStanding.__table__.c)))
    # There are three facts. Four students were asked one yesterday, which is due again; one none.
    assert sorted((row.facts, row.met, row.waiting) for row in kept) == [
        (3, 0, 0),
        *[(3, 1, 1)] * 4,
    ]
    for row in kept:
        keys = {"learner_id": row.learner_id, "course_id": row.course_id}
        fresh = student_standing(session, **keys, now=row.as_of)
        assert fresh is not None
        assert row._asdict() == keys | asdict(fresh.total) | dict(fresh.columns)
        topics = session.execute(
            sa.select(*TopicStanding.__table__.c).where(TopicStanding.learner_id == row.learner_id)
        )
        assert [topic._asdict() for topic in topics] == [
            {"learner_id": row.learner_id, "topic_id": topic_id, **asdict(sums)}
            for topic_id, sums in fresh.topics.items()
        ]
    report = session.scalars(sa.select(ClassReport)).one()
    again = class_report(session, course_id=asked.course_id, now=report.as_of)
    assert report.figures == json.loads(json.dumps(again.dump()))
