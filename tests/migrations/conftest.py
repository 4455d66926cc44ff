"""A database of each kind with the newest schema, to go back and forth in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from quizapp.config import Settings
from tests.support.settings import settings_for


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


@pytest.fixture
def engine(settings: Settings) -> Iterator[sa.Engine]:
    engine = sa.create_engine(settings.database_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()
