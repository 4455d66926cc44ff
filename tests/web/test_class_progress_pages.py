"""The pages of how a class learns, one student's, and messages."""

from __future__ import annotations

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
from quizapp.jobs import standing
from quizapp.jobs.standing import refresh_standings
from quizapp.models import Course, CourseStanding, Memory, Role, TopicStanding, User
from quizapp.queries.class_report import Report, Week, class_report
from quizapp.queries.student_standing import student_standing
from quizapp.services.standings import keep_report
from quizapp.web import class_words
from tests.support.make import Make
from tests.web.conftest import csrf_token

ATTACK = "=<script>alert(1)</script>"
DAY = timedelta(days=1)
Stored = Callable[[], AbstractContextManager[Make]]


@dataclass
class Room:
    """A course with a topic, an instructor, and as many students as are added."""

    app: Flask
    stored: Stored
    teacher: FlaskClient
    slug: str
    course_id: int
    topic_id: int
    fact_id: int

    @property
    def base(self) -> str:
        return f"/teach/{self.slug}/class"

    def get(self, path: str = "") -> str:
        answer = self.teacher.get(self.base + path)
        assert answer.status_code == 200
        return answer.text

    def post(self, path: str, **data: Any) -> TestResponse:
        token = csrf_token(self.teacher.get("/forgot").text)
        return self.teacher.post(self.base + path, data=data | {"csrf_token": token})

    def add(self, *names: str, **given: Any) -> list[int]:
        """Add students who stand somehow, and let the job look at the class; return their ids."""
        now = datetime.now(UTC)
        sums = {"facts": 10, "met": 9, "known_well": 5, "tested": 40, "recalled": 36}
        ids = []
        with self.stored() as make:
            course = make.session.get_one(Course, self.course_id)
            for name in names:
                user = make.user(name=name, email=f"{name.lower()[:4]}{len(ids)}@example.org")
                make.enrol(user, course)
                values = {
                    "as_of": now,
                    "expected": 8_400_000,
                    "waiting": 3,
                    "is_behind": False,
                    "last_active_at": now,
                    "was_active": True,
                    "target": 0.9,
                    "weeks": _weeks(now),
                }
                whole = sums | values | given
                make.session.add(CourseStanding(learner_id=user.id, course_id=course.id, **whole))
                make.session.add(
                    TopicStanding(
                        learner_id=user.id, topic_id=self.topic_id, **sums, expected=8_400_000
                    )
                )
                ids.append(user.id)
        with self.app.app_context():
            report = class_report(db.session(), course_id=self.course_id, now=now)
            with transaction() as session:
                keep_report(session, course_id=self.course_id, report=report)
        return ids


def _weeks(now: datetime) -> dict[str, list[int]]:
    monday = now.date() - now.weekday() * DAY
    return {
        (monday - 14 * DAY).isoformat(): [20, 20, 16],
        (monday - 7 * DAY).isoformat(): [20, 20, 18],
    }


@pytest.fixture
def room(app: Flask, client: FlaskClient, stored: Stored, sign_in: Any) -> Room:
    with stored() as make:
        course = make.course(is_public=False)
        teacher = make.user(name="Jonas Weber")
        make.enrol(teacher, course, Role.INSTRUCTOR)
        fact = make.fact(course, make.topic(course, title="Aleppo"))
        make.question(fact)
    sign_in(client, teacher.id)
    return Room(app, stored, client, course.slug, course.id, fact.topic_id, fact.id)


def test_the_page_of_a_class_tells_what_it_knows(room: Room) -> None:
    room.add("Ada", "Ben", "Cleo", "Dora")
    room.add("Emil", last_active_at=datetime.now(UTC) - 9 * DAY, waiting=143)

    page = room.get()

    assert "One student has gone quiet" in page
    assert "Last active 9 days ago, 143 cards waiting" in page
    assert "4 <small" in page
    assert "of 5</small>" in page
    assert "90\u00a0%" in page  # 36 of 40
    assert page.count('<td class="c q3">84</td>') == 5
    assert "Class mean" in page
    assert "Message 1 student" in page


def test_a_small_class_hears_why_it_gets_no_figures(room: Room) -> None:
    room.add("Ada", "Ben", "Cleo", "Dora")

    page = room.get()

    assert "begin at five students" in page
    for words in ("Class mean", "Class recall", "Hardest topic", "of 4</small>"):
        assert words not in page
    assert page.count('<td class="c q3">84</td>') == 4


