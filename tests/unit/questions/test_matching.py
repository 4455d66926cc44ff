"""Pairs to match."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.matching import MatchingType
from quizapp.questions.matching_reading import MAX_CHOICES

TYPE = MatchingType()


def raw(*pairs: tuple[str, str], **given: Any) -> dict[str, Any]:
    rows = [{"left": left, "right": right} for left, right in pairs]
    return {"stem": "Who belongs where?", "pairs": rows} | given


def content(*pairs: tuple[str, str], **given: Any) -> Any:
    return TYPE.parse(raw(*pairs, **given))


PEOPLE = content(
    ("*Dehghan*", "Iran"), ("Lavrentiev", "Russia"), ("Shamkhani", "Iran"), distractors=["Turkey"]
)


def test_a_choice_that_several_pairs_share_is_offered_once() -> None:
    assert PEOPLE.choices == ("Iran", "Russia", "Turkey")
    assert TYPE.guess_score(PEOPLE) == Fraction(1, 3)


@given(st.permutations(range(3)), st.tuples(*[st.sampled_from([None, 0, 1, 2])] * 3))
def test_the_grade_is_the_share_of_right_pairs_whatever_the_order(
    order: list[int], response: tuple[int | None, ...]
) -> None:
    read = TYPE.parse_response(PEOPLE, TYPE.fill(PEOPLE, response, order), order)

    assert read == (response if any(one is not None for one in response) else None)
    right = sum(one == key for one, key in zip(response, (0, 1, 0), strict=True))
    assert TYPE.grade(PEOPLE, response).fraction == Fraction(right, 3)


def test_each_pair_says_what_was_chosen_and_what_belongs_to_it() -> None:
    grade = TYPE.grade(PEOPLE, (0, 2, None))

    assert [(part.label, part.given, part.expected, part.state) for part in grade.parts] == [
        ("Dehghan", "Iran", "Iran", "right"),
        ("Lavrentiev", "Turkey", "Russia", "wrong"),
        ("Shamkhani", "", "Iran", "missed"),
    ]
    assert grade.feedback == "1 of 3 pairs right."


def test_the_list_does_not_follow_the_order_of_the_pairs() -> None:
    pairs = content(("a", "Volga"), ("b", "Rhine"), ("c", "Danube"))

    assert TYPE.public(pairs).choices == ("Danube", "Rhine", "Volga")
    assert TYPE.public(pairs, (2, 0, 1)).choices == ("Volga", "Danube", "Rhine")


def test_the_answer_names_every_pair() -> None:
    assert TYPE.answer(PEOPLE).text == "Dehghan – Iran; Lavrentiev – Russia; Shamkhani – Iran"


@pytest.mark.parametrize("value", ["3", "-1", "x", "Iran", "00"])
def test_a_choice_that_is_not_in_the_list_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(PEOPLE, {"match-0": [value], "match-2": ["1", "2"]})

    assert [problem.path for problem in raised.value.problems] == ["match-0", "match-2"]


@pytest.mark.parametrize("matches", [None, "012", [0, 1], [0, 1, 3], [0, 1, True], [0, 1, "2"]])
def test_stored_choices_that_do_not_fit_are_refused(matches: Any) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(PEOPLE, {"matches": matches})


@pytest.mark.parametrize(
    ("stated", "path", "words"),
    [
        (raw(("a", "1")), "pairs", "Give 2 to 10 pairs, not 1."),
        (raw(*[(f"a{n}", str(n)) for n in range(11)]), "pairs", "Give 2 to 10 pairs, not 11."),
        (raw(("a", "1"), ("", "2")), "pairs.1.left", "Write the left-hand item"),
        (raw(("a", "1"), ("b", "")), "pairs.1.right", "Write what belongs to it"),
        (raw(("a", "1"), ("*A*", "2")), "pairs.1.left", "This says the same as pair 1"),
        (
            raw(("a", "Iran"), ("b", "IRAN"), ("c", "Iraq")),
            "pairs.1.right",
            "Write this as elsewhere, “Iran”",
        ),
        (raw(("a", "1"), ("b", "1")), "pairs", "Give at least two different right-hand items"),
        (raw(("a", "x"), ("b", "y"), distractors=["X"]), "distractors.0", "stands in the list"),
        (
            raw(("a", "x"), ("b", "y"), distractors=[f"d{n}" for n in range(MAX_CHOICES - 1)]),
            "distractors",
            f"Give at most {MAX_CHOICES} right-hand items in all; there are {MAX_CHOICES + 1}.",
        ),
    ],
)
def test_pairs_that_cannot_be_told_apart_are_refused(
    stated: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse(stated)

    assert [problem.path for problem in raised.value.problems] == [path]
    assert words in raised.value.problems[0].message
