"""Settings for tests."""

from __future__ import annotations

from pathlib import Path

from quizapp.config import Settings


def settings_for(database_url: str, data: Path) -> Settings:
    """Return development settings for a database, with a fixed secret."""
    secret = "".join(chr(ord("a") + position % 26) for position in range(48))
    return Settings(data=data, database_url=database_url, secret_key=secret)
