"""What may be set about remembering."""

import math

import pytest

from quizapp.errors import Invalid
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.settings import WEIGHT_COUNT, MemorySettings


@pytest.mark.parametrize(
    ("setting", "path"),
    [
        ({"desired_retention": 0.69}, "desired_retention"),
        ({"desired_retention": 0.98}, "desired_retention"),
        ({"desired_retention": math.nan}, "desired_retention"),
        ({"desired_retention": "0.9"}, "desired_retention"),
        ({"desired_retention": True}, "desired_retention"),
        ({"learning_steps": (60, 0)}, "learning_steps.1"),
        ({"learning_steps": (43_201,)}, "learning_steps.0"),
        ({"learning_steps": (1.5,)}, "learning_steps.0"),
        ({"learning_steps": (60,) * 11}, "learning_steps"),
        ({"learning_steps": [60]}, "learning_steps"),
        ({"relearning_steps": (-1,)}, "relearning_steps.0"),
        ({"maximum_interval_days": 0}, "maximum_interval_days"),
        ({"maximum_interval_days": 36_501}, "maximum_interval_days"),
        ({"maximum_interval_days": 30.0}, "maximum_interval_days"),
        ({"minimum_interval_days": 0}, "minimum_interval_days"),
        ({"minimum_interval_days": 31, "maximum_interval_days": 30}, "minimum_interval_days"),
        ({"minimum_interval_days": True}, "minimum_interval_days"),
        ({"fuzz": 1}, "fuzz"),
        ({"load_balance": None}, "load_balance"),
        ({"easy_days": (100,) * 6}, "easy_days"),
        ({"easy_days": [100] * 7}, "easy_days"),
        ({"easy_days": (0,) * 7}, "easy_days"),
        ({"easy_days": (100, 101, 100, 100, 100, 100, 100)}, "easy_days.1"),
        ({"easy_days": (100, 100, 100, 100, 100, 100, -1)}, "easy_days.6"),
        ({"easy_days": (0.5, 100, 100, 100, 100, 100, 100)}, "easy_days.0"),
        ({"leech_threshold": -1}, "leech_threshold"),
        ({"leech_threshold": 10_000}, "leech_threshold"),
        ({"new_per_day": -1}, "new_per_day"),
        ({"new_per_day": 10_000}, "new_per_day"),
        ({"weights": DEFAULT_WEIGHTS[:-1]}, "weights"),
        ({"weights": (*DEFAULT_WEIGHTS, 0.5)}, "weights"),
        ({"weights": (math.nan, *DEFAULT_WEIGHTS[1:])}, "weights"),
        ({"weights": (math.inf, *DEFAULT_WEIGHTS[1:])}, "weights"),
        ({"weights": (-0.1, *DEFAULT_WEIGHTS[1:])}, "weights"),
        ({"weights": list(DEFAULT_WEIGHTS)}, "weights"),
    ],
)
def test_a_wrong_setting_is_named(setting, path):
    with pytest.raises(Invalid) as caught:
        MemorySettings(**setting)

    assert [problem.path for problem in caught.value.problems] == [path]


@pytest.mark.parametrize(
    "setting",
    [
        {"desired_retention": 0.70},
        {"desired_retention": 0.97},
        {"learning_steps": (), "relearning_steps": ()},
        {"learning_steps": (1, 43_200)},
        {"maximum_interval_days": 1},
        {"minimum_interval_days": 30, "maximum_interval_days": 30},
        {"easy_days": (0, 0, 0, 0, 0, 0, 1)},
        {"leech_threshold": 0},
        {"new_per_day": 0},
        {"weights": DEFAULT_WEIGHTS},
    ],
)
def test_the_limits_themselves_are_allowed(setting):
    settings = MemorySettings(**setting)

    assert all(getattr(settings, name) == value for name, value in setting.items())


def test_every_problem_is_told_at_once():
    with pytest.raises(Invalid) as caught:
        MemorySettings(desired_retention=2, learning_steps=(0, 0), weights=())

    paths = [problem.path for problem in caught.value.problems]
    assert paths == ["desired_retention", "learning_steps.0", "learning_steps.1", "weights"]


def test_the_models_own_weights_are_of_the_sixth_version():
    assert len(DEFAULT_WEIGHTS) == WEIGHT_COUNT
