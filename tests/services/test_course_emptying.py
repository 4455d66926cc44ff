"""What was taken back is thrown away after a month, but for what learners were asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from quizapp.db import db, transaction
from quizapp.formats.media import read_media
from quizapp.jobs import emptying
from quizapp.jobs.worker import do_one
from quizapp.models import (
    Attempt,
    Citation,
    CopyState,
    Course,
    CourseCopy,
    Fact,
    Job,
    Media,
    MediaBytes,
    Question,
    QuestionFigure,
    QuestionImport,
    QuestionImportState,
    QuestionText,
    Revision,
    StemWord,
)
from quizapp.services.attempt_start import start_attempt
from quizapp.services.jobs import JobName, enqueue
from quizapp.services.media import keep_media, remove_media
from tests.support.apps import database_of
from tests.support.files import picture_bytes
from tests.support.make import Make

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=31)


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with database_of(database_url, tmp_path) as app, app.app_context():
        yield app


def taken_back(make: Make, hidden_since: datetime) -> dict[str, int]:
    """Store a course, and a hidden one of an import: a question of it was drawn, another not."""
    course = make.course()
    hidden = make.course(is_public=False, hidden_since=hidden_since)
    fact, other = make.fact(course, key="asked"), make.fact(hidden, key="never-asked")
    asked, never = make.question(fact), make.question(other)
    learner = make.learner(course)
    quiz = make.quiz(course, [asked])
    start_attempt(
        make.session, actor=learner, quiz_id=quiz.id, seed=1, now=hidden_since - timedelta(hours=1)
    )
    make.session.execute(sa.text("DELETE FROM slot"))
    asked.course_id = fact.course_id = hidden.id
    item = QuestionImport(
        course_id=course.id,
        file="",
        name="q.csv",
        format="csv",
        state=QuestionImportState.UNDONE,
        run=1,
        total=2,
        done=2,
        counts={},
        report={},
        error="",
        created_at=hidden_since,
        applied_at=hidden_since - timedelta(days=1),
        undone_at=hidden_since,
        holding_id=hidden.id,
    )
    make.session.add(item)
    make.session.flush()
    return {"asked": asked.id, "never": never.id, "hidden": hidden.id}


def clean_up(app: Flask) -> None:
    with transaction() as session:
        session.execute(sa.delete(Job).where(Job.name == JobName.PURGE_EXPIRED))
        enqueue(session, name=JobName.PURGE_EXPIRED, payload={}, now=NOW)
    do_one(app)


def said(question_id: int) -> tuple[str, bool, bool]:
    """Return the stem, whether its revision and its fact say something."""
    row = db.session.execute(
        sa.select(Question.stem, Revision.content, Fact.statement)
        .join(Revision, Revision.question_id == Question.id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(Question.id == question_id)
    ).one()
    return row.stem, bool(row.content), bool(row.statement)


def test_after_a_month_nothing_is_said_any_more_but_what_was_asked(app: Flask) -> None:
    with transaction() as session:
        ids = taken_back(Make(session), LONG_AGO)

    clean_up(app)

    assert said(ids["never"]) == ("", False, False)
    stem, has_content, has_statement = said(ids["asked"])
    assert (bool(stem), has_content, has_statement) == (True, True, True)
    for told in (QuestionText, StemWord, QuestionFigure):
        listed = db.session.scalars(sa.select(told.question_id).distinct()).all()
        assert listed == [ids["asked"]], told
    cited = sa.select(Fact.key).join(Citation, Citation.fact_id == Fact.id)
    assert set(db.session.scalars(cited)) == {"asked"}
    assert db.session.get_one(Course, ids["hidden"]).emptied_at is not None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1


def test_before_that_all_of_it_is_there(app: Flask) -> None:
    with transaction() as session:
        ids = taken_back(Make(session), NOW - timedelta(days=29))

    clean_up(app)

    assert said(ids["never"])[1:] == (True, True)
    assert db.session.get_one(Course, ids["hidden"]).emptied_at is None


def test_real_courses_and_copies_being_made_are_left_alone(app: Flask) -> None:
    with transaction() as session:
        make = Make(session)
        source, going = make.course(), make.course(hidden_since=LONG_AGO)
        questions = [make.question(make.fact(one)).id for one in (source, going)]
        copy = CourseCopy(course_id=going.id, source_id=source.id, state=CopyState.COPYING)
        copy.run, copy.total, copy.done, copy.report, copy.error = 1, 1, 0, {}, ""
        copy.created_at = LONG_AGO
        session.add(copy)
        session.flush()
        going_on = {"copy_id": copy.id}
        enqueue(session, name=JobName.COPY_COURSE, payload=going_on, now=NOW + timedelta(hours=1))

    clean_up(app)

    assert [said(one)[1:] for one in questions] == [(True, True), (True, True)]


def test_it_goes_on_where_time_ran_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction() as session:
        make = Make(session)
        hidden = make.course(hidden_since=LONG_AGO)
        ids = [make.question(make.fact(hidden)).id for _ in range(3)]
        course_id = hidden.id
    monkeypatch.setattr(emptying, "BATCH", 1)
    stops = iter([False, True])
    real = emptying.empty_questions

    def some(session: Any, *, ids: list[int]) -> None:
        real(session, ids=ids)
        if next(stops, False):
            monkeypatch.setattr(emptying.time, "monotonic", lambda: 1e12)

    monkeypatch.setattr(emptying, "empty_questions", some)
    clean_up(app)
    assert [said(one)[0] == "" for one in ids] == [True, True, False]
    assert db.session.get_one(Course, course_id).emptied_at is None

    monkeypatch.undo()
    clean_up(app)

    db.session.expire_all()
    assert [said(one)[0] == "" for one in ids] == [True, True, True]
    assert db.session.get_one(Course, course_id).emptied_at is not None


def test_bytes_go_once_no_course_shows_them(app: Flask) -> None:
    files = [("a map", read_media(picture_bytes()))]
    with transaction() as session:
        make = Make(session)
        courses = [make.course(), make.course()]
        actors = [make.instructor(course) for course in courses]
        for course, actor in zip(courses, actors, strict=True):
            keep_media(session, actor=actor, course_id=course.id, files=files, now=NOW)
    left = []
    for course, actor in zip(courses, actors, strict=True):
        with transaction() as session:
            found = session.scalars(sa.select(Media.id).where(Media.course_id == course.id)).one()
            remove_media(session, actor=actor, course_id=course.id, media_id=found)
        clean_up(app)
        left.append(db.session.scalar(sa.select(sa.func.count()).select_from(MediaBytes)))

    assert left == [1, 0]
