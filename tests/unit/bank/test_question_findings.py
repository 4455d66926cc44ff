"""What can be wrong in a question, each at its line."""

from __future__ import annotations

import pytest

FILE = "questions/places.yaml"

#: what the file says, what it is made to say, a mark in the line of the finding, its words
ERRORS = {
    "unknown key in a question": (
        "status: draft",
        "stutas: draft",
        "stutas",
        'unknown key "stutas" in a question; did you mean "status"?',
    ),
    "missing type": (
        "    type: cloze\n",
        "",
        "key: spring-cloze",
        'a question needs "type"',
    ),
    "question key taken": (
        "- key: spring-cloze",
        "- key: spring-choice",
        "- key: spring-choice\n    fact: alder-spring\n    type: cloze",
        (
            'the question key "spring-choice" is taken, first by '
            "question_bank/rivers/questions/places.yaml:2"
        ),
    ),
    "unknown fact": (
        "- key: mouth-draft\n    fact: alder-mouth",
        "- key: mouth-draft\n    fact: alder-mouht",
        "key: mouth-draft",
        (
            'question "mouth-draft" names the unknown fact '
            '"alder-mouht"; did you mean "alder-mouth"?'
        ),
    ),
    "unknown status": (
        "status: draft",
        "status: done",
        "status: done",
        '"status" must be ready or draft',
    ),
    "unknown type": (
        "type: multiple_response",
        "type: multiple_responses",
        "type: multiple_responses",
        'did you mean "multiple_response"?',
    ),
    "web address in a stem": (
        "stem: Where does",
        "stem: In www.example.net/x where does",
        "stem: In www",
        '"www.example.net/x" has no place',
    ),
    "web address in an option": (
        "text: In a bog",
        "text: http://bog.example",
        "text: http",
        '"http://bog.example" has no place',
    ),
    "no key among the options": (
        "{text: In a chalk cave, key: true}",
        "{text: In a chalk cave}",
        "options:\n      - {text: In a chalk cave}",
        'question "spring-choice", options: ',
    ),
    "number for an option": (
        "- text: In a bog",
        "- text: 12",
        "- text: 12",
        "options.1.text: Put this in quotes",
    ),
    "unknown key in an option": (
        "{text: It is deep,",
        "{text: It is deep, why: x,",
        "It is deep",
        "options.2.why: ",
    ),
    "no gap": (
        '"The Alder rises in a {{chalk|limestone::a soft rock}} cave."',
        '"The Alder rises."',
        'text: "The Alder rises."',
        'question "spring-cloze", text: ',
    ),
    "no accepted text": (
        '[seven, "7"]',
        "[]",
        "accepted: []",
        'question "mouth-text", accepted: ',
    ),
    "number for an accepted text": (
        '[seven, "7"]',
        "[seven, 7]",
        "[seven, 7]",
        "accepted.1: Put this in quotes",
    ),
    "no stem": (
        "    stem: What is silted?\n",
        "",
        "key: mouth-draft",
        'question "mouth-draft", stem: ',
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS.keys())
def test_a_slip_in_a_question_is_an_error_at_its_line(bank, case):
    old, new, marker, words = case
    bank.change(FILE, old, new)

    error = bank.error_saying(words)

    assert error.file == f"question_bank/rivers/{FILE}"
    assert error.line == bank.line(FILE, marker)
