"""Steps are read as people type them, and shown so that they are read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.memory.settings import MAXIMUM_STEP_SECONDS
from quizapp.memory.steps import parse_steps, show_steps


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        ("1m 10m", (60, 600)),
        ("  1M,10m ; 2H ", (60, 600, 7_200)),
        ("30s", (30,)),
        ("5", (300,)),
        ("12h", (43_200,)),
        ("", ()),
        (" ", ()),
    ],
)
def test_steps_are_read_as_they_are_typed(typed, steps):
    assert parse_steps(typed, path="steps") == steps


@given(st.lists(st.integers(1, MAXIMUM_STEP_SECONDS), max_size=10).map(tuple))
def test_what_is_shown_is_read_again(steps):
    assert parse_steps(show_steps(steps), path="steps") == steps


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("1m ten", "“ten” is no step"),
        ("1.5m", "“1.5m” is no step"),
        ("-1m", "“-1m” is no step"),
        ("٣m", "is no step"),
        ("1m 2d", "“2d” is too long: a step lasts up to 12h"),
        ("13h", "“13h” is too long"),
        ("0m", "“0m” is too short"),
        ("9" * 30, "is no step"),
    ],
)
def test_what_is_no_step_is_named(typed, says):
    with pytest.raises(Invalid) as caught:
        parse_steps(typed, path="learning_steps")

    (problem,) = caught.value.problems
    assert problem.path == "learning_steps"
    assert says in problem.message


def test_every_wrong_word_is_named():
    with pytest.raises(Invalid) as caught:
        parse_steps("x 1m y", path="steps")

    assert len(caught.value.problems) == 2
