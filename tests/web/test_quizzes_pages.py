"""The list of quizzes and the page before one starts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.models import Attempt, AttemptState, Course, LearnerOverride, Quiz, Status, User
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


class TestRulesInWords:
    @pytest.fixture
    def ruled(self, app, stored, course, learner):
        """Return ruled(settings, allowance, override), which gives the start page's words."""

        def act(settings, *, allowance=None, override=None, code=""):
            with stored() as make:
                quiz = make.session.get_one(Quiz, course["quiz"])
                quiz.settings, quiz.access_code = settings, code
                user = make.session.get_one(User, course["user"])
                user.timezone = "Asia/Tehran"
                if allowance:
                    make.accommodate(
                        user, make.session.get_one(Course, course["course"]), **allowance
                    )
                if override:
                    values = {"reason": "", "set_at": datetime.now(UTC)} | override
                    make.session.add(LearnerOverride(learner_id=user.id, quiz_id=quiz.id, **values))
            page = learner.get(f"/quizzes/{course['quiz']}").text
            return " ".join(re.sub(r"<[^>]+>", " ", page).split())

        return act

    @pytest.mark.parametrize(
        ("settings", "words"),
        [
            ({}, "No time limit."),
            ({"time_limit_minutes": 15}, "15 minutes from the moment you start."),
            ({"time_limit_minutes": 15}, "still counts for 30 seconds."),
            ({}, "You can change them until you submit."),
            ({"shuffle_questions": True}, "Each attempt asks them in another order."),
            ({"behaviour": "immediate"}, "Check each question when you like."),
            ({"behaviour": "practice", "tries": 2}, "Up to 2 tries at each question."),
            ({"behaviour": "practice"}, "After a wrong one you get a hint from the text."),
            ({"behaviour": "practice"}, "costs 25 % of the question"),
            ({"behaviour": "practice", "penalty_percent": 0}, "Trying again costs nothing."),
            ({"behaviour": "practice", "tries": 1}, "One try at each question."),
            ({"behaviour": "certainty"}, "certain +3 if right, −6 if wrong"),
            ({"pass_mark_percent": 60}, "To pass, reach 60 % of the points."),
            ({"counts_for_memory": False}, "This quiz leaves your cards as they are."),
            ({}, "As many attempts as you like. The highest mark counts."),
            ({"attempts_allowed": 2, "counting": "last"}, "2 left. The last attempt counts."),
            ({"attempts_allowed": 2, "counting": "first"}, "2 left. The first attempt counts."),
            ({"counting": "average"}, "The average of all attempts counts."),
            ({"disclosure": {"after_submit": ["marks"]}}, "After you submit you see the marks."),
            ({"disclosure": {"after_submit": []}}, "that it arrived, and no result yet."),
        ],
    )
    def test_every_setting_is_said(self, ruled, settings, words):
        assert words in ruled(settings)

    def test_what_is_shown_when_is_said(self, ruled):
        closes = datetime(datetime.now(UTC).year + 1, 12, 3, 14, 30, tzinfo=UTC)
        disclosure = {"after_submit": ["response"], "after_close": ["response", "marks"]}

        words = ruled({"closes_at": str(closes), "disclosure": disclosure})

        when = f"3 December {closes.year}, 18:00"
        assert f"Closes on {when}." in words
        assert "After you submit you see your answers." in words
        assert f"After the quiz closes on {when} you also see the marks." in words

    def test_what_is_different_for_oneself_is_said_with_its_reason(self, ruled):
        words = ruled(
            {"time_limit_minutes": 30, "attempts_allowed": 1},
            allowance={"time_factor": Fraction(3, 2), "hides_countdown": True},
            override={"attempts_allowed": 3, "reason": "You were ill."},
        )

        assert "You have 45 minutes instead of 30 (extra time)." in words
        assert "45 minutes from the moment you start." in words
        assert "You have 3 attempts instead of 1." in words
        assert "You see no countdown; the deadline is named in words." in words
        assert "Reason: You were ill." in words

    def test_who_has_nothing_special_reads_nothing_of_it(self, ruled):
        assert "For you" not in ruled({"time_limit_minutes": 30})

    def test_a_quiz_that_is_not_open_yet_says_when_it_opens(self, ruled):
        words = ruled({"opens_at": str(datetime.now(UTC) + timedelta(days=2))})

        assert "This quiz is not open yet." in words
        assert "Opens on" in words
        assert "Start quiz" not in words

    def test_a_closed_quiz_says_so(self, ruled):
        words = ruled({"closes_at": str(datetime.now(UTC) - timedelta(days=2))})

        assert "This quiz has closed." in words
        assert "Start quiz" not in words

    def test_an_exception_opens_a_closed_quiz_for_one(self, ruled):
        past, later = (datetime.now(UTC) + timedelta(days=days) for days in (-2, 2))

        words = ruled({"closes_at": str(past)}, override={"closes_at": later})

        assert "Start quiz" in words
        assert "For you it closes on" in words


