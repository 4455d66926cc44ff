"""What can be wrong in a fact and its citations, each at its line."""

from __future__ import annotations

import pytest

FILE = "facts/places.yaml"

#: what the file says, what it is made to say, a mark in the line of the finding, its words
ERRORS = {
    "no words in a citation": (
        "        exact: a delta of seven arms\n",
        "",
        "- passage: p2",
        'a citation needs "exact"; add it',
    ),
    "a map among the words": (
        "exact: a delta of seven arms",
        "exact: {a: delta}",
        "exact: {a",
        '"exact" must be text, not a map',
    ),
    "unknown key in a citation": (
        "p1, exact: rises",
        "p1, note: x, exact: rises",
        "p1, note",
        'unknown key "note" in a citation',
    ),
    "missing statement": (
        "    statement: The Alder ends in seven arms.\n",
        "",
        "key: alder-mouth",
        'a fact needs "statement"; add it',
    ),
    "space in a key": (
        "key: alder-mouth",
        "key: alder mouth",
        "key: alder mouth",
        '"alder mouth" cannot be a key',
    ),
    "fact key taken": (
        "- key: alder-spring",
        "- key: alder-mouth",
        "- key: alder-mouth\n    topic: springs",
        ('the fact key "alder-mouth" is taken, first by question_bank/rivers/facts/places.yaml:2'),
    ),
    "key stated twice": (
        "topic: mouths",
        "topic: mouths\n    topic: springs",
        "topic: springs",
        '"topic" is stated twice, first in line 3',
    ),
    "fact without citations": (
        ("    citations:\n      - {passage: p1, exact: rises in a chalk cave and is cold}\n"),
        "",
        "key: alder-spring",
        'a fact needs "citations"',
    ),
    "fact with no citation in the list": (
        ("    citations:\n      - {passage: p1, exact: rises in a chalk cave and is cold}\n"),
        "    citations: []\n",
        "citations: []",
        '"citations" is empty; list at least one',
    ),
    "unknown passage": (
        "passage: p1,",
        "passage: p9,",
        "passage: p9",
        'fact "alder-spring" names the unknown passage "p9"; check the key, or write',
    ),
    "words not in the passage": (
        "exact: a delta of seven arms",
        "exact: a delta of eight arms",
        "exact: a delta of eight arms",
        (
            '"a delta of eight arms" is not in passage "p2"; the nearest '
            'words are "a delta of seven arms;"'
        ),
    ),
    "words unlike the passage": (
        "exact: a delta of seven arms",
        "exact: quixotic",
        "exact: quixotic",
        '"quixotic" is not in passage "p2"; copy the words from it',
    ),
    "words twice in the passage": (
        "exact: a delta of seven arms",
        "exact: arm",
        "exact: arm",
        '"arm" is 2 times in passage "p2"; cite more words',
    ),
    "unknown topic": (
        "topic: springs",
        "topic: spring",
        "key: alder-spring",
        'names the unknown topic "spring"; did you mean "springs"?',
    ),
    "web address in a statement": (
        "in seven arms.",
        "in seven arms (example.org).",
        "statement: The Alder ends",
        '"example.org" has no place',
    ),
    "web address in a note": (
        "Older maps show six.",
        "See example.com.",
        "See example",
        '"example.com" has no place',
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS.keys())
def test_a_slip_in_a_fact_is_an_error_at_its_line(bank, case):
    old, new, marker, words = case
    bank.change(FILE, old, new)

    error = bank.error_saying(words)

    assert error.file == f"question_bank/rivers/{FILE}"
    assert error.line == bank.line(FILE, marker)
