"""Texts from outside are cleaned, and refused with a place and advice."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid, Problem
from quizapp.questions.reading import Reader, clean, posted_value, response_text


def problems(reader: Reader) -> dict[str, str]:
    return {problem.path: problem.message for problem in reader.problems}


@given(st.text(max_size=60), st.integers(1, 50))
def test_a_cleaned_text_is_normal_short_and_stays_as_it_is(text: str, limit: int) -> None:
    cleaned, complaint = clean(text, limit)

    assert len(cleaned) <= limit
    assert clean(cleaned, limit) == (cleaned, "")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not (cleaned and complaint)


def test_cleaning_unifies_line_ends_and_trims() -> None:
    assert clean(" a\r\nb\rc ", 10) == ("a\nb\nc", "")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800"])
def test_what_cannot_be_stored_or_shown_is_refused(character: str) -> None:
    assert clean(f"ab{character}c", 10) == ("", "Remove the unprintable character at place 3.")


def test_a_long_text_is_refused_with_both_lengths() -> None:
    assert clean("x" * 1_500, 1_000) == ("", "Shorten this to 1,000 characters; it has 1,500.")


def test_an_unknown_field_is_named() -> None:
    reader = Reader({"stem": "x", "steem": "y"}, ("stem", "key"), path="options.2")

    assert problems(reader) == {"options.2.steem": "Remove this field; the fields are stem, key."}


@pytest.mark.parametrize("raw", [None, "stem", ["stem"], 3])
def test_what_is_no_mapping_is_refused(raw: object) -> None:
    assert problems(Reader(raw, ("stem",))) == {"": "Give this as named fields: stem."}


@pytest.mark.parametrize("value", [2016, 3.10, True, ["x"], {}])
def test_a_value_that_is_no_text_is_to_be_quoted(value: object) -> None:
    reader = Reader({"stem": value}, ("stem",))

    assert reader.text("stem", 10, "Write it.") == ""
    assert problems(reader) == {"stem": "Put this in quotes, so that it is read as text."}


@pytest.mark.parametrize("raw", [{}, {"stem": None}, {"stem": ""}, {"stem": " \n"}])
def test_a_missing_text_is_asked_for_once(raw: dict[str, object]) -> None:
    reader = Reader(raw, ("stem",))

    assert reader.text("stem", 10, "Write it.") == ""
    assert reader.problems == [Problem("stem", "Write it.")]


def test_an_optional_text_may_be_missing() -> None:
    reader = Reader({}, ("stem",))

    assert reader.text("stem", 10) == ""
    reader.finish()


@pytest.mark.parametrize("value", ["true", 1, 0, [], "yes"])
def test_truth_is_true_or_false_and_nothing_like_it(value: object) -> None:
    reader = Reader({"key": value}, ("key",))

    reader.truth("key")

    assert problems(reader) == {"key": "Say true or false."}


@pytest.mark.parametrize("value", ["abc", {"a": 1}, 3])
def test_a_list_is_a_list(value: object) -> None:
    reader = Reader({"options": value}, ("options",))

    assert reader.items("options", "Give one.") == ()
    assert problems(reader) == {"options": "Give this as a list."}


def test_every_problem_is_raised_at_once() -> None:
    reader = Reader({"a": 1, "c": 2}, ("a", "b"))
    reader.text("a", 10)
    reader.text("b", 10, "Write it.")

    with pytest.raises(Invalid) as raised:
        reader.finish()

    assert [problem.path for problem in raised.value.problems] == ["c", "a", "b"]


def test_one_posted_value_is_read_and_two_are_refused() -> None:
    assert posted_value({"text": ["a"]}, "text") == "a"
    assert posted_value({"text": []}, "text") == ""
    assert posted_value({}, "text") == ""
    with pytest.raises(Invalid):
        posted_value({"text": ["a", "b"]}, "text")


@pytest.mark.parametrize("value", [None, 3, ["x"], "x" * 1_001, "a\x00"])
def test_a_response_that_is_no_short_text_is_refused_where_it_stands(value: object) -> None:
    with pytest.raises(Invalid) as raised:
        response_text(value, "gaps.1")

    assert raised.value.problems[0].path == "gaps.1"
