"""A choice question written in one go."""

from __future__ import annotations

import pytest

from quizapp.questions.outline import OutlinedOption, read_outline


def test_lines_become_stem_options_feedback_and_explanation() -> None:
    outline = read_outline(
        "Who said so,\nand when?\n\n* Dehghan, 2016 // He did.\n"
        "- https://a.b//c\n  - 3-4\n\nBecause."
    )

    assert outline.stem == "Who said so,\nand when?"
    assert outline.explanation == "Because."
    assert outline.options == (
        OutlinedOption("Dehghan, 2016", True, "He did."),
        OutlinedOption("https://a.b//c", False, ""),
        OutlinedOption("3-4", False, ""),
    )


def test_a_share_stands_before_an_option_between_two_signs() -> None:
    outline = read_outline("Which?\n* %60%North\n- %-50% South // No.\n- 50% of all\n- %% x")

    assert outline.options == (
        OutlinedOption("North", True, "", "60"),
        OutlinedOption("South", False, "No.", "-50"),
        OutlinedOption("50% of all", False, ""),
        OutlinedOption("%% x", False, ""),
    )


@pytest.mark.parametrize("text", ["", "\n", "*", "-5 degrees", "**bold** and *this*"])
def test_what_marks_no_option_is_text(text: str) -> None:
    outline = read_outline(text)

    assert outline.options == ()
    assert outline.stem == text.strip()
