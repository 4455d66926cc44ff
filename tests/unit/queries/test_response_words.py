"""Responses of every type in plain words."""

from __future__ import annotations

import pytest

from quizapp.queries.response_words import in_words, response_token
from quizapp.questions.registry import GRADABLE, TYPES


@pytest.mark.parametrize("name", GRADABLE)
def test_every_type_can_be_said_on_one_line(name: str) -> None:
    kind = TYPES[name]
    content, posted = kind.example()
    response = kind.parse_response(content, posted)

    words = in_words(kind, content, response)

    assert words
    assert "\n" not in words
    assert in_words(kind, content, None) == ""


def test_an_option_that_is_half_right_is_said_as_any_other() -> None:
    kind = TYPES["single_choice"]
    options = [
        {"text": "Canberra", "key": True, "feedback": ""},
        {"text": "Sydney", "key": False, "feedback": "", "credit": "50"},
    ]
    content = kind.parse({"stem": "What is the capital?", "options": options})

    assert in_words(kind, content, 1) == "Sydney"


def test_what_is_typed_alike_has_one_token() -> None:
    assert response_token({"text": "The  Tigris"}) == response_token({"text": "the tigris"})
    assert response_token({"text": "Tigris"}) != response_token({"text": "Nile"})
    assert response_token({"choice": [1, 2]}) != response_token({"choice": [2]})
    assert response_token({"choice": True}) != response_token({"choice": False})
