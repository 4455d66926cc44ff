"""Cards to and from Anki: what is sent, what is refused, how far it has come."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db, transaction
from quizapp.jobs.worker import do_one
from quizapp.models import Course, ImportState, PackageImport
from tests.support.make import Make
from tests.support.packages import BY_ANKI, COLLECTION
from tests.web.conftest import csrf_token

Stored = Callable[[], AbstractContextManager[Make]]


@pytest.fixture
def learner(client: FlaskClient, stored: Stored, sign_in: Any) -> FlaskClient:
    with stored() as make:
        course = make.course(slug="syria", title="Syria")
        make.question(make.fact(course), "self_rated")
        user = make.user()
        make.enrol(user, course)
    sign_in(client, user.id)
    return client


def send(client: FlaskClient, content: bytes, name: str = "deck.apkg", **more: str) -> TestResponse:
    token = csrf_token(client.get("/anki").text)
    data = {"csrf_token": token, "package": (BytesIO(content), name), "course": "", **more}
    return client.post("/anki", data=data, content_type="multipart/form-data")


def work(app: Flask) -> None:
    while do_one(app):
        pass


class TestImporting:
    def test_leads_to_the_progress_and_then_to_the_report(
        self, app: Flask, learner: FlaskClient
    ) -> None:
        sent = send(learner, BY_ANKI.read_bytes(), title="Rivers and towns")

        waiting = learner.get(sent.location)
        assert "Waiting for its turn" in waiting.text
        assert waiting.headers["Refresh"] == "3"
        work(app)
        report = learner.get(sent.location)
        assert "Refresh" not in report.headers
        assert "Imported" in report.text
        assert "nothing but pictures or sounds" in report.text
        assert "Rivers and towns" in learner.get("/anki").text
        assert "Rivers and towns" in learner.get("/courses").text

    def test_tells_how_far_it_has_come_and_can_be_told_to_stay(
        self, app: Flask, learner: FlaskClient
    ) -> None:
        sent = send(learner, BY_ANKI.read_bytes())
        with app.app_context(), transaction() as session:
            session.execute(
                sa.update(PackageImport).values(
                    total=100_000, done=25_000, state=ImportState.RUNNING
                )
            )

        page = learner.get(sent.location + "?still=1")

        assert 'value="25000" max="100000" aria-label="25000 of 100000 notes"' in page.text
        assert "Refresh" not in page.headers

    @pytest.mark.parametrize(
        ("content", "reason"),
        [(b"hello", "This is no Anki package"), (b"", "This is no Anki package")],
    )
    def test_what_is_no_package_is_refused_at_once(
        self, app: Flask, learner: FlaskClient, content: bytes, reason: str
    ) -> None:
        page = send(learner, content, title="My title")

        assert page.status_code == 422
        assert reason in page.text
        assert 'value="My title"' in page.text
        folder = app.extensions["quizapp.settings"].imports
        assert list(folder.iterdir()) == []

    def test_no_file_is_asked_for(self, learner: FlaskClient, post: Any) -> None:
        page = post(learner, "/anki", {"course": ""}, on="/anki")

        assert page.status_code == 422
        assert "Choose the file that Anki exported." in page.text

    def test_a_course_that_is_not_ones_own_cannot_be_compared_with(
        self, learner: FlaskClient, stored: Stored
    ) -> None:
        with stored() as make:
            make.course(slug="other")

        assert send(learner, BY_ANKI.read_bytes(), course="other").status_code == 422

    def test_a_second_one_waits(self, learner: FlaskClient) -> None:
        send(learner, BY_ANKI.read_bytes())

        page = send(learner, BY_ANKI.read_bytes())

        assert page.status_code == 422
        assert "not done yet" in page.text

    def test_only_a_package_may_be_large_and_only_of_whoever_is_signed_in(
        self, app: Flask, learner: FlaskClient
    ) -> None:
        app.config["MAX_CONTENT_LENGTH"] = 100_000
        large = b"x" * 200_000

        assert send(learner, large).status_code == 422
        assert learner.post("/settings/profile", data={"name": large}).status_code == 413
        nobody = app.test_client()
        package = {"package": (BytesIO(large), "deck.apkg")}
        assert nobody.post("/anki", data=package).status_code in (400, 413)

    def test_the_name_of_the_file_is_no_path(self, app: Flask, learner: FlaskClient) -> None:
        send(learner, BY_ANKI.read_bytes(), name="../../../etc/<b>passwd.apkg")

        page = learner.get("/anki").text

        assert "&lt;b&gt;passwd.apkg" in page
        assert "etc/" not in page


class TestExporting:
    def test_sends_a_package_with_a_name_of_its_own(self, learner: FlaskClient) -> None:
        sent = learner.get("/anki/courses/syria/export")

        assert sent.headers["Content-Disposition"] == "attachment; filename=syria.apkg"
        assert int(sent.headers["Content-Length"]) == len(sent.data)
        with zipfile.ZipFile(BytesIO(sent.data)) as archive:
            assert COLLECTION in archive.namelist()

    def test_what_was_sent_compares_without_differences(
        self, app: Flask, learner: FlaskClient
    ) -> None:
        package = learner.get("/anki/courses/syria/export?cards=alone").data

        sent = send(learner, package, course="syria")
        work(app)

        assert "No differences" in learner.get(sent.location).text
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Course)) == 1


def test_pages_ask_the_database_little(
    learner: FlaskClient, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    sent = send(learner, BY_ANKI.read_bytes())

    with statements() as listed:
        learner.get("/anki")
    with statements() as progress:
        learner.get(sent.location)
    with statements() as exported:
        learner.get("/anki/courses/syria/export")

    assert len(listed) <= 5, listed
    assert len(progress) <= 2, progress
    # One asks which quizzes keep their marks to themselves, one which cards were begun again.
    assert len(exported) <= 11, exported


def test_the_folder_of_imports_is_in_the_data_folder(app: Flask) -> None:
    settings = app.extensions["quizapp.settings"]

    assert settings.imports == settings.data / "imports"
