"""Pages of a course as a whole: a new one, its settings, and a copy of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from quizapp.db import db
from quizapp.jobs import course_copying
from quizapp.jobs.worker import do_one
from quizapp.models import CopyState, Course, CourseCopy, Enrolment, Role
from quizapp.queries.course_copies import copied_counts
from quizapp.services.course_copies import copy_some
from quizapp.web import teach_course
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]
SETTINGS = "/teach/syria/settings"
COPY = "/teach/syria/copy"


@pytest.fixture
def teacher(client: FlaskClient, stored: Stored, sign_in: Any) -> FlaskClient:
    with stored() as make:
        course = make.course(slug="syria", title="Syria", summary="A text.")
        question = make.question(make.fact(course))
        make.quiz(course, [question], settings={"opens_at": "2026-03-20T08:00:00+00:00"})
        user = make.user()
        make.enrol(user, course, Role.INSTRUCTOR)
    sign_in(client, user.id)
    return client


def course(app: Flask, slug: str) -> Course:
    with app.app_context():
        return db.session.scalars(sa.select(Course).where(Course.slug == slug)).one()


class TestANewCourse:
    def test_is_made_and_leads_to_its_texts(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        assert "New course" in teacher.get("/courses").text
        typed = {"title": "Law", "slug": "", "summary": "", "language": "de"}

        answer = post(teacher, "/courses/new", typed, on="/courses/new")

        assert answer.location == "/teach/law/texts"
        assert "Law" in teacher.get("/courses/law").text
        made = course(app, "law")
        assert (made.language, made.is_public) == ("de", False)

    def test_says_at_the_field_that_an_address_is_taken_and_keeps_what_was_typed(
        self, teacher: FlaskClient, post: Any
    ) -> None:
        typed = {"title": "My title", "slug": "syria", "language": "en"}

        answer = post(teacher, "/courses/new", typed, on="/courses/new")

        assert answer.status_code == 422
        assert 'id="slug-error"' in answer.text
        assert "Another course has this address" in answer.text
        assert 'value="My title"' in answer.text

    def test_cannot_be_made_public_by_who_teaches_no_public_course(
        self, app: Flask, client: FlaskClient, stored: Stored, sign_in: Any, post: Any
    ) -> None:
        with stored() as make:
            user = make.user()
            make.enrol(user, make.course(is_public=False), Role.INSTRUCTOR)
        sign_in(client, user.id)
        typed = {"title": "Spam", "slug": "spam", "language": "en", "is_public": "y"}

        answer = post(client, "/courses/new", typed, on="/courses/new")

        assert answer.status_code == 422
        assert "Ask whoever runs this site" in answer.text
        assert client.get("/courses/spam").status_code == 404


class TestSettings:
    def test_are_saved(self, app: Flask, teacher: FlaskClient, post: Any) -> None:
        typed = {"title": "Syria 2", "summary": "New.", "language": "ar", "seen": "0"}

        answer = post(teacher, SETTINGS, typed, on=SETTINGS)

        assert answer.location == SETTINGS
        saved = course(app, "syria")
        assert (saved.title, saved.summary, saved.language) == ("Syria 2", "New.", "ar")
        assert not saved.is_public

    def test_two_editors_lose_nothing(self, app: Flask, teacher: FlaskClient, post: Any) -> None:
        first = {"title": "Theirs", "summary": "A text.", "language": "en", "seen": "0"}
        post(teacher, SETTINGS, first, on=SETTINGS)

        late = post(teacher, SETTINGS, {**first, "title": "Mine"}, on=SETTINGS)

        assert late.status_code == 409
        assert "Someone else saved these settings" in late.text
        assert '<dt>Title</dt><dd dir="auto">Theirs</dd>' in late.text
        assert 'value="Mine"' in late.text
        assert 'name="seen" type="hidden" value="1"' in late.text
        assert course(app, "syria").title == "Theirs"

    def test_take_few_statements(self, teacher: FlaskClient, statements: Any) -> None:
        teacher.get(SETTINGS)
        with statements() as seen:
            teacher.get(SETTINGS)
        assert len(seen) <= 7
        with statements() as seen:
            teacher.get("/courses/new")
        assert len(seen) <= 3


class TestACopy:
    TYPED = {"title": "Next year", "slug": "next-year", "dates": "leave", "shift_days": ""}

    def test_of_a_small_course_is_there_at_once(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        asked = teacher.get(COPY).text
        assert "1 quiz of this course opens or closes" in asked

        place = post(teacher, COPY, self.TYPED, on=COPY).location

        page = teacher.get(place)
        assert "The copy is ready" in page.text
        assert "waits as a draft" in page.text
        assert "Refresh" not in page.headers
        assert teacher.get("/teach/next-year/questions").status_code == 200

    def test_can_be_taken_back(self, app: Flask, teacher: FlaskClient, post: Any) -> None:
        post(teacher, COPY, self.TYPED, on=COPY)
        settings = "/teach/next-year/settings"
        assert "Take the copy back" in teacher.get(settings).text
        assert "Take the copy back" not in teacher.get(SETTINGS).text

        back = post(teacher, "/teach/next-year/copy/undo", on=settings)

        assert back.location == COPY
        assert "is gone" in teacher.get(COPY).text
        assert teacher.get(settings).status_code == 404

    def test_of_a_large_course_is_made_by_a_worker_and_tells_how_far_it_is(
        self, app: Flask, teacher: FlaskClient, post: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(teach_course, "MOST_AT_ONCE", 2)

        place = post(teacher, COPY, self.TYPED, on=COPY).location

        waiting = teacher.get(place)
        assert "0 of 3 parts" in waiting.text
        assert waiting.headers["Refresh"] == "3"
        assert "Refresh" not in teacher.get(f"{place}?still=1").headers
        assert teacher.get("/teach/next-year/settings").status_code == 404
        while do_one(app):
            pass
        assert "The copy is ready" in teacher.get(place).text
        assert "1 question" in teacher.get("/teach/next-year/copy").text

    def test_of_a_large_course_goes_on_where_a_worker_died_and_doubles_nothing(
        self, app: Flask, teacher: FlaskClient, post: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(teach_course, "MOST_AT_ONCE", 2)
        monkeypatch.setattr(course_copying, "BATCH", 1)
        place = post(teacher, COPY, self.TYPED, on=COPY).location
        job = {"copy_id": int(place.rpartition("/")[2])}
        done = []

        def dies_at_the_third(session: Session, **keys: Any) -> None:
            done.append(keys["ids"])
            copy_some(session, **keys)
            if len(done) == 3:
                raise SystemExit

        with app.app_context():
            settings = app.extensions["quizapp.settings"]
            with monkeypatch.context() as patch, pytest.raises(SystemExit):
                patch.setattr(course_copying, "copy_some", dies_at_the_third)
                course_copying.copy_course(settings, job)
            assert "2 of 3 parts" in teacher.get(place).text

            for _ in range(2):
                course_copying.copy_course(settings, job)

            (new,) = db.session.scalars(sa.select(Course.id).where(Course.slug == "next-year"))
            counts = copied_counts(db.session(), course_id=new)
        assert (counts["facts"], counts["questions"], counts["quizzes"]) == (1, 1, 1)
        assert "The copy is ready" in teacher.get(place).text

    def test_is_given_to_nobody_who_was_removed_meanwhile(
        self, app: Flask, teacher: FlaskClient, post: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(teach_course, "MOST_AT_ONCE", 2)
        post(teacher, COPY, self.TYPED, on=COPY)
        with app.app_context():
            db.session.execute(sa.delete(Enrolment))
            db.session.commit()

        while do_one(app):
            pass

        assert "Next year" not in teacher.get("/courses").text
        with app.app_context():
            (made,) = db.session.scalars(sa.select(CourseCopy)).all()
            assert (made.state, "no longer teaches" in made.error) == (CopyState.FAILED, True)
            assert db.session.scalars(sa.select(Enrolment)).all() == []

    def test_is_told_to_colleagues_as_what_it_is(
        self, client: FlaskClient, teacher: FlaskClient, stored: Stored, sign_in: Any, post: Any
    ) -> None:
        place = post(teacher, COPY, self.TYPED, on=COPY).location
        own = teacher.get(place).text
        assert "You teach it" in own
        assert "Open the copy" in own
        with stored() as make:
            colleague = make.user(email="colleague@example.org")
            syria = make.session.scalars(sa.select(Course).where(Course.slug == "syria")).one()
            make.enrol(colleague, syria, Role.INSTRUCTOR)
        sign_in(client, colleague.id)

        page = client.get(place).text

        assert "When it was made, nobody but its maker was in it" in page
        assert "You teach it" not in page
        assert "/teach/next-year/" not in page

    def test_of_a_copy_can_be_taken_back_after_that_copy(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        post(teacher, COPY, self.TYPED, on=COPY)
        middle = "/teach/next-year"
        last = {**self.TYPED, "title": "Later", "slug": "later"}
        post(teacher, f"{middle}/copy", last, on=f"{middle}/copy")
        post(teacher, f"{middle}/copy/undo", on=f"{middle}/settings")

        back = post(teacher, "/teach/later/copy/undo", on="/teach/later/settings")

        assert back.location == "/courses"
        page = teacher.get("/courses").text
        assert "“Later” is gone." in page
        assert "made from" not in page
        assert teacher.get("/teach/later/settings").status_code == 404

    def test_of_an_archived_course_is_made_and_runs(
        self, app: Flask, teacher: FlaskClient, post: Any
    ) -> None:
        post(teacher, "/teach/syria/archive", on="/teach/syria/archive")

        place = post(teacher, COPY, self.TYPED, on=COPY).location

        assert "The copy is ready" in teacher.get(place).text
        assert course(app, "next-year").archived_at is None

    def test_that_fails_says_so_and_leaves_no_course(
        self, app: Flask, teacher: FlaskClient, post: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(teach_course, "MOST_AT_ONCE", 2)
        place = post(teacher, COPY, self.TYPED, on=COPY).location
        with app.app_context():
            db.session.execute(sa.update(CourseCopy).values(actor_id=None))
            db.session.commit()

        while do_one(app):
            pass

        assert "The account is gone" in teacher.get(place).text
        assert "Next year" not in teacher.get("/courses").text

    @pytest.mark.parametrize("days", ["", "many", "-1", "4000"])
    def test_needs_a_number_of_days_to_move_dates(
        self, teacher: FlaskClient, post: Any, days: str
    ) -> None:
        typed = {**self.TYPED, "dates": "shift", "shift_days": days}

        answer = post(teacher, COPY, typed, on=COPY)

        assert answer.status_code == 422
        assert 'id="shift_days-error"' in answer.text
        assert 'value="Next year"' in answer.text

    def test_takes_few_statements(self, teacher: FlaskClient, post: Any, statements: Any) -> None:
        place = post(teacher, COPY, self.TYPED, on=COPY).location
        for page, most in ((COPY, 7), (place, 6)):
            teacher.get(page)
            with statements() as seen:
                teacher.get(page)
            assert len(seen) <= most, page