def test_a_class_without_students_or_before_the_first_look_says_so(room: Room) -> None:
    assert "No students yet" in room.get()
    with room.stored() as make:
        make.enrol(make.user(), make.session.get_one(Course, room.course_id))

    assert "being worked out" in room.get()

    with room.app.app_context():
        refresh_standings(room.app.extensions["quizapp.settings"], {})
    assert "begin at five students" in room.get()


def test_standings_that_fail_or_are_none_keep_no_other_from_being_looked_at(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room.stored() as make:
        course = make.session.get_one(Course, room.course_id)
        emails = [f"{number}@example.org" for number in range(3)]
        first, second, third = (make.learner(course, email=email).id for email in emails)
    asked = []

    def reckoned(session: Any, *, learner_id: int, **given: Any) -> Any:
        asked.append(learner_id)
        if learner_id == first:
            raise RuntimeError("broke off")
        if learner_id == second:
            return None  # they left meanwhile
        return student_standing(session, learner_id=learner_id, **given)

    monkeypatch.setattr(standing, "student_standing", reckoned)
    monkeypatch.setattr(standing, "_BATCH", 1)

    with room.app.app_context():
        with pytest.raises(RuntimeError, match="broke off"):
            refresh_standings(room.app.extensions["quizapp.settings"], {})
        kept = list(db.session.scalars(sa.select(CourseStanding.learner_id)))

    assert (asked, kept) == ([first, second, third], [third])


def test_the_address_says_whom_and_in_what_order(room: Room) -> None:
    room.add("Ada", waiting=1)
    room.add("Ben", waiting=9)
    room.add("Cleo", waiting=5, is_behind=True)

    def names(path: str) -> list[str]:
        return re.findall(r'<th scope="row"><a [^>]*>(\w+)<', room.get(path))

    assert names("?sort=waiting") == ["Ben", "Cleo", "Ada"]
    assert names("?sort=-waiting") == ["Ada", "Cleo", "Ben"]
    assert names("?show=behind") == ["Cleo"]
    assert names("?q=BEN") == ["Ben"]
    assert names("?sort=topic-99&group=x&show=no&page=77&q=%00") == ["Ada", "Ben", "Cleo"]
    assert 'aria-sort="descending"' in room.get("?sort=waiting")
    assert "sort=-waiting&amp;q=e" in room.get("?sort=waiting&q=e") or (
        "q=e&amp;sort=-waiting" in room.get("?sort=waiting&q=e")
    )
    assert "No student fits" in room.get("?q=nobody")


def test_the_file_for_spreadsheets_holds_no_formula(room: Room) -> None:
    room.add(ATTACK, waiting=4)

    answer = room.teacher.get(f"{room.base}.csv")

    assert answer.mimetype == "text/csv"
    head, row = answer.text.lstrip("\ufeff").splitlines()
    assert head == '"student","Aleppo, percent","tested","recalled","waiting","last active"'
    assert row == f'"\'{ATTACK}",84,40,36,4,"{datetime.now(UTC).date().isoformat()}"'


def test_the_file_has_the_days_of_whoever_reads_it(room: Room) -> None:
    with room.stored() as make:
        zone = {"timezone": "Pacific/Kiritimati"}  # 14 hours ahead
        make.session.execute(sa.update(User).values(**zone))
    room.add("Ada", last_active_at=datetime(2026, 3, 1, 23, tzinfo=UTC))

    assert room.teacher.get(f"{room.base}.csv").text.strip().endswith(',"2026-03-02"')


def test_what_tells_most_of_a_student_stands_beside_the_name(room: Room) -> None:
    room.add("Ada", "Ben", "Cleo", "Dora", "Emil")

    table = room.get().split('<table class="table matrix">')[1].split("</table>")[0]

    rows = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd]\b.*?</t[hd]>", row)]
        for row in table.split("<tr>")[1:]
    ]
    assert rows[0] == ["Student", "Recall", "Waiting", "Active", "Aleppo"]
    assert rows[1] == ["Ada", "90\u00a0%", "3", "today", "84"]
    assert rows[-1] == ["Class mean", "90\u00a0%", "3", "", "84"]


def test_what_people_typed_is_never_markup(room: Room) -> None:
    (one, *_) = room.add(ATTACK, "Ada")
    room.post(f"/message?to=student-{one}", text=ATTACK, learner=str(one))

    for path in ("", f"/{one}", f"/message?to=student-{one}", "/messages"):
        assert "<script>alert" not in room.get(path)


