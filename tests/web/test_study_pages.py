"""The pages of a learner's day: review, undo, the end, and the day itself."""

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

from quizapp import db
from quizapp.models import Course, Memory, Origin, QuarterTotal, Review, Role, User
from quizapp.services.reviews import record_review
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]


@dataclass
class Learner:
    """A signed-in learner with a browser, in a course with `facts` cards."""

    app: Flask
    client: FlaskClient
    stored: Stored
    user_id: int
    course_id: int
    slug: str
    facts: list[int]
    revisions: list[int]

    def get(self, url: str, **given: Any) -> TestResponse:
        return self.client.get(url, **given)

    def card(self, url: str = "/review") -> dict[str, str]:
        """Return the fields of the rating form on the review page."""
        page = self.get(url).text
        form = re.search(r'<form[^>]*action="(/review/grade[^"]*)".*?</form>', page, re.DOTALL)
        assert form, "the page holds no rating form"
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
        return {"action": form[1].replace("&amp;", "&"), **fields}

    def rate(self, rating: int | str = 3, url: str = "/review", **given: Any) -> TestResponse:
        fields = self.card(url) | {"rating": str(rating)} | given
        return self.client.post(fields.pop("action"), data=fields)

    def reviews(self) -> list[Any]:
        with self.app.app_context():
            rows = db.db.session().execute(sa.select(Review.__table__).order_by(Review.id))
            return list(rows)

    def count(self, model: Any) -> int:
        with self.app.app_context():
            found = db.db.session().scalar(sa.select(sa.func.count()).select_from(model))
            return int(found or 0)

    def review_before(self, days: float, rating: int = 4, fact: int = 0) -> None:
        """Store a review made some days ago."""
        with self.stored() as make:
            user = make.session.get(User, self.user_id)
            assert user is not None
            record_review(
                make.session,
                actor=make.actor(user),
                course_id=self.course_id,
                fact_id=self.facts[fact],
                revision_id=self.revisions[fact],
                rating=rating,
                origin=Origin.FLASHCARD,
                nonce=f"before-{days}-{fact}",
                now=datetime.now(UTC) - timedelta(days=days),
                duration_ms=9_000,
            )


@pytest.fixture
def enter(
    app: Flask, client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], str]
) -> Callable[..., Learner]:
    """Return enter(facts=n), which signs in a learner of a course with so many facts."""

    def act(facts: int = 3, types: tuple[str, ...] = ("single_choice",), **user: Any) -> Learner:
        with stored() as make:
            course = make.course(title="Sources of the war")
            topic, passage = make.topic(course, key="bases", title="Bases"), make.passage(course)
            ids, revisions = [], []
            for _ in range(facts):
                fact = make.fact(course, topic, passage)
                questions = [make.question(fact, name) for name in types]
                ids.append(fact.id)
                revisions.append(
                    make.session.scalar(
                        sa.text("SELECT id FROM revision WHERE question_id = :id"),
                        {"id": questions[0].id},
                    )
                )
            person = make.user(**user)
            make.enrol(person, course)
            made = Learner(app, client, stored, person.id, course.id, course.slug, ids, revisions)
        sign_in(client, made.user_id)
        return made

    return act


@pytest.fixture
def learner(enter: Callable[..., Learner]) -> Learner:
    return enter()


def test_the_review_page_holds_both_sides(learner: Learner) -> None:
    page = learner.get("/review").text

    assert "Which article bars foreign bases?" in page
    assert "Article 146" in page
    assert "<mark>The aversion is codified in Article 146 of the constitution</mark>" in page
    assert re.findall(r'name="rating" value="(\d)"', page) == ["1", "2", "3", "4"]
    assert "3 left" in page


@pytest.mark.parametrize(
    "type_name", ["single_choice", "multiple_response", "true_false", "short_text", "cloze"]
)
def test_every_question_type_can_be_a_flashcard(
    enter: Callable[..., Learner], type_name: str
) -> None:
    learner = enter(1, (type_name,))

    assert learner.get("/review").status_code == 200


def test_rating_leads_to_the_next_card(learner: Learner) -> None:
    answer = learner.rate(4, duration_ms="4200")

    assert (answer.status_code, answer.location) == (303, "/review")
    (review,) = learner.reviews()
    assert (review.rating, review.duration_ms) == (4, 4200)
    assert learner.card()["fact"] == str(learner.facts[1])
    assert "2 left" in learner.get("/review").text


