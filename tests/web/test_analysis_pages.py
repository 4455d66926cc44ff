"""Item analysis on pages: words first, then figures; states, files and costs."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from quizapp.models import Fact, Question, Quiz, Revision
from quizapp.psychometrics.counts import EVERYBODY, GRAIN, Cohort, Kind, Tally, band
from quizapp.queries.attempt_terms import Terms
from quizapp.services.statistics import add_terms
from tests.support.make import NOON, Make
from tests.support.sitting import Sitting

Stored = Callable[[], AbstractContextManager[Make]]
STEM = "=HYPERLINK(1)"
RAW = {
    "stem": STEM,
    "options": [{"text": text, "key": text == "One"} for text in ("One", "Two", "Three")],
    "explanation": "",
}
#: Option and score on the rest, of 3: the strong choose the second option, not the key.
TWO_KEYS = [(1, 3), (1, 3), (0, 2), (1, 2), (0, 1), (2, 1), (0, 0), (2, 0)]
#: Nobody chooses the key.
WRONG = [(1, points) for _, points in TWO_KEYS]
#: The strong choose the key.
GOOD = [(0, 3), (0, 3), (0, 2), (1, 2), (0, 1), (2, 1), (1, 0), (2, 0)]


@dataclass
class Room:
    """A quiz of two questions with options; its teacher is signed in."""

    client: FlaskClient
    stored: Stored
    slug: str
    quiz_id: int
    revisions: list[int]
    questions: list[int]

    @property
    def address(self) -> str:
        return f"/teach/{self.slug}/quizzes/{self.quiz_id}/analysis"

    def page(self, address: str = "") -> str:
        answer = self.client.get(address or self.address)
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def count(self, times: int, first: Any = TWO_KEYS) -> None:
        """Count eight attempts so many times over, with these answers to the first question."""
        terms = Terms()
        for total in range(4):
            place = (self.quiz_id, Cohort.FIRST, total * GRAIN)
            terms.totals[place] = Tally(2 * times, most=8 * GRAIN * times)
        for revision_id, chosen in zip(self.revisions, (first, GOOD), strict=True):
            item = (self.quiz_id, revision_id, Cohort.FIRST)
            for option, points in chosen:
                rest, right = points * GRAIN, GRAIN * (option == 0)
                for key in (
                    (*item, Kind.MARK, right, 0),
                    (*item, Kind.REST, rest, 0),
                    *((*item, Kind.CHOICE, o, band(rest, 3 * GRAIN)) for o in (option, EVERYBODY)),
                ):
                    most = GRAIN * times if key[3] is Kind.MARK else 0
                    amount = 0 if key[3] is Kind.REST else rest * times
                    terms.items.setdefault(key, Tally()).add(times, amount, most)
        with self.stored() as make:
            add_terms(make.session, terms)


@pytest.fixture
def room(client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], Any]) -> Room:
    with stored() as make:
        sitting = Sitting(make.session, make, NOON)
        questions = [sitting.question(raw=RAW) for _ in range(2)]
        quiz = make.quiz(sitting.course, questions, title="Astana")
        teacher = make.instructor(sitting.course)
        revisions = [
            make.session.scalars(
                sa.select(Revision.id).where(Revision.question_id == question.id)
            ).one()
            for question in questions
        ]
        room = Room(
            client,
            stored,
            sitting.course.slug,
            quiz.id,
            revisions,
            [question.id for question in questions],
        )
    sign_in(client, teacher.id)
    return room


def test_before_anybody_hands_in_the_page_says_what_it_will_say(room: Room) -> None:
    assert "Nobody has handed this quiz in yet" in room.page()
    assert "No quiz has asked it yet" in room.page(
        f"/teach/{room.slug}/questions/{room.questions[0]}/analysis"
    )


def test_below_ten_attempts_nothing_is_measured(room: Room) -> None:
    room.count(1)

    page = room.page()

    assert "Astana: not enough attempts yet" in page
    assert "8 of 10" in page
    assert "Reliability" not in page


def test_what_is_the_matter_is_said_in_words_with_what_to_do(room: Room) -> None:
    room.count(10)

    page = room.page()

    assert "Astana: one question to look at" in page
    assert "Those who chose B did better on the rest than those who chose the key." in page
    assert "Is it right too?" in page
    assert f"/questions/{room.questions[0]}/regrade?revision=1" in page
    assert "Strong students choose it: is it also right?" in page
    assert "Provisional" not in page


def test_where_all_earn_the_same_the_page_says_so_in_place_of_a_figure(room: Room) -> None:
    room.count(10, first=WRONG)

    page = room.page()

    assert "Nobody gets it right." in page
    assert "0\u00a0% of the points; no discrimination, since all earned the same here" in page
    assert "discrimination –" not in page
    assert "Without discrimination, and not shown: Q1." in page
    assert "1 of 2 questions tell strong from weak students" in page


def test_few_attempts_are_provisional(room: Room) -> None:
    room.count(2)

    assert "Provisional" in room.page()


def test_the_options_of_any_question_can_be_looked_at(room: Room) -> None:
    room.count(10)

    page = room.page(f"{room.address}?item={room.revisions[1]}")

    assert '<h2 id="options">Q2.' in page
    assert "Works as a distractor" in page
    assert room.page(f"{room.address}?item=999&attempts=all")


def test_a_question_is_told_over_all_its_uses(room: Room) -> None:
    room.count(10)

    page = room.page(f"/teach/{room.slug}/questions/{room.questions[0]}/analysis")

    assert "Over all quizzes" in page
    assert "Astana" in page
    assert "38\u00a0%" in page  # three of eight have it right


def test_the_list_tells_how_much_there_is(room: Room) -> None:
    room.count(10)

    page = room.page(f"/teach/{room.slug}/analysis")

    assert "Astana" in page
    assert ">80<" in page


def test_the_file_has_every_figure_and_nothing_that_a_spreadsheet_runs(room: Room) -> None:
    room.count(10)

    answer = room.client.get(f"{room.address}.csv")
    head, *rows = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [row[head.index("stem")] for row in rows] == [f"'{STEM}"] * 2
    assert float(rows[0][head.index("facility")]) == 0.375
    assert "Is it right too?" in rows[0][head.index("findings")]
    assert {len(row) for row in rows} == {len(head)}


def test_a_quiz_of_another_course_and_a_practice_are_not_there(room: Room) -> None:
    with room.stored() as make:
        other = make.quiz(make.course(slug="elsewhere"))
        practice = make.session.get_one(Quiz, room.quiz_id)
        practice.is_practice = True
        other_id = other.id
    for quiz_id in (other_id, room.quiz_id):
        address = f"/teach/{room.slug}/quizzes/{quiz_id}/analysis"
        assert room.client.get(address).status_code == 404
        assert room.client.get(f"{address}.csv").status_code == 404


def test_pages_take_the_same_statements_however_many_attempts_there_are(
    room: Room, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    addresses = (
        room.address,
        f"/teach/{room.slug}/analysis",
        f"/teach/{room.slug}/questions/{room.questions[0]}/analysis",
    )

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with statements() as seen:
                room.page(address)
            found.append(len(seen))
        return found

    room.count(2)
    few = counts()
    room.count(100_000)

    assert counts() == few
    assert max(few) <= 10, few


def test_a_question_is_flagged_over_its_uses_only_as_its_quiz_flags_it(room: Room) -> None:
    """By itself, its answers would be taken for proof of a second key; among twenty, not."""
    with room.stored() as make:
        fact = make.session.get_one(Fact, make.session.get_one(Question, room.questions[0]).fact_id)
        more = [make.question(fact, raw=RAW, key=f"more-{n}").id for n in range(20)]
        found = sa.select(Revision.id).where(Revision.question_id.in_(more)).order_by(Revision.id)
        others = list(make.session.scalars(found))
    mine, sound = room.revisions
    room.count(3)
    for revision_id in others:
        room.revisions = [revision_id, sound]
        room.count(3, first=GOOD)
    room.revisions = [mine, sound]

    quiz = room.page()
    question = room.page(f"/teach/{room.slug}/questions/{room.questions[0]}/analysis")

    among_many = "B is wrong, and draws those who do well on the rest."
    by_itself = "Those who chose B did better on the rest than those who chose the key."
    assert [(among_many in page, by_itself in page) for page in (quiz, question)] == [
        (True, False),
        (True, False),
    ]
