"""Commands on the curated bank: check it, load it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from quizapp import paths
from quizapp.bank.check import Report, check
from quizapp.bank.schema import Bank
from quizapp.cli.bank_report import as_json, as_text
from quizapp.cli.running import application
from quizapp.db import transaction
from quizapp.services.bank_sync import Changes, load_bank

_FOLDER = click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=paths.QUESTION_BANK,
)

#: Of what was not found again, so many are printed, each up to so many characters.
_MOST_SHOWN = 5
_LONGEST_SHOWN = 80


@click.group()
def bank() -> None:
    """Check and load the curated course files."""


@bank.command("check")
@_FOLDER
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text for people, findings on standard error; or one JSON object on standard output.",
)
@click.option(
    "--source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The text behind the passages: evidence must stand in it, and no sentence be copied.",
)
def check_files(folder: Path, shape: str, source: Path | None) -> None:
    """Check every file; print what is wrong by file and line, and what there is.

    Exits 1 when there is an error. Warnings, which are about the craft of asking, do not count.
    """
    report = check(folder, source)
    if shape == "json":
        click.echo(as_json(report))
    else:
        _print_findings(report)
        click.echo(as_text(report))
    if report.errors:
        sys.exit(1)


@bank.command("load")
@_FOLDER
def load_files(folder: Path) -> None:
    """Check every file, then store all of it, or nothing when anything is wrong."""
    report = check(folder)
    if report.errors:
        _print_findings(report)
        click.echo("Nothing was loaded.", err=True)
        sys.exit(1)
    with application():
        changes = load(report)
        click.echo(f"Bank: {changes}")
        print_lost(changes)


def load(report: Report) -> Changes:
    """Store a checked bank in one transaction; return what changed."""
    with transaction() as session:
        return load_bank(session, Bank(report.courses, ()), now=datetime.now(UTC))


def print_lost(changes: Changes) -> None:
    """Say which cited words a load did not find again, and where to cite others."""
    for slug, words in changes.lost.items():
        shown = ", ".join(f"“{_shortened(exact)}”" for exact in words[:_MOST_SHOWN])
        more = f" and {len(words) - _MOST_SHOWN} more" if len(words) > _MOST_SHOWN else ""
        were = "1 citation was" if len(words) == 1 else f"{len(words)} citations were"
        click.echo(f"{were} not found again: {shown}{more}; see /teach/{slug}/citations")


def _shortened(exact: str) -> str:
    return exact if len(exact) <= _LONGEST_SHOWN else f"{exact[:_LONGEST_SHOWN].rstrip()}…"


def _print_findings(report: Report) -> None:
    for finding in report.findings:
        click.echo(str(finding), err=True)
