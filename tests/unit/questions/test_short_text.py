"""A word or a few to type."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.folding import fold
from quizapp.questions.short_text import ShortText, ShortTextType

TYPE = ShortTextType()
CONTENT = ShortText("Which *city*?", ("Deir ez-Zor", "Dayr az-Zawr", "Hamadan"))
ACCEPTED = st.text(min_size=1, max_size=20).filter(fold)


def problems(accepted: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        TYPE.parse({"stem": "Which?", "accepted": accepted})
    return {problem.path: problem.message for problem in raised.value.problems}


@given(st.lists(ACCEPTED, min_size=1, max_size=4), st.data())
def test_every_accepted_text_earns_full_marks(texts: list[str], data: st.DataObject) -> None:
    content = ShortText("Which?", tuple(texts))

    grade = TYPE.grade(content, data.draw(st.sampled_from(texts)))

    assert grade.fraction == 1
    assert not grade.parts[0].slip


@given(st.text(max_size=60))
def test_any_text_can_be_graded(text: str) -> None:
    assert TYPE.grade(CONTENT, text).fraction in (0, 1)


def test_a_slip_counts_as_right_and_is_shown_beside_the_spelling_meant() -> None:
    grade = TYPE.grade(CONTENT, "Hamdan")

    assert grade.is_right
    assert (grade.parts[0].state, grade.parts[0].expected) == ("slip", "Hamadan")
    assert grade.feedback == "Counted as right, with a spelling slip."


def test_a_wrong_text_is_shown_beside_the_first_accepted_one() -> None:
    grade = TYPE.grade(CONTENT, "Homs")

    assert grade.is_wrong
    assert (grade.parts[0].state, grade.parts[0].expected) == ("wrong", "Deir ez-Zor")


def test_nothing_typed_is_shown_as_missed() -> None:
    assert TYPE.parts(CONTENT, None)[0].state == "missed"


def test_the_first_accepted_text_is_the_answer() -> None:
    answer = TYPE.answer(CONTENT)

    assert answer.text == "Deir ez-Zor"
    assert answer.also == ("Dayr az-Zawr", "Hamadan")


@pytest.mark.parametrize(
    ("accepted", "path"),
    [
        (None, "accepted"),
        ([], "accepted"),
        ("Homs", "accepted"),
        (["Homs", ""], "accepted.1"),
        (["Homs", "…"], "accepted.1"),
        (["Homs", 2016], "accepted.1"),
        (["Homs", "Homs"], "accepted.1"),
        (["x" * 1_001], "accepted.0"),
        ([f"x{n}" for n in range(51)], "accepted"),
    ],
)
def test_accepted_texts_that_cannot_be_right_are_refused(accepted: Any, path: str) -> None:
    assert set(problems(accepted)) == {path}


def test_spellings_that_fold_together_may_be_listed() -> None:
    content = TYPE.parse({"stem": "Which?", "accepted": ["Deir ez-Zor", "Deir Ezzor"]})

    assert content.accepted == ("Deir ez-Zor", "Deir Ezzor")


def test_a_response_is_trimmed_and_kept_as_typed() -> None:
    assert TYPE.parse_response(CONTENT, {"text": ["  deir EZZOR "]}) == "deir EZZOR"


@pytest.mark.parametrize("posted", [{}, {"text": []}, {"text": [""]}, {"text": [" \t"]}])
def test_nothing_typed_is_no_response(posted: dict[str, list[str]]) -> None:
    assert TYPE.parse_response(CONTENT, posted) is None


def test_who_was_right_in_other_words_is_told_the_key() -> None:
    content = TYPE.parse({"stem": "Which river?", "accepted": ["Euphrates", "al-Furat"]})

    (variant,), (key,) = TYPE.parts(content, "Al Furat"), TYPE.parts(content, "euphrates")

    assert (variant.state, variant.is_variant, variant.expected) == ("right", True, "Euphrates")
    assert (key.state, key.is_variant) == ("right", False)