def test_sending_a_rating_twice_rates_once(learner: Learner) -> None:
    fields = learner.card() | {"rating": "3"}
    action = fields.pop("action")

    answers = [learner.client.post(action, data=fields) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(learner.reviews()) == 1
    assert "That card was already rated. Here is the next one." in learner.get("/review").text


def test_a_page_left_open_does_not_rate_again(learner: Learner) -> None:
    stale = learner.card() | {"rating": "1"}
    action = stale.pop("action")
    learner.rate(4)

    answer = learner.client.post(action, data=stale)

    assert answer.status_code == 303
    assert len(learner.reviews()) == 1
    assert "already rated" in learner.get(answer.location).text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rating", "5"),
        ("rating", ""),
        ("fact", "x"),
        ("fact", "9" * 30),
        ("revision", "-1"),
        ("seen", "nine"),
        ("nonce", ""),
        ("nonce", "n" * 65),
        ("course_id", "0"),
    ],
)
def test_a_rating_that_cannot_be_read_changes_nothing_and_shows_the_way_on(
    learner: Learner, field: str, value: str
) -> None:
    answer = learner.rate(**{"rating": "3", field: value})

    assert answer.status_code == 422
    assert 'href="/review"' in answer.text
    assert learner.reviews() == []


@pytest.mark.parametrize("duration", ["", "soon", "-5", "9" * 40])
def test_a_wrong_duration_does_not_lose_the_rating(learner: Learner, duration: str) -> None:
    answer = learner.rate(duration_ms=duration)

    assert answer.status_code == 303
    assert learner.reviews()[0].duration_ms in range(120_001)


def test_a_rating_without_the_token_is_refused(learner: Learner) -> None:
    answer = learner.rate(csrf_token="forged")

    assert answer.status_code == 400
    assert learner.reviews() == []


