"""Any number of keys among distractors."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.choices import Choices, Option
from quizapp.questions.multiple_response import MultipleResponseType

TYPE = MultipleResponseType()


def content(*keys: bool) -> Choices:
    options = tuple(Option(f"option {n}", key, f"about {n}") for n, key in enumerate(keys))
    return Choices("Which?", options)


CONTENT = (
    st.lists(st.booleans(), min_size=2, max_size=10)
    .filter(lambda keys: any(keys) and not all(keys))
    .map(lambda keys: content(*keys))
)


@st.composite
def graded(draw: st.DrawFn) -> tuple[Choices, frozenset[int]]:
    question = draw(CONTENT)
    indexes = st.integers(0, len(question.options) - 1)
    return question, draw(st.frozensets(indexes, min_size=1))


@given(graded())
def test_the_grade_is_the_balance_of_right_and_wrong(case: tuple[Choices, frozenset[int]]) -> None:
    question, response = case
    balance = sum(1 if question.options[index].key else -1 for index in response)

    fraction = TYPE.grade(question, response).fraction

    assert fraction == max(Fraction(0), Fraction(balance, len(question.keys)))
    assert 0 <= fraction <= 1


@given(CONTENT)
def test_all_keys_and_nothing_else_earn_full_marks(question: Choices) -> None:
    grade = TYPE.grade(question, question.keys)

    assert grade.fraction == 1
    assert grade.feedback == ""
    assert all(part.fraction == 1 for part in grade.parts)


@given(CONTENT)
def test_choosing_everything_is_never_full_marks(question: Choices) -> None:
    everything = frozenset(range(len(question.options)))

    assert TYPE.grade(question, everything).fraction < 1


@given(graded())
def test_full_marks_mean_that_the_keys_were_chosen(case: tuple[Choices, frozenset[int]]) -> None:
    question, response = case

    assert TYPE.grade(question, response).is_right is (response == question.keys)


def test_each_option_is_a_part() -> None:
    parts = TYPE.grade(content(True, True, False, False), frozenset({0, 2})).parts

    assert [part.fraction for part in parts] == [1, 0, 0, 1]
    assert [part.given for part in parts] == ["option 0", "", "option 2", ""]
    assert [part.expected for part in parts] == ["option 0", "option 1", "", ""]
    assert [part.feedback for part in parts] == ["about 0", "", "about 2", ""]


@pytest.mark.parametrize(
    ("keys", "response", "feedback"),
    [
        ((True, True, False), {0}, "You chose 1 of 2 right options."),
        ((True, True, False), {0, 2}, "You chose 1 of 2 right options and 1 wrong one."),
        ((True, False, False), {0, 1, 2}, "You chose the right option and 2 wrong ones."),
        ((True, True, False), {2}, "You chose none of the right options."),
        ((True, False), {1}, "You missed the right option."),
    ],
)
def test_the_feedback_counts(keys: tuple[bool, ...], response: set[int], feedback: str) -> None:
    assert TYPE.grade(content(*keys), frozenset(response)).feedback == feedback


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ((False, False), "Mark every right option; none is marked."),
        ((True, True), "Add an option that is not right, or choosing all wins."),
    ],
)
def test_there_must_be_a_key_and_a_distractor(keys: tuple[bool, ...], message: str) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse(TYPE.dump(content(*keys)))

    assert [(p.path, p.message) for p in raised.value.problems] == [("options", message)]


def test_the_same_option_posted_twice_counts_once() -> None:
    assert TYPE.parse_response(content(True, False), {"choice": ["1", "1"]}) == frozenset({1})


def test_the_stored_choice_is_a_sorted_list_of_indexes() -> None:
    stored: dict[str, Any] = TYPE.dump_response(frozenset({3, 0}))

    assert stored == {"choice": [0, 3]}


def test_the_review_tells_missed_keys_from_chosen_ones() -> None:
    reviewed = TYPE.review(content(True, True, False, False), frozenset({0, 2}), (3, 2, 1, 0))

    assert [option.state for option in reviewed] == ["", "wrong", "missed", "right"]
    assert [option.letter for option in reviewed] == ["A", "B", "C", "D"]


def test_the_answer_lists_the_keys_in_words() -> None:
    assert TYPE.answer(content(True, False, True)).text == "option 0; option 2"


EXACT = TYPE.parse(
    {
        "stem": "Which?",
        "options": [
            {"text": "a", "key": True},
            {"text": "b", "key": True},
            {"text": "c"},
            {"text": "d", "locked": True},
        ],
        "scoring": "all-or-nothing",
    }
)


@pytest.mark.parametrize(
    ("response", "fraction", "feedback"),
    [
        ({0, 1}, 1, ""),
        (
            {0},
            0,
            "You chose 1 of 2 right options. Here only the exact set of right options counts.",
        ),
        ({0, 2}, 0, "You chose 1 of 2 right options and 1 wrong one."),
        ({2}, 0, "You chose none of the right options."),
    ],
)
def test_all_or_nothing_wants_the_exact_set(
    response: set[int], fraction: int, feedback: str
) -> None:
    grade = TYPE.grade(EXACT, frozenset(response))

    assert (grade.fraction, grade.feedback) == (fraction, feedback)


def test_learners_know_when_only_the_exact_set_counts() -> None:
    assert TYPE.public(EXACT).exact
    assert not TYPE.public(content(True, False)).exact


def test_guessing_all_of_it_rarely_pays() -> None:
    assert TYPE.guess_score(EXACT) == Fraction(1, 16)
    # Of the four choices {}, {key}, {wrong}, both: only the key alone earns anything.
    assert TYPE.guess_score(content(True, False)) == Fraction(1, 4)


def test_contents_stored_before_there_was_scoring_or_locking_read_the_same() -> None:
    options = [{"text": "a", "key": True, "feedback": ""}, {"text": "b", "key": False}]
    stored = {"stem": "Which?", "options": options, "explanation": ""}

    dumped = TYPE.dump(TYPE.parse(stored))

    assert set(dumped) == {"stem", "options", "explanation"}
    assert all(set(option) == {"text", "key", "feedback"} for option in dumped["options"])
    assert TYPE.parse(stored | {"scoring": "partial"}) == TYPE.parse(stored)
    assert TYPE.parse(TYPE.dump(EXACT)) == EXACT
    assert TYPE.locked(EXACT) == {3}


@pytest.mark.parametrize("scoring", ["none", "Partial", True, 1, ["partial"]])
def test_a_way_of_scoring_that_is_unknown_is_refused(scoring: Any) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse(TYPE.dump(EXACT) | {"scoring": scoring})

    assert [problem.path for problem in raised.value.problems] == ["scoring"]
