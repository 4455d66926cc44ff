"""A text with gaps."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.cloze import ClozeType, Gap

TYPE = ClozeType()
TEXT = "The *Astana* talks: {{Russia}}, {{Turkey|Türkiye::a member of NATO}} and {{Iran}} (2017)."
CONTENT = TYPE.parse({"text": TEXT})


def test_the_stem_shows_gaps_and_the_answer_fills_them() -> None:
    assert TYPE.stem(CONTENT) == "The Astana talks: ___, ___ and ___ (2017)."
    assert TYPE.answer(CONTENT).text == "The Astana talks: Russia, Turkey and Iran (2017)."
    assert TYPE.answer(CONTENT).also == ("Türkiye",)


@given(st.lists(st.booleans(), min_size=3, max_size=3))
def test_the_grade_is_the_share_of_right_gaps(right: list[bool]) -> None:
    response = tuple(
        blank.key if ok else "Jordan" for blank, ok in zip(CONTENT.blanks, right, strict=True)
    )

    grade = TYPE.grade(CONTENT, response)

    assert grade.fraction == Fraction(sum(right), 3)
    assert [part.fraction == 1 for part in grade.parts] == right


@given(st.tuples(*[st.text(max_size=20)] * 3))
def test_any_response_can_be_graded(response: tuple[str, ...]) -> None:
    assert 0 <= TYPE.grade(CONTENT, response).fraction <= 1


def test_a_gap_left_empty_is_missed_and_the_others_count() -> None:
    grade = TYPE.grade(CONTENT, ("Russia", "", "iran"))

    assert [part.state for part in grade.parts] == ["right", "missed", "right"]
    assert grade.feedback == "2 of 3 gaps right."


def test_a_slip_counts_but_the_key_of_another_gap_is_no_slip() -> None:
    content = TYPE.parse({"text": "From {{Latvia}} come the {{Latvian}} songs."})

    swapped = TYPE.grade(content, ("Latvian", "Latvia"))
    slipped = TYPE.grade(content, ("Latvja", "Latvyan"))

    assert swapped.is_wrong
    assert slipped.is_right
    assert [part.state for part in slipped.parts] == ["slip", "slip"]
    assert slipped.feedback == "Counted as right, with a spelling slip."


def test_gaps_of_keys_of_like_length_look_alike() -> None:
    def shown(key: str) -> Any:
        return TYPE.public(TYPE.parse({"text": f"In {{{{{key}}}}} now."})).segments[1]

    assert shown("Homs") == shown("Damascus") == Gap(1, "gap-0", "", 10)
    assert shown("x" * 150).width == 40


def test_a_long_variant_makes_no_gap_stand_out() -> None:
    content = TYPE.parse({"text": "By {{IRGC|Islamic Revolutionary Guard Corps}} units."})

    gap = TYPE.public(content).segments[1]

    assert isinstance(gap, Gap)
    assert gap.width == 10


def test_a_response_names_each_gap_by_its_number() -> None:
    posted = {"gap-0": [" Russia "], "gap-2": ["Iran"], "gap-9": ["x"]}

    assert TYPE.parse_response(CONTENT, posted) == ("Russia", "", "Iran")


def test_all_malformed_gaps_are_named() -> None:
    posted = {"gap-0": ["x" * 1_001], "gap-1": ["a", "b"], "gap-2": ["\x00"]}

    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(CONTENT, posted)

    assert [problem.path for problem in raised.value.problems] == ["gap-0", "gap-1", "gap-2"]


@pytest.mark.parametrize("gaps", [None, "abc", ["a"], ["a", "b", 3], ["a"] * 4])
def test_stored_texts_that_do_not_fit_are_refused(gaps: Any) -> None:
    with pytest.raises(Invalid):
        TYPE.load_response(CONTENT, {"gaps": gaps})


def test_what_is_wrong_with_the_gaps_is_a_problem_of_the_text() -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse({"text": "a {{b", "explanation": 3})

    assert [problem.path for problem in raised.value.problems] == ["text", "explanation"]


LISTED = TYPE.parse({"text": "{{Latvia|~Latvian}} lies by the {{Baltic::a sea}} sea."})


def test_whoever_chooses_a_neighbouring_word_is_wrong() -> None:
    chosen = TYPE.grade(LISTED, ("Latvian", "Baltick"))

    assert [part.state for part in chosen.parts] == ["wrong", "slip"]
    assert TYPE.grade(LISTED, ("Latvia", "baltic")).is_right


@pytest.mark.parametrize("value", ["Lithuania", "latvia", "0"])
def test_what_is_not_in_the_list_of_a_gap_is_refused(value: str) -> None:
    with pytest.raises(Invalid) as raised:
        TYPE.parse_response(LISTED, {"gap-0": [value], "gap-1": ["x"]})
    assert [problem.path for problem in raised.value.problems] == ["gap-0"]

    with pytest.raises(Invalid):
        TYPE.load_response(LISTED, {"gaps": [value, "x"]})


def test_a_gap_to_choose_from_may_be_left_empty() -> None:
    assert TYPE.parse_response(LISTED, {"gap-0": [""], "gap-1": ["Baltic"]}) == ("", "Baltic")


def test_guessing_pays_where_there_is_a_list() -> None:
    assert TYPE.guess_score(LISTED) == Fraction(1, 4)
    assert TYPE.guess_score(CONTENT) == 0
