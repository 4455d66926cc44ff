"""The memory value and its stored form."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating

NOW = datetime(2026, 3, 2, 12, 30, 15, 123000, tzinfo=UTC)
KNOWN = MemoryState(Phase.REVIEW, None, 12.5, 4.25, NOW + timedelta(days=12), NOW, 3, 1)
_milliseconds = st.integers(0, 4_000_000_000_000).map(
    lambda ms: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
)


@st.composite
def states(draw):
    phase = draw(st.sampled_from(Phase))
    reps, lapses = draw(st.integers(0, 5000)), draw(st.integers(0, 5000))
    if phase is Phase.NEW:
        return MemoryState(phase, None, None, None, None, None, reps, lapses)
    return MemoryState(
        phase,
        None if phase is Phase.REVIEW else draw(st.integers(0, 9)),
        draw(st.floats(0, 40_000, exclude_min=True)),
        draw(st.floats(1, 10)),
        draw(_milliseconds),
        draw(_milliseconds),
        reps,
        lapses,
    )


class TestRating:
    def test_has_a_label_to_show(self):
        assert [rating.label for rating in Rating] == ["Again", "Hard", "Good", "Easy"]

    def test_is_numbered_as_the_model_numbers_it(self):
        assert [int(rating) for rating in Rating] == [1, 2, 3, 4]


class TestMemoryState:
    @pytest.mark.parametrize(
        "change",
        [
            {"stability": math.nan},
            {"stability": math.inf},
            {"stability": 0.0},
            {"stability": -1.0},
            {"stability": None},
            {"difficulty": math.nan},
            {"difficulty": 0.99},
            {"difficulty": 10.01},
            {"difficulty": None},
            {"due_at": None},
            {"due_at": datetime(2026, 3, 2)},  # noqa: DTZ001
            {"due_at": NOW.astimezone(timezone(timedelta(hours=2)))},
            {"last_review_at": None},
            {"reps": -1},
            {"lapses": -1},
            {"step": 0},
            {"phase": Phase.LEARNING},
            {"phase": Phase.RELEARNING, "step": -1},
            {"phase": Phase.NEW},
        ],
    )
    def test_refuses_what_cannot_be(self, change):
        with pytest.raises(ValueError, match=r"\.$"):
            replace(KNOWN, **change)

    def test_a_new_memory_knows_nothing(self):
        assert NEW_STATE.phase is Phase.NEW
        assert (NEW_STATE.stability, NEW_STATE.due_at, NEW_STATE.reps) == (None, None, 0)


class TestStoredForm:
    @given(states())
    def test_gives_the_same_state_back_through_json(self, state):
        assert MemoryState.from_json(json.loads(json.dumps(state.to_json()))) == state

    def test_holds_times_as_whole_milliseconds(self):
        assert KNOWN.to_json()["last_review_at"] == 1_772_454_615_123

    @pytest.mark.parametrize(
        "damage",
        [
            {"phase": "asleep"},
            {"stability": "12.5"},
            {"stability": -1},
            {"due_at": "soon"},
            {"due_at": 10**30},
            {"reps": None},
        ],
    )
    def test_a_damaged_one_is_refused(self, damage):
        with pytest.raises(ValueError, match=r"."):
            MemoryState.from_json({**KNOWN.to_json(), **damage})

    def test_one_with_a_part_missing_is_refused(self):
        stored = KNOWN.to_json()
        del stored["difficulty"]

        with pytest.raises(ValueError, match="damaged"):
            MemoryState.from_json(stored)
