"""The instructor's pages of quizzes, through a browser's eyes."""

from __future__ import annotations

import re
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

from quizapp.db import db
from quizapp.grading.disclosure import Shown
from quizapp.grading.settings import Behaviour, Counting, QuizSettings
from quizapp.models import Course, Quiz, Role, Slot, Status, Topic
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.services.attempt_start import start_attempt
from tests.support.make import NOON, RAW, Make
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@dataclass
class Place:
    """A course of three questions and an instructor in Berlin; `base` is where quizzes are."""

    app: Flask
    client: FlaskClient
    slug: str
    course_id: int
    topic_id: int
    question_ids: list[int]
    stems: list[str]

    @property
    def base(self) -> str:
        return f"/teach/{self.slug}/quizzes"

    def post(self, path: str = "/new", **data: Any) -> TestResponse:
        token = csrf_token(self.client.get(f"{self.base}/new").text)
        return self.client.post(self.base + path, data=data | {"csrf_token": token})

    def form(self, **given: Any) -> dict[str, Any]:
        """Return what a browser sends for a quiz of one question with the usual settings."""
        usual = {
            "title": "A quiz",
            "behaviour": "deferred",
            "counting": "highest",
            "tries": "3",
            "penalty_percent": "25",
            "grace_seconds": "30",
            "slot-0-question": str(self.question_ids[0]),
            "slot-0-mark": "1",
        }
        return usual | given

    def create(self, **given: Any) -> int:
        answer = self.post(action="publish", **self.form(**given))
        assert answer.status_code == 303, answer.text
        return int(answer.location.rpartition("/")[2])

    def quiz(self, quiz_id: int) -> Any:
        with self.app.app_context():
            return db.session.execute(sa.select(Quiz.__table__).where(Quiz.id == quiz_id)).one()

    def settings(self, quiz_id: int) -> QuizSettings:
        return QuizSettings.parse(self.quiz(quiz_id).settings)

    def slots(self, quiz_id: int) -> list[Any]:
        with self.app.app_context():
            return list(
                db.session.execute(
                    sa.select(Slot.question_id, Slot.draw, Slot.max_mark)
                    .where(Slot.quiz_id == quiz_id)
                    .order_by(Slot.position)
                )
            )

    def count(self) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(Quiz)) or 0


@pytest.fixture
def place(
    app: Flask,
    client: FlaskClient,
    stored: Callable[[], AbstractContextManager[Make]],
    sign_in: Callable[[FlaskClient, int], Any],
) -> Place:
    with stored() as make:
        course = make.course()
        topic = make.topic(course, title="Treaties")
        passage = make.passage(course)
        questions = [
            make.question(make.fact(course, topic, passage), raw=raw)
            for raw in (RAW["single_choice"] | {"stem": f"Question {one}?"} for one in "ABC")
        ]
        teacher = make.user(timezone="Europe/Berlin")
        make.enrol(teacher, course, Role.INSTRUCTOR)
    sign_in(client, teacher.id)
    stems = [question.stem for question in questions]
    ids = [question.id for question in questions]
    return Place(app, client, course.slug, course.id, topic.id, ids, stems)


def test_a_course_without_quizzes_says_what_to_do(place: Place) -> None:
    page = place.client.get(place.base).text

    assert "No quizzes yet" in page
    assert f'href="{place.base}/new"' in page


def test_a_new_quiz_shows_six_settings_and_folds_the_rest(place: Place) -> None:
    page = place.client.get(f"{place.base}/new").text

    before, _, more = page.partition('<details class="card more"')
    settings = ("title", "summary", "time_limit_minutes", "opens_at", "closes_at")
    for name in (*settings, "attempts_allowed"):
        assert f'name="{name}"' in before
    for name in ("behaviour", "tries", "counting", "access_code", "bands-0-text"):
        assert f'name="{name}"' in more
        assert f'name="{name}"' not in before
    assert len(re.findall(r'name="disclosure-(?:during|after_submit|after_close)"', more)) == 15
    assert not more.startswith(" open")
    assert "Europe/Berlin" in before