def test_a_card_of_a_course_one_is_not_in_is_not_found(learner: Learner, stored: Stored) -> None:
    with stored() as make:
        other = make.course(slug="other")
        fact = make.fact(other)
        make.question(fact)
        course_id, fact_id = other.id, fact.id

    answers = [
        learner.rate(course_id=str(course_id), fact=str(fact_id)),
        learner.rate(fact=str(fact_id)),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert learner.reviews() == []


def test_a_rating_takes_at_most_five_statements(
    learner: Learner, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    learner.rate(3)  # the first in a course also writes down by which rules
    fields = learner.card() | {"rating": "3"}
    action = fields.pop("action")

    with statements() as seen:
        learner.client.post(action, data=fields)

    assert len(seen) <= 5, seen


def test_undo_takes_the_rating_back_and_shows_its_card_again(learner: Learner) -> None:
    learner.rate(1)
    page = learner.get("/review").text
    form = re.search(r'action="/review/undo".*?name="step" value="(\d+)"', page, re.DOTALL)
    assert form
    fields = {
        "course_id": str(learner.course_id),
        "step": form[1],
        "csrf_token": learner.card()["csrf_token"],
    }

    answer = learner.client.post("/review/undo", data=fields)

    assert answer.status_code == 303
    assert learner.card(answer.location)["fact"] == str(learner.facts[0])
    assert learner.count(Memory) == 0
    again = learner.client.post("/review/undo", data=fields)
    assert again.status_code == 303


def step_of(page: str, address: str) -> str:
    form = re.search(rf'action="{address}".*?name="step" value="(\d+)"', page, re.DOTALL)
    assert form, address
    return form[1]


def test_what_was_taken_back_can_be_done_again_once(learner: Learner) -> None:
    learner.rate(1)
    fields = {"course_id": str(learner.course_id), "csrf_token": learner.card()["csrf_token"]}
    page = learner.get("/review").text
    assert "/review/redo" not in page
    learner.client.post("/review/undo", data=fields | {"step": step_of(page, "/review/undo")})
    page = learner.get("/review").text
    again = fields | {"step": step_of(page, "/review/redo")}

    answers = [learner.client.post("/review/redo", data=again) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert learner.count(Memory) == 1
    assert [review.undone_at for review in learner.reviews()] == [None]
    assert "/review/redo" not in learner.get("/review").text


def test_putting_a_card_off_can_be_taken_back(learner: Learner) -> None:
    fields = learner.card()
    first = fields["fact"]
    learner.client.post("/review/bury", data=fields)
    page = learner.get("/review").text

    answer = learner.client.post(
        "/review/undo", data=fields | {"step": step_of(page, "/review/undo")}
    )

    page = learner.get(answer.location).text
    assert "The card is not put off any more." in page
    assert f'name="fact" value="{first}"' in page


def test_there_is_no_undo_before_the_first_rating(learner: Learner) -> None:
    assert "/review/undo" not in learner.get("/review").text


@pytest.mark.parametrize("act", ["bury", "suspend"])
def test_a_card_can_be_put_off_or_aside(learner: Learner, act: str) -> None:
    fields = learner.card()

    answer = learner.client.post(f"/review/{act}", data=fields)

    assert answer.status_code == 303
    assert learner.card()["fact"] == str(learner.facts[1])
    assert learner.reviews() == []


def test_a_card_put_aside_can_be_brought_back(learner: Learner) -> None:
    fields = learner.card()
    learner.client.post("/review/suspend", data=fields)
    listed = learner.get("/progress").text

    answer = learner.client.post("/progress/resume", data=fields)

    assert "1 card put aside" in listed
    assert answer.status_code == 303
    assert learner.card()["fact"] == str(learner.facts[0])


def test_what_cannot_be_read_is_answered_with_422(learner: Learner) -> None:
    token = {"csrf_token": learner.card()["csrf_token"]}

    statuses = [
        learner.client.post(f"/review/{act}", data=token).status_code
        for act in ("undo", "bury", "suspend")
    ]

    assert statuses == [422, 422, 422]


def test_the_last_card_leads_to_the_end_of_the_day(enter: Callable[..., Learner]) -> None:
    learner = enter(1)
    learner.rate(4)

    answer = learner.get("/review")

    assert (answer.status_code, answer.location) == (303, "/review/done")
    page = learner.get("/review/done").text
    assert "You rated 1 card today." in page
    assert re.search(r"<h1>Nothing due for \d+ days</h1>", page)


def test_a_sitting_of_two_cards_ends_after_two(learner: Learner) -> None:
    first = learner.rate(4, "/review?limit=2")
    bar = learner.get(first.location).text
    second = learner.rate(4, first.location)
    end = learner.get(second.location)

    assert first.location == "/review?limit=2&done=1"
    assert "1 of 2 cards done" in bar
    assert end.location == "/review/done?limit=2&done=2"
    assert "Go on, 1 left" in learner.get(end.location).text


@pytest.mark.parametrize("address", ["/review?limit=x", "/review?limit=0", "/review?card=999999"])
def test_an_address_that_makes_no_sense_still_shows_a_card(learner: Learner, address: str) -> None:
    assert learner.get(address).status_code == 200


def test_a_topic_can_be_practised_alone_and_must_exist(learner: Learner) -> None:
    assert learner.rate(4, "/review?topic=bases").location == "/review?topic=bases"
    assert learner.get("/review?topic=nothing").status_code == 404


def test_a_course_without_cards_leads_to_an_end_that_says_so(
    enter: Callable[..., Learner],
) -> None:
    learner = enter(0)

    page = learner.get("/review", follow_redirects=True).text

    assert "You have not rated a card today." in page


def test_the_first_day_explains_itself(learner: Learner) -> None:
    page = learner.get("/today").text

    assert "Your first cards are ready" in page
    assert "3 new cards, about 1 minute." in page
    assert "Nothing yet" in page


def test_a_course_without_cards_has_a_day_too(enter: Callable[..., Learner]) -> None:
    assert "This course has no cards yet" in enter(0).get("/today").text


def test_the_day_shows_what_waits_and_the_days_in_a_row(learner: Learner) -> None:
    for days, fact in ((40, 0), (1, 1), (2, 2)):
        learner.review_before(days, fact=fact)

    page = learner.get("/today").text

    assert "1 card is ready" in page
    assert "<b>2</b> days in a row" in page
    assert "Review today to make it 3." in page
    assert "3 reviews on 3 days." in page


def test_a_guest_is_greeted_without_a_name(enter: Callable[..., Learner]) -> None:
    page = enter(1, is_guest=True, email=None, name="Guest").get("/today").text

    assert re.search(r"<h1>Good (morning|afternoon|evening)</h1>", page)


def test_whoever_rated_everything_is_done_for_today(enter: Callable[..., Learner]) -> None:
    learner = enter(1)
    learner.rate(4)

    page = learner.get("/today").text

    assert "Nothing due for" in page
    assert "You rated 1 card today." in page


def test_the_day_takes_the_same_statements_with_few_cards_and_many(
    enter: Callable[..., Learner],
    stored: Stored,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    learner = enter(10)
    learner.review_before(3)
    with statements() as few:
        learner.get("/today")
    with stored() as make:
        course = make.session.get(Course, learner.course_id)
        assert course is not None
        topic = make.topic(course, key="more")
        passage = make.passage(make.course(slug="texts"))
        for number in range(90):
            fact = make.fact(course, topic, passage, key=f"more-{number}")
            make.question(fact, key=f"more-{number}")

    with statements() as many:
        learner.get("/today")

    # Among them pauses, the goal, other sittings and messages.
    assert len(many) == len(few) <= 13, many


def test_a_second_course_is_studied_by_its_address(learner: Learner, stored: Stored) -> None:
    with stored() as make:
        user = make.session.get(User, learner.user_id)
        assert user is not None
        course = make.course(slug="second")
        make.enrol(user, course, Role.STUDENT)
        fact = make.fact(course)
        make.question(fact)
        fact_id = fact.id

    answer = learner.rate(4, "/review?course=second")

    assert answer.location == "/review?course=second"
    assert learner.reviews()[0].fact_id == fact_id
    assert learner.count(QuarterTotal) == 1


@pytest.mark.parametrize("url", ["/today", "/review", "/review/done", "/progress"])
def test_whoever_is_not_signed_in_signs_in_first(client: FlaskClient, url: str) -> None:
    answer = client.get(url)

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")
