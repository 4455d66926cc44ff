"""How two texts differ, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.markup.differences import word_differences


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(run.kind, run.text) for run in word_differences(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "runs"),
    [
        ("", "", []),
        ("the same", "the same", [("same", "the same")]),
        ("in 2016", "in 2017", [("same", "in "), ("gone", "2016"), ("new", "2017")]),
        ("a b c", "a x y c", [("same", "a "), ("gone", "b"), ("new", "x y"), ("same", " c")]),
        ("", "new", [("new", "new")]),
        ("one two end", "three four end", None),
    ],
)
def test_words_that_differ_are_told_apart(
    before: str, after: str, runs: list[tuple[str, str]] | None
) -> None:
    expected = runs
    if expected is None:
        expected = [("gone", "one two"), ("new", "three four"), ("same", " end")]
    assert told(before, after) == expected


@settings(max_examples=60)
@given(st.text("ab ,.\n", max_size=30), st.text("ab ,.\n", max_size=30))
def test_either_text_can_be_read_off_the_runs(before: str, after: str) -> None:
    runs = word_differences(before, after)

    assert "".join(run.text for run in runs if run.kind != "new") == before
    assert "".join(run.text for run in runs if run.kind != "gone") == after
