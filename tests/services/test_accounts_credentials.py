"""Passwords: comparing, changing, resetting."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import argon2
import pytest
import sqlalchemy as sa

from quizapp.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable
from quizapp.models import Job, PasswordReset, RateLimit, User
from quizapp.queries.accounts import actor_for_token
from quizapp.services import accounts, credentials, passwords, resets, sessions

GOOD, OTHER = "river under the bridge", "bridge over the river"
PLACE = {"email": "amara@example.org", "network": "192.0.2.7"}


@pytest.fixture
def user(make):
    return make.user(email="amara@example.org", password_hash=passwords.hash_password(GOOD))


def prove(session, password=GOOD, email="amara@example.org"):
    return credentials.authenticate(session, email=email, password=password)


class TestSigningIn:
    def test_the_right_password_opens_a_session(self, session, user, now):
        proof = prove(session, email=" Amara@EXAMPLE.org")

        token = credentials.sign_in(session, proof=proof, **PLACE, now=now)

        assert actor_for_token(session, token, now=now).id == user.id

    def test_the_same_letters_in_other_code_points_are_the_same_password(self, session, make):
        make.user(email="zoe@example.org", password_hash=passwords.hash_password("Zoë likes tea"))

        assert prove(session, "Zoe\u0308 likes tea", "zoe@example.org")

    @pytest.mark.parametrize("password", ["", OTHER, GOOD.upper(), GOOD + " ", GOOD * 20])
    def test_another_password_is_refused(self, session, user, password):
        with pytest.raises(Invalid, match="address or the password is wrong"):
            prove(session, password)

    def test_unknown_wrong_disabled_and_guest_get_the_same_words(self, session, user, make):
        make.user(email="out@example.org", password_hash=user.password_hash, is_disabled=True)
        make.user(email="none@example.org", password_hash=None)
        tries = [
            ("amara@example.org", OTHER),
            ("nobody@example.org", GOOD),
            ("out@example.org", GOOD),
            ("none@example.org", GOOD),
            ("no address\x00", GOOD),
        ]

        said = set()
        for email, password in tries:
            with pytest.raises(Invalid) as refused:
                prove(session, password, email)
            said.add(refused.value.problems)

        assert len(said) == 1

    def test_an_unknown_address_costs_one_comparison_at_full_price(
        self, session, user, monkeypatch
    ):
        compared = []
        verify = argon2.PasswordHasher.verify

        def note(hasher, kept, password):
            compared.append(argon2.extract_parameters(kept))
            return verify(hasher, kept, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", note)
        for email in ("amara@example.org", "nobody@example.org"):
            with pytest.raises(Invalid):
                prove(session, OTHER, email)

        known, unknown = compared
        assert known == unknown

    def test_a_hash_with_old_parameters_is_renewed_at_sign_in(self, session, user, now):
        old = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)
        user.password_hash = old
        session.flush()

        credentials.sign_in(session, proof=prove(session), **PLACE, now=now)

        session.refresh(user)
        assert user.password_hash != old
        assert not passwords.is_outdated(user.password_hash)
        assert passwords.is_password(GOOD, user.password_hash)

    def test_a_proof_is_worth_nothing_after_the_password_changed(self, session, user, now):
        proof = prove(session)
        user.password_hash = passwords.hash_password(OTHER)
        session.flush()

        with pytest.raises(Invalid):
            credentials.sign_in(session, proof=proof, **PLACE, now=now)

    def test_a_proof_is_worth_nothing_after_the_account_was_closed(self, session, user, now):
        proof = prove(session)
        accounts.disable(session, user_id=user.id)

        with pytest.raises(Invalid):
            credentials.sign_in(session, proof=proof, **PLACE, now=now)


class TestTooManyTries:
    def test_the_eleventh_bad_try_of_an_account_is_refused_whether_it_exists_or_not(
        self, session, now
    ):
        for email in ("amara@example.org", "nobody@example.org"):
            tries = {"email": email, "network": "192.0.2.7", "now": now}
            for _ in range(10):
                credentials.count_sign_in(session, **tries)

            with pytest.raises(LimitReached) as refused:
                credentials.count_sign_in(session, **tries | {"email": email.upper()})

            assert 0 < refused.value.retry_after_seconds <= 15 * 60

    def test_a_network_has_a_hundred_tries_over_all_accounts(self, session, now):
        for number in range(100):
            credentials.count_sign_in(
                session, email=f"user{number}@example.org", network="192.0.2.7", now=now
            )

        with pytest.raises(LimitReached):
            credentials.count_sign_in(
                session, email="last@example.org", network="192.0.2.7", now=now
            )
        credentials.count_sign_in(session, email="last@example.org", network="192.0.2.8", now=now)

    def test_good_sign_ins_use_nothing_up(self, session, user, now):
        for _ in range(12):
            credentials.count_sign_in(session, **PLACE, now=now)
            credentials.sign_in(session, proof=prove(session), **PLACE, now=now)

        assert list(session.scalars(sa.select(RateLimit.count))) == [0]

    def test_no_address_stands_in_the_buckets(self, session, now):
        credentials.count_sign_in(session, **PLACE, now=now)

        for bucket in session.scalars(sa.select(RateLimit.bucket)):
            assert "amara" not in bucket
            assert "192.0.2.7" not in bucket


class TestHashingIsRationed:
    def test_a_third_at_once_waits_and_then_is_told_to_come_back(self, monkeypatch):
        monkeypatch.setattr(passwords, "_WAIT_SECONDS", 0.05)
        both = [passwords._AT_ONCE.acquire(blocking=False) for _ in range(2)]

        try:
            with pytest.raises(Unavailable, match="Try again"):
                passwords.is_password(GOOD, None)
        finally:
            passwords._AT_ONCE.release(2)
        assert both == [True, True]

    def test_a_turn_is_given_back_after_a_wrong_password(self):
        for _ in range(3):
            assert not passwords.is_password(GOOD, None)

        assert threading.Semaphore.acquire(passwords._AT_ONCE, blocking=False)
        passwords._AT_ONCE.release()


class TestChangingIt:
    def test_the_new_one_counts_and_other_browsers_are_out(self, session, user, make, now):
        here = sessions.open_session(session, user_id=user.id, now=now)
        elsewhere = sessions.open_session(session, user_id=user.id, now=now)
        proof = credentials.prove_present_password(session, actor=make.actor(user), password=GOOD)

        credentials.change_password(
            session, proof=proof, new_hash=passwords.hash_password(OTHER), token=here
        )

        assert prove(session, OTHER).user_id == user.id
        assert actor_for_token(session, here, now=now).id == user.id
        assert actor_for_token(session, elsewhere, now=now) is None

    def test_the_present_password_is_needed(self, session, user, make):
        with pytest.raises(Invalid) as refused:
            credentials.prove_present_password(session, actor=make.actor(user), password=OTHER)

        assert [p.path for p in refused.value.problems] == ["present"]

    def test_of_two_changes_at_once_the_second_is_a_conflict(self, session, user, make):
        proof = credentials.prove_present_password(session, actor=make.actor(user), password=GOOD)
        new_hash = passwords.hash_password(OTHER)
        credentials.change_password(session, proof=proof, new_hash=new_hash, token="t")

        with pytest.raises(Conflict):
            credentials.change_password(session, proof=proof, new_hash=new_hash, token="t")


class TestResetting:
    def test_a_wish_leaves_the_same_job_for_every_address(self, session, user, now):
        for email in ("Amara@example.org", "nobody@example.org"):
            resets.request_reset(session, email=email, site="https://x.example/", now=now)

        first, second = session.scalars(sa.select(Job).order_by(Job.id))
        assert (first.name, second.name) == ("send_reset", "send_reset")
        assert first.payload == {"email": "amara@example.org", "site": "https://x.example/"}
        assert session.scalar(sa.select(sa.func.count()).select_from(PasswordReset)) == 0

    def test_nobody_gets_a_link_for_an_address_without_an_open_account(self, session, make, now):
        make.user(email="out@example.org", is_disabled=True)

        for email in ("nobody@example.org", "out@example.org"):
            assert resets.make_reset(session, email=email, now=now) is None

    def test_a_link_works_once_and_ends_every_session(self, session, user, now):
        token = sessions.open_session(session, user_id=user.id, now=now)
        link = resets.make_reset(session, email="amara@example.org", now=now)
        assert resets.reset_email(session, token=link.token, now=now) == "amara@example.org"
        use = {"token": link.token, "new_hash": passwords.hash_password(OTHER), "now": now}

        assert resets.reset_password(session, **use) == user.id

        assert prove(session, OTHER).user_id == user.id
        assert actor_for_token(session, token, now=now) is None
        with pytest.raises(NotFound, match="Ask for a new one"):
            resets.reset_password(session, **use)

    def test_a_link_ends_after_thirty_minutes(self, session, user, now):
        token = resets.make_reset(session, email="amara@example.org", now=now).token
        end = now + timedelta(minutes=30)

        assert resets.reset_email(session, token=token, now=end - timedelta(seconds=1))
        with pytest.raises(NotFound):
            resets.reset_email(session, token=token, now=end)
        with pytest.raises(NotFound):
            resets.reset_password(session, token=token, new_hash="h", now=end)

    def test_only_the_newest_link_works(self, session, user, now):
        older = resets.make_reset(session, email="amara@example.org", now=now).token
        newer = resets.make_reset(session, email="amara@example.org", now=now).token

        assert resets.reset_email(session, token=newer, now=now)
        with pytest.raises(NotFound):
            resets.reset_email(session, token=older, now=now)

    def test_the_database_holds_the_hash_of_the_token_only(self, session, user, now):
        token = resets.make_reset(session, email="amara@example.org", now=now).token

        kept = session.scalars(sa.select(PasswordReset.token_hash)).one()
        assert len(token) >= 43
        assert re.fullmatch("[0-9a-f]{64}", kept)
        assert token not in kept

    def test_a_made_up_token_is_not_found(self, session, user, now):
        for token in ("", "x", "x" * 10_000):
            with pytest.raises(NotFound):
                resets.reset_email(session, token=token, now=now)

    def test_an_address_gets_five_links_an_hour(self, session, now):
        wish = {"email": "amara@example.org", "network": "192.0.2.7", "now": now}
        for _ in range(5):
            resets.count_reset(session, **wish)

        with pytest.raises(LimitReached):
            resets.count_reset(session, **wish)

    def test_the_letter_goes_to_the_stored_address(self, session, user, now):
        link = resets.make_reset(session, email="amara@example.org", now=now)

        assert link.email == session.scalars(sa.select(User.email)).one()
