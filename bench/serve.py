"""Where the measured programs keep their data, and the server that runs them."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.stage import SECRET
from quizapp.config import Settings
from tests.support.postgres import SAFE, EphemeralPostgres

_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Place:
    """One program's own database.

    :param driver: what a driver connects to: a file's path, or PostgreSQL's parameters.
    :param workers: server processes, as many as an installation has by default.
    """

    settings: Settings
    driver: str
    workers: int


@contextmanager
def places(database: str, folder: Path, names: Sequence[str]) -> Iterator[dict[str, Place]]:
    """Give an empty database of a kind, "sqlite" or "postgresql", for each name."""
    if database == "sqlite":
        files = {name: folder / f"{name}.sqlite3" for name in names}
        yield {
            name: Place(_settings(folder, f"sqlite:///{file}"), str(file), workers=1)
            for name, file in files.items()
        }
        return
    with EphemeralPostgres(SAFE) as server:
        for name in names:
            server.create_database(name)
        yield {
            name: Place(_settings(folder, server.url(name)), server.dsn(name), workers=2)
            for name in names
        }


def place_at(folder: Path, url: str) -> Place:
    """Return a database that is there already; files of the program go into a folder."""
    return Place(_settings(folder, url), url, workers=1)


def _settings(folder: Path, url: str) -> Settings:
    return Settings(data=folder, database_url=url, secret_key=SECRET)


@contextmanager
def serving(program: Sequence[str], place: Place) -> Iterator[int]:
    """Serve a program from its database and give the port, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "QUIZAPP_DATA": str(place.settings.data),
        "QUIZAPP_DATABASE_URL": place.settings.database_url,
        "QUIZAPP_SECRET_KEY": place.settings.secret_key,
        "BENCH_DATABASE": place.driver,
    }
    options = ["--interface", "wsgi", "--blocking-threads", "1", "--no-ws"]
    options += ["--workers", str(place.workers), "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *program, *options], env=environment
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _wait(port: int) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"no answer on port {port} after {_START_SECONDS:.0f} seconds")
