"""What every format of questions promises: what it claims to hold comes back unchanged."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import Draft, DraftCitation, DraftFact, Format
from quizapp.formats.registry import FORMATS, detect
from quizapp.questions.registry import TYPES
from tests.support.samples import SAMPLES

_WRITERS = [one for one in FORMATS.values() if one.can_write and one.can_read]
_READERS = [one for one in FORMATS.values() if one.can_read]


def drafts() -> list[Draft]:
    """Return a draft of every type, with everything that a question may have beside."""
    fact = DraftFact(
        "Article 146 bars foreign bases.",
        "bars-bases",
        "The record differs.",
        (DraftCitation("p1", "=codified, in “Article 146”"), DraftCitation("p2", "bases; of")),
        "A book.",
    )
    plain = [
        Draft(0, name, TYPES[name].dump(TYPES[name].parse(sample.raw)), key=f"q-{name}")
        for name, sample in SAMPLES.items()
    ]
    hard = replace(
        plain[0],
        key="hard-1",
        raw={
            "stem": '=1+1, "quoted"; and\nmore\n\n* a list',
            "options": [
                {"text": "-5", "key": True, "feedback": "'=so"},
                {"text": "@name", "key": False, "feedback": "", "locked": True},
                {"text": "True", "key": False, "feedback": "''+x"},
            ],
            "explanation": "+ ünï – 日本語 🎈",
        },
        topic=("Bases",),
        tags=("one", "two-words"),
        mark=Fraction(1, 3),
        status="ready",
        fact=fact,
        name="A title",
        topic_key="bases",
    )
    return [*plain, hard, replace(plain[1], key="", topic=("Outer", "Inner"), status="retired")]


@pytest.mark.parametrize("form", _WRITERS, ids=lambda one: one.name)
def test_what_it_claims_to_hold_comes_back_as_it_was(form: Format) -> None:
    held = [draft for draft in drafts() if not form.loss(draft).what]

    written = form.write(held, title="A course")
    reading = form.read(written.data, filename=f"course{written.suffix}")

    assert reading.left_out == ()
    assert _comparable(reading.drafts) == _comparable(held)


@pytest.mark.parametrize("form", _WRITERS, ids=lambda one: one.name)
def test_its_own_files_are_known_by_their_content(form: Format) -> None:
    written = form.write(drafts(), title="A course")

    assert detect(written.data, f"course{written.suffix}") is form


@pytest.mark.parametrize("form", _READERS, ids=lambda one: one.name)
@pytest.mark.parametrize(
    "data",
    [b"", b"\x00" * 50, b"\xff\xfe\x00", b"PK\x03\x04", b'"', b"[" * 5_000, b"question,a\n", b"{}"],
)
def test_what_is_no_such_file_is_refused_with_a_reason_or_read_in_part(
    form: Format, data: bytes
) -> None:
    form.detects(data, "file")
    try:
        reasons = [one.reason for one in form.read(data).left_out]
    except Invalid as error:
        reasons = [problem.message for problem in error.problems]

    assert all(reasons)


def _comparable(found: tuple[Draft, ...] | list[Draft]) -> list[Draft]:
    return [
        replace(
            draft,
            line=0,
            place="",
            raw=TYPES[draft.type_name].dump(TYPES[draft.type_name].parse(draft.raw)),
        )
        for draft in found
    ]
