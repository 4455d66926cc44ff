"""What the results page tells of a response that a regrade accepted."""

from __future__ import annotations

from fractions import Fraction

from quizapp.grading.regrades import ACCEPTED
from quizapp.queries.reviewed import AcceptingType
from quizapp.questions.registry import TYPES

CHOICE = {
    "stem": "Which?",
    "options": [
        {"text": "Japan", "key": True, "feedback": "It left in 1945."},
        {"text": "Romania", "key": False, "feedback": "It stayed."},
        {"text": "Bulgaria", "key": False},
    ],
}


def test_an_option_that_was_chosen_and_accepted_is_right_and_says_why() -> None:
    kind = TYPES["single_choice"]
    content = kind.parse(CHOICE)
    response = kind.parse_response(content, {"choice": ["1"]})

    told = AcceptingType(kind).review(content, response, (0, 1, 2))

    assert [(one.state, one.feedback) for one in told] == [
        ("missed", "It left in 1945."),
        ("right", ACCEPTED),
        ("", ""),
    ]


def test_a_text_that_was_accepted_is_right_beside_the_key() -> None:
    kind = TYPES["short_text"]
    content = kind.parse({"stem": "Which river?", "accepted": ["Euphrates"]})
    response = kind.parse_response(content, {"text": ["Tigris"]})

    (part,) = AcceptingType(kind).parts(content, response)

    assert (part.state, part.given, part.expected) == ("right", "Tigris", "Euphrates")
    assert (part.fraction, part.is_variant) == (Fraction(1), True)
