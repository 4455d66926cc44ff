"""Pages of the daily work: other sittings, spreading what waits, pauses."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.memory.settings import MemorySettings
from quizapp.models import Course, Memory, Origin, Review, Revision, Topic, User
from quizapp.services.memory_rules import keep_rules
from quizapp.services.reviews import record_review
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]
Post = Callable[..., TestResponse]


@pytest.fixture
def user_id(stored: Stored, sign_in: Callable[[FlaskClient, int], str], client: FlaskClient) -> int:
    with stored() as make:
        course = make.course(slug="syria", title="Syria")
        user = make.user()
        make.enrol(user, course)
        found = user.id
    sign_in(client, found)
    return found


@pytest.fixture
def studied(stored: Stored, user_id: int) -> Callable[..., None]:
    """Return studied(days, ratings=(4,)), which stores a fact rated so many days ago, for each."""

    def act(*days: float, ratings: tuple[int, ...] = (4,)) -> None:
        with stored() as make:
            course = make.session.scalars(sa.select(Course)).one()
            make._count = 1000 * (1 + len(make.session.scalars(sa.select(Topic.id)).all()))
            topic, passage = make.topic(course), make.passage(course)
            actor = make.actor(make.session.get_one(User, user_id))
            for ago in days:
                fact = make.fact(course, topic, passage)
                question = make.question(fact)
                revision = sa.select(Revision.id).where(Revision.question_id == question.id)
                for number, rating in enumerate(ratings):
                    record_review(
                        make.session,
                        actor=actor,
                        course_id=course.id,
                        fact_id=fact.id,
                        revision_id=make.session.execute(
                            revision, {"id": question.id}
                        ).scalar_one(),
                        rating=rating,
                        origin=Origin.FLASHCARD,
                        nonce=f"n-{fact.id}-{number}",
                        now=datetime.now(UTC) - timedelta(days=ago) + timedelta(seconds=number),
                        duration_ms=9_000,
                    )

    return act


def choose(stored: Stored, user_id: int, **given: Any) -> None:
    with stored() as make:
        course = make.session.scalars(sa.select(Course)).one()
        actor = make.actor(make.session.get_one(User, user_id))
        keep_rules(
            make.session,
            actor=actor,
            course_id=course.id,
            now=datetime.now(UTC),
            settings=MemorySettings(**given),
        )


def due(app: Flask) -> list[int]:
    with app.app_context():
        column = sa.cast(Memory.due_at, sa.BigInteger)
        return list(db.session.scalars(sa.select(column).order_by(Memory.fact_id)))


def step_of(page: str) -> dict[str, str]:
    form = re.search(r'action="/today/unspread".*?</form>', page, re.DOTALL)
    assert form
    return dict(re.findall(r'name="(course_id|step)" value="(\d+)"', form[0]))


def today() -> str:
    return (datetime.now(UTC) - timedelta(hours=4)).date().isoformat()


class TestBacklog:
    def test_what_waits_is_offered_spread_taken_back(
        self, app: Flask, client: FlaskClient, studied: Callable[..., None], post: Post
    ) -> None:
        studied(*range(60, 94))
        offered = client.get("/today").text
        before = due(app)

        post(client, "/today/spread", {"days": "5"}, on="/today")
        spread, moved = client.get("/today").text, due(app)
        post(client, "/today/unspread", step_of(spread), on="/today")

        assert "34 cards wait for you" in offered
        assert '<a href="/today?spread=5#spread" aria-current="true">5' in offered
        assert "Spread over 5 days" in offered
        assert "What waited is spread over the days to come." in spread
        assert "7 cards are ready" in spread
        assert "wait for you" not in spread
        assert moved != before
        assert due(app) == before
        assert "34 cards wait for you" in client.get("/today").text

    def test_another_number_of_days_is_shown_before_it_is_chosen(
        self, client: FlaskClient, studied: Callable[..., None]
    ) -> None:
        studied(*range(60, 94))

        page = client.get("/today?spread=3").text

        assert "Over 3 days: 12 today, at most 12 a day" in page
        assert client.get("/today?spread=4").text.count("Spread over 5 days") == 1

    def test_a_number_of_days_that_is_not_offered_moves_nothing(
        self, app: Flask, client: FlaskClient, studied: Callable[..., None], post: Post
    ) -> None:
        studied(*range(60, 94))
        before = due(app)

        for days in ("4", "x", ""):
            post(client, "/today/spread", {"days": days}, on="/today")

        assert due(app) == before
        assert "Choose one of the numbers of days." in client.get("/today").text

    def test_three_days_work_is_no_backlog(
        self, client: FlaskClient, studied: Callable[..., None]
    ) -> None:
        studied(*range(60, 90))

        assert "wait for you" not in client.get("/today").text


class TestSittings:
    def test_ahead_and_missed_are_offered_when_the_day_is_done(
        self, client: FlaskClient, studied: Callable[..., None]
    ) -> None:
        studied(5, 5)
        studied(0.001, ratings=(4, 1, 4))

        page = client.get("/today").text

        assert "Missed today" in page
        assert 'href="/review?missed=1"' in page
        assert re.search(r'href="/review\?ahead=\d"', page)

    def test_what_was_rated_today_is_only_looked_at(
        self, app: Flask, client: FlaskClient, studied: Callable[..., None]
    ) -> None:
        studied(0.001, ratings=(4, 1, 4))

        card = client.get("/review?missed=1").text
        onward = dict(re.findall(r'name="(missed|done|after)" value="(\d+)"', card))
        end = client.get("/review", query_string=onward)

        assert "practice only" in card
        assert "/review/grade" not in card
        assert end.location.startswith("/review/done?missed=1")
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 3

    def test_studying_ahead_rates_in_earnest(
        self, app: Flask, client: FlaskClient, studied: Callable[..., None]
    ) -> None:
        studied(5, 5)
        page = client.get("/review?ahead=7").text
        form = re.search(r'action="(/review/grade[^"]*)".*?</form>', page, re.DOTALL)
        assert form
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))

        answer = client.post(form[1], data={**fields, "rating": "3"})

        assert "Studying ahead, 2 left" in page
        assert (answer.status_code, answer.location) == (303, "/review?ahead=7")
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 3

    @pytest.mark.parametrize("address", ["ahead=2", "ahead=x", "missed=3", "missed=1&after=x"])
    def test_an_address_that_makes_no_sense_is_the_usual_queue(
        self, client: FlaskClient, studied: Callable[..., None], address: str
    ) -> None:
        studied(60)

        assert client.get(f"/review?{address}").status_code in {200, 303}

    def test_the_limit_of_the_day_is_said_at_its_end(
        self, client: FlaskClient, studied: Callable[..., None], stored: Stored, user_id: int
    ) -> None:
        studied(60, 61, 62)
        choose(stored, user_id, reviews_per_day=0)

        page = client.get("/review", follow_redirects=True).text

        assert "3 more cards will come first tomorrow." in page
        assert "Nothing due until tomorrow" in page

    def test_a_card_takes_few_statements_in_every_sitting(
        self,
        client: FlaskClient,
        studied: Callable[..., None],
        statements: Callable[[], AbstractContextManager[list[str]]],
    ) -> None:
        studied(60, 61)
        studied(0.001, ratings=(4, 1, 4))
        client.get("/review")
        counts = []
        for address in ("/review", "/review?ahead=7", "/review?missed=7", "/review/done"):
            with statements() as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))

        assert counts[0] == counts[1]
        assert max(counts) <= 7, counts


class TestPause:
    def test_it_is_set_shown_and_ended(
        self, client: FlaskClient, studied: Callable[..., None], post: Post
    ) -> None:
        studied(60)
        days = {"first_day": today(), "last_day": today()}

        answer = post(client, "/settings/study/pause", days, on="/settings/study")
        pages = [client.get(url, follow_redirects=True).text for url in ("/today", "/review")]
        settings = client.get("/settings/study").text
        ended = post(client, "/settings/study/pause/end", {}, on="/today")

        assert (answer.status_code, answer.location) == (303, "/settings/study?course=syria")
        for page in pages:
            assert "A pause until" in page
            assert "End the pause now" in page
        assert "You are on a pause" in settings
        assert ended.location == "/today"
        assert "1 card is ready" in client.get("/today").text

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"first_day": "2020-01-01"}, "A pause begins today at the earliest."),
            ({"last_day": "2020-01-01"}, "The last day comes before the first one."),
            ({"last_day": "soon"}, "Enter a date, like"),
            ({"first_day": ""}, "Enter a date, like"),
        ],
    )
    @pytest.mark.usefixtures("user_id")
    def test_what_is_wrong_is_said_beside_the_field(
        self, client: FlaskClient, post: Post, wrong: dict[str, str], says: str
    ) -> None:
        days = {"first_day": today(), "last_day": today()} | wrong

        page = post(client, "/settings/study/pause", days, on="/settings/study")

        assert page.status_code == 422
        assert says in page.text
        assert 'value="90"' in page.text
        assert "Set the pause" in client.get("/settings/study").text
