"""Every corner of GIFT that its own reader knows, on a file of ours."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import LeftOut
from quizapp.formats.gift.read import read_items
from quizapp.formats.interchange import (
    Body,
    Description,
    Essay,
    Item,
    Markup,
    Match,
    MultipleChoice,
    Numerical,
    Sequence,
    ShortAnswer,
    TrueFalse,
)

FILE = Path("tests/golden/formats/corners.gift")
FOUND = read_items(FILE.read_bytes())[0]


def _item(stem: str) -> Item:
    return next(one for one in FOUND if isinstance(one, Item) and stem in one.stem.text)


def _options(body: Body) -> list[tuple[str, float, str]]:
    assert isinstance(body, MultipleChoice | ShortAnswer)
    return [
        (one.text.text, round(float(one.fraction), 5), one.feedback.text) for one in body.choices
    ]


def _read(text: str) -> Item | LeftOut:
    (one,) = read_items(text.encode())[0]
    return one


def test_nothing_of_the_file_is_missing() -> None:
    assert len(FOUND) == 21
    assert [one.line for one in FOUND][:3] == [7, 14, 21]


def test_a_comment_gives_the_identifier_and_tags_of_the_question_under_it() -> None:
    item = _item("Loire end")

    assert (item.key, item.tags) == ("loire-1", ("rivers", "long ones"))
    assert item.name == "Loire: its mouth"
    assert item.category == ("Rivers", "Loire/Rhône")


def test_options_keep_weights_feedback_and_what_everyone_is_told() -> None:
    item = _item("Loire end")

    assert isinstance(item.body, MultipleChoice)
    assert item.body.is_single
    assert _options(item.body) == [
        ("Atlantic", 1, "Near Nantes."),
        ("Mediterranean", 0, "That is the Rhône."),
        ("Bay of Biscay", 0.25, "Near enough."),
    ]
    assert item.explanation.text == "It is the longest river of France."


def test_without_an_equals_sign_several_options_are_right() -> None:
    body = _item("North Sea").body

    assert isinstance(body, MultipleChoice)
    assert not body.is_single
    assert [fraction for _, fraction, _ in _options(body)] == [0.5, 0.5, -1, -0.33333]


def test_the_first_feedback_of_a_statement_is_for_who_was_wrong() -> None:
    item = _item("Danube</b>")

    assert item.stem.markup is Markup.HTML
    assert isinstance(item.body, TrueFalse)
    assert (item.body.if_true.text, item.body.if_false.text) == ("Well known.", "It does.")


def test_a_format_is_known_by_its_name_and_else_is_text() -> None:
    assert _item("Volga").stem.markup is Markup.MARKDOWN
    assert _item("Which sea is salt").stem.text == "[nonsense]Which sea is salt?"


def test_typed_answers_keep_their_weights() -> None:
    assert _options(_item("Which sea is salt").body) == [
        ("Dead Sea", 1, ""),
        ("Salt Lake", 0.5, "A lake."),
    ]


def test_text_after_the_braces_leaves_a_gap() -> None:
    assert _item("capital of Austria").stem.text == "The capital of Austria is _____ on the Danube."


def test_a_backslash_takes_the_meaning_of_a_sign() -> None:
    item = _item("Which sign")

    assert item.stem.text == "Which sign ends a line? { } = ~ # : \\ and a\nbreak"
    assert _options(item.body) == [("=~#{}", 1, "")]


@pytest.mark.parametrize(
    ("stem", "expected"),
    [
        ("Seine, in km", [(772, 782, 1, 777)]),
        ("How many bridges", [(30, 40, 1, None)]),
        (
            "Roughly",
            [(1822, 1822, 1, 1822), (1820, 1824, Fraction(1, 2), 1822), (None, None, 0, None)],
        ),
    ],
)
def test_numbers_keep_tolerances_ranges_and_weights(stem: str, expected: object) -> None:
    body = _item(stem).body

    assert isinstance(body, Numerical)
    assert [(one.low, one.high, one.fraction, one.number) for one in body.spans] == expected


def test_a_pair_without_a_left_side_is_something_more_to_choose() -> None:
    body = _item("Match.").body

    assert isinstance(body, Match)
    assert [(pair.left.text, pair.right.text) for pair in body.pairs] == [
        ("<i>Seine</i>", "Paris"),
        ("Thames", "London"),
        ("", "Rome"),
    ]


def test_an_order_says_how_it_was_shown_and_graded_otherwise() -> None:
    plain, other = _item("north to south"), _item("Two of four")

    assert isinstance(plain.body, Sequence)
    assert [text.text for text in plain.body.texts] == ["Oslo", "Rome", "Cairo"]
    assert plain.notes == ()
    assert len(other.notes) == 2


def test_empty_braces_ask_for_ones_own_words_and_none_ask_nothing() -> None:
    assert isinstance(_item("bend").body, Essay)
    assert _item("flood").explanation.text == "Snow melts."
    assert isinstance(_item("Read the map").body, Description)


def test_a_blank_line_ends_a_question_even_within_braces() -> None:
    left_out = [one for one in FOUND if isinstance(one, LeftOut)]

    assert [one.line for one in left_out] == [62, 64]
    assert all("blank line" in one.reason for one in left_out)


def test_the_last_general_feedback_counts() -> None:
    assert _item("not feedback").explanation.text == "last"


def test_a_tilde_makes_options_even_beside_arrows() -> None:
    assert isinstance(_item("boil").body, MultipleChoice)


def test_truth_is_written_in_capitals() -> None:
    assert isinstance(_item("true or not").body, ShortAnswer)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("q{~one}", "at least two"),
        ("q{=a -> b =c}", "->"),
        ("q{#}", "number after #"),
        ("q{#five}", "is no number"),
        ("q{#5..1}", "begins above"),
        ("q{#5:-1}", "below 0"),
        ("q{~%101%a ~b}", "more than 100"),
        ("q}{", "brace"),
        ("q{>x}", "two things"),
    ],
)
def test_what_makes_no_sense_is_left_out_with_the_reason(text: str, reason: str) -> None:
    one = _read(text)

    assert isinstance(one, LeftOut)
    assert reason in one.reason


@pytest.mark.parametrize(
    ("data", "remark"),
    [
        ("\ufeffÉté?{T}".encode(), ()),
        ("Été?{T}".encode("utf-16"), ("Read as UTF-16.",)),
        ("Été?{T}\n\nq{T}".encode("utf-16-le"), ("Read as UTF-16.",)),
    ],
)
def test_the_encoding_is_found_and_said(data: bytes, remark: tuple[str, ...]) -> None:
    found, remarks = read_items(data)

    assert isinstance(found[0], Item)
    assert found[0].stem.text == "Été?"
    assert remarks == remark


def test_an_old_windows_file_is_read_and_doubted_aloud() -> None:
    found, remarks = read_items("Été – “oui”?{T}".encode("cp1252"))

    assert isinstance(found[0], Item)
    assert found[0].stem.text == "Été – “oui”?"
    assert "Windows-1252" in remarks[0]


def test_a_file_of_no_text_is_refused() -> None:
    with pytest.raises(Invalid, match="no text file"):
        read_items(b"PK\x03\x04\x00\x00")
