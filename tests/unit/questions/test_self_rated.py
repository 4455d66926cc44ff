"""Questions that learners answer in their own words."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.questions.registry import GRADABLE, TYPES
from quizapp.questions.self_rated import OPEN_LIMIT, SelfRatedType

TYPE = SelfRatedType()
CONTENT = TYPE.parse({"stem": "Why?", "answer": "Because of\n\n- **this**\n- that"})


def test_it_is_the_one_type_that_a_person_marks() -> None:
    assert TYPE.is_gradable is False
    assert set(TYPES) - set(GRADABLE) == {"self_rated"}
    with pytest.raises(TypeError):
        TYPE.grade(CONTENT, "Because of this.")


def test_the_answer_has_its_markup_beside_its_words() -> None:
    answer = TYPE.answer(CONTENT)

    assert "**this**" in answer.markdown
    assert "*" not in answer.text
    assert answer.text.startswith("Because of")


def test_a_response_keeps_its_lines() -> None:
    response = TYPE.parse_response(CONTENT, {"text": ["  One.\r\n\r\nTwo. "]})

    assert response == "One.\n\nTwo."
    assert TYPE.dump_response(response) == {"text": response}


@pytest.mark.parametrize("text", ["x" * (OPEN_LIMIT + 1), "a\x00b"])
def test_what_cannot_be_kept_is_refused(text: str) -> None:
    assert TYPE.parse_response(CONTENT, {"text": ["x" * OPEN_LIMIT]})
    with pytest.raises(Invalid):
        TYPE.parse_response(CONTENT, {"text": [text]})


@pytest.mark.parametrize("value", [None, 1, ["right"]])
def test_a_stored_response_that_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(CONTENT, {"text": value})
