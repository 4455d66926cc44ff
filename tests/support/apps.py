"""Applications for tests, whose templates are compiled once in a process and not in every test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from quizapp.app import create_app
from quizapp.config import Settings
from quizapp.db import database_app, db
from tests.support.settings import settings_for


class _Kept(BytecodeCache):
    """Compiled templates by their name and the digest of their source."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if found := self._kept.get((bucket.key, bucket.checksum)):
            bucket.bytecode_from_string(found)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


_kept = _Kept()


def make_app(settings: Settings) -> Flask:
    """Return a new application for these settings."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _kept
    return app


@contextmanager
def database_of(url: str, folder: Path) -> Iterator[Flask]:
    """Give what a worker works on: an application with this database and no pages."""
    app = database_app(settings_for(url, folder))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
