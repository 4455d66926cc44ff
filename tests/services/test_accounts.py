"""Accounts: who may have one, and that a guest's account keeps what the guest learnt."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.models import Enrolment, Origin, Review, Role, User, UserSession
from quizapp.queries.accounts import actor_for_id, actor_for_token, has_accounts
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.settings import reviews_kept
from quizapp.services import accounts, guests, profiles, sessions

GOOD = "river under the bridge"


def account(email: str = "amara@example.org", **given: Any) -> accounts.NewAccount:
    values = {"password": GOOD, "name": "Amara Osei", "timezone": "Europe/Lisbon"}
    return accounts.prepare_account(email=email, **values | given)


def review_of(learner_id: int, fact: Any, revision_id: int, now: Any) -> Review:
    return Review(
        learner_id=learner_id,
        id=1,
        fact_id=fact.id,
        course_id=fact.course_id,
        revision_id=revision_id,
        at=now,
        day=date(2026, 3, 4),
        rating=3,
        origin=Origin.FLASHCARD,
        duration_ms=900,
        before={},
        rules=1,
        nonce="n1",
    )


class TestSigningUp:
    def test_the_address_is_stored_folded_and_the_password_is_not(self, session, now):
        user_id = accounts.sign_up(
            session, account=account("  Amara@Example.ORG "), guest=None, now=now
        )

        user = session.get_one(User, user_id)
        assert user.email == "amara@example.org"
        assert user.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert GOOD not in user.password_hash

    def test_everyone_becomes_a_student_of_each_public_course_only(self, session, make, now):
        public, _hidden = make.course(), make.course(is_public=False)

        user_id = accounts.sign_up(session, account=account(), guest=None, now=now)

        assert dict(actor_for_id(session, user_id).roles) == {public.id: Role.STUDENT}

    def test_an_address_that_has_an_account_is_refused_in_any_spelling(self, session, now):
        accounts.sign_up(session, account=account("amara@example.org"), guest=None, now=now)

        with pytest.raises(Invalid, match="cannot be used") as refused:
            accounts.sign_up(session, account=account("AMARA@example.org"), guest=None, now=now)

        assert [p.path for p in refused.value.problems] == ["email"]

    def test_a_guest_keeps_the_user_id_and_the_reviews(self, session, make, now):
        course = make.course()
        guest_id = guests.make_guest(session, timezone="UTC", now=now)
        fact = make.fact(course)
        question = make.question(fact)
        revision = make.revision(question, {"stem": "Which?"}, number=2)
        session.add(review_of(guest_id, fact, revision.id, now))
        session.flush()

        user_id = accounts.sign_up(
            session, account=account(), guest=actor_for_id(session, guest_id), now=now
        )

        actor = actor_for_id(session, user_id)
        assert user_id == guest_id
        assert (actor.is_guest, actor.email) == (False, "amara@example.org")
        assert reviews_kept(session, actor=actor) == 1
        assert dict(actor.roles) == {course.id: Role.STUDENT}

    def test_the_sessions_of_the_guest_end(self, session, now):
        guest_id = guests.make_guest(session, timezone="UTC", now=now)
        token = sessions.open_session(session, user_id=guest_id, now=now)

        accounts.sign_up(session, account=account(), guest=actor_for_id(session, guest_id), now=now)

        assert actor_for_token(session, token, now=now) is None

    def test_a_guest_signs_up_only_once(self, session, now):
        guest_id = guests.make_guest(session, timezone="UTC", now=now)
        guest = actor_for_id(session, guest_id)
        accounts.sign_up(session, account=account("one@example.org"), guest=guest, now=now)

        with pytest.raises(Conflict):
            accounts.sign_up(session, account=account("two@example.org"), guest=guest, now=now)

    def test_a_guest_is_no_account(self, session, now):
        guests.make_guest(session, timezone="UTC", now=now)

        assert not has_accounts(session)


class TestWhatIsTyped:
    @pytest.mark.parametrize(
        "email",
        [
            "",
            "amara",
            "amara@",
            "@example.org",
            "amara@example",
            "amara@@example.org",
            "amara@exa mple.org",
            "amara@example..org",
            "amara@example.org\nBcc: all@example.org",
            "amara@example.org,eve@example.org",
            "amar\u0430@example.org",
            "\u212aelvin@example.org",
            "amara@example.org\x00",
            "<amara@example.org>",
            "a" * 65 + "@example.org",
            "a@" + "b" * 250 + ".org",
        ],
    )
    def test_what_cannot_be_written_to_is_no_address(self, email):
        with pytest.raises(Invalid) as refused:
            account(email)

        assert [p.path for p in refused.value.problems] == ["email"]

    @pytest.mark.parametrize(
        "email", ["a@b.co", "first.last+tag@mail.example.org", "o'neil@xn--bcher-kva.example"]
    )
    def test_ordinary_addresses_are_taken(self, email):
        assert account(email).email == email

    @pytest.mark.parametrize(
        ("password", "reason"),
        [
            ("nine char", "at least 10"),
            ("x" * 201, "at most 200"),
            ("Password123", "guess"),
            ("1234567890", "guess"),
            ("amara@example.org", "email address"),
            ("Amara@Example.org", "email address"),
        ],
    )
    def test_a_password_is_refused_with_the_reason(self, password, reason):
        with pytest.raises(Invalid, match=reason) as refused:
            account(password=password)

        assert [p.path for p in refused.value.problems] == ["password"]

    @pytest.mark.parametrize("password", ["ten tenten", "x" * 199 + "y", "кириллица здесь"])
    def test_any_other_password_is_taken_whatever_it_is_made_of(self, password):
        assert account(password=password).password_hash

    def test_everything_wrong_is_said_at_once(self):
        with pytest.raises(Invalid) as refused:
            account("amara", password="short", name="n" * 101, timezone="Mars/Olympus")

        assert {p.path for p in refused.value.problems} == {"email", "password", "name", "timezone"}

    def test_without_a_name_the_address_up_to_the_at_stands_in(self):
        assert account("amara@example.org", name="  ").name == "amara"

    def test_a_name_keeps_its_letters_and_loses_what_cannot_be_seen(self):
        assert account(name="  Zoë \u202e  Ağa\x00oğlu\n").name == "Zoë Ağaoğlu"

    def test_a_name_of_nothing_to_see_is_refused(self):
        with pytest.raises(Invalid, match="Enter a name"):
            account(name="\u200c\u200d")

    def test_a_name_in_another_script_is_kept(self):
        assert account(name="قاسم علی\u200cنژاد").name == "قاسم علی\u200cنژاد"


class TestRoles:
    def test_a_member_becomes_an_instructor(self, session, make, now):
        course = make.course()
        learner = make.learner(course)

        accounts.set_role(
            session, user_id=learner.id, course_id=course.id, role=Role.INSTRUCTOR, now=now
        )

        assert actor_for_id(session, learner.id).teaches(course.id)
        assert session.scalar(sa.select(sa.func.count()).select_from(Enrolment)) == 1

    def test_somebody_new_to_the_course_joins_with_the_role(self, session, make, now):
        course, user = make.course(), make.user()

        accounts.set_role(session, user_id=user.id, course_id=course.id, role=Role.STUDENT, now=now)

        assert dict(actor_for_id(session, user.id).roles) == {course.id: Role.STUDENT}

    def test_an_account_is_found_by_its_address_in_any_case(self, session, make):
        user = make.user(email="amara@example.org")

        assert accounts.user_id_of(session, email=" AMARA@example.org") == user.id

    def test_an_unknown_address_is_not_found(self, session):
        with pytest.raises(NotFound):
            accounts.user_id_of(session, email="nobody@example.org")

    def test_an_admin_is_one_from_then_on(self, session, make):
        user = make.user()

        accounts.make_admin(session, user_id=user.id)

        assert actor_for_id(session, user.id).is_admin


class TestSessions:
    def test_a_token_opens_until_it_expires(self, session, make, now):
        user = make.user()
        token = sessions.open_session(session, user_id=user.id, now=now)
        end = now + sessions.LIFETIME

        assert actor_for_token(session, token, now=end - timedelta(seconds=1)).id == user.id
        assert actor_for_token(session, token, now=end) is None

    def test_only_the_hash_of_the_token_is_stored(self, session, make, now):
        token = sessions.open_session(session, user_id=make.user().id, now=now)

        assert len(token) >= 43
        assert session.scalars(sa.select(UserSession.token_hash)).all() != [token]

    def test_closing_one_leaves_the_others(self, session, make, now):
        user = make.user()
        first = sessions.open_session(session, user_id=user.id, now=now)
        second = sessions.open_session(session, user_id=user.id, now=now)

        sessions.close_session(session, token=first)

        assert actor_for_token(session, first, now=now) is None
        assert actor_for_token(session, second, now=now).id == user.id

    def test_closing_all_can_keep_the_present_one_and_never_touches_others(
        self, session, make, now
    ):
        user, neighbour = make.user(), make.user()
        kept = sessions.open_session(session, user_id=user.id, now=now)
        ended = sessions.open_session(session, user_id=user.id, now=now)
        theirs = sessions.open_session(session, user_id=neighbour.id, now=now)

        sessions.close_all(session, user_id=user.id, but=kept)

        assert actor_for_token(session, ended, now=now) is None
        assert actor_for_token(session, kept, now=now).id == user.id
        assert actor_for_token(session, theirs, now=now).id == neighbour.id

    def test_a_disabled_account_is_out_at_once(self, session, make, now):
        user = make.user()
        token = sessions.open_session(session, user_id=user.id, now=now)

        accounts.disable(session, user_id=user.id)

        assert actor_for_token(session, token, now=now) is None

    def test_purging_drops_what_expired_and_nothing_else(self, session, make, now):
        user = make.user()
        sessions.open_session(session, user_id=user.id, now=now - sessions.LIFETIME)
        fresh = sessions.open_session(session, user_id=user.id, now=now)

        sessions.purge_expired(session, now=now)

        assert session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1
        assert actor_for_token(session, fresh, now=now).id == user.id


class TestGuests:
    def test_a_guest_learns_in_every_public_course_in_the_zone_of_the_browser(
        self, session, make, now
    ):
        public, _hidden = make.course(), make.course(is_public=False)

        guest = actor_for_id(session, guests.make_guest(session, timezone="Asia/Tehran", now=now))

        assert (guest.is_guest, guest.email, guest.timezone) == (True, None, "Asia/Tehran")
        assert dict(guest.roles) == {public.id: Role.STUDENT}

    @pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "x" * 500])
    def test_a_zone_that_is_none_becomes_utc(self, session, now, zone):
        guest_id = guests.make_guest(session, timezone=zone, now=now)

        assert session.get_one(User, guest_id).timezone == "UTC"

    def test_guests_whom_no_browser_can_reach_go_with_what_they_learnt(self, session, make, now):
        course = make.course()
        long_ago = now - guests.KEPT
        lost = guests.make_guest(session, timezone="UTC", now=long_ago)
        reached = guests.make_guest(session, timezone="UTC", now=long_ago)
        recent = guests.make_guest(session, timezone="UTC", now=now)
        member = make.user(created_at=long_ago)
        sessions.open_session(session, user_id=reached, now=now)
        fact = make.fact(course)
        revision = make.revision(make.question(fact), {"stem": "Which?"}, number=2)
        session.add(review_of(lost, fact, revision.id, now))
        session.flush()

        guests.purge_guests(session, now=now)

        assert set(session.scalars(sa.select(User.id))) == {reached, recent, member.id}
        assert session.scalar(sa.select(sa.func.count()).select_from(Review)) == 0


class TestSettings:
    def test_a_profile_is_kept(self, session, make):
        actor = make.actor(make.user())

        profiles.update_profile(
            session, actor=actor, name=" Zoë  B ", timezone="Asia/Tehran", day_start_hour=0
        )

        changed = actor_for_id(session, actor.id)
        assert (changed.name, changed.timezone, changed.day_start_hour) == (
            "Zoë B",
            "Asia/Tehran",
            0,
        )

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"name": " "}, "name"),
            ({"name": "n" * 101}, "name"),
            ({"timezone": "europe/lisbon"}, "timezone"),
            ({"day_start_hour": 24}, "day_start_hour"),
            ({"day_start_hour": -1}, "day_start_hour"),
        ],
    )
    def test_a_wrong_profile_is_refused_where_it_is_wrong(self, session, make, wrong, path):
        actor = make.actor(make.user())
        right = {"name": "Zoë", "timezone": "UTC", "day_start_hour": 4}

        with pytest.raises(Invalid) as refused:
            profiles.update_profile(session, actor=actor, **right | wrong)

        assert [p.path for p in refused.value.problems] == [path]

    def test_study_settings_are_kept_for_one_learner_and_one_course(self, session, make, now):
        course, other = make.course(), make.course()
        actor, neighbour = make.learner(course), make.learner(course)
        wish = {"course_id": course.id, "desired_retention": 0.85, "new_per_day": 0, "now": now}
        profiles.update_study(session, actor=actor, **wish)

        profiles.update_study(session, actor=actor, **wish | {"new_per_day": 25})

        chosen = rules_in_force(session, learner_id=actor.id, course_id=course.id).settings
        assert (chosen.desired_retention, chosen.new_per_day) == (0.85, 25)
        for person, course_id in ((actor, other.id), (neighbour, course.id)):
            held = rules_in_force(session, learner_id=person.id, course_id=course_id)
            default = held.settings
            assert (default.desired_retention, default.new_per_day) == (0.9, 10)

    @pytest.mark.parametrize(
        ("wrong", "path"),
        [
            ({"desired_retention": 0.69}, "desired_retention"),
            ({"desired_retention": 0.98}, "desired_retention"),
            ({"new_per_day": 101}, "new_per_day"),
            ({"new_per_day": -1}, "new_per_day"),
        ],
    )
    def test_study_settings_out_of_range_are_refused(self, session, make, now, wrong, path):
        course = make.course()
        right = {"course_id": course.id, "desired_retention": 0.9, "new_per_day": 10}
        right["now"] = now

        with pytest.raises(Invalid) as refused:
            profiles.update_study(session, actor=make.learner(course), **right | wrong)

        assert [p.path for p in refused.value.problems] == [path]

    def test_nobody_sets_anything_in_a_course_they_are_not_in(self, session, make, now):
        actor = make.actor(make.user())

        with pytest.raises(NotFound):
            profiles.update_study(
                session,
                actor=actor,
                course_id=make.course().id,
                desired_retention=0.9,
                new_per_day=10,
                now=now,
            )
