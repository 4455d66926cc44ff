"""The command that works memories out from their log."""

from __future__ import annotations

import sys
from time import monotonic

import click

from quizapp.cli.running import application
from quizapp.db import db, transaction
from quizapp.services.memory_replay import Replayed, rebuild, replay


@click.command("replay")
@click.option(
    "--check", is_flag=True, help="Change nothing; exit 1 if anything stored is not what it says."
)
def replay_all(check: bool) -> None:
    """Work out every memory anew from its reviews, and store what differs."""
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
    click.echo(
        f"{found.memories:,} memories replayed from {found.reviews:,} reviews"
        f" in {monotonic() - began:.1f} s: {what}"
    )
    if number and check:
        sys.exit(1)


def _replayed() -> Replayed:
    """Return what a replay of everything finds; on a terminal it says how far it is."""
    found = Replayed()
    for found in replay(db.session()):
        if sys.stderr.isatty():
            click.echo(f"\r{found.memories:,} memories …", nl=False, err=True)
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    return found