class TestStartingAtTheWrongTime:
    @pytest.mark.parametrize(
        "case",
        [
            ({"closes_at": "2020-01-01T00:00:00+00:00"}, "This quiz has closed."),
            ({"opens_at": "2190-01-01T00:00:00+00:00"}, "This quiz is not open yet."),
        ],
    )
    def test_an_old_page_leads_to_the_reason(self, learner, stored, post, course, case):
        settings, words = case
        with stored() as make:
            make.session.get_one(Quiz, course["quiz"]).settings = settings

        address = f"/quizzes/{course['quiz']}"
        answer = post(learner, f"{address}/start", on="/settings/profile")

        assert (answer.status_code, answer.location) == (303, address)
        assert words in learner.get(address).text


class TestAWithdrawnQuiz:
    @pytest.fixture
    def withdraw(self, stored, course):
        def act():
            with stored() as make:
                make.session.get_one(Quiz, course["quiz"]).status = Status.RETIRED

        return act

    def test_who_has_an_open_attempt_finds_it_on_the_page(self, learner, stored, course, withdraw):
        attempt = attempted(stored, course, started_at=datetime.now(UTC), is_submitted=False)
        withdraw()

        page = learner.get(f"/quizzes/{course['quiz']}")

        assert page.status_code == 200
        assert f'href="/attempts/{attempt}"' in page.text
        assert "Continue attempt 1" in page.text

    def test_who_has_handed_in_reads_that_it_was_withdrawn(self, learner, stored, course, withdraw):
        attempt = attempted(stored, course, started_at=datetime.now(UTC) - timedelta(hours=1))
        withdraw()

        page = learner.get(f"/quizzes/{course['quiz']}").text

        assert "Nobody can start it any more. Your results stay here." in page
        assert f"/attempts/{attempt}/results" in page
        assert "Start attempt" not in page

    def test_an_old_page_leads_to_the_reason(self, learner, stored, post, course, withdraw):
        attempted(stored, course, started_at=datetime.now(UTC) - timedelta(hours=1))
        withdraw()

        address = f"/quizzes/{course['quiz']}"
        answer = post(learner, f"{address}/start", on="/settings/profile")

        assert (answer.status_code, answer.location) == (303, address)

    def test_nobody_else_finds_it(self, learner, course, withdraw):
        withdraw()

        assert learner.get(f"/quizzes/{course['quiz']}").status_code == 404


def test_an_introduction_keeps_its_paragraphs_and_lists(stored, course, learner):
    with stored() as make:
        make.session.get_one(Quiz, course["quiz"]).summary = "Read *first*.\n\n- one\n- two"

    page = learner.get(f"/quizzes/{course['quiz']}").text

    assert "<p>Read <em>first</em>.</p>" in page
    assert re.search(r"<li>one</li>\s*<li>two</li>", page)


