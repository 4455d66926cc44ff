"""What can be wrong in course.yaml and reader.yaml, each at its line."""

from __future__ import annotations

import pytest

COURSE, READER = "course.yaml", "reader.yaml"

#: the file, what it says, what it is made to say, a mark in the line of the finding, its words
ERRORS = {
    "unknown key in the course": (
        COURSE,
        "language: en",
        "language: en\nlanguag: de",
        "languag: de",
        'unknown key "languag" in the file; did you mean "language"?',
    ),
    "unknown key in a topic": (
        COURSE,
        "summary: Where rivers",
        "sumary: Where rivers",
        "sumary",
        'unknown key "sumary" in a topic; did you mean "summary"?',
    ),
    "unknown key unlike any other": (
        COURSE,
        "note: Shortened.",
        "zzz: Shortened.",
        "zzz",
        'unknown key "zzz" in a source; known are key, title',
    ),
    "unknown key in a passage": (
        READER,
        "locator: P2",
        "locater: P2",
        "locater",
        'did you mean "locator"?',
    ),
    "missing title": (
        COURSE,
        "    title: Mouths\n",
        "",
        "key: mouths",
        'a topic needs "title"; add it',
    ),
    "missing licence": (
        COURSE,
        "    licence: Free to use, https://example.org/licence\n",
        "",
        "key: survey",
        'a source needs "licence"',
    ),
    "empty text": (
        READER,
        "heading: The delta",
        "heading:",
        "heading:\n",
        '"heading" is empty; write it or leave the key out',
    ),
    "list for text": (
        READER,
        "heading: The delta",
        "heading: [The delta]",
        "heading: [",
        '"heading" must be text, not a list',
    ),
    "truth for text": (
        READER,
        "heading: The delta",
        "heading: true",
        "heading: true",
        '"heading" must be text; put quotes',
    ),
    "text for a list": (
        COURSE,
        (
            "topics:\n"
            "  - key: springs\n"
            "    title: Springs\n"
            "    summary: Where rivers begin.\n"
            "  - key: mouths\n"
            "    title: Mouths\n"
        ),
        "topics: springs\n",
        "topics: springs",
        '"topics" must be a list',
    ),
    "text for an item": (
        COURSE,
        "  - key: mouths\n    title: Mouths\n",
        "  - mouths\n",
        "- mouths",
        "a topic must be a map",
    ),
    "too long a title": (
        COURSE,
        "title: Mouths",
        "title: " + "m" * 201,
        "title: mm",
        '"title" has 201 characters; shorten it to 200',
    ),
    "upper case in a key": (
        COURSE,
        "- key: survey",
        "- key: Survey",
        "key: Survey",
        '"Survey" cannot be a key; use lower-case letters',
    ),
    "slug unlike the folder": (
        COURSE,
        "slug: rivers",
        "slug: brooks",
        "slug: brooks",
        'the folder\'s name, "rivers"',
    ),
    "language that is no tag": (
        COURSE,
        "language: en",
        "language: English",
        "language: English",
        "no language tag",
    ),
    "topic key taken": (
        COURSE,
        "- key: mouths",
        "- key: springs",
        "- key: springs\n    title: Mouths",
        'the topic key "springs" is taken, first by question_bank/rivers/course.yaml:8',
    ),
    "passage key taken": (
        READER,
        "- key: p2",
        "- key: p1",
        "- key: p1\n    heading: The delta",
        'the passage key "p1" is taken',
    ),
    "unknown source": (
        READER,
        "source: survey",
        "source: surveys",
        "key: p1",
        'names the unknown source "surveys"; did you mean "survey"?',
    ),
    "web address in a passage": (
        READER,
        "is silted.",
        "is silted, see https://example.org/delta.",
        "see https",
        'the web address "https://example.org/delta" has no place here',
    ),
}


@pytest.mark.parametrize("case", ERRORS.values(), ids=ERRORS.keys())
def test_a_slip_in_the_course_or_its_reader_is_an_error_at_its_line(bank, case):
    file, old, new, marker, words = case
    bank.change(file, old, new)

    error = bank.error_saying(words)

    assert error.file == f"question_bank/rivers/{file}"
    assert error.line == bank.line(file, marker)
