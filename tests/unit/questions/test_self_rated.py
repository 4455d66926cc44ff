"""Questions that learners rate themselves on."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.questions.registry import GRADABLE, TYPES
from quizapp.questions.self_rated import SelfRatedType

TYPE = SelfRatedType()
CONTENT = TYPE.parse({"stem": "Why?", "answer": "Because of\n\n- **this**\n- that"})


def test_no_quiz_may_ask_it_and_every_other_type_it_may() -> None:
    assert TYPE.is_gradable is False
    assert set(TYPES) - set(GRADABLE) == {"self_rated"}


@pytest.mark.parametrize(
    ("said", "fraction"), [("right", Fraction(1)), ("partly", Fraction(1, 2)), ("wrong", 0)]
)
def test_the_grade_is_what_the_learner_said(said: str, fraction: Fraction) -> None:
    response = TYPE.parse_response(CONTENT, {"choice": [said]})

    assert response is not None
    assert TYPE.grade(CONTENT, response).fraction == fraction


def test_the_answer_has_its_markup_beside_its_words() -> None:
    answer = TYPE.answer(CONTENT)

    assert "**this**" in answer.markdown
    assert "*" not in answer.text
    assert answer.text.startswith("Because of")


@pytest.mark.parametrize("value", ["0", "Right", "yes", None, 1, ["right"]])
def test_a_rating_that_is_unknown_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(CONTENT, {"choice": value})


def test_a_rating_that_was_not_offered_is_refused() -> None:
    with pytest.raises(Invalid):
        TYPE.parse_response(CONTENT, {"choice": ["easy"]})
