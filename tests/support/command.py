"""The `quizapp` command, as a process of its own or, many times faster, within the tests'."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from unittest import mock

import sqlalchemy as sa
from click.testing import CliRunner

from quizapp.cli import main

SECONDS = 60
Done = subprocess.CompletedProcess[str]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return this environment with these settings of quizapp and no others."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("QUIZAPP_")}
    return kept | dict(settings)


def run_process(*words: str, **settings: str) -> Done:
    """Run `quizapp` as a person would; starting Python alone takes more than a second."""
    return subprocess.run(
        [sys.executable, "-m", "quizapp", *words],
        env=environment(settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def run_here(*words: str, **settings: str) -> Done:
    """Run `quizapp` within this process and return the same as `run_process`.

    What nobody catches ends, as it would there, in a traceback and the exit code 1.
    """
    # Not `env=`: that adds to the environment of the tests and takes nothing away.
    with mock.patch.dict(os.environ, environment(settings), clear=True), _disposing():
        result = CliRunner().invoke(main, words)
    stderr = result.stderr
    if result.exc_info and not isinstance(result.exception, SystemExit | None):
        stderr += "".join(traceback.format_exception(*result.exc_info))
    return Done(words, result.exit_code, result.stdout, stderr)


@contextmanager
def _disposing() -> Iterator[None]:
    """Close the connections that the block opened, as the end of a process would."""
    engines: set[sa.Engine] = set()

    def note(connection: sa.Connection) -> None:
        engines.add(connection.engine)

    sa.event.listen(sa.Engine, "engine_connect", note)
    try:
        yield
    finally:
        sa.event.remove(sa.Engine, "engine_connect", note)
        for engine in engines:
            engine.dispose()