def test_every_setting_is_stored_and_shown_again(place: Place) -> None:
    quiz_id = place.create(
        **{
            "summary": "**Read** first.",
            "time_limit_minutes": "20",
            "attempts_allowed": "4",
            "opens_at": "2030-01-31T09:00",
            "closes_at": "2030-07-31T09:00",
            "grace_seconds": "45",
            "counting": "average",
            "behaviour": "practice",
            "tries": "2",
            "penalty_percent": "10",
            "shuffle_questions": "y",
            "pass_mark_percent": "70",
            "access_code": "door 7",
            "disclosure-sent": "y",
            "disclosure-during": ["feedback"],
            "disclosure-after_submit": ["marks", "response"],
            "bands-0-percent": "50",
            "bands-0-text": "Halfway.",
            "bands-1-percent": "",
            "bands-1-text": "",
        }
    )

    settings = place.settings(quiz_id)
    assert (settings.time_limit_minutes, settings.attempts_allowed) == (20, 4)
    # Winter and summer time of Berlin, stored in UTC.
    assert settings.opens_at == datetime(2030, 1, 31, 8, tzinfo=UTC)
    assert settings.closes_at == datetime(2030, 7, 31, 7, tzinfo=UTC)
    assert (settings.grace_seconds, settings.counting) == (45, Counting.AVERAGE)
    assert (settings.behaviour, settings.tries) == (Behaviour.PRACTICE, 2)
    assert (settings.penalty_percent, settings.pass_mark_percent) == (10, 70)
    assert settings.shuffle_questions
    assert not settings.shuffle_options
    assert not settings.counts_for_memory
    assert settings.disclosure.during == {Shown.FEEDBACK}
    assert settings.disclosure.after_submit == {Shown.MARKS, Shown.RESPONSE}
    assert settings.disclosure.after_close == frozenset()
    assert [(band.from_percent, band.text) for band in settings.bands] == [(50, "Halfway.")]
    assert place.quiz(quiz_id).access_code == "door 7"
    page = place.client.get(f"{place.base}/{quiz_id}").text
    for shown in ('value="2030-01-31T09:00"', 'value="45"', "Halfway.", 'value="door 7"'):
        assert shown in page
    assert re.search(r'name="behaviour" value="practice" checked', page)
    assert len(re.findall(r'name="disclosure-\w+" value="\w+" checked', page)) == 3


def test_what_is_saved_unchanged_stays_as_it_was(place: Place) -> None:
    """Of a time the page shows no seconds, and in autumn one hour comes twice."""
    quiz_id = place.create()
    second_hour = "2030-10-27T01:30:15+00:00"  # 2:30 in Berlin, for the second time
    with place.app.app_context():
        db.session.execute(
            sa.update(Quiz).where(Quiz.id == quiz_id).values(settings={"opens_at": second_hour})
        )
        db.session.commit()
    page = place.client.get(f"{place.base}/{quiz_id}").text
    was = re.search(r'name="opens_at-was" value="([^"]+)"', page)
    assert was
    assert 'value="2030-10-27T02:30"' in page

    kept = {"opens_at": "2030-10-27T02:30", "opens_at-was": was[1], "seen": "0"}
    assert place.post(f"/{quiz_id}", **place.form(**kept)).status_code == 303

    assert place.settings(quiz_id).opens_at == datetime.fromisoformat(second_hour)


def test_problems_stand_at_their_fields_and_nothing_typed_is_lost(place: Place) -> None:
    answer = place.post(
        action="publish",
        **place.form(
            **{
                "title": "",
                "summary": "Kept words",
                "time_limit_minutes": "soon",
                "closes_at": "yesterday",
                "tries": "99",
                "slot-0-mark": "none",
                "bands-0-percent": "200",
                "bands-0-text": "Never",
                "disclosure-sent": "y",
                "disclosure-during": ["everything"],
            }
        ),
    )

    assert answer.status_code == 422
    assert place.count() == 0
    page = answer.text
    for kept in ("Kept words", 'value="soon"', 'value="yesterday"', 'value="99"', 'value="none"'):
        assert kept in page
    assert "<title>Error: New quiz" in page
    for field in ("title", "time_limit_minutes", "closes_at", "tries"):
        assert f'id="{field}-error"' in page
    assert 'id="slot-0-mark-error"' in page
    assert 'id="bands-0-error"' in page
    assert "Give a date and a time, such as" in page
    assert '<details class="card more" open>' in page


