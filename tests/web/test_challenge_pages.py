"""Challenges on the results page and in the instructor's list, through a browser's eyes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Challenge, Course, Enrolment, Role
from quizapp.services.challenges import challenge_question
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"
DOUBT = "The passage names the Tigris too, so that should count."


@dataclass
class Desk:
    """A course with a quiz that two students handed in; the first is signed in, then a teacher."""

    app: Flask
    student: FlaskClient
    teacher: FlaskClient
    attempts: list[int]
    passage_id: int
    question_id: int
    revision_id: int
    open_id: int
    slug: str = ""
    people: dict[str, int] = field(default_factory=dict)

    def page(self, client: FlaskClient, address: str) -> str:
        answer = client.get(address)
        assert answer.status_code == 200, address
        return html.unescape(answer.text)

    @property
    def results(self) -> str:
        return self.page(self.student, f"/attempts/{self.attempts[0]}/results?show=all")

    def send(self, client: FlaskClient, address: str, **data: Any) -> TestResponse:
        token = csrf_token(client.get("/settings/profile").text)
        return client.post(address, data=data | {"csrf_token": token})

    def doubt(self, text: str = DOUBT, about: str = "key", n: int = 1) -> TestResponse:
        address = f"/attempts/{self.attempts[0]}/{n}/challenge"
        return self.send(self.student, address, text=text, about=about)

    @property
    def list(self) -> str:
        return f"/teach/{self.slug}/challenges"

    @property
    def one(self) -> str:
        return f"{self.list}/{self.attempts[0]}/0"

    def seen(self) -> str:
        found = re.search(r'name="seen" value="([0-9a-f]{16})"', self.page(self.teacher, self.one))
        assert found
        return found[1]

    def answer(self, text: str, seen: str | None = None) -> TestResponse:
        return self.send(
            self.teacher, self.one, answer=text, seen=self.seen() if seen is None else seen
        )

    def stored(self) -> list[Any]:
        with self.app.app_context():
            rows = db.session.execute(
                sa.select(*sa.inspect(Challenge).columns).order_by(Challenge.slot)
            ).all()
        return list(rows)


@pytest.fixture
def desk(app: Flask, stored: Any, sign_in: Callable[[FlaskClient, int], Any]) -> Desk:
    with stored() as make:
        sitting = Sitting(make.session, make, NOON)
        quiz = sitting.quiz("short_text", "single_choice")
        attempts = []
        people = {"student": sitting.actor.id}
        for place, text in enumerate(("Tigris", "Euphrates")):
            actor = sitting.actor if not place else make.learner(sitting.course)
            sitting.start(quiz, actor=actor, seed=place + 1)
            sitting.save(0, text=text, actor=actor)
            sitting.submit(actor=actor)
            attempts.append(sitting.attempt_id)
        sitting.start(quiz, seed=3)
        teacher = make.user("Jonas Weber")
        make.enrol(teacher, sitting.course, Role.INSTRUCTOR)
        people["teacher"] = teacher.id
        values = (sitting.passage.id, sitting.questions[0].id, sitting.layout()[0].revision_id)
        values = (*values, sitting.attempt_id)
        slug = sitting.course.slug
    clients = app.test_client(), app.test_client()
    sign_in(clients[0], people["student"])
    sign_in(clients[1], people["teacher"])
    return Desk(app, *clients, attempts, *values, slug=slug, people=people)


class TestOnTheResultsPage:
    def test_each_question_offers_it(self, desk: Desk) -> None:
        page = desk.results

        assert page.count("Something wrong with this question?") == 2
        assert f'action="/attempts/{desk.attempts[0]}/2/challenge"' in page
        assert "Waiting for your instructor" not in page

    def test_what_was_sent_stands_there_until_it_is_answered(self, desk: Desk) -> None:
        answer = desk.doubt()

        assert (answer.status_code, answer.location) == (
            303,
            f"/attempts/{desk.attempts[0]}/results?show=all#q1",
        )
        page = desk.results
        assert DOUBT in page
        assert "Waiting for your instructor" in page
        assert page.count("Something wrong with this question?") == 1
        row = desk.stored()[0]
        assert (row.revision_id, row.passage_id, row.text) == (desk.revision_id, None, DOUBT)

    def test_the_passage_can_be_meant(self, desk: Desk) -> None:
        assert f'value="{desk.passage_id}"' in desk.results

        assert desk.doubt(about=str(desk.passage_id)).status_code == 303

        assert desk.stored()[0].passage_id == desk.passage_id
        assert re.search(rf'value="{desk.passage_id}" checked', desk.results)

    def test_it_is_one_challenge_however_often_it_is_sent(self, desk: Desk) -> None:
        desk.doubt()
        desk.doubt("On second thoughts, the stem is unclear.")

        assert [row.text for row in desk.stored()] == ["On second thoughts, the stem is unclear."]

    @pytest.mark.parametrize(
        ("text", "about", "message"),
        [
            ("No.", "key", "at least 10 characters"),
            (" " * 40, "key", "at least 10 characters"),
            ("x" * 2_001, "key", "Shorten this to 2,000"),
            (DOUBT, "999999", "Choose what you mean"),
            (DOUBT, "ⅷ", "Choose what you mean"),
        ],
    )
    def test_what_cannot_be_stored_stays_typed(
        self, desk: Desk, text: str, about: str, message: str
    ) -> None:
        answer = desk.doubt(text, about)

        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert message in page
        assert f">{text}</textarea>" in page
        assert not desk.stored()

    def test_markup_is_shown_as_it_was_typed(self, desk: Desk) -> None:
        desk.doubt(ATTACK)

        for client, address in (
            (desk.student, f"/attempts/{desk.attempts[0]}/results?show=all"),
            (desk.teacher, desk.list),
        ):
            assert "<script>alert" not in client.get(address).text

    def test_too_many_are_refused_and_what_was_typed_stays(self, desk: Desk) -> None:
        for place in range(40):
            assert desk.doubt(f"Doubt number {place} of many.").status_code == 303

        answer = desk.doubt("One too many, typed with care.")

        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        assert ">One too many, typed with care.</textarea>" in answer.text

    def test_an_open_attempt_leads_back_to_itself(self, desk: Desk) -> None:
        answer = desk.send(desk.student, f"/attempts/{desk.open_id}/1/challenge", text=DOUBT)

        assert (answer.status_code, answer.location) == (303, f"/attempts/{desk.open_id}")
        assert not desk.stored()

    @pytest.mark.parametrize("n", [0, 3, 9_999])
    def test_there_is_no_such_question(self, desk: Desk, n: int) -> None:
        assert desk.doubt(n=n).status_code == 404

    def test_a_form_without_its_token_is_refused(self, desk: Desk) -> None:
        address = f"/attempts/{desk.attempts[0]}/1/challenge"

        assert desk.student.post(address, data={"text": DOUBT}).status_code == 400
        assert not desk.stored()

    @pytest.mark.parametrize("is_gone", [True, False])
    def test_who_left_and_who_is_in_an_archived_course_challenges_nothing_more(
        self, desk: Desk, is_gone: bool
    ) -> None:
        desk.doubt()
        left = sa.delete(Enrolment).where(Enrolment.user_id == desk.people["student"])
        with desk.app.app_context():
            db.session.execute(left if is_gone else sa.update(Course).values(archived_at=NOON))
            db.session.commit()

        page = desk.results
        refused = [desk.doubt("Something else is wrong here.", n=n).status_code for n in (1, 2)]

        assert DOUBT in page  # what was said stays to be read
        assert "/challenge" not in page
        assert refused == [404 if is_gone else 403] * 2
        assert [row.text for row in desk.stored()] == [DOUBT]

    def test_nobody_challenges_for_somebody_else(self, desk: Desk) -> None:
        answer = desk.send(desk.student, f"/attempts/{desk.attempts[1]}/1/challenge", text=DOUBT)

        assert answer.status_code == 404
        assert not desk.stored()


class TestTheInstructor:
    def test_sees_the_question_as_it_was_asked_and_not_who_asks(self, desk: Desk) -> None:
        desk.doubt(about=str(desk.passage_id))

        page = desk.page(desk.teacher, desk.list)

        for words in (DOUBT, "Tigris", "Euphrates", "1 challenge waiting", "Version 1"):
            assert words in page
        assert f"/teach/{desk.slug}/questions/{desk.question_id}/regrade?revision=1" in page
        assert "Amara Osei" not in page

    def test_the_navigation_counts_what_waits(self, desk: Desk) -> None:
        desk.doubt()
        assert '1<span class="sr"> waiting' in desk.page(
            desk.teacher, f"/teach/{desk.slug}/questions"
        )

        desk.answer("Thank you.")

        assert '<span class="sr"> waiting' not in desk.page(desk.teacher, desk.list)

    def test_the_answer_stands_on_the_results_page(self, desk: Desk) -> None:
        desk.doubt()

        answer = desk.answer("You are **right**; it counts now.")

        assert (answer.status_code, answer.location) == (303, desk.list)
        page = desk.results
        assert "<strong>right</strong>" in page
        assert "Jonas Weber" in page
        assert "Waiting for your instructor" not in page
        assert "Change what you wrote" not in page

    def test_an_answered_challenge_is_not_changed_by_its_student(self, desk: Desk) -> None:
        desk.doubt()
        desk.answer("No.")

        answer = desk.doubt("But consider this as well, please.")

        assert answer.status_code == 303
        assert desk.stored()[0].text == DOUBT
        assert "has answered this meanwhile" in desk.results

    def test_an_answer_can_be_changed(self, desk: Desk) -> None:
        desk.doubt()
        desk.answer("No.")

        assert desk.answer("On reflection: yes.").status_code == 303

        assert "On reflection: yes." in desk.results

    @pytest.mark.parametrize("text", ["", "  ", "x" * 4_001])
    def test_an_answer_that_cannot_be_stored_stays_typed(self, desk: Desk, text: str) -> None:
        desk.doubt()

        answer = desk.answer(text)

        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert f">{text}</textarea>" in answer.text

    def test_what_the_student_changed_meanwhile_is_read_first(self, desk: Desk) -> None:
        desk.doubt()
        seen = desk.seen()
        desk.doubt("I meant something else entirely.")

        answer = desk.answer("Typed with care.", seen)

        page = html.unescape(answer.text)
        assert answer.status_code == 409
        assert "I meant something else entirely." in page
        assert ">Typed with care.</textarea>" in page
        assert desk.stored()[0].answered_at is None

    def test_two_instructors_do_not_overwrite_each_other(self, desk: Desk) -> None:
        desk.doubt()
        seen = desk.seen()
        desk.answer("The first answer.")

        assert desk.answer("The second answer.", seen).status_code == 409
        assert desk.stored()[0].answer == "The first answer."

    def test_markup_in_an_answer_is_sanitised(self, desk: Desk) -> None:
        desk.doubt()
        desk.answer(ATTACK)

        page = desk.student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text
        assert "<script>alert" not in page
        assert "<img" not in page

    def test_nothing_to_answer_says_what_will_be_there(self, desk: Desk) -> None:
        assert "Nobody doubts anything" in desk.page(desk.teacher, desk.list)

    @pytest.mark.parametrize("page", ["2", "0", "-1", "x", "9" * 30])
    def test_any_page_number_shows_a_page(self, desk: Desk, page: str) -> None:
        desk.doubt()

        assert DOUBT in desk.page(desk.teacher, f"{desk.list}?page={page}")


def many(make: Make, count: int) -> tuple[str, int]:
    """Store so many challenges of a course; return its slug and a teacher."""
    sitting = Sitting(make.session, make, NOON)
    quiz = sitting.quiz(*["short_text"] * 4)
    for place in range(count):
        actor = make.learner(sitting.course)
        sitting.start(quiz, actor=actor, seed=place + 1)
        sitting.save(place % 4, text="Tigris", actor=actor)
        sitting.submit(actor=actor)
        challenge_question(
            make.session,
            actor=actor,
            attempt_id=sitting.attempt_id,
            slot=place % 4,
            text=f"Doubt number {place}.",
            passage_id=None,
            now=sitting.at(place),
        )
    teacher = make.user()
    make.enrol(teacher, sitting.course, Role.INSTRUCTOR)
    return sitting.course.slug, teacher.id


def test_an_answer_is_news_on_the_day_until_it_was_on_a_page(desk: Desk) -> None:
    news = "was answered. "
    desk.doubt()
    assert news not in desk.page(desk.student, "/today")

    desk.answer("It counts now.")
    day = desk.page(desk.student, "/today")
    assert news in day
    link = f"/attempts/{desk.attempts[0]}/results?show=all#q1"
    assert f'href="{link}"' in day

    desk.page(desk.student, link.replace("show=all", "show=flagged"))
    assert news in desk.page(desk.student, "/today")
    desk.page(desk.student, link)
    assert news not in desk.page(desk.student, "/today")

    desk.answer("Once more: see P4.")
    assert news in desk.page(desk.student, "/today")


def test_a_page_takes_the_same_statements_for_1_and_10_challenges(
    app: Flask, stored: Any, sign_in: Any, statements: Any
) -> None:
    taken = []
    with stored() as make:
        courses = [many(make, count) for count in (1, 23)]
    for (slug, teacher), count in zip(courses, (1, 23), strict=True):
        client = app.test_client()
        sign_in(client, teacher)
        client.get(f"/teach/{slug}/challenges")
        with statements() as seen:
            page = client.get(f"/teach/{slug}/challenges").text
        taken.append(len(seen))
        assert page.count('class="card mt4 doubt"') == min(count, 10)

    assert taken[0] == taken[1] <= 10, taken
    assert "Doubt number 0." in page
    assert "?page=3" in page
