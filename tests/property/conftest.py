"""The figures of the histories stand at the end of the run."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.property.telling import words

FIGURES: pytest.StashKey[Counter[str]] = pytest.StashKey()


@pytest.fixture
def figures(pytestconfig: pytest.Config) -> Counter[str]:
    """What is counted here is printed at the end."""
    return pytestconfig.stash.setdefault(FIGURES, Counter())


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if counts := config.stash.get(FIGURES, None):
        terminalreporter.write_line(f"quiz histories: {words(counts)}")
