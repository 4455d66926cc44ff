"""The scheduler against figures measured on another engine (see tests/golden/fsrs)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsrs_rs_python
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.days import LearnerClock
from quizapp.memory.scheduler import preview, review
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, Phase, Rating

GOLDEN = Path(__file__).parents[2] / "golden" / "fsrs"
START = datetime(2026, 3, 2, 12, tzinfo=UTC)
CLOCK = LearnerClock("UTC", 4)
DAY_SECONDS = 86_400


def _histories():
    for name in ("without_steps", "with_steps"):
        vectors = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
        settings = MemorySettings(
            desired_retention=vectors["desired_retention"],
            learning_steps=tuple(vectors["learning_steps"]),
            relearning_steps=tuple(vectors["relearning_steps"]),
            fuzz=False,
        )
        for title, answers in vectors["histories"].items():
            yield pytest.param(settings, answers, id=f"{name}: {title}")


def _run(settings, answers):
    """Yield (vector, offered states by rating, state after) for every answer of a history."""
    state, now = NEW_STATE, START
    for vector in answers:
        now += timedelta(days=vector["days_later"])
        offered = preview(state, now=now, clock=CLOCK, settings=settings, seed=0)
        state = offered[Rating(vector["rating"])]
        yield vector, now, offered, state


@pytest.mark.parametrize(("settings", "answers"), list(_histories()))
class TestMeasuredHistories:
    def test_stability_and_difficulty_are_equal(self, settings, answers):
        for vector, _now, _offered, state in _run(settings, answers):
            assert state.stability == pytest.approx(vector["stability"], rel=1e-7)
            assert state.difficulty == vector["difficulty"]

    def test_the_offered_intervals_are_equal(self, settings, answers):
        for vector, now, offered, _state in _run(settings, answers):
            for rating, seconds in zip(Rating, vector["offered_seconds"], strict=True):
                after = offered[rating]
                if seconds % DAY_SECONDS == 0:
                    assert after.phase is Phase.REVIEW
                    assert CLOCK.days_between(now, after.due_at) == seconds // DAY_SECONDS
                else:
                    assert after.phase in (Phase.LEARNING, Phase.RELEARNING)
                    assert (after.due_at - now).total_seconds() == seconds

    def test_phase_and_lapses_are_equal(self, settings, answers):
        for vector, _now, _offered, state in _run(settings, answers):
            assert (state.phase, state.lapses) == (vector["phase"], vector["lapses"])


@given(
    history=st.lists(
        st.tuples(st.sampled_from(Rating), st.integers(0, 400)), min_size=1, max_size=25
    ),
    with_steps=st.booleans(),
)
def test_every_step_is_the_models_but_for_the_decimals_that_are_kept(history, with_steps):
    steps = {} if with_steps else {"learning_steps": (), "relearning_steps": ()}
    settings = MemorySettings(**steps)
    model = fsrs_rs_python.FSRS(fsrs_rs_python.DEFAULT_PARAMETERS)

    state, now, memory = NEW_STATE, START, None
    for rating, days in history:
        now += timedelta(days=days)
        nexts = model.next_states(memory, 0.9, 0 if memory is None else days)
        state = review(state, rating, now=now, clock=CLOCK, settings=settings, seed=7)

        expected = getattr(nexts, rating.name.lower()).memory
        slack = 5.1e-5 + 2e-7 * expected.stability
        assert state.stability == pytest.approx(expected.stability, abs=slack)
        assert state.difficulty == pytest.approx(expected.difficulty, abs=5.1e-4)
        memory = fsrs_rs_python.MemoryState(state.stability, state.difficulty)


def test_fitted_weights_are_used():
    weights = tuple(w * 1.1 for w in fsrs_rs_python.DEFAULT_PARAMETERS)
    default, fitted = MemorySettings(), MemorySettings(weights=weights)

    states = [
        review(NEW_STATE, Rating.GOOD, now=START, clock=CLOCK, settings=settings, seed=0)
        for settings in (default, fitted)
    ]

    assert states[1].stability == pytest.approx(states[0].stability * 1.1, abs=1e-4)
