"""Answers that an author foresees: what they earn, and what is said to them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from quizapp.errors import Invalid
from quizapp.questions.base import PartGrade
from quizapp.questions.registry import TYPES

TYPED: dict[str, Any] = {
    "stem": "What did the Romans call Paris?",
    "accepted": ["Lutetia", "Lutetia Parisiorum"],
    "foreseen": [
        {"text": "Lutece", "credit": 50, "feedback": "That is French."},
        {"text": "Lutetja", "feedback": "No j in Latin."},
        {"text": "lutetia", "feedback": "Of the Parisii."},
        {"text": "*", "feedback": "Think of Asterix."},
    ],
}
NUMBER: dict[str, Any] = {
    "stem": "When was Grant born?",
    "number": "1822",
    "accepted": ["in his mother's year"],
    "foreseen": [
        {"text": "1820 to 1824", "credit": "50", "feedback": "Close."},
        {"text": "1822", "feedback": "In April."},
        {"text": "1850", "credit": "100"},
        {"text": "never", "feedback": "He was."},
        {"text": "*", "feedback": "Look it up."},
    ],
}


def part(type_name: str, raw: dict[str, Any], text: str) -> PartGrade:
    kind = TYPES[type_name]
    return kind.parts(kind.parse(raw), text)[0]


def problems(type_name: str, raw: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(Invalid) as raised:
        TYPES[type_name].parse(raw)
    return {problem.path: problem.message for problem in raised.value.problems}


@pytest.mark.parametrize(
    ("text", "fraction", "feedback"),
    [
        ("LUTETIA", Fraction(1), "Of the Parisii."),
        ("Lutetia Parisiorum", Fraction(1), ""),
        ("Lutetiaa", Fraction(1), "Of the Parisii."),  # a slip
        ("Lutèce", Fraction(1, 2), "That is French."),
        ("Luteceq", Fraction(1, 2), "That is French."),  # a slip
        ("Lutetja", Fraction(0), "No j in Latin."),  # known, so no slip of Lutetia
        ("Lyon", Fraction(0), "Think of Asterix."),
        ("", Fraction(0), ""),
    ],
)
def test_a_typed_answer_earns_and_hears_what_is_foreseen(
    text: str, fraction: Fraction, feedback: str
) -> None:
    found = part("short_text", TYPED, text)

    assert (found.fraction, found.feedback) == (fraction, feedback)


@pytest.mark.parametrize(
    ("text", "fraction", "feedback"),
    [
        ("1822", Fraction(1), "In April."),
        ("1820", Fraction(1, 2), "Close."),
        ("1,824", Fraction(1, 2), "Close."),
        ("1850", Fraction(1), ""),
        ("1900", Fraction(0), "Look it up."),
        ("never", Fraction(0), "He was."),
        ("in his mother's year", Fraction(1), ""),
        ("gibberish", Fraction(0), "Look it up."),
        ("", Fraction(0), ""),
    ],
)
def test_a_number_earns_and_hears_what_is_foreseen(
    text: str, fraction: Fraction, feedback: str
) -> None:
    found = part("numeric", NUMBER, text)

    assert (found.fraction, found.feedback) == (fraction, feedback)


def test_a_gap_earns_its_share_and_the_text_the_mean() -> None:
    kind = TYPES["cloze"]
    content = kind.parse(
        {
            "text": "Paris, once {{Lutetia}}, lies on the {{Seine|~Marne|~Oise}}.",
            "foreseen": [
                {"text": "Lutece", "credit": "50"},
                {"gap": "2", "text": "Marne", "credit": "25", "feedback": "It ends there."},
            ],
        }
    )

    grade = kind.grade(content, ("Lutèce", "Marne"))

    assert [one.fraction for one in grade.parts] == [Fraction(1, 2), Fraction(1, 4)]
    assert grade.parts[1].feedback == "It ends there."
    assert grade.fraction == Fraction(3, 8)
    assert grade.feedback == "0 of 2 gaps right, 2 partly."
    # The list of three earns (1 + 1/4 + 0) / 3 on average, the typed gap nothing.
    assert kind.guess_score(content) == Fraction(5, 24)
    assert kind.answer(content).partly == ("Lutece, half right", "Marne, 25 % right")


@pytest.mark.parametrize(
    ("type_name", "raw", "path", "words"),
    [
        ("short_text", {"text": "LUTETIA", "credit": 50}, "foreseen.0.credit", "in full"),
        ("short_text", {"text": "Lyon", "credit": 100}, "foreseen.0.credit", "accepted answers"),
        ("short_text", {"text": "Lyon", "credit": "-1"}, "foreseen.0.credit", "from 0 to 100"),
        ("short_text", {"text": "Lyon", "credit": True}, "foreseen.0.credit", "percentage"),
        ("short_text", {"text": "Lyon"}, "foreseen.0", "what it earns"),
        ("short_text", {"text": "…", "feedback": "x"}, "foreseen.0.text", "letters"),
        ("short_text", {"text": "*", "credit": 5, "feedback": "x"}, "foreseen.0.credit", "wrong"),
        ("numeric", {"text": "1822", "credit": 50}, "foreseen.0.credit", "in full"),
        ("numeric", {"text": "9 to 3", "credit": 50}, "foreseen.0.text", "lesser"),
    ],
)
def test_what_makes_no_sense_is_refused(
    type_name: str, raw: dict[str, Any], path: str, words: str
) -> None:
    base = TYPED if type_name == "short_text" else NUMBER

    assert words in problems(type_name, base | {"foreseen": [raw]})[path]


def test_a_gap_that_is_not_there_and_a_choice_that_is_none_are_refused() -> None:
    raw = {
        "text": "On the {{Seine|~Marne}}.",
        "foreseen": [
            {"gap": 2, "text": "Po", "credit": 50},
            {"gap": 1, "text": "Oise", "credit": 50},
            {"gap": 1, "text": "Marne", "credit": 25},
            {"gap": "one", "text": "Marne", "credit": 25},
        ],
    }

    found = problems("cloze", raw)

    assert "no gap 2" in found["foreseen.0.gap"]
    assert "no such choice" in found["foreseen.1.text"]
    assert "already" in found["foreseen.3.text"]
    assert "number" in found["foreseen.3.gap"]


def test_what_is_foreseen_is_stored_in_one_order() -> None:
    kind = TYPES["short_text"]

    stored = kind.dump(kind.parse(TYPED))

    assert [one["text"] for one in stored["foreseen"]] == ["lutetia", "Lutece", "Lutetja", "*"]
    assert stored["foreseen"][1] == {
        "text": "Lutece",
        "credit": "50",
        "feedback": "That is French.",
    }
    assert kind.dump(kind.parse(stored)) == stored


def test_content_that_foresees_nothing_is_stored_as_before() -> None:
    stored = {
        "short_text": {"stem": "Which?", "accepted": ["a"], "explanation": ""},
        "cloze": {"text": "It is {{a}}.", "explanation": ""},
    }

    for name, raw in stored.items():
        assert TYPES[name].dump(TYPES[name].parse(raw | {"foreseen": []})) == raw


def test_a_glossary_does_not_make_what_is_half_right_right() -> None:
    kind = TYPES["short_text"]
    content = kind.with_spellings(kind.parse(TYPED), lambda _: ("Lutece", "Loutetia"))

    assert content.spellings == ("Loutetia",)
    assert kind.grade(content, "Lutece").fraction == Fraction(1, 2)
