"""Tags as authors type them and as files state them."""

from __future__ import annotations

import pytest

from quizapp.questions.tags import MOST_TAGS, TAG_LIMIT, is_tag, read_tags, split_tags


def test_what_is_typed_between_commas_becomes_tags() -> None:
    assert split_tags(" Exam 1, week_2 ,,  exam 1 , -x- ") == ["exam-1", "week-2", "exam-1", "x"]


def test_each_tag_is_kept_once_and_in_order() -> None:
    assert read_tags(["b", "a", "b"]) == (("b", "a"), [])


@pytest.mark.parametrize("text", ["exam-1", "2016", "неделя-2", "a"])
def test_letters_of_any_script_digits_and_hyphens_make_a_tag(text: str) -> None:
    assert is_tag(text)


@pytest.mark.parametrize("text", ["", "Exam", "a b", "a--b", "-a", "a_b", "a,b", "x" * 41, "a\x00"])
def test_anything_else_does_not(text: str) -> None:
    assert not is_tag(text)


@pytest.mark.parametrize("text", ["a.b", "x" * (TAG_LIMIT + 1), "a\x00b", "\ud800"])
def test_what_cannot_be_a_tag_is_a_problem(text: str) -> None:
    tags, problems = read_tags(["fine", text])

    assert tags == ("fine",)
    assert [problem.path for problem in problems] == ["tags"]


def test_too_many_tags_are_a_problem() -> None:
    _, problems = read_tags([f"t{n}" for n in range(MOST_TAGS + 1)])

    assert "at most" in problems[0].message