def test_one_student_is_shown_as_they_see_it_and_offered_nothing_to_do(
    room: Room, sign_in: Any
) -> None:
    (ada,) = room.add("Ada")
    with room.stored() as make:
        at = datetime.now(UTC)
        make.session.add(
            Memory(
                learner_id=ada,
                fact_id=room.fact_id,
                course_id=room.course_id,
                phase="review",
                stability=30.0,
                difficulty=5.0,
                due_at=at,
                last_review_at=at,
                reps=3,
                lapses=0,
                seen=1,
            )
        )

    page = room.get(f"/{ada}")

    assert "Ada" in page
    assert "1 of 1" in page  # known well
    assert "/progress/resume" not in page
    assert "Start review" not in page
    assert room.teacher.get(f"{room.base}/987654").status_code == 404


def test_a_message_is_sent_recorded_and_put_away(room: Room, sign_in: Any) -> None:
    ada, ben = room.add("Ada", "Ben", last_active_at=datetime.now(UTC) - 9 * DAY)

    form = room.get("/message?to=quiet")
    assert form.count('name="learner"') == 2
    sent = room.post("/message?to=quiet", text="Come back.\n\nIt is time.", learner=str(ada))

    assert sent.status_code == 303
    assert "to 1 student." in room.get("/messages")
    student = room.app.test_client()
    sign_in(student, ada)
    today = student.get(f"/today?course={room.slug}").text
    assert "Come back.\n\nIt is time." in today
    found = re.search(r'action="(/messages/\d+/seen[^"]*)"', today)
    assert found
    answer = student.post(found[1], data={"csrf_token": csrf_token(today)})
    assert answer.status_code == 303
    assert "Come back." not in student.get(f"/today?course={room.slug}").text
    assert "has read it" in room.get("/messages")
    sign_in(student, ben)
    assert "Come back." not in student.get(f"/today?course={room.slug}").text


def test_a_message_that_is_wrong_comes_back_as_it_was(room: Room) -> None:
    ada, ben = room.add("Ada", "Ben", last_active_at=datetime.now(UTC) - 9 * DAY)

    answer = room.post("/message?to=quiet", text="", learner=str(ben))
    assert answer.status_code == 422
    assert "Write what they should read." in answer.text
    assert f'value="{ben}" checked' in answer.text
    assert f'value="{ada}" checked' not in answer.text

    answer = room.post("/message?to=quiet", text="Kept words")
    assert answer.status_code == 422
    assert "Choose at least one student." in answer.text
    assert "Kept words" in answer.text


def test_in_an_archived_course_no_message_is_offered_to_be_written(room: Room) -> None:
    room.add("Ada")
    with room.stored() as make:
        make.session.get_one(Course, room.course_id).archived_at = datetime.now(UTC)

    page = room.get("/message")

    assert "The course is archived" in page
    assert "<textarea" not in page


def test_the_table_of_the_trend_holds_the_numbers_that_are_drawn() -> None:
    now = datetime(2026, 3, 4, tzinfo=UTC)
    first = datetime(2026, 2, 16, tzinfo=UTC).date()
    weeks = (Week(first, 6, 40, 30), Week(first + 7 * DAY, None), Week(first + 14 * DAY, 5, 50, 45))
    report = Report(now, now, 6, tested=90, recalled=75, target=0.9, weeks=weeks)

    chart = class_words.trend(report)

    assert chart is not None
    assert chart.title == "Class recall is seven points short of target"  # 83 of 90
    assert list(chart.rows) == [
        ("16 Feb", "75.0\u00a0%", "6"),
        ("23 Feb", "–", "under 5"),
        ("2 Mar", "90.0\u00a0%", "5"),
    ]
    titles = re.findall(r"<title>([^<]+)</title>", chart.drawing)
    assert titles == ["16 Feb: 75\u00a0%", "2 Mar: 90\u00a0%"]


def test_the_page_takes_the_same_statements_however_large_the_class_is(
    room: Room, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    paths = ("", "?sort=waiting", f"?sort=topic-{room.topic_id}", ".csv", "/message", "/messages")

    def counts() -> list[int]:
        found = []
        for path in paths:
            with statements() as seen:
                assert room.teacher.get(room.base + path).status_code == 200
            found.append(len(seen))
        return found

    room.add("Ada", "Ben", "Cleo", "Dora", "Emil", last_active_at=datetime.now(UTC) - 9 * DAY)
    few = counts()
    room.add(*(f"Student {n}" for n in range(40)), last_active_at=datetime.now(UTC) - 9 * DAY)

    assert counts() == few
    assert max(few) <= 13
