"""Marking answers in students' own words, through a browser's eyes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.models import Course, Marking, Quiz, Role, Slot
from tests.support.make import Make
from tests.support.marked import hand_in, tokens
from tests.support.samples import SAMPLES
from tests.web.conftest import csrf_token

KEY = "SECRETKEY"
ATTACK = "<script>alert(1)</script> **bold**"
NAMES = ("Mina Rahimi", "Omar Haddad", "Lena Fischer")


@dataclass
class Desk:
    """A quiz of a choice and an open answer that three students handed in; two who teach."""

    app: Flask
    stored: Callable[[], AbstractContextManager[Make]]
    student: FlaskClient
    teacher: FlaskClient
    colleague: FlaskClient
    attempts: list[int]
    answers: list[str]
    quiz_id: int
    slug: str
    base: str

    def page(self, client: FlaskClient, address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return html.unescape(answer.text)

    def results(self) -> str:
        return self.page(self.student, f"/attempts/{self.attempts[0]}/results?show=all")

    def show(self, place: int = 0, query: str = "") -> str:
        return self.page(self.teacher, f"{self.base}/{self.answers[place]}{query}")

    def mark(self, place: int = 0, client: FlaskClient | None = None, **data: Any) -> TestResponse:
        client = client or self.teacher
        token = csrf_token(client.get("/settings/profile").text)
        data = {"seen": "0", "csrf_token": token} | data
        address = data.pop("address", f"{self.base}/{self.answers[place]}")
        return client.post(address, data=data)

    def rows(self) -> list[Any]:
        with self.stored() as make:
            return list(make.session.execute(sa.select(*sa.inspect(Marking).columns)))

    def rule(self, **settings: Any) -> None:
        with self.stored() as make:
            quiz = make.session.get_one(Quiz, self.quiz_id)
            quiz.settings = {**quiz.settings, **settings}


@pytest.fixture
def desk(
    app: Flask,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], Any],
) -> Desk:
    with stored() as make:
        course = make.course()
        raw = SAMPLES["self_rated"].hidden(KEY)
        asked = [
            make.question(make.fact(course)),
            make.question(make.fact(course), "self_rated", raw),
        ]
        quiz = make.quiz(course, asked, title="Essays", settings={"pass_mark_percent": 50})
        worth = sa.update(Slot).where(Slot.quiz_id == quiz.id, Slot.position == 1)
        make.session.execute(worth.values(max_mark=4))
        students = [make.learner(course, name=name) for name in NAMES]
        attempts = [
            hand_in(make, one, quiz, 1, f"Text {place}. {ATTACK}")
            for place, one in enumerate(students)
        ]
        teachers = [make.user(name) for name in ("Jonas Weber", "Ada Lovelace")]
        for one in teachers:
            make.enrol(one, course, Role.INSTRUCTOR)
        answers = tokens(make, app, make.actor(teachers[0]), quiz, asked[1])
        ids = [students[0].id, *(one.id for one in teachers)]
        values = (quiz.id, course.slug)
        base = f"/teach/{course.slug}/marking/{quiz.id}/{asked[1].id}"
    clients = [app.test_client() for _ in ids]
    for client, user_id in zip(clients, ids, strict=True):
        sign_in(client, user_id)
    return Desk(app, stored, *clients, attempts, answers, *values, base)


class TestTheQueue:
    def test_it_says_how_many_wait_and_leads_to_the_first(self, desk: Desk) -> None:
        page = desk.page(desk.teacher, f"/teach/{desk.slug}/marking")

        assert "3 wait" in page
        assert "Essays" in page
        assert re.search(r'Marking <span class="count">3<span class="sr"> to mark', page)
        assert desk.teacher.get(desk.base).location.endswith(desk.answers[0])

    def test_it_is_empty_where_nothing_was_written(self, desk: Desk) -> None:
        with desk.stored() as make:
            make.session.execute(sa.delete(Marking))
            make.session.execute(sa.text("UPDATE attempt SET waiting = NULL"))

        page = desk.page(desk.teacher, f"/teach/{desk.slug}/marking")

        assert "Nothing to mark" in page
        assert desk.teacher.get(desk.base).location.endswith("/marking")

    def test_pages_take_the_same_number_of_statements_for_any_number(
        self, desk: Desk, statements: Callable[..., Any]
    ) -> None:
        counts = []
        for place in (f"/teach/{desk.slug}/marking", f"{desk.base}/{desk.answers[0]}"):
            desk.teacher.get(place)
            with statements() as seen:
                desk.teacher.get(place)
            counts.append(len(seen))
        with desk.stored() as make:
            quiz = make.session.get_one(Quiz, desk.quiz_id)
            course = make.session.get_one(Course, quiz.course_id)
            for number in range(8):
                email = f"more{number}@example.org"
                hand_in(make, make.learner(course, email=email), quiz, 1, f"More {number}")

        again = []
        for place in (f"/teach/{desk.slug}/marking", f"{desk.base}/{desk.answers[0]}"):
            with statements() as seen:
                desk.teacher.get(place)
            again.append(len(seen))

        assert again == counts
        assert max(counts) <= 20


class TestOneAnswer:
    def test_it_shows_the_text_beside_the_model_answer_and_its_proof(self, desk: Desk) -> None:
        page = desk.show()

        assert "Answer 1 of 3" in page
        assert "Text " in page
        assert f"{KEY} answer" in page
        assert "<mark>" in page

    def test_names_and_numbers_of_people_are_not_in_it_unless_asked_for(self, desk: Desk) -> None:
        plain = [desk.show(place) for place in range(3)]
        named = [desk.show(place, "?names=1") for place in range(3)]

        for page in plain:
            assert not [name for name in NAMES if name in page]
            assert not [one for one in desk.attempts if str(one) in page]
        assert sorted(name for name in NAMES for page in named if name in page) == sorted(NAMES)
        assert all(f"{desk.answers[1]}?names=1" in page for page in (named[0], named[2]))

    def test_no_text_is_markup(self, desk: Desk) -> None:
        page = desk.teacher.get(f"{desk.base}/{desk.answers[0]}").text

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page

    def test_saving_leads_to_the_next_that_waits_and_then_says_so(self, desk: Desk) -> None:
        first = desk.mark(0, share="1/2", comment="Good.")
        desk.mark(2, share="1")
        last = desk.mark(1, points="1.5")

        assert first.location.endswith(desk.answers[1])
        assert "Every answer to this question is marked." in desk.page(desk.teacher, last.location)
        assert sorted(row.fraction * 4 for row in desk.rows()) == [1.5, 2, 4]

    def test_what_was_marked_stands_in_the_form_again(self, desk: Desk) -> None:
        desk.mark(0, share="1/2", comment="Good.")
        desk.mark(1, points="1/3")

        page, other = desk.show(0), desk.show(1)

        assert re.search(r'value="1/2" data-key="3" checked', page)
        assert ">Good.</textarea>" in page
        assert 'name="points" value="1/3"' in other
        assert 'name="seen" value="1"' in page

    @pytest.mark.parametrize(
        "data",
        [{}, {"share": "7"}, {"points": "9"}, {"points": "-1"}, {"share": "1", "points": "1"}],
    )
    def test_what_is_no_marking_comes_back_as_it_was_typed(
        self, desk: Desk, data: dict[str, str]
    ) -> None:
        answer = desk.mark(0, comment="Typed before.", **data)

        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert ">Typed before.</textarea>" in answer.text
        assert desk.rows() == []

    def test_the_second_of_two_sees_what_the_first_gave_and_decides(self, desk: Desk) -> None:
        desk.mark(0, desk.colleague, share="1/4", comment="Rather short.")

        late = desk.mark(0, share="1", comment="Mine.")

        assert late.status_code == 409
        page = html.unescape(late.text)
        assert "Ada Lovelace: <b>1 of 4 points</b>, “Rather short.”" in page
        assert ">Mine.</textarea>" in page
        assert 'name="seen" value="1"' in page
        assert desk.mark(0, share="1", comment="Mine.", seen="1").status_code == 303
        assert [row.fraction for row in desk.rows()] == [0.25, 1]

    def test_the_last_marking_can_be_taken_back(self, desk: Desk) -> None:
        desk.mark(0, share="1")
        page = desk.show(1)
        assert "Saved: <b>4 of 4</b> for <a" in page
        undo = f"{desk.base}/{desk.answers[0]}/undo"

        answer = desk.mark(address=undo, seen="1")
        assert "Taken back." in desk.page(desk.teacher, answer.location)
        assert desk.mark(address=undo, seen="1").status_code == 303

        assert [(row.fraction, row.is_undo) for row in desk.rows()] == [(1, False), (None, True)]
        assert "Saved: <b>" not in desk.show(1)

    @pytest.mark.parametrize("answer", ["0" * 16, "x" * 16])
    def test_an_answer_that_is_not_there_is_not_found(self, desk: Desk, answer: str) -> None:
        assert desk.teacher.get(f"{desk.base}/{answer}").status_code == 404
        assert desk.mark(address=f"{desk.base}/{answer}", share="1").status_code == 404

    def test_a_form_without_its_token_is_refused(self, desk: Desk) -> None:
        address = f"{desk.base}/{desk.answers[0]}"

        answer = desk.teacher.post(address, data={"share": "1", "seen": "0"})

        assert answer.status_code == 400
        assert desk.rows() == []


class TestWhatStudentsSee:
    def test_a_result_that_is_not_final_says_so(self, desk: Desk) -> None:
        page, quiz = desk.results(), desk.page(desk.student, f"/quizzes/{desk.quiz_id}")

        assert "1 answer waits to be marked. Your mark is final once it is." in page
        assert "</b> of 1 points so far</h1>" in page
        assert "Waits to be marked" in page
        assert "Up to 4 points" in page
        assert not [word for word in ("Passed", "not passed") if word in page]
        assert "1 answer waits to be marked" in quiz
        assert "Your instructor marks answers in your own words." in quiz

    def test_mark_comment_and_model_answer_stand_beside_the_text(self, desk: Desk) -> None:
        for place in range(3):
            desk.mark(place, share="3/4", comment=f"See **P1**. {ATTACK}")

        page = desk.student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text

        assert "See <strong>P1</strong>." in page
        assert "<script>alert" not in page
        assert f"{KEY} answer" in page
        assert "Text 0." in page
        assert "3 of 4 points" in page
        assert "Passed with 60" in page

    @pytest.mark.parametrize(
        ("shown", "there", "hidden"),
        [
            (["marks"], "3 of 4 points", (f"{KEY} answer", "Well said", "Text 0.")),
            (["right_answer"], f"{KEY} answer", ("3 of 4", "Well said", "Text 0.")),
            (["response", "feedback"], "Well said", ("3 of 4", f"{KEY} answer")),
        ],
    )
    def test_each_is_shown_as_the_quiz_says(
        self, desk: Desk, shown: list[str], there: str, hidden: tuple[str, ...]
    ) -> None:
        for place in range(3):
            desk.mark(place, share="3/4", comment="Well said")
        desk.rule(disclosure={"after_submit": shown})

        page = desk.results()

        assert there in page
        assert not [words for words in hidden if words in page]

    def test_the_question_has_no_key_and_says_who_marks_it(self, desk: Desk) -> None:
        with desk.stored() as make:
            quiz = make.session.get_one(Quiz, desk.quiz_id)
            quiz.settings = {"behaviour": "immediate"}
        token = csrf_token(desk.student.get(f"/quizzes/{desk.quiz_id}").text)
        started = desk.student.post(f"/quizzes/{desk.quiz_id}/start", data={"csrf_token": token})

        page = desk.page(desk.student, f"{started.location[:-1]}2")

        assert "<textarea" in page
        assert KEY not in page
        assert "Your instructor marks this answer" in page
        assert "Check this answer" not in page


def test_the_editor_says_where_a_behaviour_and_an_open_answer_do_not_fit(desk: Desk) -> None:
    address = f"/teach/{desk.slug}/quizzes/{desk.quiz_id}"
    assert "You mark answers in students’ own words" in desk.page(desk.teacher, address)

    desk.rule(behaviour="practice")

    assert "cannot be tried several times" in desk.page(desk.teacher, address)