def test_a_draft_may_be_unfinished(place: Place) -> None:
    answer = place.post(action="save", title="Later")

    # Numbers that a setting needs are asked for even then; questions are not.
    assert answer.status_code == 422
    assert "Add a question first" not in answer.text
    form = place.form()
    del form["slot-0-question"], form["slot-0-mark"]
    saved = place.post(action="save", **form)
    assert saved.status_code == 303
    quiz_id = int(saved.location.rpartition("/")[2])
    assert place.quiz(quiz_id).status is Status.DRAFT


@pytest.mark.parametrize(
    ("action", "wanted"),
    [
        ("up-1", [1, 0, 2]),
        ("down-1", [0, 2, 1]),
        ("remove-1", [0, 2]),
        ("up-0", [0, 1, 2]),
        ("down-2", [0, 1, 2]),
        ("remove-9", [0, 1, 2]),
    ],
)
def test_rows_move_and_go_without_a_script(place: Place, action: str, wanted: list[int]) -> None:
    rows = {f"slot-{n}-question": str(place.question_ids[n]) for n in range(3)}
    rows |= {f"slot-{n}-mark": str(n + 1) for n in range(3)}

    page = place.post(action=action, **place.form(**rows)).text

    found = re.findall(r'name="slot-\d-question" value="(\d+)"', page)
    assert found == [str(place.question_ids[n]) for n in wanted]
    marks = re.findall(r'name="slot-\d-mark" value="(\d)"', page)
    assert marks == [str(n + 1) for n in wanted]
    assert place.count() == 0


def test_questions_and_draws_are_added_without_a_script(place: Place) -> None:
    page = place.post(action=f"add-{place.question_ids[1]}", **place.form(title="Typed")).text
    found = re.findall(r'name="slot-\d-question" value="(\d+)"', page)
    assert found == [str(n) for n in place.question_ids[:2]]
    assert 'value="Typed"' in page
    assert f'value="add-{place.question_ids[1]}"' not in page

    page = place.post(action="add-draw", **place.form()).text
    assert 'name="slot-1-count"' in page
    assert "3 questions on 3 facts to draw from" in page
    page = place.post(action="add-band", **place.form()).text
    assert 'name="bands-1-text"' in page
    assert '<details class="card more" open>' in page


def test_a_question_is_searched_for(place: Place) -> None:
    page = place.post(action="find", **place.form(find="question b")).text

    found = re.findall(r'name="action" value="add-(\d+)"', page)
    assert found == [str(place.question_ids[1])]


def test_enter_searches_where_the_search_changed_and_saves_elsewhere(place: Place) -> None:
    searched = place.post(action="enter", **place.form(find="b", found=""))
    assert searched.status_code == 200
    assert place.count() == 0

    saved = place.post(action="enter", **place.form(find="b", found="b"))
    assert saved.status_code == 303
    assert place.count() == 1


def test_a_draw_is_stored_as_it_was_chosen(place: Place) -> None:
    quiz_id = place.create(
        **{
            "slot-1-mark": "0.5",
            "slot-1-count": "2",
            "slot-1-topic": [str(place.topic_id)],
            "slot-1-type": ["single_choice", "true_false"],
            "slot-1-tags": "",
        }
    )

    draw = place.slots(quiz_id)[1]
    assert draw.draw == {
        "count": 2,
        "topics": [place.topic_id],
        "types": ["single_choice", "true_false"],
    }
    page = place.client.get(f"{place.base}/{quiz_id}").text
    assert 'value="0.5"' in page
    assert "Topics: Treaties" in page


