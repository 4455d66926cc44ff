"""Every route × everybody: the table says who may, and each cell is asked.

The things asked for belong to one course ("theirs"): a private one, so that nothing in it is
open to the public. `student` is enrolled in it and owns the attempt and the challenge;
`classmate` is enrolled beside them and owns none of that; `guest` tries it out; `stranger` and
`other teacher` belong to another course only.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp import db
from quizapp.formats.media import read_media
from quizapp.models import (
    BulkAct,
    BulkKind,
    ClassMessage,
    Course,
    DataExport,
    Enrolment,
    ExportState,
    Invitation,
    InvitationState,
    Job,
    JobState,
    JoinCode,
    MemoryRules,
    QuestionPair,
    ReceivedMessage,
    Role,
    User,
)
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.attempt_start import start_attempt
from quizapp.services.course_copies import WrittenCopy, ask_copy
from quizapp.services.courses import WrittenCourse
from quizapp.services.data_exports import ask_export
from quizapp.services.import_rows import WantedQuestions
from quizapp.services.media import keep_media
from quizapp.services.package_imports import Wanted, ask_import
from quizapp.services.question_imports import ask_question_import
from quizapp.web.access import Access, declared_access
from tests.support.files import picture_bytes
from tests.support.make import NOON, Make
from tests.support.marked import hand_in, tokens
from tests.web.conftest import csrf_token

PEOPLE = (
    "nobody",
    "guest",
    "student",
    "classmate",
    "stranger",
    "teacher",
    "other teacher",
    "admin",
)
EVERYONE = "ok ok ok ok ok ok ok ok"
#: Pages about one's own things: whoever is signed in sees theirs.
OWN = "sign-in ok ok ok ok ok ok ok"
#: Who has an account: a guest is led to making one.
MEMBER = "sign-in sign-up ok ok ok ok ok ok"
#: Of one course: its members learn in it.
LEARN = "sign-in ok ok ok 404 ok 404 404"
READ = "404 ok ok ok 404 ok 404 ok"
#: One learner's own attempt: to everybody else there is none, whoever sits beside or teaches.
MINE = "sign-in 404 ok 404 404 404 404 404"
#: Who runs the site.
ADMIN = "sign-in 403 403 403 403 403 403 ok"
TEACH = "sign-in 403 403 403 403 ok 404 ok"

TABLE = {
    "GET /": EVERYONE,
    "GET /healthz": EVERYONE,
    "GET /accessibility": EVERYONE,
    "GET /privacy": EVERYONE,
    "GET /help": EVERYONE,
    "GET /help/keyboard": EVERYONE,
    "GET /courses": EVERYONE,
    # Of no course: whoever teaches one, or runs the site.
    "GET /courses/new": "sign-in 403 403 403 403 ok ok ok",
    "POST /courses/new": "sign-in 403 403 403 403 ok ok ok",
    "GET /courses/<slug>": READ,
    # Nobody joins a course that is not public, members included.
    "POST /courses/<slug>/join": "sign-in 404 404 404 404 404 404 404",
    # Students leave; the last instructor stays (which is no 404).
    "POST /courses/<slug>/leave": "sign-in ok ok ok 404 ok 404 404",
    # Those who have just left go back.
    "POST /courses/<slug>/return": "sign-in ok ok ok 404 404 404 404",
    "GET /join": EVERYONE,
    "GET /join/<code>": EVERYONE,
    "GET /invited/<token>": EVERYONE,
    # Without the token of a link there is no invitation.
    "GET /invited": "404 404 404 404 404 404 404 404",
    "POST /invited": "sign-in sign-up 404 404 404 404 404 404",
    "POST /invited/decline": "404 404 404 404 404 404 404 404",
    "GET /courses/<slug>/glossary": READ,
    "GET /sources/<source_id>": READ,
    "GET /try": EVERYONE,
    "POST /try": EVERYONE,
    "GET /sign-up": EVERYONE,
    "POST /sign-up": EVERYONE,
    "GET /sign-in": EVERYONE,
    "POST /sign-in": EVERYONE,
    "POST /sign-out": EVERYONE,
    "GET /forgot": EVERYONE,
    "POST /forgot": EVERYONE,
    # Without the token of a link there is nothing to reset.
    "GET /reset": "404 404 404 404 404 404 404 404",
    "POST /reset": "404 404 404 404 404 404 404 404",
    "GET /reset/<token>": EVERYONE,
    "GET /settings/profile": OWN,
    "POST /settings/profile": OWN,
    "GET /settings/password": MEMBER,
    "POST /settings/password": MEMBER,
    "GET /settings/email": MEMBER,
    "POST /settings/email": MEMBER,
    "POST /settings/email/forget": MEMBER,
    "GET /settings/sign-in": MEMBER,
    "GET /settings/browsers": MEMBER,
    "POST /settings/browsers": MEMBER,
    "GET /new-address/<token>": EVERYONE,
    # Without the token of a link there is no address to use.
    "GET /new-address": "404 404 404 404 404 404 404 404",
    "POST /new-address": "404 404 404 404 404 404 404 404",
    "GET /settings/data": OWN,
    "POST /settings/data/copies": OWN,
    "GET /settings/data/copies/<number>": MINE,
    "GET /settings/data/copies/<number>/file": MINE,
    "POST /settings/data/copies/<number>/drop": MINE,
    "GET /settings/data/delete": OWN,
    "POST /settings/data/delete": OWN,
    # Nobody has asked for the end of their account.
    "POST /settings/data/keep": "sign-in 404 404 404 404 404 404 404",
    "GET /settings/study": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/study": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /settings/learning": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/learning": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/learning/fit": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/learning/undo": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/learning/redo": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /settings/retention": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /settings/retention/load": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/retention": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /exam": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /exam": "sign-in sign-up ok ok 404 ok 404 404",
    # Nobody has set a date yet.
    "POST /exam/remove": "sign-in sign-up 404 404 404 404 404 404",
    "GET /settings/scheduling": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/scheduling": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/study/pause": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/study/pause/end": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /settings/goals": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/goals": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/goals/letters/stop": MEMBER,
    "POST /settings/goals/calendar/remove": MEMBER,
    "POST /settings/goals/letters": "sign-in sign-up ok ok 404 ok 404 404",
    "POST /settings/goals/calendar": "sign-in sign-up ok ok 404 ok 404 404",
    # Without the token of a link, or with one that we have not made, there is nothing.
    "GET /letters/confirm/<token>": EVERYONE,
    "GET /letters/confirm": "404 404 404 404 404 404 404 404",
    "POST /letters/confirm": "404 404 404 404 404 404 404 404",
    "GET /letters/stop/<token>": "404 404 404 404 404 404 404 404",
    "POST /letters/stop/<token>": "404 404 404 404 404 404 404 404",
    "GET /calendar/<token>/footnote.ics": "404 404 404 404 404 404 404 404",
    "GET /anki": MEMBER,
    "POST /anki": MEMBER,
    "GET /anki/imports/<import_id>": "sign-in sign-up ok 404 404 404 404 404",
    "GET /anki/courses/<slug>/export": "sign-in sign-up ok ok 404 ok 404 404",
    "GET /today": LEARN,
    "POST /today/spread": LEARN,
    # As for undoing below.
    "POST /today/unspread": OWN,
    "GET /review": LEARN,
    "GET /review/done": LEARN,
    "POST /review/grade": LEARN,
    "POST /review/answer": LEARN,
    "GET /review/answered": LEARN,
    # Who has answered nothing is told so on the next card.
    "POST /review/change": OWN,
    # Who has nothing to take back is told so on the next card.
    "POST /review/undo": OWN,
    "POST /review/redo": OWN,
    "POST /review/bury": LEARN,
    "POST /review/suspend": LEARN,
    "GET /progress": LEARN,
    "POST /progress/resume": LEARN,
    "GET /progress/cards": LEARN,
    "GET /cards/<fact_id>": LEARN,
    "POST /cards/<fact_id>/<act>": LEARN,
    "POST /cards/<fact_id>/move": LEARN,
    "POST /cards/<fact_id>/undo": OWN,
    "POST /cards/<fact_id>/redo": OWN,
    "GET /quizzes": LEARN,
    "GET /quizzes/<quiz_id>": LEARN,
    "GET /grades": LEARN,
    "POST /quizzes/<quiz_id>/start": LEARN,
    "GET /practise": LEARN,
    "POST /practise": LEARN,
    "GET /attempts/<attempt_id>": MINE,
    "GET /attempts/<attempt_id>/<n>": MINE,
    "POST /attempts/<attempt_id>/<n>": MINE,
    "GET /attempts/<attempt_id>/check": MINE,
    "POST /attempts/<attempt_id>/submit": MINE,
    "GET /attempts/<attempt_id>/results": MINE,
    "POST /attempts/<attempt_id>/<n>/challenge": MINE,
    "POST /attempts/<attempt_id>/undo": MINE,
    "GET /teach/<course>/questions": TEACH,
    "GET /teach/<course>/questions/new": TEACH,
    "POST /teach/<course>/questions/new": TEACH,
    "GET /teach/<course>/questions/<question_id>": TEACH,
    "POST /teach/<course>/questions/<question_id>": TEACH,
    "GET /teach/<course>/questions/<question_id>/history": TEACH,
    "POST /teach/<course>/questions/<question_id>/retire": TEACH,
    "POST /teach/<course>/questions/<question_id>/restore": TEACH,
    "POST /teach/<course>/questions/bulk": TEACH,
    "POST /teach/<course>/questions/bulk/<bulk_id>/undo": TEACH,
    "POST /teach/<course>/questions/views": TEACH,
    "POST /teach/<course>/questions/views/forget": TEACH,
    "GET /teach/<course>/questions/duplicates": TEACH,
    "POST /teach/<course>/questions/duplicates": TEACH,
    "POST /teach/<course>/questions/duplicates/distinct": TEACH,
    "POST /teach/<course>/questions/duplicates/retire": TEACH,
    "POST /teach/<course>/questions/<question_id>/review": TEACH,
    "GET /teach/<course>/questions/<question_id>/use": TEACH,
    "GET /teach/<course>/questions/<question_id>/discussion": TEACH,
    "POST /teach/<course>/questions/<question_id>/discussion": TEACH,
    "GET /teach/<course>/questions/on/<passage_id>": TEACH,
    "GET /teach/<course>/reviewing": TEACH,
    "POST /teach/<course>/reviewing": TEACH,
    "POST /teach/<course>/drafts": TEACH,
    "POST /teach/<course>/drafts/discard": TEACH,
    "POST /teach/<course>/preview": TEACH,
    "GET /teach/<course>/import": TEACH,
    "POST /teach/<course>/import": TEACH,
    "GET /teach/<course>/import/template/<name>": TEACH,
    "GET /teach/<course>/imports/<import_id>": TEACH,
    "POST /teach/<course>/imports/<import_id>/apply": TEACH,
    "POST /teach/<course>/imports/<import_id>/undo": TEACH,
    "GET /teach/<course>/export": TEACH,
    "POST /teach/<course>/export": TEACH,
    "POST /teach/<course>/export/file": TEACH,
    "GET /teach/<course>/export/course": TEACH,
    "POST /teach/<course>/export/course": TEACH,
    "GET /teach/<course>/texts": TEACH,
    "GET /teach/<course>/media": TEACH,
    "POST /teach/<course>/media": TEACH,
    "POST /teach/<course>/media/<media_id>/remove": TEACH,
    "GET /media/<file>": READ,
    "GET /teach/<course>/texts/<passage_id>": TEACH,
    "POST /teach/<course>/texts/<passage_id>": TEACH,
    "POST /teach/<course>/texts/<passage_id>/remove": TEACH,
    "GET /teach/<course>/texts/new": TEACH,
    "POST /teach/<course>/texts/new": TEACH,
    "POST /teach/<course>/texts/preview": TEACH,
    "GET /teach/<course>/texts/sources/<source_id>": TEACH,
    "POST /teach/<course>/texts/sources/<source_id>": TEACH,
    "POST /teach/<course>/texts/sources/<source_id>/paragraphs": TEACH,
    "POST /teach/<course>/texts/sources/<source_id>/remove": TEACH,
    "GET /teach/<course>/citations": TEACH,
    "POST /teach/<course>/citations/<fact_id>/<position>": TEACH,
    "POST /teach/<course>/citations/<fact_id>/<position>/flag": TEACH,
    "GET /teach/<course>/challenges": TEACH,
    "GET /teach/<course>/challenges/<attempt_id>/<slot>": TEACH,
    "POST /teach/<course>/challenges/<attempt_id>/<slot>": TEACH,
    "GET /teach/<course>/marking": TEACH,
    "GET /teach/<course>/marking/<quiz_id>/<question_id>": TEACH,
    "GET /teach/<course>/marking/<quiz_id>/<question_id>/<answer>": TEACH,
    "POST /teach/<course>/marking/<quiz_id>/<question_id>/<answer>": TEACH,
    "POST /teach/<course>/marking/<quiz_id>/<question_id>/<answer>/undo": TEACH,
    "GET /teach/<course>/questions/<question_id>/regrade": TEACH,
    "POST /teach/<course>/questions/<question_id>/regrade": TEACH,
    "GET /teach/<course>/regrades": TEACH,
    "GET /teach/<course>/regrades/<regrade_id>/undo": TEACH,
    "POST /teach/<course>/regrades/<regrade_id>/undo": TEACH,
    "GET /teach/<course>/forms": TEACH,
    "POST /teach/<course>/forms": TEACH,
    "GET /teach/<course>/settings": TEACH,
    "POST /teach/<course>/settings": TEACH,
    "GET /teach/<course>/copy": TEACH,
    "POST /teach/<course>/copy": TEACH,
    "GET /teach/<course>/copies/<copy_id>": TEACH,
    # It is no copy of another.
    "POST /teach/<course>/copy/undo": "sign-in 403 403 403 403 404 404 404",
    "GET /teach/<course>/analysis": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/analysis": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/analysis.csv": TEACH,
    "GET /teach/<course>/questions/<question_id>/analysis": TEACH,
    "GET /teach/<course>/quizzes": TEACH,
    "GET /teach/<course>/quizzes/new": TEACH,
    "POST /teach/<course>/quizzes/new": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/preview": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/duplicate": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/move": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/retire": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/restore": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/exceptions": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/exceptions/students/<learner_id>": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/exceptions/students/<learner_id>": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/exceptions/students/<learner_id>/remove": TEACH,
    "GET /teach/<course>/quizzes/<quiz_id>/exceptions/groups/<group_id>": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/exceptions/groups/<group_id>": TEACH,
    "POST /teach/<course>/quizzes/<quiz_id>/exceptions/groups/<group_id>/remove": TEACH,
    "GET /teach/<course>/grades": TEACH,
    "GET /teach/<course>/grades.csv": TEACH,
    "GET /teach/<course>/grades.xlsx": TEACH,
    "GET /teach/<course>/grades/<learner_id>": TEACH,
    "GET /teach/<course>/grades/<learner_id>/<quiz_id>": TEACH,
    "POST /teach/<course>/grades/<learner_id>/<quiz_id>": TEACH,
    "POST /teach/<course>/grades/<learner_id>/<quiz_id>/undo": TEACH,
    "GET /teach/<course>/class": TEACH,
    "GET /teach/<course>/class.csv": TEACH,
    "GET /teach/<course>/class/<learner_id>": TEACH,
    "GET /teach/<course>/class/message": TEACH,
    "POST /teach/<course>/class/message": TEACH,
    "GET /teach/<course>/class/messages": TEACH,
    "POST /messages/<message_id>/seen": MINE,
    "GET /teach/<course>/people": TEACH,
    "GET /teach/<course>/people/<learner_id>": TEACH,
    "POST /teach/<course>/people/<learner_id>": TEACH,
    "POST /teach/<course>/groups": TEACH,
    "GET /teach/<course>/groups/<group_id>": TEACH,
    "POST /teach/<course>/groups/<group_id>": TEACH,
    "POST /teach/<course>/groups/<group_id>/members": TEACH,
    "GET /teach/<course>/join-codes": TEACH,
    "POST /teach/<course>/join-codes": TEACH,
    "GET /teach/<course>/join-codes/sheet": TEACH,
    "GET /teach/<course>/invitations": TEACH,
    "GET /teach/<course>/invitations/new": TEACH,
    "POST /teach/<course>/invitations/new": TEACH,
    "POST /teach/<course>/invitations/<invitation_id>/resend": TEACH,
    "POST /teach/<course>/invitations/<invitation_id>/take-back": TEACH,
    "GET /teach/<course>/people/<learner_id>/membership": TEACH,
    "POST /teach/<course>/people/<learner_id>/role": TEACH,
    "GET /teach/<course>/archive": TEACH,
    "POST /teach/<course>/archive": TEACH,
    "POST /teach/<course>/unarchive": TEACH,
    "GET /admin/jobs": ADMIN,
    "POST /admin/jobs/<job_id>/again": ADMIN,
    "GET /admin/jobs/<job_id>/throw-away": ADMIN,
    # Last: the rest asks for the group, the student and the code.
    "POST /teach/<course>/groups/<group_id>/delete": TEACH,
    "POST /teach/<course>/people/<learner_id>/remove": TEACH,
    "POST /teach/<course>/people/<learner_id>/return": TEACH,
    "POST /join/<code>": MEMBER,
    "POST /admin/jobs/<job_id>/throw-away": ADMIN,
}
#: What instructors may still do to an archived course: take things out, and bring it back.
STAYS = {
    "POST /teach/<course>/archive",
    "POST /teach/<course>/unarchive",
    "POST /teach/<course>/export",
    "POST /teach/<course>/export/file",
    "POST /teach/<course>/export/course",
    # What is over is taught again from a copy.
    "POST /teach/<course>/copy",
    # It shows what taking a decision back would do, as whoever may.
    "GET /teach/<course>/regrades/<regrade_id>/undo",
}
#: What whoever left the course no longer does with the attempts that they had in it.
LEFT_ALONE = ("POST /attempts/<attempt_id>/<n>/challenge", "POST /attempts/<attempt_id>/undo")
CELLS = [
    (route, person, expected)
    for route, row in TABLE.items()
    for person, expected in zip(PEOPLE, row.split(), strict=True)
]


@dataclass(frozen=True, slots=True)
class World:
    """Ids and names of what there is."""

    people: dict[str, int]
    names: dict[str, str]
    form: dict[str, str]


@pytest.fixture
def world(app: Flask, stored: Callable[[], AbstractContextManager[Make]]) -> World:
    with stored() as make:
        theirs, elsewhere = make.course(is_public=False), make.course(is_public=False)
        fact = make.fact(theirs)
        question = make.question(fact)
        own_words = make.question(make.fact(theirs), "self_rated")
        quiz = make.quiz(theirs, [question, own_words])
        people = {
            "guest": make.user(name="Guest", email=None, is_guest=True),
            "student": make.user(),
            "classmate": make.user(),
            "stranger": make.user(),
            "teacher": make.user(),
            "other teacher": make.user(),
            "admin": make.user(is_admin=True),
        }
        for person in ("guest", "student", "classmate"):
            make.enrol(people[person], theirs)
        make.enrol(people["stranger"], elsewhere)
        make.enrol(people["teacher"], theirs, Role.INSTRUCTOR)
        make.enrol(people["other teacher"], elsewhere, Role.INSTRUCTOR)
        make.enrol(people["admin"], elsewhere)
        ids = {person: user.id for person, user in people.items()}
        group = make.group(theirs)
        student = actor_for_id(make.session, ids["student"])
        assert isinstance(student, Actor)
        hand_in(make, student, quiz, 1)
        teacher = make.actor(people["teacher"])
        (answer,) = tokens(make, app, teacher, quiz, own_words)
        attempt = start_attempt(make.session, actor=student, quiz_id=quiz.id, seed=1, now=NOON)
        make.challenge(student, attempt.attempt_id, question)
        picture = read_media(picture_bytes())
        pictures = [("a map", picture), ("no map", read_media(picture_bytes(shade=1)))]
        keep_media(make.session, actor=teacher, course_id=theirs.id, files=pictures, now=NOON)
        regrade = make.regrade(question)
        make.session.add(JoinCode(code="CDFGHJKM", course_id=theirs.id, is_on=True, made_at=NOON))
        invitation = Invitation(
            course_id=theirs.id,
            email="new@example.org",
            name="",
            role=Role.STUDENT,
            state=InvitationState.OPEN,
            made_at=NOON,
            expires_at=NOON,
        )
        make.session.add(invitation)
        message = ClassMessage(course_id=theirs.id, whom="Everybody", text="Hello.", sent_at=NOON)
        make.session.add(message)
        make.session.flush()
        make.session.add(ReceivedMessage(learner_id=student.id, message_id=message.id))
        job = Job(name="send_mail", payload={}, state=JobState.FAILED, run_after=NOON, tries=5)
        job.created_at, job.error = NOON, "Refused"
        make.session.add(job)
        wanted = Wanted("a-file", "deck.apkg")
        retiring = BulkAct(course_id=theirs.id, kind=BulkKind.STATUS, value="retired", changed=1)
        retiring.made_at = NOON
        make.session.add(retiring)
        pair = QuestionPair(first_id=question.id, second_id=own_words.id, course_id=theirs.id)
        pair.is_same = True
        make.session.add(pair)
        make.session.flush()
        import_id = ask_import(make.session, actor=student, wanted=wanted, now=NOON)
        questions = ask_question_import(
            make.session,
            actor=teacher,
            course_id=theirs.id,
            wanted=WantedQuestions("file", "q.csv", "csv"),
            now=NOON,
        )
        assert questions == import_id
        number = ask_export(make.session, actor=student, now=NOON)
        copy = make.session.get_one(DataExport, (student.id, number))
        copy.state, copy.expires_at = ExportState.DONE, datetime(2999, 1, 1, tzinfo=UTC)
        folder = app.extensions["quizapp.settings"].exports
        folder.mkdir()
        (folder / f"{copy.file}.zip").write_bytes(b"")
        # Whoever asks for a copy besides gets another number.
        copy.number = 7
        copied = WrittenCopy(WrittenCourse("A copy"))
        copy_id = ask_copy(
            make.session, actor=teacher, course_id=theirs.id, written=copied, now=NOON
        )
    return World(
        people=ids,
        names={
            "slug": theirs.slug,
            "course": theirs.slug,
            "source_id": "1",
            "quiz_id": str(quiz.id),
            "question_id": str(own_words.id),
            "answer": answer,
            "attempt_id": str(attempt.attempt_id),
            "passage_id": "1",
            "file": picture.name,
            "media_id": "2",
            "fact_id": str(fact.id),
            "act": "suspend",
            "position": "0",
            "slot": "0",
            "regrade_id": str(regrade.id),
            "learner_id": str(ids["student"]),
            "group_id": str(group.id),
            "message_id": str(message.id),
            "import_id": str(import_id),
            "bulk_id": str(retiring.id),
            "copy_id": str(copy_id),
            "number": "7",
            "job_id": str(job.id),
            "name": "csv",
            "n": "1",
            "token": "x" * 43,
            "code": "CDFG-HJKM",
            "invitation_id": str(invitation.id),
        },
        form={
            "course_id": str(theirs.id),
            "fact": str(fact.id),
            "step": "1",
            "revision": "1",
            "seen": "0",
            "nonce": "a-nonce-of-the-matrix",
            "new_nonce": "another-of-the-matrix",
            "rating": "3",
            "duration_ms": "1000",
            "type": "single_choice",
            "learner": str(ids["student"]),
            "length": "5",
            "behaviour": "immediate",
            "act": "end",
            "ends_on": "2999-12-31",
            "addresses": "one@example.org",
            "first": str(question.id),
            "second": str(own_words.id),
        },
    )


def ask(client: FlaskClient, route: str, world: World) -> TestResponse:
    method, pattern = route.split(" ")
    path = "/".join(
        world.names[part.strip("<>")] if part.startswith("<") else part
        for part in pattern.split("/")
    )
    # Pages of no course in particular are asked about theirs.
    query = {"course": world.names["course"]}
    if method == "GET":
        return client.get(path, query_string=query)
    token = csrf_token(client.get("/forgot").text)
    return client.post(path, query_string=query, data={**world.form, "csrf_token": token})


def outcome(response: TestResponse) -> str:
    if response.status_code in (403, 404):
        return str(response.status_code)
    if response.status_code == 303:
        for place in ("sign-in", "sign-up"):
            if response.location.startswith(f"/{place}"):
                return place
    assert response.status_code < 500, response.status_code
    return "ok"


@pytest.fixture
def person_client(
    app: Flask, world: World, sign_in: Callable[[FlaskClient, int], Any]
) -> Callable[[str], FlaskClient]:
    def make_client(person: str) -> FlaskClient:
        client = app.test_client()
        if person != "nobody":
            sign_in(client, world.people[person])
        return client

    return make_client


def test_the_table_names_every_route(app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    plain = {_without_converters(route) for route in routes}

    assert plain == set(TABLE)


def _without_converters(route: str) -> str:
    parts = route.split("/")
    return "/".join(f"<{p.rsplit(':', 1)[-1]}" if ":" in p else p for p in parts)


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_what_the_table_says(
    person: str, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    surprises = []
    for route, who, expected in CELLS:
        if who != person:
            continue
        client = person_client(person)
        found = outcome(ask(client, route, world))
        if found != expected:
            surprises.append(f"{route}: expected {expected}, got {found}")

    assert not surprises, f"{person}:\n" + "\n".join(surprises)


@pytest.mark.parametrize("person", ["teacher", "admin"])
def test_nothing_is_written_to_an_archived_course(
    person: str, app: Flask, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Course).values(archived_at=NOON))
    client = person_client(person)
    surprises = {}
    for route in TABLE:
        if route.startswith(("GET /teach/", "POST /teach/")) and route not in STAYS:
            response = ask(client, route, world)
            is_right = (
                response.status_code == 403 and "archived" in response.text
                if route.startswith("POST")
                else response.status_code in (200, 303, 404)
            )
            if not is_right:
                surprises[route] = response.status_code

    assert not surprises


def test_students_of_an_archived_course_begin_nothing_and_read_all(
    app: Flask, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    with app.app_context(), db.transaction() as session:
        session.execute(sa.update(Course).values(archived_at=NOON))
    client = person_client("classmate")

    def status(route: str) -> int:
        return ask(client, route, world).status_code

    refused = ("POST /quizzes/<quiz_id>/start", "POST /practise")
    assert {route: status(route) for route in refused} == dict.fromkeys(refused, 403)
    read = ("GET /courses/<slug>", "GET /quizzes", "GET /quizzes/<quiz_id>", "GET /review")
    assert {route: status(route) for route in read} == dict.fromkeys(read, 200)
    assert status("POST /review/grade") == 303
    assert status("GET /join/<code>") == 404


def test_who_left_keeps_their_attempts_and_writes_nothing_new(
    app: Flask, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    with app.app_context(), db.transaction() as session:
        left = Enrolment.user_id == world.people["student"]
        session.execute(sa.delete(Enrolment).where(left))
    client, stranger = person_client("student"), PEOPLE.index("stranger")
    # What is kept of themselves has nothing to do with the course.
    table = {route: row for route, row in TABLE.items() if "/settings/data/" not in route}
    closed = {
        route: "404"
        for route, row in table.items()
        if route.startswith("POST") and row.split()[stranger] == "404"
    }
    own = {route: "ok" for route, row in table.items() if row == MINE}
    expected = closed | own | dict.fromkeys(LEFT_ALONE, "404")

    assert {route: outcome(ask(client, route, world)) for route in expected} == expected


def test_a_guest_is_led_to_an_account_from_every_page_of_members(app: Flask) -> None:
    guest = PEOPLE.index("guest")
    for_members = {
        _without_converters(f"{method} {rule.rule}")
        for rule in app.url_map.iter_rules()
        if declared_access(app, rule.endpoint) is Access.MEMBER
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert for_members == {route for route, row in TABLE.items() if row.split()[guest] == "sign-up"}


def test_what_a_guest_sends_to_a_page_of_members_changes_nothing(
    app: Flask, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    client = person_client("guest")
    token = csrf_token(client.get("/forgot").text)
    wanted = {"retention": "0.95", "new_per_day": "1", "exam_on": "2030-01-01"}
    password = {"current": "", "password": "a long new password", "again": "a long new password"}

    forms = {"password": password, "study": wanted, "scheduling": {"leech_threshold": "1"}}
    for name, form in forms.items():
        path = f"/settings/{name}"
        query = {"course": world.names["course"]}
        data = {**form, "csrf_token": token}
        assert client.post(path, query_string=query, data=data).location == "/sign-up"

    with app.app_context():
        session = db.db.session()
        user = session.get_one(User, world.people["guest"])
        assert (user.password_hash, user.email, user.is_guest) == (None, None, True)
        assert session.scalars(sa.select(MemoryRules)).all() == []


def test_an_unlisted_view_answers_nobody(unstarted_app: Flask) -> None:
    @unstarted_app.get("/silent")
    def silent() -> str:
        return "secret"

    assert unstarted_app.test_client().get("/silent").status_code == 404


def test_a_disabled_account_is_out_at_once(
    app: Flask, world: World, person_client: Callable[[str], FlaskClient]
) -> None:
    client = person_client("student")
    assert client.get("/today").status_code == 200
    with app.app_context(), db.transaction() as session:
        session.get_one(User, world.people["student"]).is_disabled = True

    assert client.get("/today").status_code == 303
