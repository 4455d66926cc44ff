"""The pages of a class: joining, inviting, membership, leaving, archiving."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db, transaction
from quizapp.jobs import handlers
from quizapp.models import (
    Course,
    Enrolment,
    Group,
    GroupMember,
    Invitation,
    InvitationState,
    Job,
    JoinCode,
    RateLimit,
    Role,
)
from quizapp.queries.accounts import token_hash
from quizapp.services.mail import Letter
from tests.support.make import NOON, Make
from tests.web.conftest import csrf_token

CODE = "CDFGHJKM"
SECTION = "KMNPRTVW"
ATTACK = "<script>alert(1)</script>"
PASSWORD = "a long new password"


@dataclass
class Room:
    """A private course with an instructor, a student and a section, each with a join code."""

    app: Flask
    teacher: FlaskClient
    slug: str
    course_id: int
    teacher_id: int
    ada: int
    group: int

    @property
    def base(self) -> str:
        return f"/teach/{self.slug}"

    def get(self, path: str) -> str:
        answer = self.teacher.get(self.base + path)
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str, **data: Any) -> TestResponse:
        token = csrf_token(self.teacher.get("/forgot").text)
        return self.teacher.post(self.base + path, data=data | {"csrf_token": token})

    def all(self, statement: Any) -> list[Any]:
        with self.app.app_context():
            return list(db.session.scalars(statement))

    def roles(self) -> dict[int, Role]:
        with self.app.app_context():
            rows = db.session.execute(
                sa.select(Enrolment.user_id, Enrolment.role).where(
                    Enrolment.course_id == self.course_id
                )
            )
            return {row.user_id: row.role for row in rows}


@pytest.fixture
def room(
    app: Flask,
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], Any],
) -> Room:
    with stored() as make:
        course = make.course(is_public=False, title="Ancient history", summary="From Ur on.")
        teacher, ada = make.user(name="Jonas Weber"), make.user(name="Ada Okafor")
        make.enrol(teacher, course, Role.INSTRUCTOR)
        make.enrol(ada, course)
        group = make.group(course, name="Monday")
        for code, group_id in ((CODE, None), (SECTION, group.id)):
            make.session.add(
                JoinCode(
                    code=code, course_id=course.id, group_id=group_id, is_on=True, made_at=NOON
                )
            )
    sign_in(client, teacher.id)
    return Room(app, client, course.slug, course.id, teacher.id, ada.id, group.id)


def send(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data=data | {"csrf_token": csrf_token(client.get("/forgot").text)})


def sign_up(client: FlaskClient, address: str) -> str:
    """Make an account on the page that a link led to; return where that leads."""
    form = {"email": "new@example.org", "password": PASSWORD, "name": "Noor Aziz"}
    answer = send(client, address, **form)
    assert answer.status_code == 303
    return answer.location


def link(page: str, path: str) -> str:
    found = re.search(rf'href="({path}[^"]*)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_a_link_leads_a_stranger_through_signing_up_into_the_section(room: Room) -> None:
    stranger = room.app.test_client()
    page = stranger.get(f"/join/{SECTION[:4].lower()}-{SECTION[4:]}").text
    for told in ("Ancient history", "From Ur on.", "Jonas Weber", "Monday"):
        assert told in page
    assert len(room.roles()) == 2

    back = sign_up(stranger, link(page, "/sign-up"))
    assert back == f"/join/{SECTION}"
    assert "Join the section" in stranger.get(back).text
    answer = send(stranger, back)

    assert answer.location == f"/courses/{room.slug}"
    assert len(room.roles()) == 3
    assert len(room.all(sa.select(GroupMember.learner_id))) == 1


def test_a_typed_code_leads_to_its_course_and_every_bad_one_hears_the_same(room: Room) -> None:
    visitor = room.app.test_client()
    assert visitor.get("/join?code=cdfg+hjkm").location == f"/join/{CODE}"
    room.post("/join-codes", act="off", group=str(room.group))

    heard = set()
    for path in ("/join?code=nonsense", "/join/CDFGHJKN", f"/join/{SECTION}", "/join/%00"):
        answer = visitor.get(path)
        assert answer.status_code == 404
        heard.add(re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.text))

    assert len(heard) == 1
    assert "This code opens no course." in heard.pop()


def test_guessing_ends_soon_and_right_codes_cost_no_guess(room: Room) -> None:
    visitor = room.app.test_client()
    for _ in range(3):
        visitor.get(f"/join/{CODE}")
    assert room.all(sa.select(RateLimit.count)) == []

    visitor.get("/join/CDFGHJKN")
    with room.app.app_context(), transaction() as session:
        session.execute(sa.update(RateLimit).values(count=59))
    answers = [visitor.get("/join/CDFGHJKN").status_code for _ in range(2)]

    assert answers == [404, 429]
    assert visitor.get(f"/join/{CODE}").status_code == 429
    assert room.teacher.get(f"/join/{CODE}").status_code == 200  # counted by their account


def test_codes_are_made_renewed_and_given_an_end(room: Room) -> None:
    assert room.post("/join-codes", act="make", group="0").status_code == 303
    (new,) = room.all(sa.select(JoinCode.code).where(JoinCode.group_id.is_(None)))
    assert new != CODE
    assert f"{new[:4]}-{new[4:]}" in room.get("/join-codes")
    assert room.teacher.get(f"/join/{CODE}").status_code == 404

    wrong = room.post("/join-codes", act="end", ends_on="2001-02-03")
    assert wrong.status_code == 422
    assert "Choose today or a later day." in wrong.text
    assert 'value="2001-02-03"' in wrong.text
    assert room.post("/join-codes", act="end", ends_on="3001-02-03").status_code == 303
    assert 'value="3001-02-03"' in room.get("/join-codes")
    assert "3 February 3001" in room.get("/join-codes/sheet")
    assert room.post("/join-codes", act="eat").status_code == 404


def test_a_list_is_planned_first_then_sent_and_bad_lines_come_back(room: Room) -> None:
    text = "Noor <new@example.org>\nnobody\nuser2@example.org\nNEW@example.org"
    plan = room.post("/invitations/new", action="plan", addresses=text, group=str(room.group))

    assert plan.status_code == 200
    for told in ("New: 1", "Without an address: 1", "In the course already: 1", "Named again: 1"):
        assert told in plan.text
    assert "Line 2" in plan.text
    assert room.all(sa.select(Invitation.id)) == []

    sent = room.post("/invitations/new", action="send", addresses=text, group=str(room.group))
    assert "1 invitation on the way." in sent.text
    assert re.search(r"<textarea[^>]*>\s*nobody</textarea>", sent.text)
    assert room.all(sa.select(Invitation.email)) == ["new@example.org"]
    page = room.get("/invitations")
    assert "On the way" in page
    assert "Monday" in page


def test_an_empty_list_says_so_beside_the_field(room: Room) -> None:
    answer = room.post("/invitations/new", action="plan", addresses="  ")

    assert answer.status_code == 422
    assert "Paste at least one email address." in answer.text


def test_an_invitation_goes_by_letter_through_signing_up_into_the_course(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[Letter] = []
    monkeypatch.setattr(handlers, "deliver", lambda _settings, letter: letters.append(letter))
    room.post("/invitations/new", action="send", addresses="new@example.org")
    with room.app.app_context():
        (payload,) = db.session.scalars(sa.select(Job.payload).where(Job.name == "send_invitation"))
        settings = room.app.extensions["quizapp.settings"]
        handlers.HANDLERS[handlers.JobName.SEND_INVITATION](settings, payload)
    path = "/invited/" + letters[0].body.partition("/invited/")[2].split()[0]
    assert "Sent" in room.get("/invitations")

    stranger = room.app.test_client()
    assert stranger.get(path).location == "/invited"
    page = stranger.get("/invited").text
    assert "new@example.org" in page
    assert sign_up(stranger, link(page, "/sign-up")) == "/invited"
    assert send(stranger, "/invited").location == f"/courses/{room.slug}"

    assert len(room.roles()) == 3
    assert room.app.test_client().get(path, follow_redirects=True).status_code == 404


def test_an_invitation_is_declined_without_an_account(room: Room) -> None:
    token = "t" * 43
    with room.app.app_context():
        invitation = Invitation(
            course_id=room.course_id,
            email="a@x.org",
            name="",
            role=Role.INSTRUCTOR,
            state=InvitationState.OPEN,
            token_hash=token_hash(token),
            made_at=NOON,
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        db.session.add(invitation)
        db.session.commit()
    stranger = room.app.test_client()
    stranger.get(f"/invited/{token}")
    assert "You are invited to teach this course." in stranger.get("/invited").text

    assert send(stranger, "/invited/decline").status_code == 303
    assert room.all(sa.select(Invitation.state)) == [InvitationState.DECLINED]
    assert "Declined" in room.get("/invitations")


def test_removing_is_undone_from_the_next_page(room: Room) -> None:
    answer = room.post(f"/people/{room.ada}/remove")
    page = room.teacher.get(answer.location).text
    assert room.ada not in room.roles()
    assert "Ada Okafor is no longer in the course." in page
    undo = f"{room.base}/people/{room.ada}/return"
    assert page.count(f'action="{undo}"') == 2  # in the message, and in the list below

    assert send(room.teacher, undo).status_code == 303
    assert room.roles()[room.ada] is Role.STUDENT


def test_the_only_instructor_is_told_why_they_stay(room: Room) -> None:
    page = room.get(f"/people/{room.teacher_id}/membership")
    assert "You are the only instructor." in page
    assert "Leave the course" not in page
    assert room.post(f"/people/{room.teacher_id}/remove", sure="1").status_code == 409

    room.post(f"/people/{room.ada}/role", role="instructor")
    assert room.roles()[room.ada] is Role.INSTRUCTOR
    assert room.post(f"/people/{room.teacher_id}/role", role="student").status_code == 409
    answer = room.post(f"/people/{room.teacher_id}/role", role="student", sure="1")
    assert answer.location == f"/courses/{room.slug}"
    assert room.roles()[room.teacher_id] is Role.STUDENT


def test_who_cannot_sign_in_does_not_count_as_another_instructor(
    room: Room, stored: Callable[[], AbstractContextManager[Make]]
) -> None:
    with stored() as make:
        course = make.session.get_one(Course, room.course_id)
        closed = make.user(email="closed@example.org", is_disabled=True)
        make.enrol(closed, course, Role.INSTRUCTOR)

    page = room.get(f"/people/{room.teacher_id}/membership")
    assert "Leave the course" not in page
    assert "Remove from the course" in room.get(f"/people/{closed.id}/membership")


def test_an_ended_code_can_be_switched_on(room: Room) -> None:
    with room.app.app_context(), transaction() as session:
        session.execute(sa.update(JoinCode).where(JoinCode.code == CODE).values(ends_at=NOON))

    assert "Switch on" in room.get("/join-codes")
    room.post("/join-codes", act="on", group="0")

    assert "The code works again." in room.get("/join-codes")
    assert room.app.test_client().get(f"/join/{CODE}").status_code == 200


def test_a_student_leaves_and_goes_back(
    room: Room, sign_in: Callable[[FlaskClient, int], Any]
) -> None:
    student = room.app.test_client()
    sign_in(student, room.ada)
    assert "Leave the course" in student.get(f"/courses/{room.slug}").text

    send(student, f"/courses/{room.slug}/leave")
    assert room.ada not in room.roles()
    assert student.get(f"/courses/{room.slug}").status_code == 404
    assert "You left <b" in student.get("/courses").text
    send(student, f"/courses/{room.slug}/return")

    assert room.roles()[room.ada] is Role.STUDENT


def test_an_archived_course_is_listed_apart_and_comes_back(
    room: Room, sign_in: Callable[[FlaskClient, int], Any]
) -> None:
    student = room.app.test_client()
    sign_in(student, room.ada)
    assert room.post("/archive").status_code == 303

    page = student.get("/courses").text
    assert "Ancient history" in page.partition("Archived</h2>")[2]
    assert "Ancient history" not in room.app.test_client().get("/courses").text
    assert "This course is archived" in student.get(f"/courses/{room.slug}").text
    for page in ("/people", "/questions", "/questions/new", "/quizzes", "/texts", "/settings"):
        assert room.get(page).count("nothing in it can be changed") == 1, page
    for page in ("/questions", "/quizzes", "/texts"):
        assert not re.search(r"data-key=.n.>", room.get(page)), page
    assert room.post("/groups", name="New").status_code == 403
    assert room.post("/unarchive").status_code == 303
    assert room.post("/groups", name="New").status_code == 303


def test_what_people_write_stays_text(
    room: Room, stored: Callable[[], AbstractContextManager[Make]]
) -> None:
    with stored() as make:
        make.session.get_one(Course, room.course_id).title = ATTACK
        make.session.get_one(Group, room.group).name = ATTACK
        make.session.execute(
            sa.insert(Invitation).values(
                course_id=room.course_id,
                email="a@x.org",
                name=ATTACK,
                role=Role.STUDENT,
                state=InvitationState.OPEN,
                made_at=NOON,
                expires_at=NOON,
            )
        )
    paths = ("/people", "/join-codes", f"/join-codes/sheet?group={room.group}", "/invitations")
    for path in (*paths, "/archive"):
        assert ATTACK not in room.get(path)
    assert ATTACK not in room.app.test_client().get(f"/join/{SECTION}").text


def test_a_fault_does_not_write_the_secret_of_a_link_down(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: Any, **_values: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("quizapp.web.joining.redirect", fail)

    assert room.app.test_client().get("/invited/very-secret-token").status_code == 500
    told = [record.getMessage() for record in caplog.records]
    assert any("/invited/…" in line for line in told)
    assert not any("very-secret-token" in line for line in told)


def test_pages_take_the_same_statements_however_large_the_class_is(
    room: Room,
    stored: Callable[[], AbstractContextManager[Make]],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    paths = ("/join-codes", "/invitations", "/invitations/new", "/archive")
    paths = (*paths, f"/people/{room.ada}/membership", "/join-codes/sheet")

    def counts() -> list[int]:
        found = []
        for address in [room.base + path for path in paths] + [f"/join/{CODE}", "/courses"]:
            with statements() as seen:
                assert room.teacher.get(address).status_code == 200
            found.append(len(seen))
        return found

    few = counts()
    with stored() as make:
        course = make.session.get_one(Course, room.course_id)
        for n in range(40):
            make.enrol(
                make.user(email=f"many{n}@example.org"),
                course,
                Role.INSTRUCTOR if n % 2 else Role.STUDENT,
            )
            group = make.group(course, name=f"Section {n}")
            make.session.add_all(
                [
                    JoinCode(
                        code=f"CCCCCC{n:02}",
                        course_id=course.id,
                        group_id=group.id,
                        is_on=True,
                        made_at=NOON,
                    ),
                    Invitation(
                        course_id=course.id,
                        email=f"many{n}@x.org",
                        name="",
                        role=Role.STUDENT,
                        state=InvitationState.OPEN,
                        made_at=NOON,
                        expires_at=NOON,
                    ),
                ]
            )

    assert counts() == few
    assert max(few) <= 6, few


def test_a_file_of_students_is_read_into_the_list_and_puts_each_into_a_section(room: Room) -> None:
    table = b"Name,Email,Section\n=Cy,cy@example.org,Evening\nDi,di@example.org,\n,nobody,Evening\n"
    page = room.teacher.get(f"{room.base}/invitations/new").text
    sent = {"csrf_token": csrf_token(page), "role": "student", "action": "plan"}

    chosen = {**sent, "file": (io.BytesIO(table), "class.csv")}
    plan = room.teacher.post(f"{room.base}/invitations/new", data=chosen).text

    assert "2 emails" in plan
    assert "1 section will be made: <bdi>Evening</bdi>" in plan
    listed = html.unescape(re.findall(r"<textarea[^>]*>\s*(.*?)</textarea>", plan, re.DOTALL)[0])
    again = {**sent, "action": "send", "addresses": listed}
    left = room.teacher.post(f"{room.base}/invitations/new", data=again).text
    assert "Name\tEmail\tSection\n\tnobody\tEvening" in html.unescape(left)
    with room.app.app_context():
        rows = db.session.execute(
            sa.select(Invitation.email, Group.name)
            .outerjoin(Group, Group.id == Invitation.group_id)
            .where(Invitation.email.in_(["cy@example.org", "di@example.org"]))
            .order_by(Invitation.email)
        ).all()
    assert [tuple(row) for row in rows] == [("cy@example.org", "Evening"), ("di@example.org", None)]


def test_what_is_no_list_is_said_beside_the_file(room: Room) -> None:
    page = room.teacher.get(f"{room.base}/invitations/new").text
    sent = {"csrf_token": csrf_token(page), "action": "plan"}
    address = f"{room.base}/invitations/new"

    def said(data: bytes, **given: str) -> str:
        chosen = {**sent, **given, "file": (io.BytesIO(data), "class.xlsx")}
        answer = room.teacher.post(address, data=chosen)
        assert answer.status_code == 422
        return answer.text

    assert "There is nothing in this file." in said(b"  ")
    assert "There is a list in the box already." in said(b"a@x.org", addresses="b@x.org")
    ids = b"\n".join(b"s%d@x.org,%d" % (n, n) for n in range(31))
    assert "names 31 new sections" in said(b"Email,Section\n" + ids)
