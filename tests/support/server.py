"""The real server, `quizapp serve`, in a process and on a data folder of the tests' own."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server sent back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(slots=True)
class LiveServer:
    """One server and its data; `start` it, and `stop` it at the end.

    :param folder: its data (QUIZAPP_DATA) and its log; made if missing.
    :param settings: further environment variables, such as QUIZAPP_DATABASE_URL.
    :param python: the interpreter that has quizapp installed.
    """

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    python: Path = Path(sys.executable)
    port: int = 0
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return the address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Return everything that the server has written so far."""
        path = self.folder / "server.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `quizapp` with these arguments on this server's data and return what it did."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return subprocess.run(
            [self.python, "-m", "quizapp", *arguments],
            cwd=self.folder,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )

    def initialise(self) -> None:
        """Prepare the data as `quizapp init` does.

        :raises RuntimeError: the command failed; the message is what it printed.
        """
        result = self.command("init")
        if result.returncode:
            raise RuntimeError(f"quizapp init failed:\n{result.stdout}{result.stderr}")

    def start(self) -> None:
        """Start serving, on the port of last time if there was one, and wait for /healthz.

        :raises RuntimeError: it did not come up; the message ends with its log.
        """
        self.port = self.port or free_port()
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.python, "-m", "quizapp", "serve", "--port", str(self.port)],
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill9()
                raise RuntimeError(f"quizapp serve did not come up:\n{self.log[-2000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask the server to end and wait until it has."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(STOP_SECONDS)

    def restart(self) -> None:
        """Stop in order and start again on the same port and data."""
        self.stop()
        self.start()

    def kill9(self) -> None:
        """Kill the server and its workers at once; `start` brings it back."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def kill9_command(self) -> None:
        """Kill the command alone, as a person would by its number; its workers must end too."""
        if self._process:
            self._process.kill()
            self._process.wait()

    def is_listening(self) -> bool:
        """Return whether anything answers on this server's port."""
        with contextlib.closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, address: str) -> Reply:
        """Return what a plain request without cookies gets; redirections are not followed."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        with contextlib.closing(connection):
            connection.request("GET", address)
            response = connection.getresponse()
            text = response.read().decode("utf-8", errors="replace")
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, headers, text)

    def _is_healthy(self) -> bool:
        try:
            return self.get("/healthz").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def _environment(self) -> dict[str, str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("QUIZAPP_")}
        return {**kept, "QUIZAPP_DATA": str(self.folder), **self.settings}


def free_port() -> int:
    """Return a port of this machine that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
