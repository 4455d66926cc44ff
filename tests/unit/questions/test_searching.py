"""What is searched of a question, and what a search asks for."""

from __future__ import annotations

import pytest

from quizapp.questions.registry import TYPES
from quizapp.questions.searching import MOST_NEEDLES, needles, searched_text
from tests.support.make import RAW


def is_found(search: str, type_name: str = "single_choice", **stated: object) -> bool:
    kind = TYPES[type_name]
    content = kind.dump(kind.parse(RAW[type_name] | stated))
    text = searched_text(12, "the-key-of-it", type_name, content)
    return all(needle in text for needle in needles(search))


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("HAMADAN", True),
        ("hamadan shahid", True),
        ("madan", True),
        ("important", True),
        ("al-Qa’im", True),
        ("al qaim", True),
        ("“airbase at Hamadan”", True),
        ('"Hamadan airbase"', False),
        ("key-of", True),
        ("#12", True),
        ("#1", False),
        ("Tehran", False),
        ("the", True),
        ("i", False),
        ("", True),
        ("?!", True),
    ],
)
def test_words_are_found_wherever_they_stand(search: str, expected: bool) -> None:
    options = [
        {
            "text": "Shahid Nojéh",
            "key": True,
            "feedback": "It lies near **Al Qa'im**, im*port*ant.",
        },
        {"text": "Another", "key": False, "feedback": ""},
    ]
    found = is_found(search, stem="Which airbase at Hamadân?", options=options, explanation="")

    assert found is expected


@pytest.mark.parametrize("type_name", list(TYPES))
def test_every_type_is_found_by_its_stem(type_name: str) -> None:
    kind = TYPES[type_name]
    words = kind.stem(kind.parse(RAW[type_name])).replace("___", " ").split()

    assert all(is_found(word, type_name) for word in words)


def test_how_a_question_is_scored_is_no_word_of_it() -> None:
    assert not is_found("all-or-nothing", "multiple_response", scoring="all-or-nothing")


def test_a_very_long_search_looks_for_its_longest_words() -> None:
    wanted = needles(" ".join("abcdefghijkl"[:n] for n in range(3, 13)))

    assert len(wanted) == MOST_NEEDLES
    assert wanted[0] == "abcdefghijkl"
