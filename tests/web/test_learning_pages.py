"""The page about what was learnt of a learner."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.models import Job, MemoryRules, QuarterTotal
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.memory_fits import fits_of, ground_of
from quizapp.queries.memory_rules import settings_of
from quizapp.services.memory_fits import keep_fit
from tests.support.learnt import FITTED, LEARNT, WORSE

URL = "/settings/learning"


class Member:
    def __init__(self, app, client, stored, post):
        self.app, self.client, self.stored, self.post = app, client, stored, post
        with stored() as make:
            course = make.course(slug="syria", title="Syria & Iran")
            user = make.user()
            make.enrol(user, course)
            self.keys = {"learner_id": user.id, "course_id": course.id}

    @property
    def page(self):
        return self.client.get(URL).text

    def send(self, act="", **data):
        return self.post(self.client, URL + act, data, on=URL)

    def reviewed(self, count):
        with self.stored() as make:
            blank = {"tested": 0, "recalled": 0, "introduced": 0, "milliseconds": 0}
            make.session.add(QuarterTotal(**self.keys, quarter=1_970_000, reviews=count, **blank))

    def fitted(self, learnt=LEARNT):
        """Have a fit asked for and keep what it found; return its number."""
        self.send("/fit")
        with self.stored() as make:
            waiting = fits_of(make.session, **self.keys).waiting
            keep_fit(
                make.session,
                actor=actor_for_id(make.session, self.keys["learner_id"]),
                course_id=self.keys["course_id"],
                number=waiting.number,
                ground=ground_of(make.session, **self.keys),
                learnt=learnt,
                now=datetime(2026, 3, 4, 12, tzinfo=UTC),
            )
        return waiting.number

    @property
    def settings(self):
        with self.app.app_context():
            newest = sa.select(MemoryRules.settings).order_by(MemoryRules.number.desc())
            return settings_of(db.session().scalars(newest).first())


@pytest.fixture
def member(app, client, stored, post, sign_in):
    made = Member(app, client, stored, post)
    sign_in(client, made.keys["learner_id"])
    return made


def test_too_few_reviews_have_nothing_to_show_yet(member):
    member.reviewed(37)

    page = member.page

    assert "Nothing to learn from yet" in page
    assert "37 of 200 reviews" in page
    assert "Fit now" not in page


def test_a_fit_is_asked_for_and_the_page_says_that_it_runs(member, app):
    member.reviewed(400)

    told = member.send("/fit")

    assert (told.status_code, told.location) == (303, URL + "?course=syria")
    assert "A fit is running" in member.page
    assert "Fit now" not in member.page
    with app.app_context():
        assert [job.name for job in db.session().scalars(sa.select(Job))] == ["fit_memory"]


def test_both_numbers_the_date_and_the_reason_are_told(member):
    member.reviewed(400)
    member.fitted()

    page = member.page

    assert "Predictions are fitted to you" in page
    assert "Tried on 4 Mar with 400 reviews. It was 25" in page
    assert "0.4000" in page
    assert "0.3000" in page
    assert "They tell something, so they count." in page


def test_what_was_no_better_says_so(member):
    member.reviewed(400)
    member.fitted(replace(LEARNT, fit=WORSE))

    page = member.page

    assert "The last fit was no better, so nothing changed" in page
    assert "Take the fit back" not in page


def test_a_fit_is_taken_back_and_taken_again(member):
    member.reviewed(400)
    number = member.fitted()

    told = member.send("/undo", number=str(number))
    assert told.status_code == 303
    assert member.settings.weights is None
    page = member.page
    assert "You took the last fit back" in page
    assert "Take the fit back" not in page
    member.send("/redo", number=str(number))

    assert member.settings.weights == FITTED


@pytest.mark.parametrize("number", ["", "7", "x", "9" * 30])
@pytest.mark.parametrize("act", ["/undo", "/redo"])
def test_a_fit_that_is_none_is_told(member, act, number):
    member.send(act, number=number)

    assert "There is no such fit." in member.page


def test_what_is_left_to_the_program_is_kept(member):
    member.send(two_buttons="y")

    kept = member.settings
    assert (kept.two_buttons, kept.grade_for_me, kept.fit, kept.use_answer_times) == (
        True,
        False,
        False,
        False,
    )
    assert "Switched off" not in member.page  # Nothing is learnt yet, so nothing is said of it.


def test_the_page_takes_few_statements_however_often_was_tried(member, statements):
    member.reviewed(400)
    for _ in range(3):
        member.fitted()

    with statements() as seen:
        member.client.get(URL)

    assert len(seen) <= 7, seen
    assert member.page.count("Better, used") == 3
