"""Numbers as people write them."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.questions.numbers import MOST_DECIMALS, read_number, show_number

ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("146", "146"),
        (" 146 ", "146"),
        ("146.", "146"),
        ("007", "7"),
        ("1,000", "1000"),
        ("1 000", "1000"),
        ("1\u00a0000", "1000"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'000", "1000"),
        ("1’000", "1000"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("12,345.67", "12345.67"),
        ("12.345,67", "12345.67"),
        ("12 345,67", "12345.67"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("1,50", "1.5"),
        ("1,2345", "1.2345"),
        ("1.000", "1"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        (",5", "0.5"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("– 5", "-5"),
        ("+5", "5"),
        ("۱۴۶", "146"),
        ("١٬٠٠٠", "1000"),
        ("٣٫٥", "3.5"),
        ("\u200f۷\u200e", "7"),
        ("４２", "42"),
    ],
)
def test_a_number_is_read(text: str, value: str) -> None:
    assert read_number(text) == Fraction(value)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "-", ".", ",", "..", "seven", "7 days", "1/2", "½", "1e3", "²", "0x10", "५५x"),
        *("1 2", "12 34", "1 0000", "1,00,000", "1.2.3", "1,000,00", "1,000.000,5", "0 000"),
        *("--5", "5-", "5 -", "∞", "nan", "Infinity", "1_000", "1''000", "1,\n000"),
    ],
)
def test_what_is_no_number_is_not_read(text: str) -> None:
    assert read_number(text) is None


@given(st.integers(-(10**30), 10**30))
def test_whole_numbers_are_read_in_every_dress(number: int) -> None:
    plain = str(number)

    for text in (plain, f"{number:,}", plain.translate(ARABIC), plain.translate(PERSIAN)):
        assert read_number(text) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9)))
def test_decimals_are_read_exactly(number: object) -> None:
    text = f"{number:f}"

    assert read_number(text) == Fraction(text)
    assert read_number(text.replace(".", ",")) == Fraction(text)


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_not(text: str) -> None:
    value = read_number(text)

    assert value is None or isinstance(value, Fraction)


def test_many_digits_are_read_too() -> None:
    assert read_number("9" * 1_000) == Fraction(10**1_000 - 1)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(0), "0"),
        (Fraction(7), "7"),
        (Fraction(2_500), "2,500"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-5, 2), "−2.5"),
        (Fraction(1, 3), ""),
        (Fraction(1, 10**MOST_DECIMALS), "0." + "0" * (MOST_DECIMALS - 1) + "1"),
        (Fraction(1, 10 ** (MOST_DECIMALS + 1)), ""),
    ],
)
def test_a_number_is_shown_when_it_can_be_used(value: Fraction, shown: str) -> None:
    assert show_number(value) == shown
