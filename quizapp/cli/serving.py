"""What each server process runs: the application, while the command that started it lives."""

from __future__ import annotations

import os

from flask import Flask

from quizapp.app import create_app
from quizapp.jobs.orphans import when_orphaned

_ORPHANED_EXIT_CODE = 1


def served_app() -> Flask:
    """Return the application for a server process.

    Answers are written in transactions, so that ending at once loses nothing acknowledged.
    """
    when_orphaned(lambda: os._exit(_ORPHANED_EXIT_CODE))
    return create_app()
