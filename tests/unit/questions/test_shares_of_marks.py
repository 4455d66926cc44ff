"""Shares of full marks: as people write them, and what they make of a grade."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.questions.base import Grade
from quizapp.questions.credit import read_percent, show_percent, signed, words_for
from quizapp.questions.edits import EditKind, propose_edit
from quizapp.questions.registry import TYPES


def grade(type_name: str, raw: dict[str, Any], **posted: str) -> Grade:
    kind = TYPES[type_name]
    content = kind.parse(raw)
    given = {name.replace("_", "-"): text.split() for name, text in posted.items()}
    if "text" in posted:
        given = {"text": [posted["text"]]}
    response = kind.parse_response(content, given)
    return kind.grade(content, response)


def problems(type_name: str, raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        TYPES[type_name].parse(raw)
    return {problem.path: problem.message for problem in raised.value.problems}


def options(*given: tuple[str, bool, str]) -> dict[str, Any]:
    rows = [{"text": text, "key": key, "credit": credit} for text, key, credit in given]
    return {"stem": "Which?", "options": rows}


@pytest.mark.parametrize(
    ("text", "share", "shown"),
    [
        ("50", Fraction(1, 2), "50"),
        ("12.5 %", Fraction(1, 8), "12.5"),
        ("12,5", Fraction(1, 8), "12.5"),
        ("33.33333", Fraction(1, 3), "33.33333"),
        ("33.33", Fraction(1, 3), "33.33333"),
        ("33.330", Fraction(1, 3), "33.33333"),
        ("66.66", Fraction(2, 3), "66.66667"),
        ("66.67", Fraction(2, 3), "66.66667"),
        ("-14.28571", Fraction(-1, 7), "-14.28571"),
        ("−25", Fraction(-1, 4), "-25"),
        ("33", Fraction(33, 100), "33"),
        ("33.3", Fraction(333, 1000), "33.3"),
        ("0", Fraction(0), "0"),
    ],
)
def test_a_percentage_is_the_share_that_it_stands_for(
    text: str, share: Fraction, shown: str
) -> None:
    assert read_percent(text) == share
    assert show_percent(share) == shown
    assert read_percent(shown) == share


@pytest.mark.parametrize("text", ["", "half", "1/2", "1e2", "5000", "50 50", "٥٠x"])
def test_other_words_are_no_percentage(text: str) -> None:
    assert read_percent(text) is None


def test_shares_are_told_in_words() -> None:
    assert words_for(Fraction(1, 2)) == "half right"
    assert words_for(Fraction(1, 3)) == "33.33 % right"
    assert [signed(Fraction(n, 100)) for n in (60, 0, -50)] == ["+60 %", "0 %", "−50 %"]


def test_an_option_earns_its_share_and_guessing_the_mean_of_all() -> None:
    raw = options(("Canberra", True, ""), ("Sydney", False, "50"), ("Perth", False, ""))
    kind = TYPES["single_choice"]
    content = kind.parse(raw)

    earned = [grade("single_choice", raw, choice=str(n)).fraction for n in range(3)]

    assert earned == [1, Fraction(1, 2), 0]
    assert kind.guess_score(content) == Fraction(1, 2)
    assert kind.guess_chance(content) == Fraction(1, 3)
    assert kind.answer(content).partly == ("Sydney, half right",)
    shown = kind.review(content, 1)
    assert [(one.state, one.worth) for one in shown] == [
        ("missed", ""),
        ("partly", "half right"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [
        ("0", Fraction(2, 3)),
        ("0 1", Fraction(1)),
        ("0 1 2", Fraction(1)),
        ("0 1 3", Fraction(0)),
        ("1 3", Fraction(0)),
        ("1 2", Fraction(1, 3)),
    ],
)
def test_several_options_earn_the_sum_of_their_shares(chosen: str, earned: Fraction) -> None:
    raw = options(("a", True, "66.66667"), ("b", True, "33.33333"), ("c", False, "0"))
    raw["options"].append({"text": "d", "key": False, "credit": "-100"})

    assert grade("multiple_response", raw, choice=chosen).fraction == earned


def test_a_share_stands_beside_what_is_usual_for_the_others() -> None:
    raw = options(("a", True, ""), ("b", True, ""), ("c", False, "0"), ("d", False, ""))
    kind = TYPES["multiple_response"]

    earned = [
        grade("multiple_response", raw, choice=one).fraction for one in ("0 1 2", "0 1 3", "0 2")
    ]

    assert earned == [1, Fraction(1, 2), Fraction(1, 2)]
    # Of the 15 choices two earn everything: a and b, with c or without.
    assert kind.guess_chance(kind.parse(raw)) == Fraction(2, 15)
    # Of 16 throws: 1 twice; 1/2 for a, b, ac, bc, abd, abcd.
    assert kind.guess_score(kind.parse(raw)) == Fraction(5, 16)


@pytest.mark.parametrize(
    ("type_name", "raw", "path", "words"),
    [
        (
            "single_choice",
            options(("a", True, "50"), ("b", False, "")),
            "options.0.credit",
            "everything",
        ),
        (
            "single_choice",
            options(("a", True, ""), ("b", False, "100")),
            "options.1.credit",
            "below",
        ),
        (
            "single_choice",
            options(("a", True, ""), ("b", False, "-5")),
            "options.1.credit",
            "above 0",
        ),
        (
            "single_choice",
            options(("a", True, ""), ("b", False, "much")),
            "options.1.credit",
            "percentage",
        ),
        (
            "multiple_response",
            options(("a", True, "60"), ("b", False, "")),
            "options.0.credit",
            "together",
        ),
        (
            "multiple_response",
            options(("a", True, ""), ("b", False, "5")),
            "options.1.credit",
            "0 or below",
        ),
        (
            "multiple_response",
            options(("a", True, ""), ("b", False, "0")) | {"scoring": "all-or-nothing"},
            "options.1.credit",
            "exact set",
        ),
    ],
)
def test_shares_that_make_no_sense_are_refused(
    type_name: str, raw: dict[str, Any], path: str, words: str
) -> None:
    assert words in problems(type_name, raw)[path]


def test_content_without_shares_is_stored_as_before() -> None:
    plain = options(("a", True, ""), ("b", False, ""))
    bare = [{"text": one["text"], "key": one["key"]} for one in plain["options"]]
    kind = TYPES["single_choice"]

    stored = {"stem": "Which?", "explanation": ""}
    rows = [
        {"text": "a", "key": True, "feedback": ""},
        {"text": "b", "key": False, "feedback": ""},
    ]
    assert kind.dump(kind.parse(plain)) == stored | {"options": rows}
    assert kind.dump(kind.parse(plain | {"options": bare})) == stored | {"options": rows}


def test_another_share_is_another_key() -> None:
    half = options(("a", True, ""), ("b", False, "50"))
    third = options(("a", True, ""), ("b", False, "33.33333"))
    kind = TYPES["single_choice"]
    before, after = (kind.dump(kind.parse(raw)) for raw in (half, third))

    assert propose_edit("single_choice", before, "single_choice", after) is EditKind.KEY
