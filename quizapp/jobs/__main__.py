"""A worker as a process; it stops at SIGTERM or SIGINT, and when its parent is gone."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

from quizapp.config import Settings
from quizapp.db import database_app
from quizapp.errors import Invalid
from quizapp.jobs.orphans import when_orphaned
from quizapp.jobs.worker import run


def main() -> int:
    """Work until told to stop; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        app = database_app(Settings.from_environ(os.environ))
    except Invalid as error:
        logging.getLogger(__name__).error("%s", error)
        return 2
    stop = threading.Event()

    def ask_to_stop(_number: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    when_orphaned(stop.set)
    run(app, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
