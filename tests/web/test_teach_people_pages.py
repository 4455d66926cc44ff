"""The instructor's pages of people and exceptions, and what students read of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Accommodation, Course, Group, GroupMember, LearnerOverride, Role
from tests.support.make import Make
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script>"


@dataclass
class Class:
    """A course with an instructor, two students, a group and a quiz."""

    app: Flask
    client: FlaskClient
    slug: str
    course_id: int
    ada: int
    ben: int
    group: int
    quiz: int

    @property
    def base(self) -> str:
        return f"/teach/{self.slug}"

    def get(self, path: str) -> str:
        answer = self.client.get(self.base + path)
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str, **data: Any) -> TestResponse:
        token = csrf_token(self.client.get(f"{self.base}/people").text)
        return self.client.post(self.base + path, data=data | {"csrf_token": token})

    def rows(self, kind: Any) -> list[Any]:
        with self.app.app_context():
            return list(db.session.execute(sa.select(*kind.__table__.c)))

    def seen(self, path: str) -> str:
        found = re.search(r'name="seen" type="hidden" value="([^"]*)"', self.get(path))
        assert found
        return found[1]


@pytest.fixture
def room(
    app: Flask,
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], Any],
) -> Class:
    with stored() as make:
        course = make.course()
        teacher = make.user(name="Jonas Weber", timezone="Europe/Berlin")
        make.enrol(teacher, course, Role.INSTRUCTOR)
        ada, ben = make.user(name="Ada Okafor"), make.user(name="Ben Larsen")
        for student in (ada, ben):
            make.enrol(student, course)
        group = make.group(course, ben, name="Evening")
        quiz = make.quiz(course, [make.question(make.fact(course))], title="The test")
    sign_in(client, teacher.id)
    return Class(app, client, course.slug, course.id, ada.id, ben.id, group.id, quiz.id)


def test_students_are_listed_with_what_they_need_and_their_groups(room: Class) -> None:
    room.post(f"/people/{room.ada}", extra_time_percent="50", extra_attempts="1")

    page = room.get("/people")

    assert "Ada Okafor" in page
    assert "+50&nbsp;% time" in page
    assert "+1 attempt<" in page
    assert '<span class="chip">Evening</span>' in page
    students = page.partition('id="students-h"')[2].partition("</section>")[0]
    assert "Ben Larsen" in students
    assert "Jonas Weber" not in students


def test_students_are_searched_and_filtered_by_the_address(room: Class) -> None:
    def names(query: str) -> list[str]:
        return [name for name in ("Ada Okafor", "Ben Larsen") if name in room.get(query)]

    assert names("/people?q=ADA") == ["Ada Okafor"]
    assert names(f"/people?group={room.group}") == ["Ben Larsen"]
    assert names("/people?needs=1") == []
    assert names("/people?page=99&group=x&q=%25") == []
    assert "No student fits" in room.get("/people?q=nobody")


def test_what_a_student_needs_is_set_changed_and_taken_away(room: Class) -> None:
    path = f"/people/{room.ada}"
    answer = room.post(path, extra_time_percent="25", hides_countdown="y", reason="Letter")
    assert answer.status_code == 303
    (row,) = room.rows(Accommodation)
    assert (row.time_factor, row.extra_attempts, row.hides_countdown) == (Fraction(5, 4), 0, True)

    page = room.get(path)
    assert 'value="25"' in page
    assert re.search(r'<input[^>]* checked[^>]*name="hides_countdown"', page)
    room.post(path, extra_time_percent="33", seen=room.seen(path))
    assert room.rows(Accommodation)[0].time_factor == Fraction(133, 100)
    room.post(path, seen=room.seen(path))

    assert room.rows(Accommodation) == []


def test_a_slip_in_needs_keeps_what_was_typed(room: Class) -> None:
    answer = room.post(f"/people/{room.ada}", extra_time_percent="half", reason="Kept words")

    assert answer.status_code == 422
    assert 'value="half"' in answer.text
    assert "Kept words" in answer.text
    assert "Give a whole number from 0 to 900." in answer.text


def test_of_two_instructors_the_second_sees_what_the_first_set(room: Class) -> None:
    path = f"/people/{room.ada}"
    room.post(path, extra_time_percent="25", reason="The first")

    second = room.post(path, extra_time_percent="100", reason="The second", seen="")

    assert second.status_code == 409
    for words in ("Someone else changed this", "25&nbsp;% more time", "The first", "The second"):
        assert words in second.text
    assert room.rows(Accommodation)[0].time_factor == Fraction(5, 4)


def test_students_read_what_they_have_in_their_settings(
    room: Class, sign_in: Callable[[FlaskClient, int], Any]
) -> None:
    room.post(f"/people/{room.ada}", extra_time_percent="50", extra_attempts="2", reason="Why")

    for learner, is_shown in ((room.ada, True), (room.ben, False)):
        client = room.app.test_client()
        sign_in(client, learner)
        page = client.get("/settings/profile").text
        for words in (
            "What you have in every quiz",
            "50&nbsp;% more time",
            "2 more attempts",
            "Why",
        ):
            assert (words in page) is is_shown, words


def test_a_group_is_made_renamed_and_deleted(room: Class) -> None:
    made = room.post("/groups", name="Morning")
    path = made.location.removeprefix(room.base)
    assert "Nobody yet" in room.get(path)

    assert room.post(path, name="evening").status_code == 422
    assert room.post(path, name="Dawn").status_code == 303
    page = room.get(path)
    assert "<h1>Dawn</h1>" in page
    assert "Delete “Dawn”?" in page
    assert room.post(f"{path}/delete").status_code == 303

    assert [row.name for row in room.rows(Group)] == ["Evening"]


def test_a_group_without_a_name_is_told_on_the_page(room: Class) -> None:
    answer = room.post("/groups", name=" ")

    assert answer.status_code == 422
    assert "Give the group a name." in answer.text
    assert "Ada Okafor" in answer.text


def test_members_are_found_added_and_taken_out(room: Class) -> None:
    path = f"/groups/{room.group}"
    page = room.get(f"{path}?q=ada")
    assert "Ada Okafor" in page
    assert "Ben Larsen" not in page

    back = room.post(f"{path}/members", learner=str(room.ada), to="in", q="ada", page="1")
    assert back.location.endswith("?q=ada&page=1")
    assert {row.learner_id for row in room.rows(GroupMember)} == {room.ada, room.ben}
    room.post(f"{path}/members", learner=str(room.ben), to="out")

    assert {row.learner_id for row in room.rows(GroupMember)} == {room.ada}
    assert room.post(f"{path}/members", learner="x", to="in").status_code == 404


def test_an_exception_is_added_changed_and_removed(room: Class) -> None:
    path = f"/quizzes/{room.quiz}/exceptions"
    one = f"{path}/students/{room.ada}"
    assert one in room.get(f"{path}?q=ada")
    answer = room.post(
        one, closes_at="2030-07-31T18:00", attempts_allowed="3", reason="Was in hospital"
    )
    assert answer.status_code == 303
    (row,) = room.rows(LearnerOverride)
    assert row.closes_at == datetime(2030, 7, 31, 16, tzinfo=UTC)
    assert (row.attempts_allowed, row.opens_at, row.time_limit_minutes) == (3, None, None)

    for page in (room.get(path), room.get(f"/people/{room.ada}")):
        assert "Was in hospital" in page
        assert "3 attempts" in page
    assert 'value="2030-07-31T18:00"' in room.get(one)
    assert "1 person or group" in room.get(f"/quizzes/{room.quiz}")
    room.post(one, attempts_allowed="5", reason="More", seen=room.seen(one))
    assert room.rows(LearnerOverride)[0].attempts_allowed == 5
    room.post(f"{one}/remove")

    assert room.rows(LearnerOverride) == []


def test_an_exception_for_a_group_is_kept_beside_those_of_students(room: Class) -> None:
    one = f"/quizzes/{room.quiz}/exceptions/groups/{room.group}"

    assert room.post(one, time_limit_minutes="40", reason="Second sitting").status_code == 303

    page = room.get(f"/quizzes/{room.quiz}/exceptions")
    assert "40 minutes" in page
    assert "Second sitting" in page
    assert f'action="{room.base}{one}/remove"' in page


def test_a_slip_in_an_exception_keeps_what_was_typed(room: Class) -> None:
    one = f"/quizzes/{room.quiz}/exceptions/students/{room.ada}"

    answer = room.post(one, opens_at="soon", time_limit_minutes="x", reason="")

    assert answer.status_code == 422
    for words in ('value="soon"', 'value="x"', "Say why.", 'id="time_limit_minutes-error"'):
        assert words in answer.text
    answer = room.post(one, reason="Only a reason")
    assert "Change at least one setting" in answer.text


def test_of_two_exceptions_the_second_is_told(room: Class) -> None:
    one = f"/quizzes/{room.quiz}/exceptions/students/{room.ada}"
    room.post(one, attempts_allowed="3", reason="The first")

    second = room.post(one, attempts_allowed="9", reason="The second")

    assert second.status_code == 409
    assert "The first" in second.text
    assert "The second" in second.text
    assert room.rows(LearnerOverride)[0].attempts_allowed == 3


def test_nothing_of_another_course_is_reached(
    room: Class, stored: Callable[[], AbstractContextManager[Make]]
) -> None:
    with stored() as make:
        other = make.course(slug="elsewhere")
        stranger = make.user(name="Cleo Vance", email="cleo@example.org")
        make.enrol(stranger, other)
        group = make.group(other, name="Theirs")
    paths = (
        f"/people/{stranger.id}",
        f"/groups/{group.id}",
        f"/quizzes/{room.quiz}/exceptions/students/{stranger.id}",
        f"/quizzes/{room.quiz}/exceptions/groups/{group.id}",
    )

    for path in paths:
        assert room.client.get(room.base + path).status_code == 404
        answer = room.post(path, name="x", attempts_allowed="3", reason="x", extra_attempts="1")
        assert answer.status_code == 404
    for path in ("/people", f"/quizzes/{room.quiz}/exceptions", f"/groups/{room.group}?q=cleo"):
        assert "Cleo Vance" not in room.get(path)
        assert "Theirs" not in room.get(path)
    answer = room.post(f"/groups/{room.group}/members", learner=str(stranger.id))
    assert answer.status_code == 404


def test_nothing_typed_becomes_markup(room: Class) -> None:
    one = f"/quizzes/{room.quiz}/exceptions/students/{room.ada}"
    room.post(one, attempts_allowed="3", reason=ATTACK)
    room.post(f"/people/{room.ada}", extra_attempts="1", reason=ATTACK)
    room.post("/groups", name=ATTACK)

    for path in ("/people", f"/people/{room.ada}", one, f"/quizzes/{room.quiz}/exceptions"):
        assert ATTACK not in room.get(path)


def test_pages_take_the_same_statements_however_many_people_there_are(
    room: Class,
    stored: Callable[[], AbstractContextManager[Make]],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    paths = (
        "/people",
        f"/people/{room.ada}",
        f"/groups/{room.group}",
        f"/quizzes/{room.quiz}/exceptions",
        f"/quizzes/{room.quiz}/exceptions/students/{room.ada}",
    )

    def counts() -> list[int]:
        found = []
        for path in paths:
            with statements() as seen:
                room.get(path)
            found.append(len(seen))
        return found

    few = counts()
    with stored() as make:
        course = make.session.get_one(Course, room.course_id)
        for n in range(300):
            user = make.user(name=f"Student {n}", email=f"many{n}@example.org")
            make.enrol(user, course)
            make.session.add(GroupMember(learner_id=user.id, group_id=room.group))

    assert counts() == few
    assert max(few) <= 11, few
