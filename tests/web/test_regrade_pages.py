"""Regrades on pages: what to do, every change, doing it, and taking it back."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Attempt, MarkEntry, Question, Quiz, Regrade, Revision, Role, User
from quizapp.services.regrades import NewRegrade, apply_regrade
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting
from tests.web.conftest import csrf_token

GIVEN = ("Tigris", "the  TIGRIS", "Euphrates", "Nile", "")
ATTACK = "<script>alert(1)</script>"


def hand_in(sitting: Sitting, quiz: Any, text: str, place: int, **actor: Any) -> int:
    learner = sitting.make.learner(sitting.course, **actor)
    sitting.start(quiz, actor=learner, seed=place + 1)
    if text:
        sitting.save(0, text=text, actor=learner)
    sitting.submit(actor=learner)
    return sitting.attempt_id


@dataclass
class Desk:
    """A course with a quiz that several students handed in; a teacher is signed in."""

    app: Flask
    client: FlaskClient
    slug: str
    quiz_id: int
    question_id: int
    attempts: list[int]
    student_id: int
    others: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"/teach/{self.slug}/questions/{self.question_id}/regrade"

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return html.unescape(answer.text)

    def send(self, address: str, **data: Any) -> TestResponse:
        token = csrf_token(self.client.get("/settings/profile").text)
        return self.client.post(address, data=data | {"csrf_token": token})

    def token(self, words: str) -> str:
        """Return what names a response in the form."""
        found = re.search(
            rf'name="response" value="([0-9a-f]{{16}})"[^>]*><span dir="auto">{words}<',
            self.page(self.address),
        )
        assert found, words
        return found[1]

    def stated(self, fix: str = "accept", **given: Any) -> dict[str, Any]:
        values = {"revision": "1", "fix": fix, "reason": "P4 names the Tigris too.", "quiz": ""}
        if fix == "accept":
            values["response"] = given.pop("response", None) or self.token("Tigris")
        return values | given

    def plan(self, **stated: Any) -> tuple[str, str]:
        """Return the page with the changes, and the fingerprint in it."""
        answer = self.send(self.address, **stated)
        assert answer.status_code == 200
        seen = re.search(r'name="seen" value="([0-9a-f]{32})"', answer.text)
        assert seen
        return html.unescape(answer.text), seen[1]

    def apply(self, **stated: Any) -> TestResponse:
        _, seen = self.plan(**stated)
        return self.send(self.address, **stated, action="apply", seen=seen)

    def undo_address(self) -> str:
        with self.app.app_context():
            last = db.session.scalar(sa.select(sa.func.max(Regrade.id)))
        return f"/teach/{self.slug}/regrades/{last}/undo"

    def marks(self) -> list[int]:
        with self.app.app_context():
            rows = db.session.execute(sa.select(Attempt.id, Attempt.mark))
            found = {row.id: row.mark for row in rows}
        return [int(found[one]) for one in self.attempts]

    def decisions(self) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(Regrade)) or 0


@pytest.fixture
def desk(app: Flask, stored: Any, sign_in: Callable[[FlaskClient, int], Any]) -> Desk:
    with stored() as make:
        sitting = Sitting(make.session, make, NOON)
        quiz = sitting.quiz("short_text", "single_choice", pass_mark_percent=50)
        attempts = [hand_in(sitting, quiz, text, place) for place, text in enumerate(GIVEN)]
        student = make.session.scalar(
            sa.select(Attempt.learner_id).where(Attempt.id == attempts[0])
        )
        teacher = make.user("Jonas Weber")
        make.enrol(teacher, sitting.course, Role.INSTRUCTOR)
        ids = (sitting.course.slug, quiz.id, sitting.questions[0].id, attempts, student or 0)
        teacher_id = teacher.id
    client = app.test_client()
    sign_in(client, teacher_id)
    return Desk(app, client, *ids)


class TestTheForm:
    def test_responses_alike_stand_together_the_wrong_ones_in_order_of_number(
        self, desk: Desk
    ) -> None:
        page = desk.page(desk.address)

        wrong = re.findall(r'name="response"[^>]*><span dir="auto">([^<]*)<', page)
        assert wrong == ["Tigris", "Nile"]
        assert "2 times" in page
        assert "Left empty 1 time." in page
        assert "Right already" in page
        assert "5 attempts" in page

    def test_the_version_asked_now_cannot_be_its_own_correction(self, desk: Desk) -> None:
        page = desk.page(desk.address)

        assert re.search(r'value="correct"[^>]*disabled|disabled[^>]*value="correct"', page)
        assert "correct the question" in page

    def test_of_a_version_corrected_since_its_correction_is_proposed(
        self, desk: Desk, stored: Any
    ) -> None:
        with stored() as make:
            question = make.session.get_one(Question, desk.question_id)
            now = make.session.get_one(Revision, _revision(make, desk.question_id))
            make.revision(question, {**now.content, "accepted": ["Tigris"]}, number=2)
            question.current_number = 2

        page = desk.page(f"{desk.address}?revision=1")

        assert re.search(r'checked[^>]*value="correct"|value="correct"[^>]*checked', page)

    def test_a_challenge_leads_to_the_form_with_its_response_chosen(self, desk: Desk) -> None:
        page = desk.page(f"{desk.address}?revision=1&response={desk.token('Nile')}")

        assert re.search(r'checked[^>]*value="accept"|value="accept"[^>]*checked', page)
        assert re.search(rf'value="{desk.token("Nile")}" checked', page)

    def test_the_editor_and_the_history_lead_to_it(self, desk: Desk) -> None:
        editor = f"/teach/{desk.slug}/questions/{desk.question_id}"

        assert f'href="{desk.address}"' in desk.page(editor)
        assert f'href="{desk.address}?revision=1"' in desk.page(f"{editor}/history")

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"fix": ""}, "Choose what to do."),
            ({"fix": "forgive"}, "Choose what to do."),
            ({"response": "0" * 16}, "Give the response"),
            ({"response": ATTACK}, "Give the response"),
            ({"reason": " "}, "Say why"),
            ({"reason": "x" * 1_001}, "Shorten this to 1,000"),
            ({"fix": "correct"}, "Correct the question first"),
        ],
    )
    def test_what_cannot_be_done_stays_typed(
        self, desk: Desk, given: dict[str, str], message: str
    ) -> None:
        for action in ("plan", "apply"):
            answer = desk.send(desk.address, **desk.stated() | given, action=action)

            page = html.unescape(answer.text)
            assert answer.status_code == 422
            assert message in page
            assert f">\r\n{(desk.stated() | given)['reason']}</textarea>" in page
            assert desk.decisions() == 0

    @pytest.mark.parametrize("revision", ["2", "0", "99999"])
    def test_a_version_that_is_not_there_is_not_found(self, desk: Desk, revision: str) -> None:
        assert desk.client.get(f"{desk.address}?revision={revision}").status_code == 404

    def test_a_quiz_of_no_course_of_ours_is_not_found(self, desk: Desk) -> None:
        assert desk.send(desk.address, **desk.stated(quiz="99999")).status_code == 404


class TestTheDryRun:
    def test_it_shows_every_change_and_stores_nothing(self, desk: Desk) -> None:
        page, _ = desk.plan(**desk.stated())

        rows = re.findall(r'<th scope="row"[^>]*>(.*?)</tr>', page)
        assert len(rows) == 2
        for row in rows:
            assert "Amara Osei" in row
            assert re.search(r"0 of 2.*1 of 2.*Now passes", row)
        assert "P4 names the Tigris too." in page
        assert desk.decisions() == 0
        assert desk.marks() == [0, 0, 1, 0, 0]

    def test_it_says_which_marks_of_the_gradebook_stay(self, desk: Desk, stored: Any) -> None:
        assert "What counts stays" not in desk.plan(**desk.stated())[0]
        with stored() as make:
            second = make.session.get_one(User, desk.student_id + 1).id
            values = {"quiz_id": desk.quiz_id, "seq": 1, "reason": "Why", "comment": "", "at": NOON}
            by_hand = {"points": Fraction(3, 2), "most": Fraction(2), "is_excused": False}
            for learner_id, said in ((desk.student_id, by_hand), (second, {"is_excused": True})):
                entry = MarkEntry(learner_id=learner_id, is_undo=False, **values, **said)
                make.session.add(entry)

        page, _ = desk.plan(**desk.stated())  # it changes the marks of these two and of nobody else

        assert "1 mark set by hand and 1 excuse stay as they are: only the attempts under" in page
        stays = re.findall(r"What counts stays: ([^<]+)<", page)
        assert stays == ["1.5 of 2 by hand", "excused"]

    def test_it_can_be_changed_with_everything_still_typed(self, desk: Desk) -> None:
        answer = desk.send(desk.address, **desk.stated(), action="edit")

        page = html.unescape(answer.text)
        assert "P4 names the Tigris too.</textarea>" in page
        assert re.search(rf'value="{desk.token("Tigris")}" checked', page)

    def test_what_changes_meanwhile_is_shown_before_anything_is_done(
        self, desk: Desk, app: Flask
    ) -> None:
        stated = desk.stated()
        _, seen = desk.plan(**stated)
        desk.apply(**desk.stated("drop"))

        answer = desk.send(desk.address, **stated, action="apply", seen=seen)

        assert answer.status_code == 409
        assert "Other marks would change" in answer.text
        assert desk.decisions() == 1

    def test_nothing_to_change_is_said(self, desk: Desk) -> None:
        desk.apply(**desk.stated("drop"))

        page, _ = desk.plan(**desk.stated())

        assert "No mark changes." in page

    def test_many_changes_come_in_pages(self, app: Flask, stored: Any, sign_in: Any) -> None:
        with stored() as make:
            slug, question_id, teacher_id = crowd(make, 103)
        client = app.test_client()
        sign_in(client, teacher_id)
        desk = Desk(app, client, slug, 0, question_id, [], 0)
        stated = desk.stated("give_all")

        first, _ = desk.plan(**stated)
        second, _ = desk.plan(**stated, page="2")
        beyond, _ = desk.plan(**stated, page="9" * 30)

        assert first.count('<th scope="row"') == 100
        assert second.count('<th scope="row"') == 3
        assert beyond.count('<th scope="row"') == 100
        assert "103" in second
        assert "P4 names the Tigris too." in second


class TestDoingIt:
    def test_marks_change_and_the_student_reads_why(self, desk: Desk, sign_in: Any) -> None:
        answer = desk.apply(**desk.stated())

        assert (answer.status_code, answer.location) == (303, f"/teach/{desk.slug}/regrades")
        assert desk.marks() == [1, 1, 1, 0, 0]
        listed = desk.page(answer.location)
        assert "2 marks changed" in listed
        student = desk.app.test_client()
        sign_in(student, desk.student_id)
        page = html.unescape(student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text)
        assert "<b>1</b> of 2" in page
        assert re.search(r"Was 0 of 2 until \d", page)
        assert '#q1">question 1</a>' in page
        assert "counts as right too." in page
        assert "P4 names the Tigris too." in page

    def test_a_second_click_changes_nothing(self, desk: Desk) -> None:
        stated = desk.stated()
        _, seen = desk.plan(**stated)
        desk.send(desk.address, **stated, action="apply", seen=seen)

        answer = desk.send(desk.address, **stated, action="apply", seen=seen)

        assert answer.status_code == 422
        assert desk.decisions() == 1

    def test_a_reason_is_text_and_nothing_else(self, desk: Desk, sign_in: Any) -> None:
        desk.apply(**desk.stated(reason=ATTACK))

        student = desk.app.test_client()
        sign_in(student, desk.student_id)
        for client, address in (
            (desk.client, f"/teach/{desk.slug}/regrades"),
            (desk.client, desk.undo_address()),
            (student, f"/attempts/{desk.attempts[0]}/results?show=all"),
        ):
            page = client.get(address).text
            assert "alert(1)" in page
            assert "<script>alert" not in page

    def test_without_a_token_nothing_is_done(self, desk: Desk) -> None:
        answer = desk.client.post(desk.address, data=desk.stated("drop") | {"action": "apply"})

        assert answer.status_code == 400
        assert desk.decisions() == 0

    def test_apply_without_having_looked_shows_the_changes_first(self, desk: Desk) -> None:
        answer = desk.send(desk.address, **desk.stated("drop"), action="apply")

        assert answer.status_code == 409
        assert desk.decisions() == 0

    @pytest.mark.parametrize(
        ("shown", "there", "absent"),
        [
            (["marks"], "Another answer counts too.", "P4 names the Tigris too."),
            ([], "Something wrong with this question?", "Decided on"),
        ],
    )
    def test_a_decision_tells_no_key_that_is_hidden(  # noqa: PLR0917 – fixtures and a table
        self, desk: Desk, stored: Any, sign_in: Any, shown: list[str], there: str, absent: str
    ) -> None:
        with stored() as make:
            for attempt in make.session.scalars(sa.select(Attempt)):
                attempt.settings = attempt.settings | {"disclosure": {"after_submit": shown}}
            for quiz in make.session.scalars(sa.select(Quiz)):
                quiz.settings = quiz.settings | {"disclosure": {"after_submit": shown}}
        desk.apply(**desk.stated())
        student = desk.app.test_client()
        sign_in(student, desk.student_id)

        page = html.unescape(student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text)

        assert there in page
        assert absent not in page
        assert ("Was 0 of 2" in page) is bool(shown)


def test_an_accepted_response_is_not_shown_as_wrong(desk: Desk, sign_in: Any) -> None:
    student = desk.app.test_client()
    sign_in(student, desk.student_id)
    address = f"/attempts/{desk.attempts[0]}/results?show=all"
    before = html.unescape(student.get(address).text)
    assert 'class="wrong"><dt>You typed' in before

    desk.apply(**desk.stated())

    after = html.unescape(student.get(address).text)
    assert 'class="wrong"><dt>You typed' not in after
    assert '<div class="right"><dt>You typed, right</dt><dd dir="auto">Tigris</dd>' in after
    assert "“Tigris” counts as right too." in after


class TestTakingItBack:
    def test_it_asks_first_and_says_what_changes(self, desk: Desk) -> None:
        desk.apply(**desk.stated())

        page = desk.page(desk.undo_address())

        assert "Undo this regrade?" in page
        assert len(re.findall(r"1 of 2.*0 of 2.*No longer passes", page)) == 2
        assert desk.marks() == [1, 1, 1, 0, 0]

    def test_marks_are_what_they_were_and_both_are_remembered(
        self, desk: Desk, sign_in: Any
    ) -> None:
        desk.apply(**desk.stated())
        address = desk.undo_address()
        seen = re.search(r'name="seen" value="([0-9a-f]{32})"', desk.page(address))
        assert seen

        answer = desk.send(address, seen=seen[1])

        assert (answer.status_code, answer.location) == (303, f"/teach/{desk.slug}/regrades")
        assert desk.marks() == [0, 0, 1, 0, 0]
        assert "Undone by Jonas Weber" in desk.page(answer.location)
        student = desk.app.test_client()
        sign_in(student, desk.student_id)
        page = html.unescape(student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text)
        assert re.search(r"Was 0 of 2 until [^,]*, then 1 of 2 until", page)
        assert "counts as right too." not in page

    def test_of_many_changes_the_student_reads_the_last_two(self, desk: Desk, sign_in: Any) -> None:
        for fix in ("accept", "give_all"):
            desk.apply(**desk.stated(fix))
            address = desk.undo_address()
            seen = re.search(r'name="seen" value="([0-9a-f]{32})"', desk.page(address))
            assert seen
            desk.send(address, seen=seen[1])
        student = desk.app.test_client()
        sign_in(student, desk.student_id)

        page = html.unescape(student.get(f"/attempts/{desk.attempts[0]}/results?show=all").text)

        assert re.search(
            r"Was 0 of 2 until [^,;]*, then 1 of 2 until [^,;]*; it changed 2 times", page
        )

    def test_undone_twice_is_undone_once(self, desk: Desk) -> None:
        desk.apply(**desk.stated("drop"))
        address = desk.undo_address()
        seen = re.search(r'name="seen" value="([0-9a-f]{32})"', desk.page(address))
        assert seen
        desk.send(address, seen=seen[1])

        again = desk.send(address, seen=seen[1])

        assert again.status_code == 303
        assert "was undone already" in desk.page(again.location)
        assert desk.client.get(address).status_code == 303

    def test_other_changes_than_were_shown_are_asked_about_again(self, desk: Desk) -> None:
        desk.apply(**desk.stated("drop"))

        answer = desk.send(desk.undo_address(), seen="0" * 32)

        assert answer.status_code == 409
        assert "Other marks would change" in answer.text

    def test_somebody_elses_course_has_no_such_regrade(self, desk: Desk) -> None:
        assert desk.client.get(f"/teach/{desk.slug}/regrades/99/undo").status_code == 404


def test_an_empty_list_says_what_will_be_there(desk: Desk) -> None:
    assert "Nothing was regraded" in desk.page(f"/teach/{desk.slug}/regrades")


def crowd(make: Make, count: int) -> tuple[str, int, int]:
    """Store so many attempts; return the course's slug, the first question and a teacher."""
    sitting = Sitting(make.session, make, NOON)
    quiz = sitting.quiz("short_text")
    for place in range(count):
        hand_in(sitting, quiz, f"Guess number {place}", place)
    teacher = make.user("Jonas Weber")
    make.enrol(teacher, sitting.course, Role.INSTRUCTOR)
    return sitting.course.slug, sitting.questions[0].id, teacher.id


