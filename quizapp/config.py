"""Settings, read from the environment once and refused at once when unsafe."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from quizapp.errors import Invalid, Problem

DEVELOPMENT, PRODUCTION = "development", "production"
_LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_WEAK = ("changeme", "secret", "password", "development", "example")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs between installations.

    :param env: "development" or "production".
    :param data: the folder for the embedded database, the development secret and demo accounts.
    :param database_url: an SQLAlchemy URL, SQLite or PostgreSQL.
    :param secret_key: signs cookies and form tokens; at least 32 characters.
    :param trusted_hosts: host names this server answers to; required in production.
    :param trusted_proxies: how many reverse proxies in front set X-Forwarded-* headers.
    :param max_request_bytes: larger requests are refused with 413.
    :param statement_seconds: a database statement that takes longer is cancelled.
    :param import_bytes: the most that a file to be imported may have.
    :param import_expanded_bytes: and what is packed in it.
    :param import_notes: and how many notes, that is cards with their fields.
    :param smtp_url: smtp://user:password@host:port, or smtps:// for TLS; empty: mail is logged.
    :param mail_from: the sender of mail.
    """

    data: Path
    database_url: str
    secret_key: str
    env: str = DEVELOPMENT
    trusted_hosts: tuple[str, ...] = _LOCAL_HOSTS
    trusted_proxies: int = 0
    max_request_bytes: int = 1_048_576
    statement_seconds: int = 5
    import_bytes: int = 67_108_864
    import_expanded_bytes: int = 536_870_912
    import_notes: int = 200_000
    smtp_url: str = ""
    mail_from: str = "footnote@localhost"

    def __post_init__(self) -> None:
        problems = [*_secret_problems(self), *_place_problems(self)]
        if problems:
            raise Invalid(problems)

    @property
    def is_production(self) -> bool:
        return self.env == PRODUCTION

    @property
    def imports(self) -> Path:
        """Return the folder of files that are being imported; server and worker share it."""
        return self.data / "imports"

    @property
    def exports(self) -> Path:
        """Return the folder of copies of data that people asked for; as with imports."""
        return self.data / "exports"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings of this environment; in development, make what is missing.

        :raises Invalid: a setting is wrong or unsafe; every problem is named with its variable.
        """
        env = environ.get("QUIZAPP_ENV", DEVELOPMENT)
        given = environ.get("QUIZAPP_DATA")
        data = Path(given).expanduser() if given else platformdirs.user_data_path("quizapp")
        data = data.absolute()
        secret = environ.get("QUIZAPP_SECRET_KEY", "")
        if env == DEVELOPMENT and not secret:
            secret = _development_secret(data)
        hosts = environ.get("QUIZAPP_TRUSTED_HOSTS", "")
        default_hosts = () if env == PRODUCTION else _LOCAL_HOSTS
        return cls(
            data=data,
            env=env,
            database_url=environ.get(
                "QUIZAPP_DATABASE_URL", f"sqlite:///{data / 'quizapp.sqlite3'}"
            ),
            secret_key=secret,
            trusted_hosts=tuple(h.strip() for h in hosts.split(",") if h.strip()) or default_hosts,
            trusted_proxies=_whole(environ, "QUIZAPP_TRUSTED_PROXIES", 0),
            max_request_bytes=_whole(environ, "QUIZAPP_MAX_REQUEST_BYTES", 1_048_576),
            statement_seconds=_whole(environ, "QUIZAPP_STATEMENT_SECONDS", 5),
            import_bytes=_whole(environ, "QUIZAPP_IMPORT_BYTES", 67_108_864),
            import_expanded_bytes=_whole(environ, "QUIZAPP_IMPORT_EXPANDED_BYTES", 536_870_912),
            import_notes=_whole(environ, "QUIZAPP_IMPORT_NOTES", 200_000),
            smtp_url=environ.get("QUIZAPP_SMTP_URL", ""),
            mail_from=environ.get("QUIZAPP_MAIL_FROM", "footnote@localhost"),
        )

    def flask(self) -> dict[str, Any]:
        """Return these settings under the names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": engine_options(self),
            "SESSION_COOKIE_NAME": "__Host-footnote" if self.is_production else "footnote",
            "SESSION_COOKIE_SECURE": self.is_production,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_PATH": "/",
            "PERMANENT_SESSION_LIFETIME": 60 * 60 * 24 * 60,
            # The row in the database ends after the same days, however often the cookie is renewed.
            "SESSION_REFRESH_EACH_REQUEST": False,
            "TRUSTED_HOSTS": list(self.trusted_hosts),
            "MAX_CONTENT_LENGTH": self.max_request_bytes,
            "MAX_FORM_MEMORY_SIZE": self.max_request_bytes,
            # A study session may stay open for hours; the token lives as long as the session.
            "WTF_CSRF_TIME_LIMIT": None,
        }


def engine_options(settings: Settings) -> dict[str, Any]:
    """Return SQLAlchemy engine options: time limits on every statement and lock.

    Errors do not say the values of a statement: they go into the log, and to the page of jobs, and
    are what people wrote, where they get their mail, and hashes.
    """
    quiet = {"hide_parameters": True}
    if settings.is_sqlite:
        return {**quiet, "connect_args": {"timeout": settings.statement_seconds}}
    limit = settings.statement_seconds * 1000
    return {
        **quiet,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": settings.statement_seconds,
            "options": f"-c statement_timeout={limit} -c lock_timeout={limit}"
            " -c idle_in_transaction_session_timeout=30000",
        },
    }


def _secret_problems(settings: Settings) -> list[Problem]:
    name = "QUIZAPP_SECRET_KEY"
    make = 'Make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    key = settings.secret_key
    if len(key) < 32:
        return [Problem(name, f"must have at least 32 characters. {make}")]
    weak = len(set(key)) < 10 or any(word in key.lower() for word in _WEAK)
    if settings.is_production and weak:
        return [Problem(name, f"is easy to guess. {make}")]
    return []


def _place_problems(settings: Settings) -> list[Problem]:
    problems = []
    if settings.env not in (DEVELOPMENT, PRODUCTION):
        problems.append(Problem("QUIZAPP_ENV", "must be development or production."))
    if not settings.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        problems.append(
            Problem(
                "QUIZAPP_DATABASE_URL",
                "must start with sqlite:/// or postgresql+psycopg://, "
                "like postgresql+psycopg://user@host/footnote.",
            )
        )
    if settings.is_production and not settings.trusted_hosts:
        problems.append(
            Problem("QUIZAPP_TRUSTED_HOSTS", "name the host this site is served under.")
        )
    if settings.smtp_url and not settings.smtp_url.startswith(("smtp://", "smtps://")):
        problems.append(Problem("QUIZAPP_SMTP_URL", "must start with smtp:// or smtps://."))
    return problems


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise Invalid([Problem(name, f"must be a whole number, not {text!r}.")])
    return int(text)


def _development_secret(data: Path) -> str:
    """Return the secret kept in the data folder, made on first use and readable by its owner."""
    path = data / "secret-key"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(48) + "\n", encoding="ascii")
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        message = f"cannot use the folder {data}: {error.strerror}. Choose one you may write to."
        raise Invalid([Problem("QUIZAPP_DATA", message)]) from error
