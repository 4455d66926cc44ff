"""A question answered by a number."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.errors import Invalid
from quizapp.questions.numeric import NumericType

TYPE = NumericType()


def content(**given: Any) -> Any:
    return TYPE.parse({"stem": "How many?", "number": "7", "unit": "days"} | given)


WEEK = content(units=["day", "Tage"], accepted=["a week", "seven", "sieben Tage"])


@pytest.mark.parametrize(
    "response",
    [
        *("7", " 7.0 ", "7,00", "07", "+7", "۷", "7 days", "7days", "7 Day", "7 DAYS.", "7 Tage"),
        *("a week", "A Week.", "seven", "seven days", "Sieben Tage"),
    ],
)
def test_the_number_counts_with_or_without_its_unit_and_so_do_words(response: str) -> None:
    assert TYPE.grade(WEEK, response).is_right


@pytest.mark.parametrize(
    ("response", "feedback"),
    [
        ("8", "Too high by 1."),
        ("6.5", "Too low by 0.5."),
        ("-7 days", "Too low by 14."),
        ("1,007", "Too high by 1,000."),
        ("7 weeks", "This was not read as a number; its unit is days."),
        ("a month", "This was not read as a number; its unit is days."),
        ("days", "This was not read as a number; its unit is days."),
        ("7/1", "This was not read as a number; its unit is days."),
        ("0." + "0" * 20 + "1", "Too low."),
    ],
)
def test_what_is_wrong_says_how_far_it_is(response: str, feedback: str) -> None:
    grade = TYPE.grade(WEEK, response)

    assert grade.is_wrong
    assert grade.feedback == grade.parts[0].feedback == feedback
    assert grade.parts[0].expected == "7 days"


def test_how_far_another_label_is_means_nothing() -> None:
    article = TYPE.parse({"stem": "Which article?", "number": "146"})

    assert TYPE.grade(article, "44").feedback == ""
    assert TYPE.grade(article, "Article 146").feedback == "This was not read as a number."


def test_words_may_hold_a_slip_and_a_number_may_not() -> None:
    many = content(number="14", accepted=["fourteen"])

    slip = TYPE.grade(many, "fourtean days")

    assert slip.is_right
    assert slip.parts[0].state == "slip"
    assert slip.parts[0].expected == "fourteen"
    assert TYPE.grade(many, "15").is_wrong


def test_numbers_are_compared_exactly() -> None:
    tenth = content(number="0.3", tolerance="0.1")

    for response, is_right in (("0.2", True), ("0,4", True), ("0.4000000000000000001", False)):
        assert TYPE.grade(tenth, response).is_right is is_right
    assert TYPE.grade(tenth, "0.4").feedback == "Close enough: exactly it is 0.3 days."
    assert TYPE.grade(tenth, "0.30").feedback == ""


def test_a_range_has_both_its_ends() -> None:
    span = content(minimum="6", maximum="1,000")

    for response, is_right in (("6", True), ("1000", True), ("5.999", False), ("1000.1", False)):
        assert TYPE.grade(span, response).is_right is is_right
    assert TYPE.answer(span).text == "7 days"
    assert TYPE.answer(span).also == ("6 to 1,000 days",)


@given(st.fractions(), st.integers(0, 5))
def test_what_lies_within_the_tolerance_is_right(away: Fraction, tolerance: int) -> None:
    near = content(tolerance=str(tolerance)) if tolerance else content()
    value = 7 + away
    scaled = value.limit_denominator(10) * 10
    response = f"{scaled.numerator // scaled.denominator}"

    expected = abs(Fraction(int(response)) - 7) <= tolerance

    assert TYPE.grade(near, response).is_right is expected


@given(st.text(min_size=1, max_size=40))
def test_any_response_can_be_graded(response: str) -> None:
    grade = TYPE.grade(WEEK, response)

    assert grade.fraction in (0, 1)
    assert grade.parts == TYPE.parts(WEEK, response)


def test_nothing_given_is_missed() -> None:
    (part,) = TYPE.parts(WEEK, None)

    assert part.state == "missed"
    assert part.feedback == ""


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"number": ""}, "number", "Write the right number in digits, such as 146."),
        ({"number": "seven"}, "number", "Write a number in digits, such as 146, 1,000 or 3.5."),
        ({"number": 7}, "number", "Put this in quotes, so that it is read as text."),
        ({"number": 0.1}, "number", "Put this in quotes, so that it is read as text."),
        ({"tolerance": "some"}, "tolerance", "Write a number in digits"),
        ({"tolerance": "0"}, "tolerance", "Give a tolerance above 0, or leave it out."),
        ({"tolerance": "-1"}, "tolerance", "Give a tolerance above 0, or leave it out."),
        ({"minimum": "6"}, "maximum", "Give both the least and the most"),
        ({"maximum": "8"}, "minimum", "Give both the least and the most"),
        ({"minimum": "6", "maximum": "8", "tolerance": "1"}, "tolerance", "not both."),
        ({"minimum": "8", "maximum": "9"}, "number", "Let the right number lie between"),
        ({"minimum": "8", "maximum": "6"}, "number", "Let the right number lie between"),
        ({"unit": "7"}, "unit", "Write the unit in letters or signs; this is a number."),
        ({"units": ["d", "5"]}, "units.1", "Write the unit in letters or signs"),
        ({"accepted": ["a week", "7"]}, "accepted.1", "Remove this number"),
        ({"accepted": ["7 days"]}, "accepted.0", "Remove this number"),
        ({"accepted": ["?"]}, "accepted.0", "Use letters or digits; this has none."),
        ({"number": "9" * 41}, "number", "Shorten this to 40 characters; it has 41."),
    ],
)
def test_content_that_cannot_be_graded_is_refused(
    given: dict[str, Any], path: str, words: str
) -> None:
    with pytest.raises(Invalid) as raised:
        content(**given)

    assert [problem.path for problem in raised.value.problems] == [path]
    assert words in raised.value.problems[0].message


def test_the_number_is_shown_as_its_author_wrote_it() -> None:
    for number in ("1,000", "1979", "3.50"):
        assert TYPE.answer(content(number=number, unit="")).text == number


def test_a_unit_may_stand_before_the_number() -> None:
    price = content(number="1,000", unit="€", units=["EUR"])

    for response in ("€1000", "1 000 €", "EUR 1000", "1,000 eur"):
        assert TYPE.grade(price, response).is_right