def test_a_draw_of_too_many_facts_is_an_error_in_its_row(place: Place) -> None:
    answer = place.post(action="publish", **place.form(**{"slot-1-mark": "1", "slot-1-count": "4"}))

    assert answer.status_code == 422
    assert "Row 2: This draws 4 facts, but only 3 can be asked" in answer.text
    assert 'id="slot-1-count-error"' in answer.text


def test_a_conflict_names_only_what_differs(place: Place) -> None:
    matrix = {"disclosure-sent": "y", "disclosure-during": ["response", "marks"]}
    same = {"summary": "One\r\ntwo", "bands-0-percent": "5", "bands-0-text": "Good"} | matrix
    quiz_id = place.create(**same)

    answer = place.post(f"/{quiz_id}", **place.form(**same, title="Other", seen="9"))

    stored_now = answer.text.partition("where it differs")[2].partition("</section>")[0]
    assert re.findall(r"<dt>([^<]*)</dt>", stored_now) == ["Title"]


def test_two_editors_lose_nothing(place: Place) -> None:
    quiz_id = place.create()
    assert place.post(f"/{quiz_id}", **place.form(title="The first", seen="0")).status_code == 303

    second = place.post(
        f"/{quiz_id}",
        **place.form(title="The second", summary="Mine", seen="0", behaviour="certainty"),
    )

    assert second.status_code == 409
    assert "Someone else saved this quiz" in second.text
    assert '<dd dir="auto">The first</dd>' in second.text
    assert "Feedback at the end" in second.text
    assert 'value="The second"' in second.text
    assert 'name="seen" type="hidden" value="1"' in second.text
    assert place.quiz(quiz_id).title == "The first"
    again = place.post(f"/{quiz_id}", **place.form(title="The second", seen="1"))
    assert again.status_code == 303
    assert place.quiz(quiz_id).title == "The second"


@pytest.mark.parametrize("seen", ["", "-1", "9" * 30, "x"])
def test_an_edit_that_saw_nothing_is_a_conflict(place: Place, seen: str) -> None:
    quiz_id = place.create()

    assert place.post(f"/{quiz_id}", **place.form(seen=seen)).status_code == 409


def test_editing_a_quiz_with_attempts_says_what_changes_for_whom(
    place: Place, stored: Callable[[], AbstractContextManager[Make]]
) -> None:
    quiz_id = place.create()
    assert "Attempts that have begun keep" not in place.client.get(f"{place.base}/{quiz_id}").text
    with stored() as make:
        learner = make.user()
        make.enrol(learner, make.session.get_one(Course, place.course_id))
        actor = actor_for_id(make.session, learner.id)
        assert isinstance(actor, Actor)
        start_attempt(make.session, actor=actor, quiz_id=quiz_id, seed=1, now=NOON)

    page = place.client.get(f"{place.base}/{quiz_id}").text

    assert "0 attempts handed in, 1 open" in page
    assert "Attempts that have begun keep" in page


def test_a_quiz_is_copied_retired_and_brought_back(place: Place) -> None:
    quiz_id = place.create()

    copied = place.post(f"/{quiz_id}/duplicate")
    copy_id = int(copied.location.rpartition("/")[2])
    assert place.quiz(copy_id).title == "Copy of A quiz"
    place.post(f"/{quiz_id}/retire")
    assert place.quiz(quiz_id).status == "retired"
    page = place.client.get(place.base).text
    assert "Quiz retired" in page
    assert f'action="{place.base}/{quiz_id}/restore"' in page
    place.post(f"/{quiz_id}/restore", status="ready")
    assert place.quiz(quiz_id).status == "ready"
    place.post(f"/{quiz_id}/retire")
    place.post(f"/{quiz_id}/restore")
    assert place.quiz(quiz_id).status == "draft"


