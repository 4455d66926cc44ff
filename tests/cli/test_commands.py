"""The `quizapp` command."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from pathlib import Path

import pytest

from quizapp.paths import QUESTION_BANK
from tests.support.command import Done, run_here, run_process


class Shell:
    """Runs `quizapp` with a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *words: str, **settings: str) -> Done:
        return run_here(*words, **{"QUIZAPP_DATA": str(self.data)} | settings)

    def process(self, *words: str, **settings: str) -> Done:
        """Run it as a process of its own, as a person would."""
        return run_process(*words, **{"QUIZAPP_DATA": str(self.data)} | settings)


@pytest.fixture
def quizapp(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A copy of the shipped bank, to break."""
    return Path(shutil.copytree(QUESTION_BANK, tmp_path / "question_bank"))


def test_bank_check_counts_what_there_is(quizapp: Shell) -> None:
    done = quizapp.process("bank", "check")

    assert (done.returncode, done.stderr) == (0, "")
    for word in ("facts", "questions", "passages", "quizzes", "terms"):
        assert word in done.stdout


def test_bank_check_prints_forms_by_topic_and_findings_by_rule(quizapp: Shell) -> None:
    done = quizapp("bank", "check")

    heads = [line.split() for line in done.stdout.splitlines()]
    assert ["topic", "facts", "questions", "recognition", "recall", "in", "both"] in heads
    assert ["rule", "findings", "waived"] in heads
    assert done.stdout.splitlines()[-1].startswith("0 errors, 0 warnings, ")


def test_bank_check_says_the_same_as_json(quizapp: Shell, bank: Path) -> None:
    path = next(iter(sorted(bank.glob("*/facts/*.yaml"))))
    path.write_text(path.read_text(encoding="utf-8").replace("topic: ", "topic: un", 1), "utf-8")

    done = quizapp("bank", "check", str(bank), "--format", "json")

    said = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert list(said) == ["version", "ok", "counts", "findings", "waived", "topics", "rules"]
    assert (said["version"], said["ok"]) == (1, False)
    assert set(said["counts"]) == {"courses", "passages", "facts", "questions", "quizzes", "terms"}
    (error,) = [one for one in said["findings"] if one["severity"] == "error"]
    assert set(error) == {"file", "line", "severity", "rule", "message"}
    assert (error["file"], error["rule"]) == (str(path.relative_to(bank.parent)), "")
    assert all(one["rule"] and len(one["reason"]) >= 10 for one in said["waived"])
    assert set(said["rules"][0]) == {"rule", "findings", "waived"}
    assert set(said["topics"][0]) == {
        "course", "topic", "facts", "questions", "recognition", "recall", "in_both"
    }  # fmt: skip


def test_evidence_that_the_source_does_not_hold_fails_the_check(
    quizapp: Shell, tmp_path: Path
) -> None:
    source = tmp_path / "source.txt"
    source.write_text("Nothing of it.", encoding="utf-8")

    done = quizapp("bank", "check", "--source", str(source))

    assert done.returncode == 1
    assert "the source does not hold" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_citation_is_named_by_file_and_line(quizapp: Shell, bank: Path) -> None:
    path = next(iter(sorted(bank.glob("*/facts/*.yaml"))))
    lines = path.read_text(encoding="utf-8").splitlines()
    broken = next(n for n, line in enumerate(lines) if "exact:" in line)
    lines[broken] = lines[broken].split("exact:")[0] + "exact: words that stand nowhere"
    while broken + 1 < len(lines) and lines[broken + 1].startswith("         "):
        del lines[broken + 1]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    done = quizapp("bank", "check", str(bank))

    assert done.returncode == 1
    assert f"{path.relative_to(bank.parent)}:{broken + 1}: " in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_bank_is_not_loaded_in_part(quizapp: Shell, bank: Path) -> None:
    quizapp("init")
    (next(iter(bank.glob("*/quizzes.yaml")))).write_text("quizzes: [", encoding="utf-8")

    done = quizapp("bank", "load", str(bank))

    assert done.returncode == 1
    assert "Nothing was loaded." in done.stderr


def test_init_twice_keeps_everything_and_adds_nothing(quizapp: Shell) -> None:
    first = quizapp.process("init")
    accounts = (quizapp.data / "demo-accounts.txt").read_text(encoding="utf-8")
    second = quizapp("init")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "0 added, 0 changed, 0 retired" in second.stdout
    assert (quizapp.data / "demo-accounts.txt").read_text(encoding="utf-8") == accounts


def test_unsafe_settings_are_refused_in_one_line_each(quizapp: Shell) -> None:
    done = quizapp.process("serve", QUIZAPP_ENV="production", QUIZAPP_SECRET_KEY="short")

    assert done.returncode == 2
    assert done.stderr.startswith("QUIZAPP_SECRET_KEY must have at least 32 characters")
    assert "Traceback" not in done.stderr


def test_production_gets_no_demo_accounts(quizapp: Shell) -> None:
    safe = {
        "QUIZAPP_ENV": "production",
        "QUIZAPP_SECRET_KEY": "tG7-Zq9_Vb3xLw8Rk2Nf6Yh1Jd5Ps4Mc0Ae",
        "QUIZAPP_TRUSTED_HOSTS": "footnote.example.org",
    }

    done = quizapp("init", **safe)

    assert done.returncode == 0, done.stderr
    assert not (quizapp.data / "demo-accounts.txt").exists()


def test_a_data_folder_that_cannot_be_used_is_named(quizapp: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    done = quizapp("init", QUIZAPP_DATA=str(tmp_path / "file" / "data"))

    assert done.returncode == 2
    assert done.stderr.startswith("QUIZAPP_DATA cannot use the folder")


def test_a_database_that_is_not_one_is_a_clear_message(quizapp: Shell) -> None:
    quizapp.data.mkdir()
    (quizapp.data / "quizapp.sqlite3").write_bytes(b"this is not a database, " * 100)

    done = quizapp.process("init")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr


def test_an_account_can_be_made_and_given_a_role(quizapp: Shell) -> None:
    quizapp("init")
    slug = next(QUESTION_BANK.glob("*/course.yaml")).parent.name

    made = quizapp.process("user", "create", "Vera@Example.org", "--name", "Vera")
    given = quizapp("user", "role", "vera@example.org", slug, "instructor")
    unknown = quizapp.process("user", "role", "nobody@example.org", slug, "student")

    assert made.returncode == 0, made.stderr
    assert given.returncode == 0, given.stderr
    assert unknown.returncode == 1
    assert "Traceback" not in unknown.stderr


def test_a_port_that_is_taken_is_named(quizapp: Shell) -> None:
    quizapp("init")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        done = quizapp.process("serve", "--port", port)

    assert done.returncode == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_may_not_be_written_says_what_to_do(quizapp: Shell) -> None:
    quizapp("init")
    (quizapp.data / "quizapp.sqlite3").rename(quizapp.data / "kept.sqlite3")
    (quizapp.data / "quizapp.sqlite3").mkdir()

    done = quizapp("init")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr


def test_a_load_names_the_citations_that_it_did_not_find_again(quizapp: Shell, bank: Path) -> None:
    words = "what provoked it was how openly those operations had been advertised"
    assert quizapp("init").returncode == 0
    with sqlite3.connect(quizapp.data / "quizapp.sqlite3") as stored:  # as if edited on the site
        stored.execute("UPDATE passage SET text = replace(text, ?, 'what provoked it')", [words])
    facts = bank / "russia-iran-syria" / "facts" / "airbase.yaml"
    text = facts.read_text(encoding="utf-8")
    statement = "statement: What provoked the backlash in Tehran was"
    assert statement in text
    facts.write_text(text.replace(statement, f"{statement}, in all,"), encoding="utf-8")

    done = quizapp("bank", "load", str(bank))

    assert (done.returncode, done.stderr) == (0, "")
    assert f"1 citation was not found again: “{words}”" in done.stdout
    assert "see /teach/russia-iran-syria/citations" in done.stdout
    assert "not found again" not in quizapp("bank", "load", str(bank)).stdout
