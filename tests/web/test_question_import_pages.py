"""Pages on which instructors bring questions, look at the plan, and take questions out."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from quizapp.db import db, transaction
from quizapp.formats.registry import FORMATS
from quizapp.jobs import question_importing
from quizapp.jobs.worker import do_one
from quizapp.models import Course, Question, QuestionImport, QuestionImportState, Role
from quizapp.services.jobs import JobName, enqueue
from tests.support.make import NOON, Make
from tests.web.conftest import csrf_token

Stored = Callable[[], AbstractContextManager[Make]]

CSV = b"question,a,b,correct\nWhich?,This,That,A\n<b>Who?</b>,Me,You,B\nNo key,One,Two,\n"


@pytest.fixture
def teacher(client: FlaskClient, stored: Stored, sign_in: Any) -> FlaskClient:
    with stored() as make:
        course = make.course(slug="syria", title="Syria")
        make.question(make.fact(course), tags=["one"])
        user = make.user()
        make.enrol(user, course, Role.INSTRUCTOR)
    sign_in(client, user.id)
    return client


def send(client: FlaskClient, content: bytes, name: str = "q.csv", **more: str) -> TestResponse:
    token = csrf_token(client.get("/teach/syria/import").text)
    data = {"csrf_token": token, "file": (BytesIO(content), name), **more}
    return client.post("/teach/syria/import", data=data, content_type="multipart/form-data")


def work(app: Flask) -> None:
    while do_one(app):
        pass


def many(number: int) -> bytes:
    rows = "".join(f"Question {n}?,Answer {n}\n" for n in range(number))
    return f"question,answer\n{rows}".encode()


class TestImporting:
    def test_leads_to_the_plan_then_to_what_was_done_and_back(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        place = send(teacher, CSV).location

        plan = teacher.get(place).text
        assert "Import 2 questions" in plan
        assert "Line 4" in plan
        assert "Nothing says which option is right" in plan
        assert "&lt;b&gt;Who" in plan or "Who?" in plan
        post(teacher, f"{place}/apply", on=place)
        done = teacher.get(place).text
        assert "2 questions imported." in done
        assert "Take all of it back" in done
        post(teacher, f"{place}/undo", on=place)
        assert "The course is what it was" in teacher.get(place).text
        with app.app_context():
            shown = sa.select(sa.func.count()).where(Question.stem == "Which?")
            assert "Which?" not in teacher.get("/teach/syria/questions").text
            assert db.session.scalar(shown) == 1

    def test_shows_one_outcome_alone(self, teacher: FlaskClient) -> None:
        place = send(teacher, CSV).location

        left_out = teacher.get(f"{place}?show=left_out").text

        assert "No key" in left_out
        assert "Which?" not in left_out

    def test_more_than_five_hundred_are_planned_and_written_by_a_worker(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        place = send(teacher, many(501)).location

        waiting = teacher.get(place)
        assert "Waiting for its turn" in waiting.text
        assert waiting.headers["Refresh"] == "3"
        work(app)
        assert "Import 501 questions" in teacher.get(place).text
        post(teacher, f"{place}/apply", on=place)
        assert "Writing 501 questions" in teacher.get(place).text
        work(app)
        assert "Take all of it back" in teacher.get(place).text

    def test_a_course_that_is_archived_meanwhile_takes_nothing_in(
        self, app: Flask, teacher: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = send(teacher, CSV).location
        with app.app_context(), transaction() as session:
            item = session.scalars(sa.select(QuestionImport)).one()
            item.state = QuestionImportState.APPLYING
            payload = {"import_id": item.id, "actor_id": item.author_id}
            enqueue(session, name=JobName.IMPORT_QUESTIONS, payload=payload, now=NOON)
        real = question_importing.prepare_apply

        def prepare(session: Session, **keys: Any) -> Any:
            prepared = real(session, **keys)
            session.execute(sa.update(Course).values(archived_at=NOON))
            session.commit()
            return prepared

        monkeypatch.setattr(question_importing, "prepare_apply", prepare)
        work(app)

        assert "This course is archived" in teacher.get(place).text
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Question)) == 1
            assert db.session.scalar(sa.select(QuestionImport.state)) is QuestionImportState.FAILED

    def test_tells_how_far_a_worker_has_come_and_can_be_told_to_stay(
        self, app: Flask, teacher: FlaskClient
    ) -> None:
        place = send(teacher, many(501)).location
        with app.app_context():
            db.session.execute(sa.update(QuestionImport).values(total=501, done=250))
            db.session.commit()

        page = teacher.get(f"{place}?still=1")

        assert 'value="250" max="501" aria-label="250 of 501 questions"' in page.text
        assert "Refresh" not in page.headers

    def test_a_stale_plan_is_made_anew_and_nothing_is_written(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        first, second = send(teacher, CSV).location, send(teacher, CSV).location
        post(teacher, f"{first}/apply", on=first)

        post(teacher, f"{second}/apply", on=second)
        work(app)

        plan = teacher.get(second).text
        assert "has changed since this plan was made" in plan
        assert "There is nothing to import" in plan or "Unchanged" in plan

    @pytest.mark.parametrize(
        ("content", "name", "reason"),
        [
            (b"", "q.csv", "This file is empty"),
            (b"\x89PNG....", "q.png", "Nobody here knows this kind of file"),
            (b"a,b\n1,2\n", "q.csv", "No row names the columns"),
            (b'question,answer\n"open,x\n', "q.csv", "never closed"),
        ],
    )
    def test_what_cannot_be_read_is_refused_at_the_field(
        self, app: Flask, teacher: FlaskClient, content: bytes, name: str, reason: str
    ) -> None:
        page = send(teacher, content, name)

        assert page.status_code == 422
        assert reason in page.text
        folder = app.extensions["quizapp.settings"].imports
        assert not folder.exists() or list(folder.iterdir()) == []

    def test_a_file_that_a_worker_cannot_read_says_why(
        self, app: Flask, teacher: FlaskClient
    ) -> None:
        place = send(teacher, b"a,b\n" + b"1,2\n" * 100_000).location

        work(app)

        page = teacher.get(place).text
        assert "No row names the columns" in page
        with app.app_context():
            assert db.session.scalar(sa.select(QuestionImport.state)) is QuestionImportState.FAILED

    def test_the_template_can_be_sent_back_as_it_is(self, teacher: FlaskClient) -> None:
        template = teacher.get("/teach/syria/import/template/csv")

        assert "attachment" in template.headers["Content-Disposition"]
        plan = teacher.get(send(teacher, template.data).location).text
        assert "Import 9 questions" in plan

    def test_other_names_have_no_template(self, teacher: FlaskClient) -> None:
        assert teacher.get("/teach/syria/import/template/json_lines").status_code == 404


class TestExporting:
    def test_says_what_is_lost_before_the_file_is_made(
        self, teacher: FlaskClient, post: Any
    ) -> None:
        page = post(teacher, "/teach/syria/export", {"format": "csv"}, on="/teach/syria/export")

        assert "holds all of 1 question" in page.text
        assert "Download 1 question" in page.text

    def test_sends_the_file(self, teacher: FlaskClient, post: Any) -> None:
        sent = post(
            teacher, "/teach/syria/export/file", {"format": "json_lines"}, on="/teach/syria/export"
        )

        assert sent.headers["Content-Disposition"] == "attachment; filename=syria-questions.jsonl"
        (draft,) = FORMATS["json_lines"].read(sent.data).drafts
        assert draft.tags == ("one",)

    def test_takes_those_that_were_selected_in_the_list(
        self, teacher: FlaskClient, post: Any
    ) -> None:
        keys = {"on": "/teach/syria/export"}

        chosen = post(teacher, "/teach/syria/export", {"id": ["1"]}, **keys)
        none = post(teacher, "/teach/syria/export", {"id": ["99"], "format": "csv"}, **keys)

        assert "1 question chosen in the list" in chosen.text
        assert none.status_code == 422
        assert "No question fits" in none.text


def test_pages_ask_the_database_little(
    teacher: FlaskClient, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    place = send(teacher, CSV).location

    with statements() as listed:
        teacher.get("/teach/syria/import")
    with statements() as plan:
        teacher.get(place)
    with statements() as export:
        teacher.get("/teach/syria/export")

    assert len(listed) <= 6, listed
    assert len(plan) <= 6, plan
    assert len(export) <= 5, export
