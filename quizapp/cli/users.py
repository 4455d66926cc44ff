"""Commands on people: who has an account, and what they are in a course."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime

import click

from quizapp.cli.running import Group, application
from quizapp.db import transaction
from quizapp.models import Role
from quizapp.queries.courses import course_by_slug
from quizapp.services.accounts import (
    disable,
    make_admin,
    prepare_account,
    set_role,
    sign_up,
    user_id_of,
)


@click.group(cls=Group)
def user() -> None:
    """Make accounts, give roles, close accounts."""


@user.command()
@click.argument("email")
@click.option("--name", default="", help="As others see it; by default the address up to the @.")
@click.option("--timezone", default="UTC", show_default=True, help="Like Europe/Lisbon.")
@click.option("--admin", is_flag=True, help="May run the site.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create(email: str, name: str, timezone: str, admin: bool, password_stdin: bool) -> None:
    """Make an account, a student of every public course.

    Without --password-stdin a random password is made and printed once.
    """
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else random_password()
    account = prepare_account(email=email, password=password, name=name, timezone=timezone)
    with application(), transaction() as session:
        user_id = sign_up(session, account=account, guest=None, now=datetime.now(UTC))
        if admin:
            make_admin(session, user_id=user_id)
    click.echo(f"Account: {account.email}")
    if not password_stdin:
        click.echo(f"Password: {password}")


@user.command()
@click.argument("email")
@click.argument("course")
@click.argument("role", type=click.Choice([member.value for member in Role]))
def role(email: str, course: str, role: str) -> None:
    """Make someone a student or an instructor of a course (given by its slug)."""
    with application(), transaction() as session:
        set_role(
            session,
            user_id=user_id_of(session, email=email),
            course_id=course_by_slug(session, course).id,
            role=Role(role),
            now=datetime.now(UTC),
        )
    click.echo(f"{email} is now {_article(role)} of {course}.")


@user.command("disable")
@click.argument("email")
def disable_account(email: str) -> None:
    """Close an account: its sessions end at once and its password opens none."""
    with application(), transaction() as session:
        disable(session, user_id=user_id_of(session, email=email))
    click.echo(f"{email} is closed and signed out everywhere.")


def random_password() -> str:
    """Return a password of 96 random bits."""
    return secrets.token_urlsafe(12)


def _article(role: str) -> str:
    return f"an {role}" if role.startswith(tuple("aeiou")) else f"a {role}"
