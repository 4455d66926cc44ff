"""A goal for the day counts cards or whole minutes, and asks for something that can be done."""

from __future__ import annotations

import pytest

from quizapp.errors import Invalid
from quizapp.memory.goals import Goal, GoalUnit


@pytest.mark.parametrize(
    ("goal", "cards", "milliseconds", "reached", "is_met"),
    [
        (Goal(GoalUnit.CARDS, 20), 19, 3_600_000, 19, False),
        (Goal(GoalUnit.CARDS, 20), 20, 0, 20, True),
        (Goal(GoalUnit.MINUTES, 5), 100, 299_999, 4, False),
        (Goal(GoalUnit.MINUTES, 5), 1, 300_000, 5, True),
    ],
)
def test_a_goal_is_met_by_what_it_counts(goal, cards, milliseconds, reached, is_met):
    assert goal.reached(cards=cards, milliseconds=milliseconds) == reached
    assert goal.is_met(cards=cards, milliseconds=milliseconds) is is_met


@pytest.mark.parametrize(
    ("unit", "amount"),
    [
        (GoalUnit.CARDS, 0),
        (GoalUnit.CARDS, 501),
        (GoalUnit.MINUTES, -1),
        (GoalUnit.MINUTES, 241),
    ],
)
def test_a_goal_that_nobody_should_have_is_refused(unit, amount):
    with pytest.raises(Invalid) as refused:
        Goal(unit, amount)

    assert [problem.path for problem in refused.value.problems] == ["amount"]
