"""What a format says that it cannot hold, before a file is made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from quizapp.formats.base import Draft, DraftFact
from quizapp.formats.registry import FORMATS

_TRUTH = Draft(0, "true_false", {"stem": "Whales are fish.", "key": False})


def _number(**more: Any) -> Draft:
    return Draft(0, "numeric", {"stem": "How far?", "number": "5"} | more)


def _choice(**more: Any) -> Draft:
    options = [{"text": "a", "key": True}, {"text": "b", "key": False}]
    return Draft(0, "single_choice", {"stem": "Which?", "options": options} | more)


@pytest.mark.parametrize(
    ("name", "draft", "said"),
    [
        ("gift", replace(_TRUTH, fact=DraftFact("So it is.")), "citations"),
        ("gift", replace(_TRUTH, status="ready"), "comes back as a draft"),
        ("gift", replace(_TRUTH, mark=_TRUTH.mark * 2), "no points"),
        ("gift", _number(unit="m"), "no units"),
        ("gift", _number(number="1,000"), "written 1000"),
        ("gift", _number(minimum="4", maximum="6"), "middle"),
        ("gift", Draft(0, "self_rated", {"stem": "Why?", "answer": "So."}), "model answer"),
        ("moodle-xml", _number(minimum="4", maximum="6"), "tolerance"),
        ("moodle-xml", _number(accepted=["a few"]), "words that count"),
        ("moodle-xml", Draft(0, "cloze", {"text": "{{a}} and {{b}}."}), "worth 2"),
        ("moodle-xml", Draft(0, "cloze", {"text": "So {{a::why}}."}), "hints"),
        ("gift", _choice(stem="![map](media:a.png)"), "pictures"),
        ("aiken", _choice(explanation="So."), "explanation"),
        ("aiken", _choice(stem="**Which**?"), "Emphasis"),
    ],
)
def test_what_is_lost_is_said_before(name: str, draft: Draft, said: str) -> None:
    loss = FORMATS[name].loss(draft)

    assert not loss.is_left_out
    assert any(said in what for what in loss.what), loss.what


@pytest.mark.parametrize(
    ("name", "draft"),
    [
        ("gift", Draft(0, "cloze", {"text": "So {{a}}."})),
        ("gift", Draft(0, "short_text", {"stem": "How?", "accepted": ["a -> b"]})),
        ("aiken", _TRUTH),
        ("aiken", _choice(stem="A) Which?")),
        ("aiken", _choice(stem=">")),
    ],
)
def test_what_would_be_read_as_something_else_is_left_out(name: str, draft: Draft) -> None:
    assert FORMATS[name].loss(draft).is_left_out
    assert FORMATS[name].read(FORMATS[name].write([draft], title="").data).found == ()


def test_what_no_rule_knows_of_is_found_by_comparing() -> None:
    draft = replace(_TRUTH, raw=_TRUTH.raw | {"stem": "Is # this\n\n# a heading?"})

    assert FORMATS["gift"].loss(draft).what != ()
