"""Commands on the curated bank: check it, load it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from quizapp import paths
from quizapp.bank.check import Report, check, format_counts
from quizapp.bank.schema import Bank
from quizapp.cli.running import application
from quizapp.db import transaction
from quizapp.services.bank_sync import Changes, load_bank

_FOLDER = click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=paths.QUESTION_BANK,
)


@click.group()
def bank() -> None:
    """Check and load the curated course files."""


@bank.command("check")
@_FOLDER
def check_files(folder: Path) -> None:
    """Check every file; print what is wrong by file and line, and the counts.

    Exits 1 when anything is wrong.
    """
    report = check(folder)
    _print_findings(report)
    click.echo(format_counts(report.counts))
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
        click.echo(f"Bank: {load(report)}")


def load(report: Report) -> Changes:
    """Store a checked bank in one transaction; return what changed."""
    with transaction() as session:
        return load_bank(session, Bank(report.courses, ()), now=datetime.now(UTC))


def _print_findings(report: Report) -> None:
    for finding in report.findings:
        click.echo(str(finding), err=True)
