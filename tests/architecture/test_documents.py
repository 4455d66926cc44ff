"""Rules about the repository as a reader meets it: complete, finished, and of no one machine."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from quizapp.config import Settings
from tests.support.repository import ROOT, kept_files, read, texts

# Spelt with a gap, so that this file does not hold the words that it looks for.
UNFINISHED = re.compile(r"\b(TO[D]O|FIX[M]E|[n]ot implemented yet|[c]oming soon|[l]orem ipsum)\b")
ONE_MACHINE = re.compile(
    r"/wor[k]/|/far[m]/|/opt/(whee[l]s|pyp[i])|bash_job[s]|\.\./share[d]|/\.librar[y]"
    r"|/(home|Users)/(?!you\b|user\b)[a-z]\w*/|/roo[t]/"
)

TEXTS = [path for path in texts() if path.suffix not in (".lock", ".svg")]
RECORDS = texts(".md", under="docs/adr/")
SETTINGS = {f"QUIZAPP_{setting.name.upper()}" for setting in fields(Settings)}


def test_every_file_is_finished() -> None:
    assert not [f"{path}: {found[0]}" for path in TEXTS if (found := UNFINISHED.search(read(path)))]


def test_every_file_means_the_same_on_every_machine() -> None:
    found = [f"{path}: {hit[0]}" for path in TEXTS if (hit := ONE_MACHINE.search(read(path)))]

    assert not found, "use a relative path or a setting"


def test_every_text_ends_its_lines_as_unix_does() -> None:
    wrong = [str(path) for path in TEXTS if (text := read(path)) and not text.endswith("\n")]

    assert not wrong
    assert not [str(path) for path in TEXTS if "\r" in read(path)]


def test_the_table_of_settings_in_the_readme_is_complete_and_true() -> None:
    rows = re.findall(r"^\|\s*`(QUIZAPP_[A-Z_]+)`\s*\|", read(Path("README.md")), re.MULTILINE)

    assert sorted(rows) == sorted(SETTINGS), "one row a setting: | `QUIZAPP_NAME` | … |"


def test_the_documents_name_no_setting_that_does_not_exist() -> None:
    named = {name for path in texts(".md") for name in re.findall(r"QUIZAPP_[A-Z_]+", read(path))}

    assert named <= SETTINGS


def test_decision_records_are_numbered_without_gaps() -> None:
    numbers = [path.name[:4] for path in RECORDS]
    misnamed = [path.name for path in RECORDS if not re.match(r"\d{4}-[a-z0-9-]+\.md$", path.name)]

    assert not misnamed, "name a record 0001-what-was-decided.md"
    assert numbers, "write down the first decision in docs/adr/"
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]


def test_a_decision_record_says_why_what_and_what_follows() -> None:
    parts = ("Context", "Decision", "Consequences")
    missing = [
        f"{path}: {part}"
        for path in RECORDS
        for part in parts
        if not re.search(rf"^(## |\*\*){part}\b", read(path), re.MULTILINE)
    ]

    assert not missing, "add the part, as in **Context.** …"


def test_the_changelog_says_something() -> None:
    assert re.search(r"^[-*] \w", read(Path("CHANGELOG.md")), re.MULTILINE), "list what changed"


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "LICENSE",
        "docs/glossary.md",
    ],
)
def test_a_newcomer_finds_the_usual_documents(name: str) -> None:
    assert len(read(Path(name)).split()) > 50


def test_links_between_documents_lead_somewhere() -> None:
    broken = [
        f"{path}: {target}"
        for path in texts(".md")
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", read(path))
        if not (ROOT / path.parent / target).exists()
    ]

    assert not broken


def test_no_private_file_is_kept() -> None:
    private = re.compile(r"(^|/)\.env($|\.)|\.sqlite3|\.pem$|secret-key$|\.pyc$")

    assert not [str(path) for path in kept_files() if private.search(path.as_posix())]
