"""Workers that die: each of them is killed at a point of its work, and the last does the rest.

Run as a program with the points, on the database of the environment. Every worker is a process of
its own that SIGKILL ends; they are forked from one that has loaded the code and opened nothing.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from typing import Any

from sqlalchemy.orm import configure_mappers

from quizapp.config import Settings
from quizapp.db import database_app
from quizapp.jobs import worker

_SEPARATOR = "/"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a worker dies.

    :param job: the only kind that it takes: the others are left to workers that live.
    :param moment: "before" or "after" the function of this module does its work.
    :param call: which call of it, from 1.
    """

    job: str
    module: str
    function: str
    moment: str
    call: int = 1

    def __str__(self) -> str:
        return _SEPARATOR.join(map(str, astuple(self)))

    @classmethod
    def parse(cls, text: str) -> Point:
        *words, call = text.split(_SEPARATOR)
        return cls(*words, call=int(call))


class _UntilIdle(threading.Event):
    """Ends the loop of a worker as soon as it would wait for work."""

    def wait(self, timeout: float | None = None) -> bool:
        if timeout == worker.POLL_SECONDS:
            self.set()
        return super().wait(timeout)


def main(points: Sequence[Point]) -> int:
    """Return 0 if each worker died where it should, and the last one did all that was left."""
    configure_mappers()  # once for all of them
    for point in points:
        status = _as_process(point)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            logging.error("no worker came to %s", point)
            return 1
        _let_leases_run_out()
    return os.waitstatus_to_exitcode(_as_process(None))


def _as_process(point: Point | None) -> int:
    """Let a worker work in a process of its own; return how that ended."""
    if child := os.fork():
        return os.waitpid(child, 0)[1]
    if point:
        _arm(point)
    worker.run(database_app(Settings.from_environ(os.environ)), _UntilIdle())
    logging.shutdown()
    os._exit(0)


def _arm(point: Point) -> None:
    module = importlib.import_module(point.module)
    whole, every, calls = getattr(module, point.function), worker.waiting_kinds, [0]

    def dying(*args: Any, **given: Any) -> Any:
        calls[0] += 1
        if calls[0] == point.call and point.moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = whole(*args, **given)
        if calls[0] == point.call:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def its_own(*args: Any, **given: Any) -> list[str]:
        return [name for name in every(*args, **given) if name == point.job]

    setattr(module, point.function, dying)
    setattr(worker, "waiting_kinds", its_own)  # noqa: B010


def _let_leases_run_out() -> None:
    """Do what two minutes do to the lease of a worker that is dead."""
    path = Settings.from_environ(os.environ).database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as found:
        found.execute("UPDATE job SET leased_until = 1 WHERE leased_until IS NOT NULL")
        found.commit()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    sys.exit(main([Point.parse(text) for text in sys.argv[1:]]))
