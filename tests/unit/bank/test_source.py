"""Evidence is in the source, and no sentence of the source is in the bank."""

from __future__ import annotations

from pathlib import Path

import pytest

from quizapp.bank.check import check

READER, FACTS, QUESTIONS = "reader.yaml", "facts/places.yaml", "questions/places.yaml"
SOURCE = (
    "Out of a  hole of chalk the Alder does come, cold all the year,\n"
    "“and hard”. It goes into the sea by way of seven arms.\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "behind.txt"
    path.write_text(SOURCE, encoding="utf-8")
    return path


def messages(bank, source: Path) -> list[str]:
    return [str(finding) for finding in check(bank.root, source).findings]


def with_evidence(bank, stated: str) -> None:
    bank.change(FACTS, "note: Older maps show six.", f"note: Older.\n    evidence: {stated}")


def test_evidence_that_stands_in_the_source_is_fine(bank, source):
    with_evidence(bank, "[by way of seven arms]")
    bank.change(READER, "locator: P1", 'locator: P1\n    evidence: ["hole of chalk", "year, “and"]')

    report = check(bank.root, source)

    assert report.findings == ()
    assert [e.words for e in report.courses[0].facts[1].evidence] == ["by way of seven arms"]


def test_evidence_that_does_not_is_an_error_at_its_line(bank, source):
    with_evidence(bank, "\n      - seven arms\n      - eight arms")

    assert messages(bank, source) == [
        f"question_bank/rivers/{FACTS}:{bank.line(FACTS, '- eight arms')}: "
        'the source does not hold "eight arms"; copy the words exactly'
    ]


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ("[one two three four five six seven eight nine]", "evidence of 9 words; quote at most 8"),
        ("[seven arms, seven arms]", "listed twice"),
        ("[7]", "evidence must be text"),
        ("seven arms", '"evidence" must be a list'),
        ("[]", '"evidence" must be a list'),
    ],
)
def test_evidence_is_a_list_of_a_few_words(bank, stated, words):
    with_evidence(bank, stated)

    assert words in bank.only_finding().message


@pytest.mark.parametrize(
    "copied",
    [
        "It goes into the sea by way of seven arms",
        "She said: it goes, INTO the sea - by way of seven!",
    ],
)
def test_nine_words_of_the_source_in_a_row_are_a_copy(bank, source, copied):
    bank.change(QUESTIONS, "explanation: Older maps show six.", f'explanation: "{copied}"')

    (found,) = messages(bank, source)

    line = bank.line(QUESTIONS, "goes")
    assert found.startswith(f"question_bank/rivers/{QUESTIONS}:{line}: ")
    assert '"it goes into the sea by way of seven" is copied from the source' in found


def test_eight_words_in_a_row_are_not(bank, source):
    bank.change(
        QUESTIONS,
        "explanation: Older maps show six.",
        "explanation: Water goes into the sea by way of seven old arms.",
    )

    assert messages(bank, source) == []


def test_without_a_source_evidence_is_not_compared(bank):
    with_evidence(bank, "[eight arms]")

    assert bank.check().findings == ()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "the source is not UTF-8"),
        (b"#" * 10_000_001, "larger than 10,000,000 bytes"),
        (None, "no ordinary file"),
    ],
)
def test_a_source_that_cannot_be_read_is_an_error(bank, source, data, words):
    source.unlink()
    if data is not None:
        source.write_bytes(data)

    (found,) = messages(bank, source)

    assert found.startswith("behind.txt:1: ")
    assert words in found
