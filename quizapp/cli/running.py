"""What every command shares: the application it works on, and errors as sentences."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask import Flask
from sqlalchemy.exc import DBAPIError

from quizapp.config import Settings
from quizapp.db import database_app, unavailable
from quizapp.errors import Invalid, QuizError


class Group(click.Group):
    """Commands whose named errors end in one clear line and an exit code, not a traceback.

    Exit code 2: the input is wrong (each problem on its line); 1: anything else named.
    """

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Invalid as error:
            for problem in error.problems:
                click.echo(f"{problem.path} {problem.message}".strip(), err=True)
            sys.exit(2)
        except QuizError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except DBAPIError as error:
            click.echo(str(unavailable(error)), err=True)
            sys.exit(1)


def settings() -> Settings:
    """Return this environment's settings.

    :raises Invalid: one is wrong or unsafe.
    """
    return Settings.from_environ(os.environ)


@contextmanager
def application(chosen: Settings | None = None) -> Iterator[Flask]:
    """Give an application with its context pushed, so that a command can open transactions."""
    app = database_app(chosen or settings())
    with app.app_context():
        yield app
