"""The background worker beside the server, in a process of its own: neither holds up the other."""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Self

_STOP_SECONDS = 10


class WorkerProcess:
    """Runs `python -m quizapp.jobs` for as long as the block lasts."""

    def __enter__(self) -> Self:
        # The command is our own module under this very interpreter.
        self._process = subprocess.Popen([sys.executable, "-m", "quizapp.jobs"])
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
