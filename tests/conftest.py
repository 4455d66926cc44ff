"""What every test may ask for: databases of both kinds, a browser, a running server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Page

from quizapp.db import upgrade
from tests.support.browser import Pages, View, find_browser, launched
from tests.support.postgres import EphemeralPostgres
from tests.support.server import LiveServer
from tests.support.settings import settings_for

# How long an example takes says how busy the machine is, not whether the code is right.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

TEMPLATE = "migrated"


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: who drives a browser waits half the time."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (mine or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Spread the files that wait (browsers, servers) evenly among those that reckon.

    Left in the order of the folders, all processes would wait for browsers at the same time. Those
    that wait are long, so none of them comes in the last fifth.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = [path for path in files if path.parent.name in _WAITING]
    others = [path for path in files if path.parent.name not in _WAITING]
    place = {path: at / max(1, len(others)) for at, path in enumerate(others)}
    place |= {path: 0.8 * at / max(1, len(waiting)) for at, path in enumerate(waiting)}
    items[:] = [item for path in sorted(files, key=place.__getitem__) for item in files[path]]


_WAITING = ("browser", "durability", "packaging")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EphemeralPostgres]:
    """A PostgreSQL server for the whole run, started when first asked for."""
    with EphemeralPostgres() as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(
    postgres: EphemeralPostgres, tmp_path_factory: pytest.TempPathFactory
) -> EphemeralPostgres:
    """The same server, with a migrated database to copy."""
    postgres.create_database(TEMPLATE)
    upgrade(settings_for(postgres.url(TEMPLATE), tmp_path_factory.mktemp("settings")))
    return postgres


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / f"{TEMPLATE}.sqlite3"
    upgrade(settings_for(f"sqlite:///{path}", path.parent))
    return path


_numbers = count(1)


@pytest.fixture
def postgresql_url(migrated_postgres: EphemeralPostgres) -> Iterator[str]:
    """An empty, migrated PostgreSQL database of this test's own."""
    name = f"test_{next(_numbers)}"
    migrated_postgres.create_database(name, template=TEMPLATE)
    yield migrated_postgres.url(name)
    migrated_postgres.drop_database(name)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """An empty, migrated SQLite database of this test's own."""
    path = tmp_path / "test.sqlite3"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database of this test's own, once of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(scope="session")
def browser_path() -> Path:
    """The browser to test with."""
    return find_browser()


@pytest.fixture(scope="session")
def browser(browser_path: Path) -> Iterator[Browser]:
    """One browser for the whole run, without a window."""
    with launched(browser_path) as browser:
        yield browser


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A real server with the demo data, shared by the whole run."""
    server = LiveServer(tmp_path_factory.mktemp("server"))
    server.initialise()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """A function that opens a page of the live server as a new visitor: `open_page(dark=True)`.

    It takes the fields of `View`. The test fails at its end if a page logged an error: a script
    that failed, something that the content security policy blocked, a file that is missing.
    """
    pages = Pages(browser, live_server.url)
    yield lambda **view: pages.open(View(**view))
    unexpected = pages.unexpected()
    pages.close()
    assert not unexpected, "the browser complained:\n" + "\n".join(unexpected)


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page of the live server: desktop, light, scripts on."""
    return open_page()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the figures of the histories at the end of the run, whichever process told them.

    Here and not beside them: the process that prints collects no tests, so it reads no other
    configuration than this.
    """
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"quiz histories: {value}")
