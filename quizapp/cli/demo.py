"""Two accounts to look round with in development; never in production.

Their passwords are random and stand in a file that only its owner can read.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from quizapp.cli.users import random_password
from quizapp.config import Settings
from quizapp.db import db, transaction
from quizapp.models import Role
from quizapp.queries.accounts import has_accounts
from quizapp.queries.courses import courses
from quizapp.services.accounts import NewAccount, prepare_account, set_role, sign_up

_FILE = "demo-accounts.txt"


@dataclass(frozen=True, slots=True)
class _Demo:
    email: str
    name: str
    role: Role
    password: str

    @property
    def line(self) -> str:
        return account_line(self.role, self.email, self.password)


def ensure_demo_accounts(settings: Settings) -> list[str]:
    """Make a student and an instructor of every public course, if nobody has an account yet.

    Call it within an application context. Return the lines to show, empty when nothing was made.
    """
    if settings.is_production or has_accounts(db.session()):
        return []
    demos = (
        _Demo("student@example.org", "Amara Osei", Role.STUDENT, random_password()),
        _Demo("instructor@example.org", "Jonas Weber", Role.INSTRUCTOR, random_password()),
    )
    accounts = [
        prepare_account(email=demo.email, password=demo.password, name=demo.name, timezone="UTC")
        for demo in demos
    ]
    with transaction() as session:
        for demo, account in zip(demos, accounts, strict=True):
            _store(session, demo, account)
        # Before the commit: accounts whose passwords nobody can read would be of no use.
        _write(demo_accounts_file(settings), [demo.line for demo in demos])
    kept = f"Demo accounts, shown once and kept in {demo_accounts_file(settings)}:"
    return [kept, *(f"  {demo.line}" for demo in demos)]


def account_line(role: Role, email: str, password: str) -> str:
    """Return how the file tells of an account."""
    return f"{role.value:<12}{email:<26}{password}"


def add_demo_accounts(settings: Settings, lines: list[str]) -> None:
    """Tell of further accounts in the file."""
    path = demo_accounts_file(settings)
    kept = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    _write(path, [*kept, *lines])


def demo_accounts_file(settings: Settings) -> Path:
    """Return where the passwords are kept."""
    return settings.data / _FILE


def has_demo_accounts(settings: Settings) -> bool:
    """Return whether there are demo accounts to point to."""
    return not settings.is_production and demo_accounts_file(settings).exists()


def _store(session: Session, demo: _Demo, account: NewAccount) -> None:
    now = datetime.now(UTC)
    user_id = sign_up(session, account=account, guest=None, now=now)
    for course in courses(session):
        set_role(session, user_id=user_id, course_id=course.id, role=demo.role, now=now)


def _write(path: Path, lines: list[str]) -> None:
    path.unlink(missing_ok=True)
    # Made with its final mode: it is never readable by others, not even for a moment.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
