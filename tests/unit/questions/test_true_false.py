"""A statement that holds or does not."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.questions.true_false import TrueFalse, TrueFalseType

TYPE = TrueFalseType()
CONTENT = TrueFalse("It *rains*.", key=False, feedback="The sun shines.", explanation="Look.")


@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("response", [True, False])
def test_the_right_word_earns_full_marks_and_the_other_none(key: bool, response: bool) -> None:
    grade = TYPE.grade(TrueFalse("x", key), response)

    assert grade.fraction == (key is response)
    assert (grade.parts[0].given, grade.parts[0].expected) == (str(response), str(key))


def test_why_is_told_either_way() -> None:
    assert TYPE.grade(CONTENT, True).feedback == TYPE.grade(CONTENT, False).feedback
    assert TYPE.grade(CONTENT, True).feedback == "The sun shines."


@pytest.mark.parametrize(
    ("response", "states", "feedback"),
    [
        (True, ["wrong", "missed"], ["The sun shines.", ""]),
        (False, ["", "right"], ["", "The sun shines."]),
        (None, ["", "missed"], ["", "The sun shines."]),
    ],
)
def test_the_review_says_why_once(
    response: bool | None, states: list[str], feedback: list[str]
) -> None:
    reviewed = TYPE.review(CONTENT, response)

    assert [option.state for option in reviewed] == states
    assert [option.feedback for option in reviewed] == feedback
    assert [(option.letter, option.text) for option in reviewed] == [("A", "True"), ("B", "False")]


@pytest.mark.parametrize("values", [["yes"], ["True"], ["0"], ["true", "false"]])
def test_other_words_are_refused(values: list[str]) -> None:
    with pytest.raises(Invalid):
        TYPE.parse_response(CONTENT, {"choice": values})


@pytest.mark.parametrize("stored", [{}, {"choice": "true"}, {"choice": 1}, {"choice": [True]}])
def test_a_stored_choice_that_is_no_truth_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(CONTENT, stored)


@pytest.mark.parametrize("key", [None, "true", 1])
def test_the_key_must_be_said(key: object) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse({"stem": "x", "key": key})

    assert [problem.path for problem in raised.value.problems] == ["key"]


def test_false_is_a_key_like_any_other() -> None:
    assert TYPE.parse({"stem": "x", "key": False}).key is False
