"""The list of questions through a browser's eyes: many at once, kept views, duplicates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.config import Settings
from quizapp.db import db
from quizapp.jobs import figuring
from quizapp.jobs.handlers import HANDLERS
from quizapp.models import Course, Fact, Question, QuestionFigure, QuizCount, Status
from quizapp.queries.item_figures import figured_quiz
from quizapp.services.item_figures import due_quizzes
from quizapp.services.jobs import JobName
from tests.support.make import RAW
from tests.web.conftest import csrf_token


@dataclass
class Place:
    """A course with three questions and its instructor, signed in."""

    app: Flask
    client: FlaskClient
    base: str
    course_id: int
    topic_id: int
    ids: list[int]

    def post(self, address: str, **data: Any) -> TestResponse:
        token = csrf_token(self.client.get(self.base).text)
        url = address if address.startswith("/") else f"{self.base}/{address}"
        return self.client.post(url, data=data | {"csrf_token": token}, follow_redirects=True)

    def undo(self, page: str) -> str:
        """Send the form of the button in the message of a page; return what follows."""
        toast = page.partition('class="toast"')[2].partition("</form>")[0]
        action = re.search(r'action="([^"]+)"', toast)
        assert action, page
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', toast))
        return self.post(action[1].replace("&amp;", "&"), **fields).text

    def statuses(self) -> list[Status]:
        with self.app.app_context():
            return list(db.session.scalars(sa.select(Question.status).order_by(Question.id)))


@pytest.fixture
def place(app: Flask, client: FlaskClient, stored: Any, sign_in: Any) -> Place:
    with stored() as make:
        course = make.course(slug="law")
        teacher = make.instructor(course)
        fact, topic = make.fact(course), make.topic(course, title="Elsewhere")
        raws = [RAW["single_choice"] | {"stem": f"{one}?"} for one in ("Same", "Same", "Other")]
        ids = [make.question(fact, raw=raw).id for raw in raws]
        given = (course.id, topic.id, ids)
        teacher_id = teacher.id
    sign_in(client, teacher_id)
    return Place(app, client, "/teach/law/questions", *given)


def test_ticked_questions_are_retired_and_brought_back(place: Place) -> None:
    ticked = [str(place.ids[0]), str(place.ids[2])]

    page = place.post("bulk?sort=stem", id=ticked, act="status:retired").text

    assert "New status of 2 questions: retired." in page
    assert place.statuses() == [Status.RETIRED, Status.READY, Status.RETIRED]
    assert "Undone for 2 questions." in place.undo(page)
    assert place.statuses() == [Status.READY] * 3


def test_all_that_fit_the_address_are_meant_and_the_address_stays(place: Place) -> None:
    answer = place.post("bulk?q=same&status=ready", all="1", act="status:draft")

    assert answer.request.query_string == b"q=same&status=ready"
    assert place.statuses() == [Status.DRAFT, Status.DRAFT, Status.READY]


def test_questions_move_and_are_tagged(place: Place) -> None:
    moved = place.post("bulk", id=str(place.ids[0]), act=f"topic:{place.topic_id}").text
    tagged = place.post("bulk", id=str(place.ids[0]), act="add-tag", tag="Final Exam").text

    assert "Moved 1 question, with what they ask about." in moved
    assert "Added the tag “final-exam” to 1 question." in tagged
    assert "<bdi>final-exam</bdi>" in tagged


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"act": "status:retired"}, "Tick the questions"),
        ({"act": "status:retired", "id": "x"}, "Tick the questions"),
        ({"act": "status:sold", "id": "1"}, "Choose a status"),
        ({"act": "topic:99999", "id": "1"}, "Choose a topic"),
        ({"act": "add-tag", "id": "1", "tag": ""}, "Write one tag"),
        ({"act": "add-tag", "id": "1", "tag": "one, two"}, "Write one tag"),
        ({"act": "sell", "id": "1"}, "Choose what to do"),
        ({"act": "status:ready", "id": "1"}, "They were so already."),
    ],
)
def test_what_makes_no_sense_is_said_and_changes_nothing(
    place: Place, sent: dict[str, str], words: str
) -> None:
    known = {"id": str(place.ids[0])} if sent.get("id") == "1" else {}

    assert words in place.post("bulk", **sent | known).text
    assert place.statuses() == [Status.READY] * 3


def test_an_act_undone_twice_is_said(place: Place) -> None:
    page = place.post("bulk", id=str(place.ids[0]), act="status:retired").text
    place.undo(page)

    assert "This was undone before." in place.undo(page)


def test_a_view_is_kept_found_and_forgotten(place: Place) -> None:
    kept = place.post("views?status=draft&sort=stem", name="To do").text

    assert "Kept as “To do”." in kept
    assert f'href="{place.base}?status=draft&amp;sort=stem" aria-current="true"' in kept
    assert "Forget this view" in kept
    elsewhere = place.client.get(place.base).text
    assert "<bdi>To do</bdi>" in elsewhere
    assert "<bdi>To do" not in place.post("views/forget", name="To do").text


def test_a_view_without_a_name_is_not_kept(place: Place) -> None:
    assert "Give the view a name." in place.post("views?status=draft", name=" ").text


def test_the_filters_of_the_address_stand_in_their_fields(place: Place) -> None:
    query = {"citation": "none", "author": "files", "sort": "stem"}

    page = place.client.get(place.base, query_string=query).text

    for value in ("none", "files", "stem"):
        assert f'<option value="{value}" selected>' in page
    assert "No question fits" in page


def test_duplicates_are_looked_for_settled_and_undone(place: Place) -> None:
    assert "Nobody has looked yet" in place.client.get(f"{place.base}/duplicates").text
    assert "Looking through the questions" in place.post("duplicates").text
    with place.app.app_context():
        settings: Settings = place.app.extensions["quizapp.settings"]
        HANDLERS[JobName.FIND_DUPLICATES](settings, {"course_id": place.course_id})

    page = place.client.get(f"{place.base}/duplicates").text
    assert "1 pair in 3 questions" in page
    settled = place.post("duplicates/distinct", first=place.ids[0], second=place.ids[1]).text
    assert "No duplicates" in settled
    assert "1 pair in 3 questions" in place.undo(settled)
    retired = place.post("duplicates/retire", question=place.ids[1]).text
    assert "No duplicates" in retired
    assert "Undone for 1 question." in place.undo(retired)


def test_pairs_that_are_not_there_are_not_found(place: Place) -> None:
    for sent in ({}, {"first": "1"}, {"first": "998", "second": "999"}):
        assert place.post("duplicates/distinct", **sent).status_code == 404
    assert "Tick the questions" in place.post("duplicates/retire").text


def test_no_page_asks_more_for_more_questions(place: Place, statements: Any, stored: Any) -> None:
    def counts() -> list[int]:
        made = []
        for url in (f"{place.base}?q=same&status=ready", f"{place.base}/duplicates"):
            with statements() as seen:
                place.client.get(url)
            made.append(len(seen))
        return made

    def look() -> None:
        place.post("duplicates")
        with place.app.app_context():
            settings: Settings = place.app.extensions["quizapp.settings"]
            HANDLERS[JobName.FIND_DUPLICATES](settings, {"course_id": place.course_id})

    look()
    before = counts()
    with stored() as make:
        fact = make.session.scalars(sa.select(Fact)).one()
        for n in range(4):
            make.question(fact, raw=RAW["single_choice"] | {"stem": "Same?"}, key=f"more-{n}")
    look()

    assert counts() == before
    assert max(before) <= 10


def test_what_is_long_ago_cannot_be_undone(place: Place) -> None:
    assert place.post("bulk/999999/undo").status_code == 404


def figured(stored: Any, place: Place) -> None:
    """Let the first question fail as too hard, and the second one be fine."""
    with stored() as make:
        for question_id, facility, flags in ((place.ids[0], 0.125, 16), (place.ids[1], 0.5, 0)):
            make.session.execute(
                sa.update(QuestionFigure)
                .where(QuestionFigure.question_id == question_id)
                .values(
                    answers=1_200,
                    facility=facility,
                    discrimination=0.31,
                    standing=3 if flags else 2,
                    flags=flags,
                )
            )


def test_a_question_that_fails_is_found_by_why_and_says_it(place: Place, stored: Any) -> None:
    figured(stored, place)

    page = place.client.get(place.base, query_string={"quality": "hard"}).text

    assert page.count("data-row>") == 1
    analysis = f"{place.base}/{place.ids[0]}/analysis"
    assert f'<a class="chip warn" href="{analysis}">Too hard</a>' in page
    assert "<span>12 %</span>" in page
    assert "1,200 answers" in page
    assert f'href="{place.base}"><span class="sr">Take away: </span><span>Quality</span>' in page


def test_headings_sort_one_way_and_then_the_other(place: Place, stored: Any) -> None:
    figured(stored, place)

    unsorted = place.client.get(place.base).text
    hardest = place.client.get(place.base, query_string={"sort": "hardest"}).text
    easiest = place.client.get(place.base, query_string={"sort": "easiest"}).text

    assert 'aria-sort="descending"><a href="/teach/law/questions?sort=unedited"' in unsorted
    assert 'aria-sort="ascending"><a href="/teach/law/questions?sort=easiest"' in hardest
    assert 'aria-sort="descending"><a href="/teach/law/questions?sort=hardest"' in easiest
    assert hardest.index("12 %") < hardest.index("50 %")
    assert easiest.index("50 %") < easiest.index("12 %")


def test_every_filter_that_is_on_can_be_taken_away_alone(place: Place) -> None:
    query = {"q": "same", "type": "single_choice", "quality": "never", "status": "ready"}

    page = place.client.get(place.base, query_string=query).text

    on = page.partition('class="filters on')[2].partition("</ul>")[0]
    assert [
        one.replace("&amp;", "&") for one in re.findall(r'<a class="chip" href="([^"]+)"', on)
    ] == [
        f"{place.base}?type=single_choice&quality=never&status=ready",
        f"{place.base}?q=same&quality=never&status=ready",
        f"{place.base}?q=same&type=single_choice&status=ready",
    ]


def test_all_that_fit_are_taken_out_and_not_those_ticked(place: Place) -> None:
    given = {"all": "1", "id": str(place.ids[2])}

    shown = place.post("/teach/law/export?q=same&status=ready", **given).text
    assert "2 questions: all that fit in the list." in shown
    assert 'action="/teach/law/export?q=same&amp;status=ready"' in shown
    assert '<input type="hidden" name="all" value="1">' in shown
    checked = place.post("/teach/law/export?q=same&status=ready", **given, format="csv").text
    assert "Download 2 questions" in checked
    file = place.post("/teach/law/export/file?q=same&status=ready", **given, format="csv").text

    assert file.count("Same?") == 2
    assert "Other?" not in file


def test_the_page_says_as_of_when_its_figures_are(place: Place, stored: Any) -> None:
    with stored() as make:
        quiz = make.quiz(make.session.get(Course, place.course_id), [])
        make.session.add(QuizCount(quiz_id=quiz.id, changed=3, figured=0))
        quiz_id = quiz.id

    assert "The first answers are being counted." in place.client.get(place.base).text
    with place.app.app_context():
        settings: Settings = place.app.extensions["quizapp.settings"]
        HANDLERS[JobName.FIGURE_ITEMS](settings, {})
    assert "Figures of all first attempts so far." in place.client.get(place.base).text
    with stored() as make:
        make.session.execute(
            sa.update(QuizCount).where(QuizCount.quiz_id == quiz_id).values(changed=4)
        )
    assert "new answers to 1 quiz follow" in place.client.get(place.base).text


def test_a_quiz_whose_figures_cannot_be_worked_out_keeps_no_other_from_its_own(
    place: Place, stored: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stored() as make:
        course = make.session.get(Course, place.course_id)
        broken, sound = (make.quiz(course, []).id for _ in range(2))
        for quiz_id in (broken, sound):
            make.session.add(QuizCount(quiz_id=quiz_id, changed=3, figured=0))

    def figured(session: Any, *, quiz_id: int) -> Any:
        if quiz_id == broken:
            raise ValueError("no such type")
        return figured_quiz(session, quiz_id=quiz_id)

    monkeypatch.setattr(figuring, "figured_quiz", figured)
    settings: Settings = place.app.extensions["quizapp.settings"]
    with place.app.app_context(), pytest.raises(ValueError, match="no such type"):
        HANDLERS[JobName.FIGURE_ITEMS](settings, {})

    with stored() as make:
        assert list(due_quizzes(make.session)) == [broken]
