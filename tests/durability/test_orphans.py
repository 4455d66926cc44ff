"""A server that was killed leaves nothing behind that would go on serving beside the next one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.server import LiveServer

PATIENCE_SECONDS = 10

pytestmark = pytest.mark.slow


def test_the_workers_end_when_the_command_is_killed(tmp_path: Path) -> None:
    server = LiveServer(tmp_path / "data")
    server.initialise()
    server.start()

    server.kill9_command()

    deadline = time.monotonic() + PATIENCE_SECONDS
    while server.is_listening() and time.monotonic() < deadline:
        time.sleep(0.1)
    is_gone = not server.is_listening()
    server.kill9()  # whatever else is left of it
    assert is_gone, "a worker goes on serving without the command that started it"
