"""What kind of edit a difference is."""

from __future__ import annotations

from typing import Any

import pytest

from quizapp.questions.edits import EditKind, propose_edit
from quizapp.questions.registry import TYPES
from tests.support.samples import SAMPLES

OPTIONS = [
    {"text": "The visit of 1921", "key": True, "feedback": "It was held."},
    {"text": "The colour", "key": False, "feedback": ""},
]
CHOICE = {"stem": "What was advertised openly?", "options": OPTIONS, "explanation": "As told."}
CLOZE = {"text": "Article {{146|one four six}} forbids it.", "explanation": ""}


def options(**first: Any) -> list[dict[str, Any]]:
    return [{**OPTIONS[0], **first}, OPTIONS[1]]


@pytest.mark.parametrize(
    ("kind", "before", "change", "edit"),
    [
        ("single_choice", CHOICE, {"stem": "What was advertized openly?"}, EditKind.TYPO),
        ("single_choice", CHOICE, {"stem": "what was advertised, openly"}, EditKind.TYPO),
        ("single_choice", CHOICE, {"stem": "What was kept secret?"}, EditKind.MEANING),
        ("single_choice", CHOICE, {"explanation": ""}, EditKind.MEANING),
        ("single_choice", CHOICE, {"options": options(text="The vissit of 1921")}, EditKind.TYPO),
        ("single_choice", CHOICE, {"options": options(text="The visit of 1922")}, EditKind.KEY),
        ("single_choice", CHOICE, {"options": OPTIONS[::-1]}, EditKind.MEANING),
        (
            "single_choice",
            CHOICE,
            {"options": [{**one, "key": not one["key"]} for one in OPTIONS]},
            EditKind.KEY,
        ),
        ("cloze", CLOZE, {"text": "Article {{146|one four six}} bans all."}, EditKind.MEANING),
        ("cloze", CLOZE, {"text": "Article {{146}} forbids it."}, EditKind.KEY),
        ("true_false", {"stem": "So?", "key": True}, {"key": False}, EditKind.KEY),
    ],
)
def test_a_difference_proposes_what_kind_of_edit_it_is(
    kind: str, before: dict[str, Any], change: dict[str, Any], edit: EditKind
) -> None:
    parts = TYPES[kind]
    stored = [parts.dump(parts.parse(raw)) for raw in (before, before | change)]

    assert propose_edit(kind, stored[0], kind, stored[1]) is edit


@pytest.mark.parametrize("name", list(TYPES))
def test_what_is_the_same_is_no_more_than_a_slip(name: str) -> None:
    kind = TYPES[name]
    stored = kind.dump(kind.parse(SAMPLES[name].raw))

    assert propose_edit(name, stored, name, stored) is EditKind.TYPO


def test_another_type_with_the_same_key_changes_the_meaning() -> None:
    short = {"stem": CHOICE["stem"], "accepted": ["The visit of 1921"], "explanation": ""}

    assert propose_edit("single_choice", CHOICE, "short_text", short) is EditKind.MEANING
