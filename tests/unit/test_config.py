"""Settings are read once and refused when unsafe."""

from __future__ import annotations

import secrets
import stat
from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp.config import Settings, engine_options
from quizapp.errors import Invalid

STRONG = secrets.token_urlsafe(48)


def production(tmp_path: Path, **given: str) -> dict[str, str]:
    return {
        "QUIZAPP_ENV": "production",
        "QUIZAPP_DATA": str(tmp_path),
        "QUIZAPP_SECRET_KEY": STRONG,
        "QUIZAPP_TRUSTED_HOSTS": "footnote.example.org",
    } | given


def problems(environ: dict[str, str]) -> set[str]:
    with pytest.raises(Invalid) as caught:
        Settings.from_environ(environ)
    return {problem.path for problem in caught.value.problems}


def test_development_needs_no_settings_at_all(tmp_path: Path) -> None:
    settings = Settings.from_environ({"QUIZAPP_DATA": str(tmp_path)})

    assert settings.database_url == f"sqlite:///{tmp_path / 'quizapp.sqlite3'}"
    assert not settings.is_production


def test_the_development_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    first = Settings.from_environ({"QUIZAPP_DATA": str(tmp_path)}).secret_key
    second = Settings.from_environ({"QUIZAPP_DATA": str(tmp_path)}).secret_key

    assert first == second
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_good_production_settings_are_taken(tmp_path: Path) -> None:
    settings = Settings.from_environ(production(tmp_path))

    assert settings.flask()["SESSION_COOKIE_NAME"] == "__Host-footnote"
    assert settings.flask()["SESSION_COOKIE_SECURE"] is True
    assert settings.trusted_hosts == ("footnote.example.org",)


@pytest.mark.parametrize(
    "key", ["", "short", "a" * 48, "changeme-changeme-changeme-changeme-12345"]
)
def test_production_refuses_no_secret_and_a_weak_one(tmp_path: Path, key: str) -> None:
    assert problems(production(tmp_path, QUIZAPP_SECRET_KEY=key)) == {"QUIZAPP_SECRET_KEY"}


def test_production_makes_no_secret_of_its_own(tmp_path: Path) -> None:
    environ = production(tmp_path)
    del environ["QUIZAPP_SECRET_KEY"]

    assert problems(environ) == {"QUIZAPP_SECRET_KEY"}
    assert not (tmp_path / "secret-key").exists()


def test_production_must_know_its_host(tmp_path: Path) -> None:
    assert problems(production(tmp_path, QUIZAPP_TRUSTED_HOSTS=" , ")) == {"QUIZAPP_TRUSTED_HOSTS"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("QUIZAPP_ENV", "staging"),
        ("QUIZAPP_DATABASE_URL", "mysql://localhost/quiz"),
        ("QUIZAPP_MAX_REQUEST_BYTES", "1 MB"),
        ("QUIZAPP_TRUSTED_PROXIES", "-1"),
        ("QUIZAPP_STATEMENT_SECONDS", "soon"),
        ("QUIZAPP_SMTP_URL", "mail.example.org"),
    ],
)
def test_a_wrong_value_is_named_by_its_variable(tmp_path: Path, name: str, value: str) -> None:
    assert problems(production(tmp_path, **{name: value})) == {name}


def test_a_data_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")

    assert problems({"QUIZAPP_DATA": str(tmp_path / "file" / "data")}) == {"QUIZAPP_DATA"}


@pytest.mark.parametrize("url", ["", "postgresql+psycopg://db.example.org/quiz"])
def test_what_was_to_be_stored_stands_in_no_error(tmp_path: Path, url: str) -> None:
    given = {"QUIZAPP_DATA": str(tmp_path)} | ({"QUIZAPP_DATABASE_URL": url} if url else {})
    settings = Settings.from_environ(given)

    engine = sa.create_engine(settings.database_url, **engine_options(settings))

    assert engine.hide_parameters
    if settings.is_sqlite:
        with engine.connect() as connection, pytest.raises(sa.exc.OperationalError) as raised:
            connection.execute(sa.text("insert into nowhere values (:a)"), {"a": "amara@osei"})
        assert "amara" not in str(raised.value)
    engine.dispose()