class TestAccessCode:
    @pytest.fixture
    def coded(self, stored, course, learner, post):
        """Return coded(code), which sends a code from the start page."""
        with stored() as make:
            make.session.get_one(Quiz, course["quiz"]).access_code = "sesame"

        def act(code):
            address = f"/quizzes/{course['quiz']}"
            return post(learner, f"{address}/start", {"access_code": code}, on=address)

        return act

    def test_the_page_asks_for_it_and_does_not_tell_it(self, learner, course, coded):
        page = learner.get(f"/quizzes/{course['quiz']}").text

        assert 'name="access_code"' in page
        assert "sesame" not in page

    @pytest.mark.parametrize("code", ["sesame", " Sesame "])
    def test_the_right_one_starts_the_quiz(self, coded, code):
        """Codes are told aloud, so capitals do not count."""
        answer = coded(code)

        assert answer.status_code == 303
        assert "/attempts/" in answer.location

    def test_trying_again_from_the_results_leads_to_where_it_is_entered(
        self, learner, course, coded, post
    ):
        address = f"/quizzes/{course['quiz']}"

        answer = post(learner, f"{address}/start", {}, on=address)

        assert (answer.status_code, answer.location) == (303, address)
        assert "There is a problem" not in learner.get(address).text

    @pytest.mark.parametrize("code", ["", "open", "s\u00e9same"])
    def test_another_one_is_refused_beside_the_field(self, app, coded, code):
        answer = coded(code)

        assert answer.status_code == 422
        said = "This is not the access code." if code else "Enter the access code"
        assert said in answer.text
        assert f'value="{code}"' in answer.text
        assert "sesame" not in answer.text
        with app.app_context():
            assert db.session.scalars(sa.select(Attempt.id)).all() == []

    def test_a_button_without_a_field_leads_to_where_it_is_asked_for(
        self, coded, learner, post, course
    ):
        address = f"/quizzes/{course['quiz']}"
        answer = post(learner, f"{address}/start", on="/settings/profile")

        assert (answer.status_code, answer.location) == (303, address)
        assert "Enter the access code" in learner.get(address).text

    def test_guessing_is_limited(self, coded):
        found = [coded(f"guess {n}").status_code for n in range(11)]

        assert found == [422] * 10 + [429]
        assert coded("sesame").status_code == 429

    def test_an_attempt_that_is_open_needs_no_code(self, coded):
        coded("sesame")

        answer = coded("")

        assert answer.status_code == 303


@pytest.mark.parametrize("is_submitted", [True, False])
def test_a_withdrawn_quiz_says_so_to_whoever_began_it(learner, stored, course, is_submitted):
    began = datetime.now(UTC) - timedelta(minutes=5)
    attempt_id = attempted(stored, course, started_at=began, is_submitted=is_submitted)
    with stored() as make:
        make.session.get_one(Quiz, course["quiz"]).status = Status.RETIRED

    page = learner.get(f"/quizzes/{course['quiz']}")

    assert page.status_code == 200
    assert "Your instructor has withdrawn this quiz" in page.text
    assert f"/attempts/{attempt_id}" in page.text
    assert f"/quizzes/{course['quiz']}/start" not in page.text
    assert ("go on and hand it in" in page.text) is not is_submitted
    assert f'/quizzes/{course["quiz"]}"' not in learner.get("/quizzes").text


def test_a_withdrawn_quiz_is_not_there_for_others(learner, stored, course):
    with stored() as make:
        make.session.get_one(Quiz, course["quiz"]).status = Status.RETIRED

    assert learner.get(f"/quizzes/{course['quiz']}").status_code == 404


def test_what_learners_put_together_themselves_is_not_listed(learner, stored, course):
    with stored() as make:
        found = make.session.get_one(Course, course["course"])
        quiz = make.quiz(found, is_practice=True, title="Practice of one's own").id

    assert "Practice of one" not in learner.get("/quizzes").text
    assert learner.get(f"/quizzes/{quiz}").status_code == 404


@pytest.mark.parametrize("address", ["/quizzes", "/quizzes/1", "/attempts/1", "/attempts/1/1"])
def test_nobody_looks_without_signing_in(client, address):
    answer = client.get(address)

    assert answer.status_code == 303
    assert "/sign-in" in answer.location
