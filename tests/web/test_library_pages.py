"""Courses and texts as everyone sees them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from quizapp.models import Course, Passage, Role, Topic
from tests.support.make import RAW

ATTACK = "<script>alert(1)</script>"


@dataclass(frozen=True)
class Shelf:
    """A public course with a text, and its people."""

    source_id: int
    student_id: int
    teacher_id: int
    newcomer_id: int


@pytest.fixture
def shelf(stored: Any) -> Shelf:
    with stored() as make:
        course = make.course(slug="law", title="Law of bases", summary="On bases.")
        topic = make.topic(course, key="article", title="Article 146")
        passage = make.passage(course, key="p5", locator="P5", heading="The Constitution")
        question = make.question(make.fact(course, topic, passage))
        make.quiz(course, [question], title="A short quiz")
        student, teacher, newcomer = make.user(), make.user(), make.user()
        make.enrol(student, course)
        make.enrol(teacher, course, Role.INSTRUCTOR)
        return Shelf(passage.source_id, student.id, teacher.id, newcomer.id)


def test_everyone_may_look_into_a_public_course(client: FlaskClient, shelf: Shelf) -> None:
    listed, inside = client.get("/courses").text, client.get("/courses/law").text

    assert "Law of bases" in listed
    for words in ("Article 146", "A short quiz", "Course reader", "Try a card now", "1 fact"):
        assert words in inside
    assert 'id="article"' in inside
    assert "/teach/" not in inside


def test_a_learner_sees_how_much_is_known_and_where_to_study(
    client: FlaskClient, shelf: Shelf, sign_in: Any
) -> None:
    sign_in(client, shelf.student_id)

    page = client.get("/courses/law").text

    assert "0 of 1 fact known" in page
    assert "/review?course=law&amp;topic=article" in page


def test_an_instructor_is_led_to_the_questions(
    client: FlaskClient, shelf: Shelf, sign_in: Any
) -> None:
    sign_in(client, shelf.teacher_id)

    for url in ("/courses", "/courses/law", f"/sources/{shelf.source_id}"):
        assert "/teach/law/questions" in client.get(url).text
    assert "1 question cites this text" in client.get(f"/sources/{shelf.source_id}").text


def test_someone_who_is_not_in_a_course_can_join_it(
    client: FlaskClient, shelf: Shelf, sign_in: Any, post: Any
) -> None:
    sign_in(client, shelf.newcomer_id)
    before = client.get("/courses/law").text

    answer = post(client, "/courses/law/join", on="/courses/law")

    assert "Join the course" in before
    assert (answer.status_code, answer.location) == (303, "/courses/law")
    after = client.get("/courses/law").text
    assert "You are in." in after
    assert "Join the course" not in after


def test_joining_needs_somebody_to_join(client: FlaskClient, shelf: Shelf, post: Any) -> None:
    answer = post(client, "/courses/law/join")

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_a_text_has_an_anchor_for_each_paragraph_and_marks_what_is_cited(
    client: FlaskClient, shelf: Shelf
) -> None:
    page = client.get(f"/sources/{shelf.source_id}").text

    assert 'id="p5"' in page
    assert '<a href="#p5">1. The Constitution</a>' in page
    assert '<span class="used">The aversion is codified' in page
    assert RAW["single_choice"]["stem"] not in page


def test_a_learner_sees_the_cards_of_a_paragraph(
    client: FlaskClient, shelf: Shelf, sign_in: Any
) -> None:
    sign_in(client, shelf.student_id)

    page = client.get(f"/sources/{shelf.source_id}").text

    assert RAW["single_choice"]["stem"] in page
    assert "Not started" in page
    assert "You have not started on this text yet" in page
    assert page.count('<svg class="heat"') == 1


@pytest.mark.parametrize(
    "url", ["/courses/none", "/sources/999999", "/sources/99999999999999999999", "/sources/x"]
)
def test_what_is_not_there_is_not_found(client: FlaskClient, shelf: Shelf, url: str) -> None:
    assert client.get(url).status_code == 404


def test_a_private_course_is_not_found_by_others(client: FlaskClient, stored: Any) -> None:
    with stored() as make:
        course = make.course(slug="secret", title="A secret", is_public=False)
        source_id = make.passage(course).source_id

    assert client.get("/courses/secret").status_code == 404
    assert client.get(f"/sources/{source_id}").status_code == 404
    assert "A secret" not in client.get("/courses").text


def test_what_stands_in_a_course_is_never_run(client: FlaskClient, stored: Any) -> None:
    with stored() as make:
        course = make.course(slug="law", title=ATTACK, summary=ATTACK)
        topic = make.topic(course, title=ATTACK, summary=ATTACK)
        passage = make.passage(course, f"{ATTACK}. More.", heading=ATTACK, note=ATTACK)
        make.question(make.fact(course, topic, passage))
        source_id = passage.source_id

    for url in ("/courses", "/courses/law", f"/sources/{source_id}", "/"):
        page = client.get(url).text
        assert ATTACK not in page
        assert "&lt;script&gt;alert(1)" in page


def test_no_page_asks_the_database_more_for_a_larger_course(
    client: FlaskClient, shelf: Shelf, *, stored: Any, sign_in: Any, statements: Any
) -> None:
    sign_in(client, shelf.student_id)
    urls = ("/courses", "/courses/law", f"/sources/{shelf.source_id}")

    def counts() -> list[int]:
        made = []
        for url in urls:
            with statements() as seen:
                client.get(url)
            made.append(len(seen))
        return made

    before = counts()
    with stored() as make:
        course, topic, passage = (
            make.session.scalars(sa.select(kind)).one() for kind in (Course, Topic, Passage)
        )
        for n in range(4):
            fact = make.fact(course, topic, passage, key=f"more-{n}")
            make.quiz(course, [make.question(fact, key=f"more-{n}")], key=f"more-{n}")
        make.course(slug="another")
    assert counts() == before
    assert max(before) <= 8
