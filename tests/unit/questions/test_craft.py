"""Advice on a question."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.questions.craft import checks
from quizapp.questions.registry import TYPES


def advice(type_name: str, *, is_cited: bool = True, **raw: Any) -> list[str]:
    """Return what is still to do."""
    kind = TYPES[type_name]
    content = kind.parse(raw)
    found = checks(content, explanation=kind.explanation(content), is_cited=is_cited)
    return [check.words for check in found if not check.is_met]


def choice(*texts: str, **given: Any) -> dict[str, Any]:
    options = [{"text": t, "key": n == 0, "feedback": "Why."} for n, t in enumerate(texts)]
    return {"stem": "Which one?", "options": options, "explanation": "So."} | given


@pytest.mark.parametrize("type_name", list(TYPES))
def test_the_example_of_every_type_needs_little(type_name: str) -> None:
    kind = TYPES[type_name]
    content, _ = kind.example()

    found = checks(content, explanation=kind.explanation(content), is_cited=True)

    assert sum(not check.is_met for check in found) <= 1


def test_a_good_question_meets_every_check() -> None:
    assert advice("single_choice", **choice("Lima", "Quito")) == []


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (choice("Lima", "Quito", explanation=""), "Say why the key is right"),
        (choice("Lima", "All of the above"), "all"),
        (choice("None of these", "Quito"), "none"),
        (choice("Lima", "Quito", stem="Which is *not* a city?"), "what is so"),
        (choice("Lima, which was founded by Pizarro in 1535", "Quito"), "length gives it away"),
    ],
)
def test_each_weakness_is_named(raw: dict[str, Any], words: str) -> None:
    (found,) = advice("single_choice", **raw)

    assert words in found


@pytest.mark.parametrize(
    "stem", ["Which note was written?", "Where is the nave?", "Why exceptional?"]
)
def test_a_word_that_only_looks_negative_is_none(stem: str) -> None:
    assert advice("single_choice", **choice("Lima", "Quito", stem=stem)) == []


def test_distractors_without_feedback_are_counted() -> None:
    raw = choice("Lima", "Quito", "La Paz")
    for option in raw["options"][1:]:
        option["feedback"] = ""

    assert advice("single_choice", **raw) == ["Say why it is wrong: 2 options have no feedback"]


def test_a_question_without_proof_is_told() -> None:
    found = advice("single_choice", is_cited=False, **choice("Lima", "Quito"))

    assert found == ["Link it to the words that prove it"]


def test_a_long_key_is_too_much_to_type() -> None:
    (found,) = advice(
        "short_text", stem="What?", accepted=["a key of five words"], explanation="So."
    )

    assert "at most 4 words" in found


def test_a_text_of_gaps_leaves_nothing_to_go_by() -> None:
    text = "{{One}} and {{two}} and {{three}} and {{four}}."

    (found,) = advice("cloze", text=text, explanation="So.")

    assert "with 4" in found
