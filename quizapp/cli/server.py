"""Commands that set up the database and serve the site."""

from __future__ import annotations

import os
import socket
import sys

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from quizapp import paths
from quizapp.bank.check import check, format_counts
from quizapp.cli import bank, demo, statistics
from quizapp.cli.running import application, settings
from quizapp.db import upgrade
from quizapp.errors import Unavailable
from quizapp.jobs.process import WorkerProcess


@click.command()
def init() -> None:
    """Create or migrate the database, load the bank, and make the demo accounts.

    Safe to run again: what is there stays.
    """
    chosen = settings()
    chosen.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    click.echo(f"Data folder: {chosen.data}")
    upgrade(chosen)
    click.echo(f"Database: {_kind(chosen.database_url)}, schema up to date")
    report = check(paths.QUESTION_BANK)
    if report.errors:
        for finding in report.errors:
            click.echo(str(finding), err=True)
        click.echo("The bank was not loaded; `quizapp bank check` shows the same list.", err=True)
        sys.exit(1)
    with application(chosen):
        changes = bank.load(report)
        click.echo(f"Bank: {format_counts(report.counts)}; {changes}")
        bank.print_lost(changes)
        if counted := statistics.count_missing():
            click.echo(f"Item statistics: {counted} quizzes counted from their attempts")
        if not chosen.is_production:
            for line in demo.ensure_demo_accounts(chosen):
                click.echo(line)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Server processes; by default 1 with SQLite, one a core with PostgreSQL.",
)
def serve(host: str, port: int, workers: int | None) -> None:
    """Serve the site, and run its background jobs, until stopped."""
    chosen = settings()
    if workers is None:
        workers = 1 if chosen.is_sqlite else os.cpu_count() or 1
    if demo.has_demo_accounts(chosen):
        click.echo(f"Demo accounts: see {demo.demo_accounts_file(chosen)}")
    _require_free(host, port)
    click.echo(f"Footnote is ready at http://{host}:{port}  (stop with Ctrl+C)")
    server = Granian(
        "quizapp.cli.serving:served_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # One Python thread a worker: more only queue inside SQLite (ADR 0003).
        blocking_threads=1,
        websockets=False,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    with WorkerProcess():
        server.serve()


def _require_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before the server fails with a traceback.

    :raises Unavailable: it is taken, or not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Unavailable(
                f"Cannot listen on {host}:{port}: {error.strerror}. "
                "Choose another with --host or --port, or stop what is using it."
            ) from error


def _kind(url: str) -> str:
    return "SQLite" if url.startswith("sqlite") else "PostgreSQL"