def test_the_order_of_the_list_is_changed(place: Place) -> None:
    ids = [place.create(title=f"Quiz {n}") for n in range(3)]

    place.post(f"/{ids[2]}/move", to="up")

    page = place.client.get(place.base).text
    titles = re.findall(r'dir="auto">(Quiz \d)</a>', page)
    assert titles == ["Quiz 0", "Quiz 2", "Quiz 1"]


def test_the_preview_draws_and_draws_again(place: Place) -> None:
    quiz_id = place.create(**{"slot-1-mark": "2", "slot-1-count": "1"})

    page = place.client.get(f"{place.base}/{quiz_id}/preview?seed=7").text

    assert page.count('class="pv-stem"') == 2
    assert "2 points" in page
    assert f"{place.base}/{quiz_id}/preview?seed=8" in page
    assert place.client.get(f"{place.base}/{quiz_id}/preview?seed={2**31 - 1}").status_code == 200


def test_nothing_typed_becomes_markup(place: Place) -> None:
    quiz_id = place.create(
        **{
            "title": ATTACK,
            "summary": ATTACK,
            "access_code": "<b>",
            "bands-0-percent": "1",
            "bands-0-text": ATTACK,
        }
    )

    for path in (f"/{quiz_id}", "", f"/{quiz_id}/preview", f"/{quiz_id}/exceptions"):
        page = place.client.get(place.base + path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    answer = place.post(f"/{quiz_id}", **place.form(title=ATTACK, find=ATTACK, seen="7"))
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "action",
    ["up-", "up-99999999999", "add-0", "add-999999999", "page-x", "page-999999999", "band-7", "\0"],
)
def test_an_odd_button_changes_nothing(place: Place, action: str) -> None:
    answer = place.post(action=action, **place.form())

    assert answer.status_code == 200
    assert place.count() == 0


def test_times_that_cannot_be_reckoned_are_refused(place: Place) -> None:
    for when in (
        "0001-01-01T00:00",
        "9999-12-31T23:59",
        "2200-01-01T00:00",
        "-1",
        "2030-02-30T01:00",
    ):
        answer = place.post(action="publish", **place.form(opens_at=when))
        assert answer.status_code == 422, when
        assert 'id="opens_at-error"' in answer.text
    hostile = place.form(**{"opens_at": "2030-01-01T00:00", "opens_at-was": "0001-01-01T00:00Z"})
    assert place.post(action="publish", **hostile).status_code == 303


def test_a_quiz_of_another_course_is_not_there(
    place: Place, stored: Callable[[], AbstractContextManager[Make]]
) -> None:
    with stored() as make:
        other = make.course(slug="elsewhere")
        quiz = make.quiz(other, [make.question(make.fact(other))])
    for path in ("", "/preview", "/exceptions"):
        assert place.client.get(f"{place.base}/{quiz.id}{path}").status_code == 404
    for path in ("", "/duplicate", "/retire", "/restore", "/move"):
        assert place.post(f"/{quiz.id}{path}", **place.form(seen="0")).status_code == 404


def test_pages_take_the_same_statements_however_much_there_is(
    place: Place,
    stored: Callable[[], AbstractContextManager[Make]],
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    quiz_id = place.create(**{"slot-1-mark": "1", "slot-1-count": "1"})

    def counts() -> list[int]:
        found = []
        for path in ("", f"/{quiz_id}", f"/{quiz_id}/preview", f"/{quiz_id}/exceptions"):
            with statements() as seen:
                assert place.client.get(place.base + path).status_code == 200
            found.append(len(seen))
        return found

    few = counts()
    with stored() as make:
        course = make.session.get_one(Course, place.course_id)
        topic = make.session.get_one(Topic, place.topic_id)
        passage = make.passage(course, key="many")
        questions = [
            make.question(make.fact(course, topic, passage, key=f"f{n}"), key=f"q{n}")
            for n in range(500)
        ]
        for n in range(12):
            make.quiz(course, questions[n : n + 5], key=f"quiz-of-many-{n}")
        for n in range(300):
            make.enrol(make.user(name=f"Student {n}", email=f"many{n}@example.org"), course)

    assert counts() == few
    assert max(few) <= 10, few
