"""Coming in and going out, in a browser."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db, transaction
from quizapp.jobs.handlers import HANDLERS
from quizapp.models import Job, Origin, Review, User, UserSession
from quizapp.services import passwords, resets
from quizapp.services.jobs import JobName

GOOD, OTHER = "river under the bridge", "bridge over the river"
ME = {"email": "amara@example.org", "password": GOOD}
ELSEWHERE = [
    "https://evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example\\",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "evil.example",
    "@evil.example",
    "?x=//evil.example",
    "#//evil.example",
    "/\x7f/evil.example",
    "/\x00/evil.example",
    "mailto:a@evil.example",
    "",
]


@pytest.fixture
def member(stored):
    """The id of an account whose password is GOOD, in one public course."""
    with stored() as make:
        make.course()
        kept = passwords.hash_password(GOOD)
        return make.user(email="amara@example.org", password_hash=kept).id


@pytest.fixture
def elsewhere(app, sign_in, member):
    """Another browser, in which the member is signed in."""
    other = app.test_client()
    sign_in(other, member)
    return other


def user(app, user_id):
    with app.app_context():
        return db.session.get(User, user_id)


def token_of(client):
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def is_signed_in(client):
    return client.get("/settings/profile").status_code == 200


class TestSigningUp:
    def test_two_fields_and_one_click_make_an_account(self, app, client, post):
        page = post(client, "/sign-up", ME | {"timezone": "Europe/Lisbon"}, on="/sign-up")

        assert (page.status_code, page.location) == (303, "/today")
        assert is_signed_in(client)
        made = user(app, 1)
        assert (made.email, made.name, made.timezone) == (
            "amara@example.org",
            "amara",
            "Europe/Lisbon",
        )

    def test_a_zone_that_is_none_does_not_stand_in_the_way(self, app, client, post):
        post(client, "/sign-up", ME | {"timezone": "Mars/Olympus"}, on="/sign-up")

        assert user(app, 1).timezone == "UTC"

    def test_what_is_wrong_stands_on_the_page_and_what_was_typed_stays(self, client, post):
        page = post(client, "/sign-up", {"email": "amara", "password": "kraken"}, on="/sign-up")

        assert page.status_code == 422
        assert "<title>Error: Create an account" in page.text
        assert 'href="#email"' in page.text
        assert "Use at least 10 characters" in page.text
        assert 'value="amara"' in page.text
        assert "kraken" not in page.text

    def test_a_taken_address_is_said_to_be_of_no_use(self, client, post, member):
        page = post(client, "/sign-up", ME, on="/sign-up")

        assert page.status_code == 422
        assert "This address cannot be used. If it is yours, sign in" in page.text

    def test_nobody_becomes_an_admin_by_asking(self, app, client, post):
        wish = {"is_admin": "1", "role": "instructor", "id": "77", "is_guest": "1"}

        post(client, "/sign-up", ME | wish, on="/sign-up")

        made = user(app, 1)
        assert (made.is_admin, made.is_guest) == (False, False)

    def test_a_name_with_markup_in_it_is_text_on_every_page(self, client, post):
        name = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
        post(client, "/sign-up", ME | {"name": name}, on="/sign-up")

        page = client.get("/settings/profile").text

        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


class TestSigningIn:
    def test_the_right_password_leads_to_today(self, client, post, member):
        page = post(client, "/sign-in", ME)

        assert (page.status_code, page.location) == (303, "/today")
        assert is_signed_in(client)

    def test_a_wrong_password_and_an_unknown_address_look_the_same(self, client, post, member):
        wrong = post(client, "/sign-in", {"email": "amara@example.org", "password": OTHER})
        unknown = post(client, "/sign-in", {"email": "alien@example.org", "password": OTHER})

        assert wrong.status_code == unknown.status_code == 422
        assert "The email address or the password is wrong." in wrong.text
        assert _bare(wrong.text) == _bare(unknown.text.replace("alien@", "amara@"))
        assert set(wrong.headers.keys()) == set(unknown.headers.keys())

    def test_the_session_and_the_form_token_are_new(self, client, post, member):
        with client.session_transaction() as cookie:
            cookie["planted"] = "by somebody else"
        post(client, "/sign-in", {"email": "x", "password": "y"})
        with client.session_transaction() as cookie:
            before = cookie["csrf_token"]

        post(client, "/sign-in", ME)
        client.get("/settings/profile")

        with client.session_transaction() as cookie:
            assert "planted" not in cookie
            assert cookie["csrf_token"] != before
        assert len(token_of(client)) >= 43

    def test_each_sign_in_has_a_token_of_its_own(self, app, post, member):
        first, second = app.test_client(), app.test_client()
        post(first, "/sign-in", ME)
        post(second, "/sign-in", ME)

        assert token_of(first) != token_of(second)

    def test_a_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(
        self, client, post, member
    ):
        page = post(client, "/sign-in", ME)

        cookie = page.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie

    def test_members_have_nothing_to_do_there(self, client, sign_in, member):
        sign_in(client, member)

        for url in ("/sign-in", "/sign-up"):
            page = client.get(url)
            assert (page.status_code, page.location) == (303, "/today")

    def test_after_ten_bad_tries_even_the_right_password_waits(self, client, post, member):
        for _ in range(10):
            assert post(client, "/sign-in", ME | {"password": OTHER}).status_code == 422

        page = post(client, "/sign-in", ME)

        assert page.status_code == 429
        assert 0 < int(page.headers["Retry-After"]) <= 900
        assert "15 minutes" in page.text

    def test_the_address_of_the_network_is_not_taken_from_a_header(self, app, client, post):
        for number in range(10):
            client.environ_base["HTTP_X_FORWARDED_FOR"] = f"198.51.100.{number}"
            post(client, "/forgot", {"email": f"user{number}@example.org"}, on="/forgot")

        with app.app_context():
            counts = db.session.execute(sa.text("SELECT max(count) FROM rate_limit")).scalar_one()
        assert counts == 10

    def test_no_password_reaches_the_log(self, app, client, post, member, caplog):
        caplog.set_level(logging.DEBUG)
        post(client, "/sign-in", ME)
        post(app.test_client(), "/sign-in", ME | {"password": OTHER})
        post(app.test_client(), "/sign-up", ME | {"password": "a secret sentence"}, on="/sign-up")

        for secret in (GOOD, OTHER, "a secret sentence", "$argon2"):
            assert secret not in caplog.text


class TestGoingOn:
    def test_a_place_on_this_site_is_kept_through_sign_in(self, client, post, member):
        asked = client.get("/settings/profile?x=1")
        assert asked.location == "/sign-in?next=/settings/profile?x%3D1"

        page = post(client, asked.location, ME, on=asked.location)

        assert page.location == "/settings/profile?x=1"

    @pytest.mark.parametrize("target", ELSEWHERE)
    def test_nothing_leads_away_from_this_site(self, client, post, member, target):
        token = _token(client.get("/sign-in").text)

        page = client.post(
            "/sign-in", query_string={"next": target}, data=ME | {"csrf_token": token}
        )

        assert (page.status_code, page.location) == (303, "/today")


class TestSigningOut:
    def test_a_copied_cookie_is_refused_afterwards(self, app, client, post, member):
        post(client, "/sign-in", ME)
        copied = client.get_cookie("footnote").value
        thief = app.test_client()
        thief.set_cookie("footnote", copied)
        assert is_signed_in(thief)

        page = post(client, "/sign-out", on="/settings/profile")

        assert (page.status_code, page.location) == (303, "/")
        assert page.headers["Clear-Site-Data"] == '"cache"'
        thief.set_cookie("footnote", copied)
        assert not is_signed_in(thief)
        assert not is_signed_in(client)

    def test_other_browsers_stay_signed_in(self, app, client, post, member):
        other = app.test_client()
        post(client, "/sign-in", ME)
        post(other, "/sign-in", ME)

        post(client, "/sign-out", on="/settings/profile")

        assert is_signed_in(other)

    def test_a_guest_with_something_to_lose_is_asked_once_more(self, app, client, post, stored):
        _guest_with_a_review(app, client, post, stored)

        page = post(client, "/sign-out", on="/sign-up")

        assert page.status_code == 200
        assert "You have rated 1 card as a guest." in page.text
        assert is_signed_in(client)
        assert post(client, "/sign-out", {"sure": "1"}, on="/sign-up").location == "/"
        assert not is_signed_in(client)

    def test_a_guest_with_nothing_to_lose_just_goes(self, client, post):
        post(client, "/try", on="/try")

        assert post(client, "/sign-out", on="/sign-up").location == "/"

    def test_a_link_cannot_sign_anybody_out(self, client, sign_in, member):
        sign_in(client, member)

        assert client.get("/sign-out").status_code == 405
        assert is_signed_in(client)


class TestFormTokens:
    @pytest.mark.parametrize(
        "url", ["/sign-up", "/sign-in", "/sign-out", "/try", "/forgot", "/reset"]
    )
    def test_a_form_without_its_token_is_refused(self, app, client, member, url):
        page = client.post(url, data=ME)

        assert page.status_code == 400
        assert "no longer valid" in page.text
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 0

    def test_the_token_of_another_visitor_is_refused(self, app, client, member):
        theirs = _token(app.test_client().get("/sign-in").text)
        client.get("/sign-in")

        assert client.post("/sign-in", data=ME | {"csrf_token": theirs}).status_code == 400


class TestTrying:
    def test_one_click_leads_to_the_first_card(self, app, client, post, stored):
        with stored() as make:
            make.course()

        page = post(client, "/try", {"timezone": "Asia/Tehran"}, on="/try")

        assert (page.status_code, page.location) == (303, "/review")
        assert is_signed_in(client)
        guest = user(app, 1)
        assert (guest.is_guest, guest.timezone, guest.email) == (True, "Asia/Tehran", None)

    def test_looking_at_the_page_makes_nobody(self, app, client):
        assert client.get("/try").status_code == 200

        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 0

    def test_whoever_is_signed_in_goes_straight_on(self, app, client, post, member, sign_in):
        sign_in(client, member)

        assert client.get("/try").location == "/review"
        assert post(client, "/try", on="/settings/profile").location == "/review"
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1

    def test_a_guest_who_signs_up_stays_the_same_user(self, app, client, post, stored):
        guest_id = _guest_with_a_review(app, client, post, stored)
        before = token_of(client)
        assert "You have rated 1 card." in client.get("/sign-up").text

        page = post(client, "/sign-up", ME, on="/sign-up")

        assert page.location == "/today"
        assert user(app, guest_id).email == "amara@example.org"
        assert token_of(client) != before
        with app.app_context():
            assert db.session.scalars(sa.select(Review.learner_id)).all() == [guest_id]

    def test_without_a_script_the_zone_of_the_guest_stays(self, app, client, post):
        post(client, "/try", {"timezone": "Asia/Tehran"}, on="/try")

        post(client, "/sign-up", ME, on="/sign-up")

        assert user(app, 1).timezone == "Asia/Tehran"

    def test_signing_in_to_another_account_leaves_the_guest_behind_and_says_so(
        self, app, client, post, stored, member
    ):
        guest_id = _guest_with_a_review(app, client, post, stored)
        guest_token = token_of(client)
        page = client.get("/sign-in").text
        assert "You have rated 1 card as a guest." in page
        assert "is not moved" in page

        post(client, "/sign-in", ME)

        with app.app_context():
            assert db.session.scalars(sa.select(Review.learner_id)).all() == [guest_id]
            assert db.session.scalars(sa.select(UserSession.user_id)).all() == [member]
        assert token_of(client) != guest_token

    def test_a_network_gets_thirty_guests_an_hour(self, app, post, stored):
        with stored() as make:
            make.course()
        for _ in range(30):
            assert post(app.test_client(), "/try", on="/try").status_code == 303

        assert post(app.test_client(), "/try", on="/try").status_code == 429


class TestForgetting:
    def test_every_address_gets_the_same_answer(self, client, post, member):
        known = post(client, "/forgot", {"email": "amara@example.org"}, on="/forgot")
        unknown = post(client, "/forgot", {"email": "alien@example.org"}, on="/forgot")

        assert known.status_code == unknown.status_code == 200
        assert _bare(known.text) == _bare(unknown.text)
        assert "amara@example.org" not in known.text

    def test_what_is_no_address_is_said_to_be_none(self, client, post):
        page = post(client, "/forgot", {"email": "amara"}, on="/forgot")

        assert page.status_code == 422
        assert "Enter an email address with an @" in page.text

    def test_the_link_in_the_letter_lets_one_choose_a_password_once(
        self, app, client, post, elsewhere, caplog
    ):
        sent = post(client, "/forgot", {"email": "amara@example.org"}, on="/forgot")
        link = _deliver(app, caplog)
        assert link.startswith("http://localhost/reset/")
        token = link.rsplit("/", 1)[1]

        page = client.get(link, follow_redirects=True)
        done = post(client, "/reset", {"password": OTHER}, on="/reset")

        assert page.request.path == "/reset"
        for shown in (sent, page, done):
            assert token not in shown.text
        assert (done.status_code, done.location) == (303, "/sign-in")
        assert not is_signed_in(elsewhere)
        assert client.get(link, follow_redirects=True).status_code == 404
        assert post(client, "/sign-in", ME).status_code == 422
        assert post(client, "/sign-in", ME | {"password": OTHER}).status_code == 303

    def test_the_owner_is_told_that_the_password_changed(self, app, client, post, member):
        client.get(f"/reset/{_reset_token(app)}")

        post(client, "/reset", {"password": OTHER}, on="/reset")

        with app.app_context():
            (job,) = db.session.scalars(sa.select(Job))
        assert (job.name, job.payload["to"]) == (JobName.SEND_MAIL, "amara@example.org")
        assert OTHER not in str(job.payload)

    def test_a_poor_password_does_not_use_the_link_up(self, app, client, post, member):
        client.get(f"/reset/{_reset_token(app)}")

        page = post(client, "/reset", {"password": "short"}, on="/reset")

        assert page.status_code == 422
        assert post(client, "/reset", {"password": OTHER}, on="/reset").status_code == 303

    def test_an_old_or_made_up_link_says_what_to_do(self, app, client, member):
        old = _reset_token(app, now=datetime.now(UTC) - timedelta(minutes=31))

        for token in (old, "made-up", "%00", "x" * 2000):
            page = client.get(f"/reset/{token}", follow_redirects=True)
            assert page.status_code == 404
            assert "Send a new link" in page.text

    def test_without_a_link_there_is_nothing_to_choose(self, client):
        assert client.get("/reset").status_code == 404


def _token(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]


def _bare(page):
    return re.sub(r'name="csrf_token"[^>]*value="[^"]+"', "", page)


def _reset_token(app, now=None):
    with app.app_context(), transaction() as session:
        link = resets.make_reset(session, email="amara@example.org", now=now or datetime.now(UTC))
    return link.token


def _deliver(app, caplog):
    """Do the waiting job as the worker would and return the link that it wrote to the log."""
    caplog.set_level(logging.WARNING)
    with app.app_context():
        (job,) = db.session.scalars(sa.select(Job))
        HANDLERS[job.name](app.extensions["quizapp.settings"], job.payload)
    return re.search(r"http://\S+/reset/\S+", caplog.text)[0]


def _guest_with_a_review(app, client, post, stored):
    with stored() as make:
        fact = make.fact(make.course(slug="tried"))
        revision = make.revision(make.question(fact), {"stem": "Which?"}, number=2)
        place = {"fact_id": fact.id, "course_id": fact.course_id, "revision_id": revision.id}
    post(client, "/try", on="/try")
    with app.app_context(), transaction() as session:
        guest_id = session.scalars(sa.select(User.id).where(User.is_guest)).one()
        session.add(
            Review(
                **place,
                learner_id=guest_id,
                id=1,
                at=datetime.now(UTC),
                day=date(2026, 3, 4),
                rating=3,
                origin=Origin.FLASHCARD,
                duration_ms=900,
                before={},
                rules=1,
                nonce="n1",
            )
        )
    return guest_id
