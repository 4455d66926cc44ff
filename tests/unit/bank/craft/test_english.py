"""How the craft rules read short texts."""

from __future__ import annotations

import pytest

from quizapp.bank.craft.wording import base, grade_level, numbers, parts, says, sentences, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Al-Qa'im’s towns", ("al", "qa'im’s", "towns")),
        ("a ___ gap", ("a", "gap")),
        ("Дейр-эз-Зор", ("дейр", "эз", "зор")),
        ("", ()),
    ],
)
def test_words_are_in_lower_case_and_apart_at_hyphens(text, found):
    assert words(text) == found


@pytest.mark.parametrize(
    ("word", "found"),
    [("cities", "city"), ("city's", "city"), ("kings’", "king"), ("bus", "bus"), ("is", "is")],
)
def test_a_base_form_has_no_ending(word, found):
    assert base(word) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,200 tons and 3.5 more", (1200, 3.5)),
        ("Twelve or 12", (12, 12)),
        ("no one came", ()),
        ("in 1.2.2016", (1.22016,)),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(text, found):
    assert numbers(text) == found


def test_a_list_is_the_same_in_any_order():
    assert parts("The UN, Iran and 3 kings") == parts("iran, three kings, and UN")
    assert parts("Iran and Iraq") != parts("Iran or Turkey")


def test_sentences_end_at_a_stop_before_a_capital():
    assert sentences("St. Anne fell. Why? Nobody knows e.g. here.") == [
        "St. Anne fell",
        "Why",
        "Nobody knows e.g. here.",
    ]


def test_a_phrase_is_said_only_in_whole_words():
    assert says("the iraqi border", "iraqi")
    assert not says("the iraqi border", "iraq")
    assert not says("anything", "")


def test_short_plain_words_read_easily():
    plain = grade_level("The cat sat on the mat and the dog lay by the fire.")
    hard = grade_level("Institutional accountability necessitates organisational preparation.")

    assert plain < 5
    assert hard > 16
    assert grade_level("") == 0
