"""Goals on their page and on Today; letters confirmed and stopped by links; the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db, transaction
from quizapp.models import CalendarFeed, DailyGoal, Job, User, WeeklyLetter
from quizapp.services.stop_links import stop_token
from quizapp.services.weekly_letters import make_confirmation
from quizapp.web.study_words import clock_of
from tests.web.conftest import csrf_token

URL = "/settings/goals"
LETTERS, CALENDAR = f"{URL}/letters", f"{URL}/calendar"


@pytest.fixture
def learner(client, sign_in, stored):
    """A signed-in member of a course with three cards."""
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        for _ in range(3):
            make.question(make.fact(course))
        user = make.user(email="amara@example.org")
        make.enrol(user, course)
        user_id = user.id
    sign_in(client, user_id)
    return client


def rate(client):
    page = client.get("/review").text
    form = re.search(r'<form[^>]*action="/review/grade[^"]*".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    assert client.post("/review/grade", data=fields | {"rating": "4"}).status_code == 303


def first(app, model):
    with app.app_context():
        return db.session.scalars(sa.select(model)).first()


def address_on(page):
    return re.search(r'value="http://localhost(/calendar/[^"]+/footnote\.ics)"', page)[1]


class TestGoals:
    def test_a_goal_is_set_shown_and_dropped(self, app, learner, post):
        answer = post(learner, URL, {"unit": "cards", "amount": "2"}, on=URL)
        assert answer.status_code == 303
        assert (first(app, DailyGoal).unit, first(app, DailyGoal).amount) == ("cards", 2)

        post(learner, URL, {"unit": "none", "amount": ""}, on=URL)

        assert first(app, DailyGoal) is None

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"unit": "cards", "amount": "501"}, "Choose from 1 to 500 cards a day."),
            ({"unit": "minutes", "amount": "241"}, "Choose from 1 to 240 minutes a day."),
            ({"unit": "cards", "amount": "x"}, "Enter a whole number from 1 to 500."),
            ({"unit": "laps", "amount": "5"}, "Choose from the list."),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field_and_stays_typed(
        self, app, learner, post, typed, said
    ):
        answer = post(learner, URL, typed, on=URL)

        assert answer.status_code == 422
        assert said in answer.text
        assert f'value="{typed["amount"]}"' in answer.text
        assert first(app, DailyGoal) is None

    def test_today_shows_how_far_it_is_and_never_asks_for_more_than_there_is(self, learner, post):
        rate(learner)
        assert "Set a goal for the day" in learner.get("/today").text

        post(learner, URL, {"unit": "cards", "amount": "2"}, on=URL)
        page = learner.get("/today").text
        assert "1 of 2 cards" in page
        assert "1 card to go." in page
        post(learner, URL, {"unit": "cards", "amount": "20"}, on=URL)
        assert "2 cards to go, and today&#39;s are all done." in learner.get("/today").text

        rate(learner)
        rate(learner)

        page = learner.get("/today").text
        assert "3 of 20 cards" in page
        assert "Nothing more is due today, so your goal is reached." in page
        assert '3 <small class="muted">of 20 cards</small>' in learner.get("/review/done").text

    def test_nothing_is_asked_on_a_day_of_rest(self, app, learner, stored, post):
        with stored() as make:
            user = make.session.scalars(sa.select(User)).first()
            today = clock_of(make.actor(user)).day_of(datetime.now(UTC))
        rate(learner)
        with app.app_context(), transaction() as session:
            session.execute(sa.text("UPDATE review SET duration_ms = 0"))
        post(learner, URL, {"unit": "minutes", "amount": "5"}, on=URL)
        resting = learner.get("/settings/study").text
        token = csrf_token(resting)
        form = {
            "desired_retention": "90",
            "new_per_day": "10",
            "reviews_per_day": "200",
            "order": "recall",
            "learn_ahead_minutes": "20",
            "rest_days": [str(today.weekday())],
            "csrf_token": token,
        }
        assert learner.post("/settings/study", data=form).status_code == 303

        assert "A day off: your goal waits with you." in learner.get("/today").text

    def test_whoever_is_in_no_course_reaches_the_rest(self, client, sign_in, stored):
        with stored() as make:
            user_id = make.user().id
        sign_in(client, user_id)

        page = client.get(URL).text

        assert "Choose a course" in page
        assert "Turn the letters on" in page

    def test_the_page_takes_few_statements(self, learner, statements):
        with statements() as seen:
            learner.get(URL)
        assert len(seen) <= 6, seen


class TestLetters:
    def wanted(self, app, learner, post):
        """Turn the letters on; return the token of the link that confirms them."""
        assert post(learner, LETTERS, {"weekday": "2"}, on=URL).status_code == 303
        with app.app_context(), transaction() as session:
            user_id = session.scalars(sa.select(User.id)).one()
            letter = make_confirmation(session, learner_id=user_id, now=datetime.now(UTC))
        return letter.body.split("/letters/confirm/")[1].split()[0]

    def test_they_begin_when_the_link_is_confirmed_signed_out(self, app, learner, post):
        token = self.wanted(app, learner, post)
        assert "Not confirmed" in learner.get(URL).text
        somebody = app.test_client()

        opened = somebody.get(f"/letters/confirm/{token}")
        assert (opened.status_code, opened.location) == (303, "/letters/confirm")
        page = somebody.get("/letters/confirm").text
        assert "amara@example.org" in page
        assert first(app, WeeklyLetter).confirmed_at is None  # looking changes nothing
        data = {"csrf_token": csrf_token(page)}
        assert "Your letters are on" in somebody.post("/letters/confirm", data=data).text

        kept = first(app, WeeklyLetter)
        assert kept.next_at > datetime.now(UTC)
        assert kept.next_at.weekday() == 2
        assert kept.site == "http://localhost/"
        assert "The next one leaves on" in learner.get(URL).text
        assert somebody.get("/letters/confirm").status_code == 404

    def test_the_job_that_asks_for_the_letter_holds_no_address(self, app, learner, post):
        self.wanted(app, learner, post)

        job = first(app, Job)

        assert set(job.payload) == {"learner_id"}

    def test_the_button_of_mail_programs_stops_them_without_cookie_or_form(
        self, app, learner, post
    ):
        self.confirm(app, learner, post)
        link = self.link(app)
        somebody = app.test_client()

        assert "Stop them" in somebody.get(link).text
        assert first(app, WeeklyLetter).next_at is not None  # looking changes nothing
        answer = somebody.post(link, data={"List-Unsubscribe": "One-Click"})

        assert (answer.status_code, answer.text) == (200, "Stopped.\n")
        assert "Set-Cookie" not in answer.headers
        assert first(app, WeeklyLetter).next_at is None
        assert somebody.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200

    def test_so_does_the_button_of_the_page(self, app, learner, post):
        self.confirm(app, learner, post)
        somebody, link = app.test_client(), self.link(app)

        page = somebody.get(link).text
        answer = somebody.post(link, data={"csrf_token": csrf_token(page)})

        assert "No more letters are sent" in answer.text
        assert first(app, WeeklyLetter).next_at is None

    def test_a_link_that_is_not_ours_stops_nobody(self, app, learner, post):
        self.confirm(app, learner, post)
        link = self.link(app)

        assert app.test_client().post(link + "x").status_code == 404
        assert app.test_client().get(link[:-1] + "_").status_code == 404
        assert first(app, WeeklyLetter).next_at is not None

    def test_the_page_turns_them_off_and_on_again(self, app, learner, post):
        self.confirm(app, learner, post)

        post(learner, f"{LETTERS}/stop", on=URL)
        assert first(app, WeeklyLetter).next_at is None
        assert "Turn the letters on" in learner.get(URL).text
        post(learner, LETTERS, {"weekday": "0"}, on=URL)

        assert first(app, WeeklyLetter).next_at is not None

    def confirm(self, app, learner, post):
        token = self.wanted(app, learner, post)
        learner.get(f"/letters/confirm/{token}")
        page = learner.get("/letters/confirm").text
        learner.post("/letters/confirm", data={"csrf_token": csrf_token(page)})

    def link(self, app):
        with app.app_context():
            user = db.session.scalars(sa.select(User)).one()
            whose = {"learner_id": user.id, "since": user.created_at}
        return f"/letters/stop/{stop_token(app.config['SECRET_KEY'], **whose)}"

    def test_an_old_link_stops_no_letters_of_whoever_has_the_number_now(self, app, learner, post):
        self.confirm(app, learner, post)
        link = self.link(app)
        with app.app_context(), transaction() as session:
            session.execute(sa.update(User).values(created_at=datetime.now(UTC)))

        assert app.test_client().post(link).status_code == 200
        assert first(app, WeeklyLetter).next_at is not None


class TestCalendar:
    def made(self, learner, post):
        return address_on(post(learner, CALENDAR, on=URL).text)

    def test_the_address_is_shown_once_and_read_signed_out(self, app, learner, post):
        address = self.made(learner, post)

        assert address not in learner.get(URL).text
        assert first(app, CalendarFeed).token_hash not in address
        answer = app.test_client().get(address)
        assert answer.status_code == 200
        assert answer.content_type == "text/calendar; charset=utf-8"
        assert "Footnote: 3 cards\\, about 1 min" in answer.text
        assert "Set-Cookie" not in answer.headers

    def test_what_has_not_changed_is_not_sent_again(self, app, learner, post):
        address, reader = self.made(learner, post), app.test_client()
        tag = reader.get(address).headers["ETag"]

        assert reader.get(address, headers={"If-None-Match": tag}).status_code == 304
        rate(learner)
        assert reader.get(address, headers={"If-None-Match": tag}).status_code == 200

    def test_a_reset_address_fails_at_once_and_so_does_a_removed_one(self, app, learner, post):
        old, reader = self.made(learner, post), app.test_client()
        new = self.made(learner, post)

        assert reader.get(old).status_code == 404
        assert reader.get(new).status_code == 200
        post(learner, f"{CALENDAR}/remove", on=URL)
        assert reader.get(new).status_code == 404

    def test_reading_it_too_often_is_refused_for_a_while(self, app, learner, post):
        address, reader = self.made(learner, post), app.test_client()
        assert reader.get(address).status_code == 200
        with app.app_context(), transaction() as session:
            session.execute(sa.text("UPDATE rate_limit SET count = 60"))

        refused = reader.get(address)

        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0

    def test_a_fault_is_logged_without_the_address(self, app, learner, post, monkeypatch, caplog):
        address, reader = self.made(learner, post), app.test_client()
        secret = address.split("/")[2]
        with app.app_context(), transaction() as session:
            session.execute(sa.text("DROP TABLE pause"))

        assert reader.get(address).status_code >= 500
        assert "no such table" in caplog.text
        assert secret not in caplog.text

    def test_it_takes_the_same_statements_however_much_there_is(
        self, app, learner, post, stored, statements
    ):
        address, reader = self.made(learner, post), app.test_client()
        with statements() as few:
            reader.get(address)
        with stored() as make:
            user = make.session.scalars(sa.select(User)).first()
            course_id = next(iter(make.actor(user).roles))
            course = make.session.get(type(make.course()), course_id)
            for n in range(20):
                closing = (datetime.now(UTC) + timedelta(days=n + 1)).isoformat()
                make.quiz(course, settings={"closes_at": closing})
                make.question(make.fact(course))

        with statements() as many:
            text = reader.get(address).text

        assert text.count("Quiz closes") == 20
        assert len(many) == len(few) <= 14, many
