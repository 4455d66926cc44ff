"""Commands on attempts."""

from __future__ import annotations

import sys
from time import monotonic

import click

from quizapp.cli.running import application
from quizapp.db import db, transaction
from quizapp.services.replay import Replayed, rebuild, replay


@click.group()
def attempts() -> None:
    """Look after what learners handed in."""


@attempts.command("replay")
@click.option(
    "--check", is_flag=True, help="Change nothing; exit 1 if anything stored is not what it says."
)
def replay_all(check: bool) -> None:
    """Work out every mark anew from the log and the revisions, and store what differs."""
    began = monotonic()
    with application():
        found = _replayed()
        if found.differences and not check:
            with transaction() as session:
                rebuild(session, found.differences)
    for difference in found.differences:
        click.echo(str(difference), err=True)
    number = len(found.differences)
    what = f"{number:,} difference{'' if number == 1 else 's'}"
    if number and not check:
        what += ", put right"
    click.echo(f"{found.attempts:,} attempts replayed in {monotonic() - began:.1f} s: {what}")
    if number and check:
        sys.exit(1)


def _replayed() -> Replayed:
    """Return what a replay of everything finds; on a terminal it says how far it is."""
    found = Replayed()
    for found in replay(db.session()):
        if sys.stderr.isatty():
            click.echo(f"\r{found.attempts:,} attempts …", nl=False, err=True)
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    return found
