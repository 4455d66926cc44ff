"""The list of quizzes and the page before one starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.models import Attempt, AttemptState, Course, User
from quizapp.services.attempt_start import start_attempt
from quizapp.services.attempt_submit import submit_attempt


@pytest.fixture
def course(stored):
    """A learner and a quiz of two questions, by name of what tests ask for."""
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        user = make.user()
        make.enrol(user, course)
        facts = [make.fact(course), make.fact(course)]
        questions = [make.question(facts[0]), make.question(facts[1], "cloze")]
        settings = {"time_limit_minutes": 15, "pass_mark_percent": 60}
        quiz = make.quiz(course, questions, title="Astana & Geneva", settings=settings)
        return {"course": course.id, "user": user.id, "quiz": quiz.id}


@pytest.fixture
def learner(client, sign_in, course):
    sign_in(client, course["user"])
    return client


def attempted(stored, course, *, started_at, is_submitted=True):
    """Store an attempt at the quiz with nothing in it; return its id."""
    with stored() as make:
        actor = make.actor(make.session.get_one(User, course["user"]))
        started = start_attempt(
            make.session, actor=actor, quiz_id=course["quiz"], seed=1, now=started_at
        )
        if is_submitted:
            submit_attempt(
                make.session,
                actor=actor,
                attempt_id=started.attempt_id,
                now=started_at + timedelta(minutes=1),
            )
        return started.attempt_id


class TestTheList:
    def test_it_says_what_each_quiz_asks(self, learner):
        page = learner.get("/quizzes").text

        assert "Astana &amp; Geneva" in page
        assert "2 questions" in page
        assert "15 minutes" in page

    def test_it_shows_what_was_reached(self, learner, stored, course):
        attempt = attempted(stored, course, started_at=datetime.now(UTC) - timedelta(days=1))

        page = learner.get("/quizzes").text

        assert "0 of 2" in page
        assert "Not passed" in page
        assert f"/attempts/{attempt}/results" in page

    def test_an_open_attempt_can_be_gone_on_with(self, learner, stored, course):
        attempt = attempted(stored, course, started_at=datetime.now(UTC), is_submitted=False)

        page = learner.get("/quizzes").text

        assert f'href="/attempts/{attempt}"' in page
        assert "Continue" in page

    def test_looking_hands_in_what_is_overdue(self, app, learner, stored, course):
        long_ago = datetime.now(UTC) - timedelta(hours=2)
        attempted(stored, course, started_at=long_ago, is_submitted=False)

        page = learner.get("/quizzes").text

        assert "0 of 2" in page
        assert "Continue" not in page
        with app.app_context():
            assert db.session.scalars(sa.select(Attempt.state)).all() == [AttemptState.SUBMITTED]

    def test_without_quizzes_it_says_what_will_be_here(self, client, sign_in, stored):
        with stored() as make:
            user = make.user()
            make.enrol(user, make.course())
        sign_in(client, user.id)

        assert "No quizzes yet" in client.get("/quizzes").text

    def test_it_takes_the_same_number_of_statements_however_many(
        self, learner, stored, course, statements
    ):
        with stored() as make:
            other = make.course(slug="full", title="Full")
            make.enrol(make.session.get_one(User, course["user"]), other)
            for _ in range(10):
                make.quiz(other, [make.question(make.fact(other))])
        learner.get("/quizzes")

        with statements() as few:
            learner.get("/quizzes?course=syria")
        with statements() as many:
            page = learner.get("/quizzes?course=full").text

        assert page.count("1 question") == 10
        assert len(many) == len(few) <= 8


class TestTheStartPage:
    def test_it_says_the_rules_in_words(self, learner, course):
        page = learner.get(f"/quizzes/{course['quiz']}").text

        assert "15 minutes" in page
        assert "60\N{NO-BREAK SPACE}%" in page
        assert "counts as a review" in page
        assert "Start quiz" in page

    def test_it_lists_the_attempts(self, learner, stored, course):
        attempt = attempted(stored, course, started_at=datetime.now(UTC) - timedelta(days=1))

        page = learner.get(f"/quizzes/{course['quiz']}").text

        assert f"/attempts/{attempt}/results" in page
        assert "Start attempt 2" in page

    def test_starting_leads_to_the_first_question(self, app, learner, post, course):
        answer = post(learner, f"/quizzes/{course['quiz']}/start", on=f"/quizzes/{course['quiz']}")

        with app.app_context():
            attempt = db.session.scalars(sa.select(Attempt.id)).one()
        assert (answer.status_code, answer.location) == (303, f"/attempts/{attempt}/1")

    def test_starting_twice_goes_on_with_the_first(self, app, learner, post, course):
        page = f"/quizzes/{course['quiz']}"
        post(learner, f"{page}/start", on="/quizzes/" + str(course["quiz"]))
        attempt = post(learner, f"{page}/start", on="/settings/profile").location

        with app.app_context():
            stored = db.session.scalars(sa.select(Attempt.id)).all()
        assert attempt == f"/attempts/{stored[0]}"
        assert len(stored) == 1

    def test_a_quiz_without_questions_cannot_be_started(self, learner, stored, post, course):
        with stored() as make:
            found = make.session.get_one(Course, course["course"])
            empty = make.quiz(found, key="empty").id

        page = learner.get(f"/quizzes/{empty}").text
        answer = post(learner, f"/quizzes/{empty}/start", on="/settings/profile")

        assert "This quiz has no questions yet" in page
        assert f"/quizzes/{empty}/start" not in page
        assert (answer.status_code, answer.location) == (303, f"/quizzes/{empty}")

    @pytest.mark.parametrize("number", ["999", "9" * 30, "0"])
    def test_an_unknown_quiz_is_not_found(self, learner, number):
        assert learner.get(f"/quizzes/{number}").status_code == 404

    def test_a_quiz_of_another_course_is_not_found(self, client, sign_in, stored, course):
        with stored() as make:
            stranger = make.learner(make.course(slug="other"), email="other@example.org")
        sign_in(client, stranger.id)

        assert client.get(f"/quizzes/{course['quiz']}").status_code == 404

    def test_it_takes_the_same_number_of_statements_however_many_attempts(
        self, learner, stored, course, statements
    ):
        page = f"/quizzes/{course['quiz']}"
        with statements() as few:
            learner.get(page)
        for days in range(5, 0, -1):
            attempted(stored, course, started_at=datetime.now(UTC) - timedelta(days=days))

        with statements() as many:
            learner.get(page)

        assert len(many) == len(few) <= 8


@pytest.mark.parametrize("address", ["/quizzes", "/quizzes/1", "/attempts/1", "/attempts/1/1"])
def test_nobody_looks_without_signing_in(client, address):
    answer = client.get(address)

    assert answer.status_code == 303
    assert "/sign-in" in answer.location
