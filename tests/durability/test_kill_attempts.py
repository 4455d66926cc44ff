"""No acknowledged answer is lost, wherever in an attempt the server dies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.durability.killing import kill_under

ATTEMPTS = 20  # `python -m bench.kill --attempts 50` takes its time

pytestmark = pytest.mark.slow


def test_no_acknowledged_answer_is_lost(tmp_path: Path) -> None:
    survived = kill_under(tmp_path, ATTEMPTS, seed=4)

    assert survived.open >= ATTEMPTS
    assert survived.answers > ATTEMPTS
    assert survived.on_the_way, "the server was never killed with a request on its way"
