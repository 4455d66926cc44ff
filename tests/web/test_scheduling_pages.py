"""The settings of when cards come back, and what the review page shows of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.memory.intervals import label_days
from quizapp.memory.settings import MemorySettings
from quizapp.models import Memory, MemoryRules, Review
from quizapp.queries.memory_rules import settings_of

URL = "/settings/scheduling"
CHOSEN = {
    "learning_steps": "30s 5m",
    "relearning_steps": "",
    "minimum_interval_days": "2",
    "maximum_interval_days": "365",
    "fuzz": "y",
    "load_balance": "y",
    "leech_threshold": "6",
    **{f"easy_day_{day}": "100" for day in range(5)},
    "easy_day_5": "50",
    "easy_day_6": "0",
}
WANTED = MemorySettings(
    learning_steps=(30, 300),
    relearning_steps=(),
    minimum_interval_days=2,
    maximum_interval_days=365,
    easy_days=(100, 100, 100, 100, 100, 50, 0),
    leech_threshold=6,
)
WRONG = [
    ("learning_steps", {"learning_steps": "1m ten"}, "“ten” is no step"),
    ("learning_steps", {"learning_steps": "1 " * 11}, "at most 10 steps"),
    ("relearning_steps", {"relearning_steps": "2d"}, "“2d” is too long"),
    ("minimum_interval_days", {"minimum_interval_days": "400"}, "from 1 to 365"),
    ("minimum_interval_days", {"minimum_interval_days": "x"}, "whole number from 1"),
    ("maximum_interval_days", {"maximum_interval_days": "0"}, "from 1 to 36,500"),
    ("leech_threshold", {"leech_threshold": "-1"}, "from 0 to 9,999"),
    ("easy_day_3", {"easy_day_3": "70"}, "Choose from the list"),
    ("easy_day_0", {f"easy_day_{day}": "0" for day in range(7)}, "at least one day"),
]


@pytest.fixture
def learner(client, sign_in, stored):
    """A signed-in member of a course with one card."""
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        make.question(make.fact(course))
        user = make.user(email="amara@example.org")
        make.enrol(user, course)
        user_id = user.id
    sign_in(client, user_id)
    return client


def rules(app):
    with app.app_context():
        return db.session.scalars(sa.select(MemoryRules).order_by(MemoryRules.number)).all()


def chosen(app):
    return settings_of(rules(app)[-1].settings) if rules(app) else None


def card(client, url="/review"):
    """Return the fields of the rating form, and the words on its buttons."""
    page = client.get(url).text
    form = re.search(r'<form[^>]*action="/review/grade[^"]*".*?</form>', page, re.DOTALL)
    assert form, "the page holds no rating form"
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    return fields, re.findall(r'class="when">([^<]+)<', form[0])


def rate(client, rating, **given):
    fields, _words = card(client)
    return client.post("/review/grade", data=fields | {"rating": rating} | given)


def passes(app, days):
    """Let the one card have been seen so many days earlier."""
    span = int(timedelta(days=days).total_seconds() * 1000)
    with app.app_context():
        db.session.execute(
            sa.text(
                "UPDATE memory SET due_at = due_at - :span, last_review_at = last_review_at - :span"
            ),
            {"span": span},
        )
        db.session.commit()


class TestSettings:
    def test_they_show_what_holds_and_name_the_course(self, learner):
        page = learner.get(URL).text

        assert "Syria &amp; Iran" in page
        assert 'value="1m 10m"' in page
        assert page.count('<option selected value="100">') == 7
        assert 'aria-current="page">Schedule<' in page

    def test_what_is_set_is_kept_as_rules_from_now_on(self, app, learner, post):
        day = {"reviews_per_day": "200", "learn_ahead_minutes": "20", "order": "recall"}
        wish = {"desired_retention": "85", "new_per_day": "3", **day}
        post(learner, "/settings/study", wish, on=URL)

        answer = post(learner, URL, CHOSEN, on=URL)

        assert (answer.status_code, answer.location) == (303, f"{URL}?course=syria")
        assert chosen(app) == replace(WANTED, desired_retention=0.85, new_per_day=3)
        assert [row.number for row in rules(app)] == [1, 2]
        page = learner.get(URL).text
        assert "Cards keep the dates that they have" in page
        assert 'value="30s 5m"' in page
        assert '<option selected value="0">As few as possible</option>' in page

    def test_boxes_that_are_not_ticked_are_off(self, app, learner, post):
        post(learner, URL, {k: v for k, v in CHOSEN.items() if v != "y"}, on=URL)

        assert (chosen(app).fuzz, chosen(app).load_balance) == (False, False)

    def test_what_is_wrong_is_said_beside_its_field(self, app, learner, post):
        for field, wrong, says in WRONG:
            page = post(learner, URL, CHOSEN | wrong, on=URL)

            assert page.status_code == 422
            beside = re.search(rf'<div id="{field}-error">(.*?)</div>', page.text, re.DOTALL)
            assert beside, field
            assert says in beside[1]
            assert "<title>Error: Schedule" in page.text
            assert 'value="30s 5m"' in page.text or field == "learning_steps"
        assert chosen(app) is None

    def test_recommended_values_are_shown_before_they_are_saved(self, app, learner, post):
        post(learner, URL, CHOSEN, on=URL)

        page = learner.get(f"{URL}?recommended=1").text

        assert 'value="1m 10m"' in page
        assert "They count once you save them." in page
        assert chosen(app) == WANTED

    def test_they_take_few_statements(self, learner, statements):
        with statements() as seen:
            learner.get(URL)

        assert len(seen) <= 5

    def test_leeches_are_counted_by_what_is_set(self, app, learner):
        rate(learner, "4")
        with app.app_context():
            db.session.execute(sa.update(Memory).values(lapses=9))
            db.session.commit()

        assert "1 card of yours has come that far." in learner.get(URL).text


class TestReviews:
    def test_the_button_tells_the_interval_that_is_given(self, app, learner):
        rate(learner, "4")
        passes(app, 12)
        fields, words = card(learner)

        learner.post("/review/grade", data=fields | {"rating": "3"})

        with app.app_context():
            given = db.session.scalars(sa.select(Review).order_by(Review.id.desc())).first()
            assert given.interval_days == int(fields["promised"].split(",")[2])
            assert words[2] == label_days(given.interval_days)

    def test_an_interval_that_was_not_shown_is_not_given(self, app, learner):
        rate(learner, "4")
        passes(app, 12)

        for promised in ("0,1,2,3", "0,9,999,9999", "x", "1,2,3", "-1,2,3,4"):
            answer = rate(learner, "3", promised=promised)

            assert answer.status_code == 303
            assert "Rate it once more." in learner.get(answer.location).text
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(Review)) == 1

    def test_the_schedule_takes_one_statement_more_where_it_balances(
        self, app, learner, statements, post
    ):
        rate(learner, "4")
        passes(app, 12)
        with statements() as balanced:
            learner.get("/review")
        post(learner, URL, {k: v for k, v in CHOSEN.items() if v != "y"}, on=URL)

        with statements() as plain:
            learner.get("/review")

        assert len(balanced) == len(plain) + 1

    def test_what_is_due_stays_as_it_is_when_settings_change(self, app, learner, post):
        rate(learner, "4")
        before = learner.get("/today").text

        post(learner, URL, CHOSEN | {"maximum_interval_days": "3"}, on=URL)

        after = learner.get("/today").text
        bars = re.compile(r"<td[^>]*>.*?</td>", re.DOTALL)
        assert bars.findall(after) == bars.findall(before)


class TestLeeches:
    def test_a_card_that_will_not_stick_is_told_with_a_way_out(self, app, learner, post):
        post(learner, URL, CHOSEN | {"leech_threshold": "1"}, on=URL)
        rate(learner, "4")
        passes(app, 12)

        answer = rate(learner, "1")

        assert "leech=" in answer.location
        # With the next card, or at the end of the sitting.
        for url in (f"{answer.location}&card={card_id(app)}", answer.location):
            page = learner.get(url, follow_redirects=True).text
            assert "One card will not stick" in page
            assert "forgot it 1 time." in page
            assert "Read the passage" in page
        aside = {"course_id": course_id(app), "fact": card_id(app)}
        post(learner, "/review/suspend", aside, on=URL)
        assert "will not stick" not in learner.get(answer.location, follow_redirects=True).text

    def test_nobody_hears_of_a_card_that_sticks(self, app, learner):
        rate(learner, "4")

        page = learner.get(f"/review?leech={card_id(app)}", follow_redirects=True).text

        assert "will not stick" not in page


def card_id(app):
    with app.app_context():
        return db.session.scalar(sa.select(Memory.fact_id))


def course_id(app):
    with app.app_context():
        return db.session.scalar(sa.select(Memory.course_id))


def test_days_are_those_of_the_learner(app, learner, post):
    """Sunday is a day of rest; a card whose spread reaches it goes beside it."""
    profile = {"name": "A", "timezone": "Pacific/Auckland", "day_start_hour": "4"}
    post(learner, "/settings/profile", profile, on="/settings/profile")
    week = {f"easy_day_{day}": "0" for day in range(7)} | {"easy_day_2": "100"}
    post(learner, URL, CHOSEN | week, on=URL)
    rate(learner, "4")
    passes(app, 12)

    fields, _words = card(learner)
    learner.post("/review/grade", data=fields | {"rating": "3"})

    with app.app_context():
        due_at = db.session.scalar(sa.select(Memory.due_at))
    assert due_at > datetime.now(UTC)
    assert (due_at + timedelta(hours=12)).weekday() == 2
