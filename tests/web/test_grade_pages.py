"""The pages of marks: the gradebook, one mark, its files, and the student's own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from quizapp.models import Attempt, AttemptState, Course, Role, User
from tests.support.make import NOON, Make
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script>"
Stored = Callable[[], AbstractContextManager[Make]]
Statements = Callable[[], AbstractContextManager[list[str]]]


@dataclass
class Room:
    """A course whose teacher and whose student, Ada, are signed in; Ada has 7 of 10."""

    teacher: FlaskClient
    ada: FlaskClient
    stored: Stored
    base: str
    course_id: int
    ada_id: int
    quiz_id: int

    def get(self, path: str = "") -> str:
        answer = self.teacher.get(self.base + path)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    @property
    def place(self) -> str:
        return f"/{self.ada_id}/{self.quiz_id}"

    def write(self, status: int = 303, **form: str) -> str:
        page = self.get(self.place)
        seen = re.search(r'name="seen"[^>]*value="(\d+)"', page)
        data = {"csrf_token": csrf_token(page), "seen": seen[1] if seen else "0"} | form
        answer = self.teacher.post(self.base + self.place, data=data)
        assert answer.status_code == status, answer.status_code
        return answer.text

    def own(self) -> str:
        answer = self.ada.get("/grades?course=syria")
        assert answer.status_code == 200
        return answer.text


def handed_in(make: Make, learner_id: int, quiz_id: int, points: int, **given: Any) -> None:
    """Store an attempt of 10 points that was handed in."""
    values: dict[str, Any] = {
        "id": learner_id * 100_000 + quiz_id * 10 + given.get("number", 1),
        "number": 1,
        "state": AttemptState.SUBMITTED,
        "seed": 1,
        "layout": [],
        "settings": {"pass_mark_percent": 60},
        "started_at": NOON,
        "submitted_at": NOON + timedelta(minutes=9),
        "mark": Fraction(points),
        "max_mark": Fraction(10),
    }
    make.session.add(Attempt(learner_id=learner_id, quiz_id=quiz_id, **values | given))
    make.session.flush()


@pytest.fixture
def room(app: Flask, stored: Stored, sign_in: Callable[[FlaskClient, int], Any]) -> Room:
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        teacher, ada = make.user(name="Jonas Weber"), make.user(name="Ada Okafor")
        make.enrol(teacher, course, Role.INSTRUCTOR)
        make.enrol(ada, course)
        quiz = make.quiz(course, title="=Astana", settings={"pass_mark_percent": 60})
        handed_in(make, ada.id, quiz.id, 7)
        ids = (course.id, ada.id, quiz.id)
        people = (teacher.id, ada.id)
    clients = [app.test_client(), app.test_client()]
    for client, user_id in zip(clients, people, strict=True):
        sign_in(client, user_id)
    return Room(clients[0], clients[1], stored, "/teach/syria/grades", *ids)


def cells(page: str) -> list[str]:
    """Return the words of the cells of the gradebook."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    found = re.findall(r'<td class="m[^"]*">(.*?)</td>', body, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", one)).strip() for one in found]


def foot(page: str) -> str:
    """Return the words of the row below all students."""
    found = page.partition("<tfoot>")[2].partition("</tfoot>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found)).replace("\xa0", " ").strip()


def test_the_gradebook_says_share_points_verdict_and_signs(room: Room) -> None:
    page = room.get()
    assert cells(page) == ["70\xa0% 7 of 10 , passed".replace("\xa0", " ")]
    # The mean is beside the name, in sight however many quizzes there are.
    heads = re.findall(r'<th scope="col"[^>]*><a[^>]*><span[^>]*>([^<]+)', page)
    assert heads == ["Student", "Mean", "=Astana"]
    assert re.search(r'</th><td class="n"><b>70\W*%</b><span class="sub">1 of 1</span></td>', page)

    room.write(held="by_hand", points="5", most="10", reason="Two pages were blank.", comment="Hm")

    assert cells(room.get()) == ["50 % 5 of 10 , not passed , set by hand , comment"]
    told = room.own()
    assert '<b class="num">5 of 10</b>' in told
    assert "Two pages were blank." in told


def test_a_mark_that_was_written_can_be_taken_back(room: Room) -> None:
    room.write(held="excused", reason="Was ill")
    page = room.get(room.place)
    assert "Excused: this quiz does not count for them." in page
    assert "It does not count for you: Was ill" in room.own()

    data = {"csrf_token": csrf_token(page), "seen": "1"}
    undone = room.teacher.post(f"{room.base}{room.place}/undo", data=data)
    again = room.teacher.post(f"{room.base}{room.place}/undo", data=data, follow_redirects=True)

    assert undone.status_code == 303
    assert "That was taken back already." in again.text
    page = room.get(room.place)
    assert "Taken back: as the attempts count" in page
    assert "Take the last back" not in page
    assert "7 of 10" in room.own()


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(room: Room) -> None:
    page = room.write(422, held="by_hand", points="11", most="10", reason="", comment="Kept")

    assert "Give points from 0 to 10, such as 7.5." in page
    assert "Say why, for the student to read." in page
    assert ">\r\nKept</textarea>" in page
    assert 'value="11"' in page


def test_of_two_instructors_the_second_sees_what_the_first_wrote(room: Room) -> None:
    room.write(held="by_hand", points="5", most="10", reason="First")

    page = room.write(409, held="by_hand", points="6", most="10", reason="Second", seen="0")

    assert "What holds now stands above." in page
    assert '<b class="num">5 of 10</b>' in page
    assert 'name="seen" type="hidden" value="1"' in page


def test_attempts_that_moved_under_a_mark_are_told_and_the_mark_can_be_kept(room: Room) -> None:
    room.write(held="by_hand", points="5", most="10", reason="Two pages were blank.")
    with room.stored() as make:
        handed_in(make, room.ada_id, room.quiz_id, 9, number=2)

    book, page = room.get(), room.get(room.place)

    assert "1 mark set by hand or excused stands over attempts" in book
    assert "changed from 7 of 10 to 9 of 10" in page
    kept = page[: page.index("Keep this mark")].rpartition("<form")[2]
    data = dict(re.findall(r'name="(\w+)" value="([^"]*)"', kept))
    assert room.teacher.post(f"{room.base}{room.place}", data=data).status_code == 303
    assert "stands over attempts" not in room.get()
    assert "5 of 10" in room.own()


def test_students_read_what_is_typed_as_text(room: Room) -> None:
    room.write(held="by_hand", points="5", most="10", reason=ATTACK, comment=ATTACK)

    for page in (room.own(), room.get(room.place), room.ada.get(f"/quizzes/{room.quiz_id}").text):
        assert ATTACK not in page
        assert "&lt;script&gt;" in page


def test_the_files_hold_what_the_page_shows_and_no_formula(room: Room) -> None:
    with room.stored() as make:
        user = make.user(name="=HYPERLINK(1)", email="+a@example.org")
        make.enrol(user, make.session.get_one(Course, room.course_id))

    sent = room.teacher.get(f"{room.base}.csv")
    head, first, second = csv.reader(io.StringIO(sent.data.decode("utf-8-sig"), newline=""))

    assert sent.headers["Content-Disposition"] == "attachment; filename=syria-marks.csv"
    assert head[3:] == [
        "'=Astana",
        "'=Astana: of",
        "'=Astana: notes",
        "Mean, percent",
        "Quizzes with a mark",
    ]
    assert first == ["'=HYPERLINK(1)", "'+a@example.org", "", "", "", "", "", "0"]
    assert second[0] == "Ada Okafor"
    assert second[3:] == ["7", "10", "passed", "70", "1"]
    book = room.teacher.get(f"{room.base}.xlsx")
    sheet = load_workbook(io.BytesIO(book.data)).active
    assert [cell.value for cell in sheet[3]][3:] == [7, 10, "passed", 70, 1]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=HYPERLINK(1)", "s")


def test_pages_take_the_same_statements_however_much_there_is(
    room: Room, statements: Statements
) -> None:
    def counted() -> list[int]:
        found = []
        sort = f"quiz-{room.quiz_id}"
        paths = ["", f"?sort={sort}", f".csv?sort={sort}", f"/{room.ada_id}", room.place]
        for client, path in [
            *((room.teacher, room.base + one) for one in paths),
            (room.ada, "/grades?course=syria"),
        ]:
            with statements() as seen:
                assert client.get(path).status_code == 200
            found.append(len(seen))
            # Of everybody attempts are read to sort by a mark, and for files.
            whole = [one for one in seen if "FROM attempt" in one and "FROM enrolment" in one]
            reads_all = any("mark_entry" not in one for one in whole)
            assert reads_all == (path.endswith(sort) or ".csv" in path), path
        return found

    room.write(held="by_hand", points="5", most="10", reason="Two pages were blank.")
    with room.stored() as make:
        handed_in(make, room.ada_id, room.quiz_id, 9, number=2)
    few = counted()
    with room.stored() as make:
        course = make.session.get_one(Course, room.course_id)
        rule = {"counting": "average"}
        quizzes = [make.quiz(course, key=f"more-{n}", settings=rule) for n in range(4)]
        for number in range(60):
            user = make.user(name=f"Student {number}", email=f"s{number}@example.org")
            make.enrol(user, course)
            for quiz in quizzes:
                handed_in(make, user.id, quiz.id, number % 10)
        for quiz in quizzes:
            handed_in(make, room.ada_id, quiz.id, 3)

    assert counted() == few
    assert few == [15, 14, 9, 11, 12, 9]


def test_a_page_of_a_large_class_is_one_of_several(room: Room) -> None:
    with room.stored() as make:
        course = make.session.get_one(Course, room.course_id)
        for number in range(60):
            make.enrol(
                make.user(name=f"Student {number:02}", email=f"s{number}@example.org"), course
            )

    first, second, searched = room.get(), room.get("?page=2"), room.get("?q=student+07")

    assert (
        foot(second) == "61 students 25 on this page Sort by mean to see the mean of each quiz here"
    )
    assert re.search(r'<tfoot>.*href="/teach/syria/grades\?sort=mean#marks-h"', second)
    assert foot(room.get("?page=2&sort=mean")) == (
        "Mean of 61 students 70 % 1 mark , analysis of =Astana"
    )
    assert foot(searched).startswith("Mean of 1 student that fits")
    assert "61 students, 1 quiz" in first
    assert (len(cells(first)), len(cells(second)), len(cells(searched))) == (25, 25, 1)
    assert "No student fits" in room.get("?q=nobody")


def test_headings_sort_and_the_address_says_how_everywhere(room: Room) -> None:
    with room.stored() as make:
        course = make.session.get_one(Course, room.course_id)
        for name, points in (("Zora", 9), ("Milo", None)):
            user = make.user(name=name, email=f"{name}@example.org")
            make.enrol(user, course)
            if points is not None:
                handed_in(make, user.id, room.quiz_id, points)
    by_quiz = f"quiz-{room.quiz_id}"

    def shown(sort: str) -> tuple[list[str], list[str], list[str]]:
        """Return who stands in what order, the sorted headings, and what their links ask for."""
        page = room.get(f"?sort={sort}&q=")
        heads = re.findall(
            r'<th scope="col"[^>]* aria-sort="(\w+)"><a[^>]*[?&;]sort=([^"&#]+)', page
        )
        # The files and the filter keep the order.
        assert page.count(f"sort={sort}") == 2 + (sort == "name")
        assert f'name="sort" value="{sort}"' in page or sort == "name"
        names = re.findall(r'<tr><th scope="row"><a [^>]*>(\w+)', page)
        return names, [head[0] for head in heads], [head[1] for head in heads]

    assert shown(by_quiz) == (["Ada", "Zora", "Milo"], ["ascending"], [f"-{by_quiz}"])
    assert shown(f"-{by_quiz}") == (["Zora", "Ada", "Milo"], ["descending"], [by_quiz])
    assert shown("-mean") == (["Zora", "Ada", "Milo"], ["descending"], ["mean"])
    assert shown("-name") == (["Zora", "Milo", "Ada"], ["descending"], ["name"])
    for nonsense in ("quiz-999", "quiz-x", "-", "size", "mean-3"):
        assert '<th scope="row"><a' in room.get(f"?sort={nonsense}")
    rows = csv.reader(room.teacher.get(f"{room.base}.csv?sort=-{by_quiz}").text.splitlines()[1:])
    assert [row[0].split()[0] for row in rows] == ["Zora", "Ada", "Milo"]
    assert foot(room.get()) == "Mean of 3 students 80 % 2 marks , analysis of =Astana"


def test_the_students_page_says_what_is_open_and_what_is_hidden(room: Room) -> None:
    closes = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    hidden = {"after_submit": ["response"], "after_close": ["marks"]}
    with room.stored() as make:
        course = make.session.get_one(Course, room.course_id)
        make.quiz(course, key="to-take", title="To take", settings={"closes_at": closes})
        secret = make.quiz(
            course,
            key="secret",
            title="Secret",
            settings={"closes_at": closes, "disclosure": hidden},
        )
        handed_in(make, room.ada_id, secret.id, 3)
        secret_id = secret.id

    told, taught = room.own(), room.get(f"/{room.ada_id}")

    assert "Not shown yet" in told
    assert "3 of 10" not in told
    assert "Open until" in told
    assert "3 of 10" in taught
    assert "Marks are hidden from them until it closes" in taught
    assert f"{room.base}/{room.ada_id}/{secret_id}" in taught


def test_a_mark_of_an_archived_course_is_shown_without_a_form(room: Room) -> None:
    with room.stored() as make:
        make.session.get_one(Course, room.course_id).archived_at = NOON

    page = room.get(room.place)

    assert "7 of 10" in page
    assert "Change the mark" not in page
    assert "Make an exception" not in page


def test_a_course_without_quizzes_or_students_says_so(room: Room) -> None:
    with room.stored() as make:
        empty = make.course(slug="empty")
        teacher = make.session.get_one(User, 1)
        make.enrol(teacher, empty, Role.INSTRUCTOR)
        empty_id = empty.id

    assert "No quizzes yet" in room.teacher.get("/teach/empty/grades").text
    with room.stored() as make:
        make.quiz(make.session.get_one(Course, empty_id), title="One", key="one")
    assert "No students yet" in room.teacher.get("/teach/empty/grades").text