def test_pages_take_the_same_statements_for_2_and_60_attempts(
    app: Flask, stored: Any, sign_in: Any, statements: Any
) -> None:
    taken = []
    with stored() as make:
        courses = [crowd(make, count) for count in (2, 60)]
    for slug, question_id, teacher_id in courses:
        client = app.test_client()
        sign_in(client, teacher_id)
        desk = Desk(app, client, slug, 0, question_id, [], 0)
        counts = []
        stated = desk.stated("give_all") | {"action": "plan"}
        stated["csrf_token"] = csrf_token(client.get("/settings/profile").text)
        with statements() as seen:
            assert client.get(desk.address).status_code == 200
        counts.append(len(seen))
        with statements() as seen:
            assert client.post(desk.address, data=stated).status_code == 200
        counts.append(len(seen))
        desk.apply(**desk.stated("give_all"))
        for address in (f"/teach/{slug}/regrades", desk.undo_address()):
            with statements() as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        taken.append(counts)

    assert taken[0] == taken[1]
    # The plan reads the decisions before and after, and what the gradebook keeps.
    assert max(taken[0]) <= 19, taken


def test_a_regrade_takes_few_statements_for_many_attempts(
    app: Flask, stored: Any, statements: Any
) -> None:
    taken = []
    with stored() as make:
        courses = [crowd(make, count) for count in (2, 60)]
    for _, question_id, teacher_id in courses:
        with stored() as make, statements() as seen:
            apply_regrade(
                make.session,
                actor=make.actor(make.session.get_one(User, teacher_id)),
                stated=NewRegrade(_revision(make, question_id), "give_all", "The key was wrong."),
                now=NOON,
            )
        taken.append(len(seen))

    assert taken[0] == taken[1]


def _revision(make: Make, question_id: int) -> int:
    return make.session.scalars(
        sa.select(Revision.id).where(Revision.question_id == question_id)
    ).one()
