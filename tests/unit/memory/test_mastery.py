"""How far a fact has come."""

from datetime import UTC, datetime

import pytest

from quizapp.memory.mastery import Level, level
from quizapp.memory.state import NEW_STATE, MemoryState, Phase

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("phase", "stability", "expected"),
    [
        (Phase.LEARNING, 2.0, Level.LEARNING),
        (Phase.LEARNING, 40.0, Level.LEARNING),
        (Phase.RELEARNING, 40.0, Level.LEARNING),
        (Phase.REVIEW, 20.99, Level.YOUNG),
        (Phase.REVIEW, 21.0, Level.MATURE),
    ],
)
def test_phase_and_stability_say_how_far(phase, stability, expected):
    step = None if phase is Phase.REVIEW else 0

    assert level(MemoryState(phase, step, stability, 5.0, NOW, NOW, 3, 0)) is expected


def test_a_fact_never_met_is_new():
    assert level(NEW_STATE) == "new"
