"""Every corner of Aiken, of missing-word files and of texts with gaps, on texts of ours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from quizapp.formats.aiken.read import read_items
from quizapp.formats.base import LeftOut
from quizapp.formats.cloze_text.read import read_items as read_cloze
from quizapp.formats.embedded import BadGap, read_gaps, write_gap
from quizapp.formats.interchange import (
    Gap,
    Item,
    Markup,
    MultipleChoice,
    Numerical,
    ShortAnswer,
    Text,
)
from quizapp.formats.missing_word.read import read_items as read_missing_word
from quizapp.formats.registry import detect

FOUND = read_items(Path("tests/golden/formats/corners.aiken.txt").read_bytes())[0]


def _stems() -> list[str]:
    return [one.stem.text for one in FOUND if isinstance(one, Item)]


def _part(notation: str) -> MultipleChoice | ShortAnswer | Numerical:
    (gap,) = (one for one in read_gaps(notation, Markup.HTML).pieces if isinstance(one, Gap))
    return gap.part


def _fractions(notation: str) -> list[float]:
    part = _part(notation)
    assert isinstance(part, MultipleChoice | ShortAnswer)
    return [round(float(one.fraction), 3) for one in part.choices]


def test_questions_with_a_key_are_read_and_their_text_is_plain() -> None:
    assert _stems() == [
        "Which river passes Vienna?",
        "A stem of\ntwo lines with <b> & signs",
        "No blank line is needed here",
        "The letters jump",
    ]
    assert all(one.stem.markup is Markup.PLAIN for one in FOUND if isinstance(one, Item))


def test_the_letter_names_the_key() -> None:
    keys = [
        [one.text.text for one in item.body.choices if one.fraction == 1]
        for item in FOUND
        if isinstance(item, Item) and isinstance(item.body, MultipleChoice)
    ]

    assert keys == [["Danube"], ["yes"], ["And again"], ["y"]]


def test_what_is_broken_is_left_out_with_line_and_reason() -> None:
    left_out = [(one.line, one.reason) for one in FOUND if isinstance(one, LeftOut)]

    assert [line for line, _ in left_out] == [17, 21, 26, 35, 36, 38]
    assert "fewer than two" in left_out[0][1]
    assert "“C”" in left_out[1][1]
    assert "before line 30" in left_out[2][1]
    assert "at its end" in left_out[5][1]


def test_a_missing_word_leaves_a_gap_and_keeps_weights() -> None:
    text = (
        b"::Capital::The capital is {=Vienna#Yes ~50%Graz#Once ~Linz} on\nthe Danube.\n\n"
        b"q{=one}\n\nno"
    )

    chosen, typed, broken = read_missing_word(text)[0]

    assert isinstance(chosen, Item)
    assert isinstance(chosen.body, MultipleChoice)
    assert (chosen.name, chosen.stem.text) == ("Capital", "The capital is _____ on the Danube.")
    assert [(one.text.text, one.fraction) for one in chosen.body.choices] == [
        ("Vienna", 1),
        ("Graz", Fraction(1, 2)),
        ("Linz", 0),
    ]
    assert isinstance(typed, Item)
    assert isinstance(typed.body, ShortAnswer)
    assert isinstance(broken, LeftOut)


@pytest.mark.parametrize("kind", ["SHORTANSWER", "SA", "MW", "sa"])
def test_gaps_to_type_into_have_many_names(kind: str) -> None:
    part = _part("{1:" + kind + ":=Wien~%50%Vindobona#Long ago}")

    assert isinstance(part, ShortAnswer)
    assert not part.minds_case
    assert [one.fraction for one in part.choices] == [1, Fraction(1, 2)]


@pytest.mark.parametrize("kind", ["SHORTANSWER_C", "SAC", "MWC"])
def test_gaps_that_mind_capitals(kind: str) -> None:
    part = _part("{:" + kind + ":=Wien}")

    assert isinstance(part, ShortAnswer)
    assert part.minds_case


@pytest.mark.parametrize(
    "kind",
    ["MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH"],
)
def test_gaps_to_choose_for_have_many_names(kind: str) -> None:
    part = _part("{2:" + kind + ":=a~b}")

    assert isinstance(part, MultipleChoice)
    assert (part.is_single, part.shuffles) == (True, False)


@pytest.mark.parametrize(
    "kind", ["MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"]
)
def test_gaps_whose_choices_are_shuffled(kind: str) -> None:
    part = _part("{2:" + kind + ":=a~b}")

    assert isinstance(part, MultipleChoice)
    assert part.shuffles


@pytest.mark.parametrize("kind", ["MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH", "MRS", "MRHS"])
def test_gaps_in_which_several_are_chosen_share_the_mark(kind: str) -> None:
    assert _fractions("{1:" + kind + ":=a~=b~c}") == [0.5, 0.5, -0.5]
    assert _fractions("{1:" + kind + ":%100%a~%50%b~c}") == [0.667, 0.333, 0]


def test_signs_with_a_backslash_stand_for_themselves_and_entities_are_no_feedback() -> None:
    part = _part(r"{1:MC:=a \} \~ b#why \# not~&#65;}")

    assert isinstance(part, MultipleChoice)
    assert [(one.text.text, one.feedback.text) for one in part.choices] == [
        ("a } ~ b", "why # not"),
        ("&#65;", ""),
    ]


@pytest.mark.parametrize(
    ("notation", "reason"),
    [
        ("plain", "Nothing is asked"),
        ("{1:MC:=a~b", "not closed"),
        ("{1:MC:=a}", "fewer than two"),
        ("{1:MC:a~%50%b}", "100 %"),
        ("{1:NM:=zero}", "no number"),
        ("{1:MR:a~b}", "nothing is worth"),
        ("{1:SA:%150%a}", "more than 100"),
    ],
)
def test_what_cannot_be_read_in_a_gap_says_why(notation: str, reason: str) -> None:
    with pytest.raises(BadGap, match=reason):
        read_gaps(notation, Markup.HTML)


def test_a_gap_that_is_written_reads_the_same() -> None:
    for notation in (
        "{1:SHORTANSWER:=Wien~%50%Vindobona#Long\\~ago}",
        "{2:SHORTANSWER_C:=a\\}b}",
        "{1:MULTICHOICE:=a#yes~b}",
        "{1:NUMERICAL:=777:5}",
    ):
        (gap,) = (one for one in read_gaps(notation, Markup.HTML).pieces if isinstance(one, Gap))

        assert write_gap(gap) == notation


def test_a_file_of_one_text_is_one_question() -> None:
    (one,) = read_cloze(b"The {1:MC:=Seine~Loire} ends in {2:SA:=Le Havre}.")[0]

    assert isinstance(one, Item)
    assert one.mark == 3
    assert read_cloze(b"  ")[0] == ()
    assert isinstance(read_cloze(b"Nothing.")[0][0], LeftOut)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"q\nA) x\nB) y\nANSWER: A\n", "aiken"),
        (b"q{=a ~b}", "gift"),
        (b"// question: 5  name: x\n", "gift"),
        (b"::n::text", "gift"),
        (b"::n::text::", "gift"),
        (b"The {1:MC:=a~b}.", "cloze-text"),
        (b"It is {=a ~50%b ~c}.", "missing-word"),
        (b"<?xml version='1.0'?><quiz></quiz>", "moodle-xml"),
        (b'<quiz xmlns="http://canvas.example"/>', None),
        (b"just words", None),
    ],
)
def test_a_file_is_known_by_what_is_in_it(text: bytes, expected: str | None) -> None:
    found = detect(text, "questions.txt")

    assert (found.name if found else None) == expected


def test_words_of_a_text_with_gaps_stay_in_their_markup() -> None:
    pieces = read_gaps("<p>The {1:SA:=Seine}</p>", Markup.HTML).pieces

    assert pieces[0] == Text("<p>The ", Markup.HTML)
