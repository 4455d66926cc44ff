"""One key among distractors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.base import ReviewedOption
from quizapp.questions.single_choice import SingleChoiceType

TYPE = SingleChoiceType()


def raw(*texts: str, key: int = 0, **more: Any) -> dict[str, Any]:
    options = [
        {"text": text, "key": place == key, "feedback": f"about {text}"}
        for place, text in enumerate(texts)
    ]
    return {"stem": "Which?", "options": options, **more}


def problems(raw: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        TYPE.parse(raw)
    return {problem.path: problem.message for problem in raised.value.problems}


def test_key_and_feedback_may_be_left_out_of_a_distractor() -> None:
    content = TYPE.parse({"stem": "Which?", "options": [{"text": "a", "key": True}, {"text": "b"}]})

    assert [option.key for option in content.options] == [True, False]
    assert content.explanation == ""


def test_every_problem_is_told_at_once_at_its_path() -> None:
    found = problems(
        {
            "stem": " ",
            "options": [{"text": "a"}, {"text": "", "kee": 1}, "b", {"text": 4, "key": "yes"}],
            "explanation": "x" * 4_001,
        }
    )

    assert set(found) == {
        "stem", "options", "options.1.text", "options.1.kee", "options.2", "options.2.text",
        "options.3.text", "options.3.key", "explanation",
    }  # fmt: skip
    assert found["options"] == "Mark the right option."


def test_two_keys_are_refused() -> None:
    question = raw("a", "b", "c")
    question["options"][1]["key"] = True

    assert problems(question) == {"options": "Mark one right option, not 2."}


@pytest.mark.parametrize("count", [1, 11, 5_000])
def test_too_few_and_too_many_options_are_refused(count: int) -> None:
    found = problems(raw(*(f"option {n}" for n in range(count))))

    assert found == {"options": f"Give 2 to 10 options, not {count}."}


def test_options_that_say_the_same_are_refused() -> None:
    found = problems(raw("Deir ez-Zor", "Homs", "*deir EZ zor*"))

    assert found == {"options.2.text": "This says the same as option 1; change it or remove it."}


def test_options_of_signs_alone_are_told_apart() -> None:
    assert len(TYPE.parse(raw("?", "!", "…")).options) == 3


@given(st.permutations(range(4)), st.integers(0, 3), st.integers(0, 3))
def test_only_the_key_earns_marks_wherever_it_is_shown(
    order: list[int], key: int, place: int
) -> None:
    content = TYPE.parse(raw("a", "b", "c", "d", key=key))

    response = TYPE.parse_response(content, {"choice": [str(place)]}, order)

    assert response == order[place]
    assert TYPE.grade(content, response).fraction == (order[place] == key)


def test_the_feedback_is_that_of_the_option_chosen() -> None:
    content = TYPE.parse(raw("*a*", "b", "c"))

    grade = TYPE.grade(content, 1)

    assert (grade.feedback, grade.parts[0].feedback) == ("about b", "about b")
    assert (grade.parts[0].given, grade.parts[0].expected) == ("b", "a")
    assert grade.parts[0].state == "wrong"


@pytest.mark.parametrize("values", [["4"], ["-1"], ["x"], ["0", "1"], ["٠"], ["1" * 9_999]])
def test_a_choice_that_was_not_offered_is_refused(values: list[str]) -> None:
    content = TYPE.parse(raw("a", "b", "c", "d"))

    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(content, {"choice": values})

    assert raised.value.problems[0].path == "choice"


@pytest.mark.parametrize("choice", [None, 1, [], [9], [-1], [True], [0, 1], ["0"]])
def test_a_stored_choice_that_does_not_fit_is_refused(choice: Any) -> None:
    content = TYPE.parse(raw("a", "b"))

    with pytest.raises(Invalid):
        TYPE.load_response(content, {"choice": choice})


def test_an_order_that_leaves_options_out_is_a_mistake_in_the_program() -> None:
    content = TYPE.parse(raw("a", "b", "c"))

    for order in ([0, 1], [0, 1, 1], [1, 2, 3]):
        with pytest.raises(ValueError, match="no order of 3 options"):
            TYPE.public(content, order)


def test_the_review_shows_what_was_chosen_and_what_was_right_in_the_order_shown() -> None:
    content = TYPE.parse(raw("a", "b", "c"))

    assert TYPE.review(content, 1, (2, 1, 0)) == (
        ReviewedOption("c", "", "", "A"),
        ReviewedOption("b", "wrong", "about b", "B"),
        ReviewedOption("a", "missed", "about a", "C"),
    )
    assert [option.state for option in TYPE.review(content, 0)] == ["right", "", ""]
    assert [option.state for option in TYPE.review(content, None)] == ["missed", "", ""]


def test_the_sixth_option_leaves_its_letter_to_the_flag() -> None:
    shown = TYPE.public(TYPE.parse(raw(*"abcdefghij"))).options

    assert [option.shortcuts for option in shown][4:7] == ["e 5", "6", "g 7"]
    assert shown[9].shortcuts == "j"
