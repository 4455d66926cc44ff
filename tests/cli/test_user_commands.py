"""`quizapp user …`, and the demo accounts of `quizapp init`."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask

from quizapp.cli import demo
from quizapp.cli.users import user
from quizapp.config import PRODUCTION, Settings
from quizapp.db import db, transaction
from quizapp.models import Role, User
from quizapp.queries.accounts import actor_for_id
from quizapp.services.credentials import authenticate
from quizapp.services.guests import make_guest
from tests.support.apps import make_app
from tests.support.make import Make
from tests.support.settings import settings_for

GOOD = "river under the bridge"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = make_app(settings)
    with app.app_context():
        with transaction() as session:
            make = Make(session)
            make.course(slug="syria")
            make.course(slug="hidden", is_public=False)
        yield app
        db.session.remove()
        db.engine.dispose()


def run(settings: Settings, *arguments: str, typed: str = "") -> Result:
    environment = {
        "QUIZAPP_DATA": str(settings.data),
        "QUIZAPP_DATABASE_URL": settings.database_url,
        "QUIZAPP_SECRET_KEY": settings.secret_key,
    }
    return CliRunner().invoke(user, arguments, input=typed, env=environment)


def people() -> list[User]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(User).order_by(User.id)))


class TestCreate:
    def test_a_random_password_is_printed_and_works(self, app, settings):
        done = run(settings, "create", "Amara@example.org")

        password = done.stdout.split("Password: ")[1].strip()
        assert done.exit_code == 0
        assert len(password) >= 16
        assert authenticate(db.session(), email="amara@example.org", password=password)

    def test_a_given_password_is_not_printed(self, app, settings):
        done = run(settings, "create", "a@example.org", "--password-stdin", typed=f"{GOOD}\n")

        assert done.exit_code == 0
        assert GOOD not in done.output
        assert authenticate(db.session(), email="a@example.org", password=GOOD)

    def test_an_admin_is_made_only_when_asked_for(self, app, settings):
        run(settings, "create", "one@example.org", "--name", "One")
        run(settings, "create", "two@example.org", "--admin")

        assert [(u.name, u.is_admin) for u in people()] == [("One", False), ("two", True)]

    @pytest.mark.parametrize("arguments", [["no-address"], ["a@b.co", "--timezone", "Mars"]])
    def test_what_is_wrong_ends_with_a_sentence_and_code_two(self, app, settings, arguments):
        done = run(settings, "create", *arguments)

        assert done.exit_code == 2
        assert "Traceback" not in done.output
        assert people() == []

    def test_an_address_is_taken_once(self, app, settings):
        run(settings, "create", "a@example.org")

        assert run(settings, "create", "a@example.org").exit_code == 2


class TestRoleAndDisable:
    def test_somebody_becomes_an_instructor(self, app, settings):
        run(settings, "create", "a@example.org")

        done = run(settings, "role", "A@example.org", "syria", "instructor")

        assert done.stdout == "A@example.org is now an instructor of syria.\n"
        (person,) = people()
        assert list(actor_for_id(db.session(), person.id).roles.values()) == [Role.INSTRUCTOR]

    @pytest.mark.parametrize("where", [("no@example.org", "syria"), ("a@example.org", "mars")])
    def test_who_or_what_is_not_there_ends_with_code_one(self, app, settings, where):
        run(settings, "create", "a@example.org")

        done = run(settings, "role", *where, "student")

        assert done.exit_code == 1
        assert "There is no" in done.output

    def test_a_closed_account_is_closed(self, app, settings):
        run(settings, "create", "a@example.org")

        assert run(settings, "disable", "a@example.org").exit_code == 0

        assert [person.is_disabled for person in people()] == [True]


class TestDemo:
    def test_a_student_and_an_instructor_can_sign_in_with_what_the_file_says(self, app, settings):
        lines = demo.ensure_demo_accounts(settings)

        kept = (settings.data / "demo-accounts.txt").read_text().splitlines()
        assert [line.strip() for line in lines[1:]] == kept
        for role, email, password in (line.split() for line in kept):
            proof = authenticate(db.session(), email=email, password=password)
            assert list(actor_for_id(db.session(), proof.user_id).roles.values()) == [Role(role)]

    def test_only_the_owner_can_read_the_file(self, app, settings):
        demo.ensure_demo_accounts(settings)

        mode = (settings.data / "demo-accounts.txt").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600

    def test_a_second_run_changes_nothing(self, app, settings):
        demo.ensure_demo_accounts(settings)
        kept = demo.demo_accounts_file(settings).read_text()

        assert demo.ensure_demo_accounts(settings) == []
        assert demo.demo_accounts_file(settings).read_text() == kept
        assert demo.has_demo_accounts(settings)
        assert len(people()) == 2

    def test_passwords_differ_between_installations(self, app, settings):
        first = demo.ensure_demo_accounts(settings)
        with transaction() as session:
            session.execute(sa.delete(User))

        assert demo.ensure_demo_accounts(settings) != first

    def test_where_somebody_has_an_account_none_is_made(self, app, settings):
        run(settings, "create", "a@example.org")

        assert demo.ensure_demo_accounts(settings) == []
        assert not demo.has_demo_accounts(settings)

    def test_a_guest_does_not_stand_in_the_way(self, app, settings):
        with transaction() as session:
            make_guest(session, timezone="UTC", now=datetime.now(UTC))

        assert demo.ensure_demo_accounts(settings)

    def test_production_never_gets_them(self, app, settings):
        production = replace(settings, env=PRODUCTION, trusted_hosts=("learn.example",))

        assert demo.ensure_demo_accounts(production) == []
        assert people() == []
