"""What the editor says of a question while it is written."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.bank.craft.advice import Check, advise
from quizapp.bank.craft.judge import judge
from quizapp.questions.registry import TYPES
from tests.support.craft_cases import course_of

CHOICE: dict[str, Any] = {
    "stem": "Which is the capital of Peru?",
    "options": [
        {"text": "Lima", "key": True},
        {"text": "Quito", "feedback": "It is the capital of Ecuador."},
        {"text": "La Paz", "feedback": "It is a city of Bolivia."},
    ],
    "explanation": "It was founded in 1535.",
}


def advice(type_name: str, raw: dict[str, Any], **given: Any) -> tuple[Check, ...]:
    settings = {"statement": "", "is_cited": True, "language": "en"} | given
    return advise(type_name, TYPES[type_name].parse(raw), **settings)


def to_do(found: tuple[Check, ...]) -> list[tuple[str, str]]:
    return [(check.rule, check.words) for check in found if not check.is_met]


def test_a_good_question_is_praised_and_has_nothing_to_do():
    found = advice("single_choice", CHOICE)

    assert to_do(found) == []
    assert {"Linked to a passage", "Explained", "Options of similar length"} <= {
        check.words for check in found
    }


def test_a_question_without_proof_is_told():
    assert to_do(advice("single_choice", CHOICE, is_cited=False)) == [
        ("", "Link it to the words that prove it")
    ]


def test_the_editor_says_what_the_check_of_the_files_says():
    raw = CHOICE | {"stem": "Which is not a city of Peru?", "explanation": ""}
    course = course_of(
        {"s": raw["stem"], "o": ["*Lima", "Quito", "La Paz"], "f": "It is not.", "e": ""}
    )

    said = to_do(advice("single_choice", raw))

    stood = {(f.rule, f.message) for f in judge(course).findings if f.rule in dict(said)}
    assert {rule for rule, _ in said} == {"negative-stem", "missing-explanation"}
    assert {(rule, words[:1].lower() + words[1:].rstrip(".")) for rule, words in said} == stood


def test_a_statement_that_repeats_its_fact_is_told():
    raw = {"stem": "Lima is in Peru.", "key": True, "feedback": "Yes.", "explanation": "So."}

    (found,) = to_do(advice("true_false", raw, statement="Lima is in Peru."))

    assert found[0] == "trivial-true-false"


def test_english_rules_leave_other_languages_alone():
    raw = CHOICE | {"stem": "Wo wird Peru not regiert?"}

    assert to_do(advice("single_choice", raw, language="de")) == []


@pytest.mark.parametrize(
    ("type_name", "praise", "foreign"),
    [
        ("cloze", "Enough text left round the gaps", "Options of similar length"),
        ("short_text", "The key is short enough to type", "Enough text left round the gaps"),
        ("true_false", "Feedback for every wrong option", "The key is short enough to type"),
        ("multiple_response", "Options of similar length", "Enough options"),
    ],
)
def test_praise_is_of_what_a_type_could_have_got_wrong(type_name, praise, foreign):
    content, _ = TYPES[type_name].example()

    found = advise(type_name, content, statement="", is_cited=True, language="en")

    words = {check.words for check in found if check.is_met}
    assert foreign not in words
    assert (praise in words) is (type_name != "true_false")
