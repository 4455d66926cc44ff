"""Settings, in a browser."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.memory.settings import Order
from quizapp.models import Job, MemoryRules, User
from quizapp.queries.memory_rules import settings_of
from quizapp.services import passwords

GOOD, OTHER = "river under the bridge", "bridge over the river"
PROFILE = {"name": "Zoë Ağa", "timezone": "Asia/Tehran", "day_start_hour": "0"}
STUDY = {
    "desired_retention": "85",
    "new_per_day": "0",
    "reviews_per_day": "80",
    "order": "topic",
    "learn_ahead_minutes": "15",
    "rest_days": ["5", "6"],
}
CHANGE = {"present": GOOD, "password": OTHER}


@pytest.fixture
def member(stored):
    with stored() as make:
        course = make.course(slug="syria", title="Syria & Iran")
        user = make.user(email="amara@example.org", password_hash=passwords.hash_password(GOOD))
        make.enrol(user, course)
        return user.id


@pytest.fixture
def signed_in(client, sign_in, member):
    sign_in(client, member)
    return client


@pytest.fixture
def guest(client, post, stored):
    with stored() as make:
        make.course()
    post(client, "/try", on="/try")
    return client


def user(app):
    with app.app_context():
        return db.session.scalars(sa.select(User)).one()


def setting(app):
    with app.app_context():
        row = db.session.scalars(sa.select(MemoryRules)).one_or_none()
        return None if row is None else settings_of(row.settings)


class TestProfile:
    def test_it_shows_what_is_set(self, signed_in):
        page = signed_in.get("/settings/profile").text

        assert "amara@example.org" in page
        assert 'value="Amara Osei"' in page
        assert '<option selected value="4">4:00</option>' in page
        assert '<option value="Europe/Lisbon">' in page

    def test_it_keeps_what_is_set(self, app, signed_in, post):
        page = post(signed_in, "/settings/profile", PROFILE, on="/settings/profile")

        assert (page.status_code, page.location) == (303, "/settings/profile")
        kept = user(app)
        assert (kept.name, kept.timezone, kept.day_start_hour) == ("Zoë Ağa", "Asia/Tehran", 0)
        assert "Saved." in signed_in.get("/settings/profile").text

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"name": " "}, "Enter a name"),
            ({"timezone": "Mars/Olympus"}, "Choose a time zone from the list"),
            ({"day_start_hour": "24"}, "Choose an hour from the list"),
            ({"day_start_hour": "x"}, "Choose an hour from the list"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_kept(self, app, signed_in, post, wrong, says):
        page = post(signed_in, "/settings/profile", PROFILE | wrong, on="/settings/profile")

        assert page.status_code == 422
        assert says in page.text
        assert "<title>Error: Profile" in page.text
        assert user(app).timezone == "UTC"

    def test_a_field_that_is_not_in_the_form_changes_nothing(self, app, signed_in, post):
        wish = {"is_admin": "1", "email": "eve@example.org", "id": "9", "is_guest": "1"}

        post(signed_in, "/settings/profile", PROFILE | wish, on="/settings/profile")

        kept = user(app)
        assert (kept.is_admin, kept.email, kept.is_guest) == (False, "amara@example.org", False)


class TestStudy:
    def test_it_shows_the_defaults_and_names_the_course(self, signed_in):
        page = signed_in.get("/settings/study").text

        assert "Syria &amp; Iran" in page
        assert 'value="90"' in page
        assert 'value="10"' in page

    def test_it_keeps_what_is_set(self, app, signed_in, post):
        page = post(signed_in, "/settings/study", STUDY, on="/settings/study")

        assert (page.status_code, page.location) == (303, "/settings/study?course=syria")
        kept = setting(app)
        assert (kept.desired_retention, kept.new_per_day) == (0.85, 0)
        assert (kept.reviews_per_day, kept.order, kept.learn_ahead_minutes, kept.rest_days) == (
            80,
            Order.TOPIC,
            15,
            (5, 6),
        )
        assert 'value="85"' in signed_in.get("/settings/study").text

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"desired_retention": "69"}, "from 70% to 97%"),
            ({"desired_retention": "98"}, "from 70% to 97%"),
            ({"desired_retention": ""}, "Enter a whole number from 70 to 97."),
            ({"desired_retention": "90.5"}, "Enter a whole number from 70 to 97."),
            ({"new_per_day": "101"}, "from 0 to 100"),
            ({"new_per_day": "-1"}, "from 0 to 100"),
            ({"new_per_day": "many"}, "Enter a whole number from 0 to 100."),
            ({"reviews_per_day": "10000"}, "from 0 to 9,999"),
            ({"order": "hardest"}, "Choose an order from the list."),
            ({"learn_ahead_minutes": "721"}, "from 0 to 720"),
            ({"rest_days": ["7"]}, "Choose days from the list."),
            ({"rest_days": list("0123456")}, "Leave at least one day"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_kept(self, app, signed_in, post, wrong, says):
        page = post(signed_in, "/settings/study", STUDY | wrong, on="/settings/study")

        assert page.status_code == 422
        assert says in page.text
        assert setting(app) is None

    def test_a_course_one_is_not_in_is_not_found(self, signed_in, stored):
        with stored() as make:
            make.course(slug="other")

        assert signed_in.get("/settings/study?course=other").status_code == 404


class TestPassword:
    def test_the_new_one_counts_and_only_this_browser_stays_in(
        self, app, signed_in, sign_in, post, member
    ):
        elsewhere = app.test_client()
        post(elsewhere, "/sign-in", {"email": "amara@example.org", "password": GOOD})
        assert elsewhere.get("/settings/profile").status_code == 200

        page = post(signed_in, "/settings/password", CHANGE, on="/settings/password")

        assert (page.status_code, page.location) == (303, "/settings/password")
        assert signed_in.get("/settings/profile").status_code == 200
        assert elsewhere.get("/settings/profile").status_code == 303
        assert passwords.is_password(OTHER, user(app).password_hash)
        with app.app_context():
            assert [job.payload["to"] for job in db.session.scalars(sa.select(Job))] == [
                "amara@example.org"
            ]

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"present": OTHER}, "not your present password"),
            ({"present": ""}, "not your present password"),
            ({"password": "short"}, "at least 10 characters"),
            ({"password": "amara@example.org"}, "easy to guess"),
        ],
    )
    def test_what_is_wrong_is_said_and_the_old_one_stays(self, app, signed_in, post, wrong, says):
        page = post(signed_in, "/settings/password", CHANGE | wrong, on="/settings/password")

        assert page.status_code == 422
        assert says in page.text
        assert passwords.is_password(GOOD, user(app).password_hash)
        assert GOOD not in page.text

    def test_a_borrowed_browser_is_no_way_to_guess(self, signed_in, post):
        wrong = CHANGE | {"present": OTHER}
        for _ in range(10):
            post(signed_in, "/settings/password", wrong, on="/settings/password")

        page = post(signed_in, "/settings/password", wrong, on="/settings/password")

        assert page.status_code == 429


class TestGuests:
    def test_they_set_their_zone_and_nothing_else(self, app, guest, post):
        page = guest.get("/settings/profile").text
        assert "Create an account" in page
        assert 'name="name"' not in page

        post(guest, "/settings/profile", PROFILE, on="/settings/profile")

        kept = user(app)
        assert (kept.timezone, kept.name, kept.day_start_hour) == ("Asia/Tehran", "Guest", 4)

    @pytest.mark.parametrize("url", ["/settings/study", "/settings/password"])
    def test_the_rest_asks_for_an_account(self, guest, url):
        page = guest.get(url)

        assert (page.status_code, page.location) == (303, "/sign-up")


@pytest.mark.parametrize("url", ["/settings/profile", "/settings/study", "/settings/password"])
class TestEveryPage:
    def test_strangers_are_led_to_sign_in(self, client, url):
        assert client.get(url).location == f"/sign-in?next={url}"

    def test_a_form_without_its_token_is_refused(self, signed_in, url):
        assert signed_in.post(url, data=PROFILE | STUDY | CHANGE).status_code == 400

    def test_it_takes_few_statements(self, signed_in, statements, url):
        with statements() as seen:
            signed_in.get(url)

        assert len(seen) <= 5
