"""What the commands share that work something out anew from its log."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Any, Protocol, TypeVar

import click
from sqlalchemy.orm import Session

from quizapp.cli.running import application
from quizapp.db import db, take_time, transaction


class Found(Protocol):
    """How far a replay has come, which its text says, and what it found different."""

    differences: list[Any]

    def __str__(self) -> str: ...


_F = TypeVar("_F", bound=Found)

check_option = click.option(
    "--check", is_flag=True, help="Change nothing; exit 1 if anything stored is not what it says."
)


def run_replay(
    nothing: _F,
    replay: Callable[[Session], Iterator[_F]],
    rebuild: Callable[[Session, Sequence[Any]], None],
    *,
    check: bool,
) -> None:
    """Replay everything, say what differs, and put it right unless asked only to `check`.

    Ends the process with 1 if it was only to check and something differs.

    :param nothing: how far a replay of an empty database comes.
    :param replay: yields after each batch how far it has come.
    """
    began = monotonic()
    with application():
        take_time(db.session())
        found = _replayed(nothing, replay(db.session()))
        if found.differences and not check:
            with transaction() as session:
                take_time(session)
                rebuild(session, found.differences)
    for difference in found.differences:
        click.echo(str(difference), err=True)
    number = len(found.differences)
    what = f"{number:,} difference{'' if number == 1 else 's'}"
    if number and not check:
        what += ", put right"
    click.echo(f"{found} in {monotonic() - began:.1f} s: {what}")
    if number and check:
        sys.exit(1)


def _replayed(nothing: _F, batches: Iterator[_F]) -> _F:
    """Return what a replay of everything finds; on a terminal it says how far it is."""
    found = nothing
    for found in batches:
        if sys.stderr.isatty():
            click.echo(f"\r{found} …", nl=False, err=True)
    if sys.stderr.isatty():
        click.echo("\r", nl=False, err=True)
    return found
