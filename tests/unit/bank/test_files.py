"""Files that are not to be read: each a finding with its file, and nothing raises."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from quizapp.bank.check import check
from quizapp.bank.files import MAX_BYTES

QUESTIONS = "questions/places.yaml"


def test_windows_line_ends_are_a_warning_and_the_file_counts(bank):
    path = bank.path(QUESTIONS)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    finding = bank.only_finding()

    assert str(finding) == (
        "question_bank/rivers/questions/places.yaml:1: warning: "
        "Windows line ends; save the file with line feeds alone"
    )
    assert len(bank.check().courses[0].questions) == 5


def test_a_byte_order_mark_is_a_warning(bank):
    path = bank.path("course.yaml")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    finding = bank.only_finding()

    assert not finding.is_error
    assert (finding.line, "byte order mark" in finding.message) == (1, True)


def test_a_character_that_turns_text_round_is_an_error_at_its_line(bank):
    bank.change(QUESTIONS, "text: In a bog", "text: In a \u202ebog")

    error = bank.error_saying("the bidirectional control character U+202E")

    assert error.line == bank.line(QUESTIONS, "\u202e")


@pytest.mark.parametrize("file", ["quizzes.yaml", QUESTIONS, "course.yaml"])
def test_a_link_out_of_the_bank_is_an_error(bank, tmp_path, file):
    outside = tmp_path / "outside.yaml"
    outside.write_bytes(bank.path(file).read_bytes())
    bank.path(file).unlink()
    bank.path(file).symlink_to(outside)

    finding = bank.only_finding()

    assert finding.is_error
    assert (finding.file, finding.line) == (f"question_bank/rivers/{file}", 1)
    assert "a link leads out of the bank's folder" in finding.message


def test_a_folder_that_is_a_link_out_of_the_bank_is_an_error(bank, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (bank.root / "lakes").symlink_to(tmp_path / "elsewhere")

    finding = bank.only_finding()

    assert finding.file == "question_bank/lakes/course.yaml"
    assert "a link leads out" in finding.message


def test_a_link_within_the_bank_is_fine(bank):
    real = bank.path(QUESTIONS).with_suffix(".kept")
    bank.path(QUESTIONS).rename(real)
    bank.path(QUESTIONS).symlink_to(real)

    assert bank.check().findings == ()


@pytest.mark.parametrize("target", ["places.yaml", "gone.yaml"])
def test_a_link_to_itself_or_to_nothing_is_an_error(bank, target):
    bank.path(QUESTIONS).unlink()
    bank.path(QUESTIONS).symlink_to(target)

    finding = bank.only_finding()

    assert finding.is_error
    assert finding.file == "question_bank/rivers/questions/places.yaml"


def test_a_dangling_quizzes_file_is_not_passed_over(bank):
    bank.path("quizzes.yaml").unlink()
    bank.path("quizzes.yaml").symlink_to("gone.yaml")

    assert bank.only_finding().file == "question_bank/rivers/quizzes.yaml"


def test_a_file_of_ten_million_bytes_is_not_even_read(bank):
    bank.path("facts/large.yaml").write_bytes(b"#" * 10_000_000)

    finding = bank.only_finding()

    assert (finding.file, finding.line) == ("question_bank/rivers/facts/large.yaml", 1)
    assert f"10,000,000 bytes, more than {MAX_BYTES:,}; split it" in finding.message


def test_a_pipe_is_not_waited_for(bank):
    os.mkfifo(bank.path("facts/pipe.yaml"))

    assert "no ordinary file" in bank.only_finding().message


def test_a_name_that_is_no_text_can_be_shown(bank):
    path = os.fsencode(bank.root / "rivers" / "facts") + b"/x\xff\n.yaml"
    with open(path, "wb") as file:
        file.write(b"facts: [")

    (finding,) = bank.check().findings

    assert finding.file == "question_bank/rivers/facts/x\ufffd?.yaml"
    str(finding).encode("utf-8")


def test_a_key_in_two_files_is_an_error_that_names_both(bank):
    bank.path("questions/more.yaml").write_text(
        "questions:\n  - key: spring-choice\n    fact: alder-spring\n    type: short_text\n"
        "    stem: From which rock does it come?\n    accepted: [chalk]\n    explanation: So.\n",
        encoding="utf-8",
    )

    error = bank.error_saying('the question key "spring-choice" is taken')

    assert (error.file, error.line) == ("question_bank/rivers/questions/places.yaml", 2)
    assert "first by question_bank/rivers/questions/more.yaml:2" in error.message


def test_a_bank_that_is_a_file_is_a_finding(tmp_path: Path):
    path = tmp_path / "bank.yaml"
    path.write_text("x", encoding="utf-8")

    assert [finding.is_error for finding in check(path).findings] == [True]
