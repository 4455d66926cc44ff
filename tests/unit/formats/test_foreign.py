"""The command that compares foreign files with a reference finds what is read otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import foreign

_QUESTION: dict[str, Any] = {
    "qtype": "multichoice",
    "name": "Which flows west?",
    "questiontext": "Which flows west?",
    "questiontextformat": "0",
    "generalfeedback": "",
    "defaultmark": 1,
    "penalty": 0.3333333,
    "idnumber": "",
    "tags": [],
    "single": 1,
    "shuffleanswers": "1",
    "answer": [{"text": "Loire", "format": "0"}, {"text": "Danube", "format": "0"}],
    "fraction": [1, 0],
    "feedback": [{"text": "", "format": "0"}, {"text": "East.", "format": "0"}],
}
_FILE = "Which flows west?{=Loire ~Danube#East.}"


def _run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, parsed: list[dict[str, Any]]
) -> int:
    (folder / "gift").mkdir()
    (folder / "gift" / "a.gift").write_text(text, encoding="utf-8")
    expected = {"questions": len(parsed), "parsed": parsed}
    (folder / "gift" / "a.gift.expected.json").write_text(json.dumps(expected), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["foreign", str(folder), "--format", "gift"])
    return foreign.main()


def test_the_same_reading_is_counted_as_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(tmp_path, monkeypatch, _FILE, [_QUESTION]) == 0
    assert "100.0%" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"fraction": [0, 1]}, "options"),
        ({"feedback": [{"text": "", "format": "0"}] * 2}, "options"),
        ({"name": "Another"}, "name"),
        ({"generalfeedback": "So."}, "general feedback"),
        ({"tags": ["rivers"]}, "tags"),
        ({"idnumber": "7"}, "key"),
        ({"single": 0}, "single"),
        ({"questiontextformat": "1"}, "stem format"),
        ({"defaultmark": 2}, "mark"),
    ],
)
def test_a_field_read_otherwise_is_a_silent_difference(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, Any],
    field: str,
) -> None:
    assert _run(tmp_path, monkeypatch, _FILE, [_QUESTION | change]) == 1
    assert f"SILENT gift/a.gift, line 1: {field}" in capsys.readouterr().out


def test_a_question_that_is_missing_or_too_many_is_a_silent_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = _QUESTION | {"questiontext": "Where?", "name": "Where?"}

    assert _run(tmp_path, monkeypatch, _FILE, [_QUESTION, other]) == 1
    assert "missing" in capsys.readouterr().out


def test_a_question_left_out_with_its_reason_is_refused_and_not_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = _QUESTION | {"questiontext": "Where?", "name": "Where?"}

    assert _run(tmp_path, monkeypatch, f"{_FILE}\n\nWhere?{{~one}}", [_QUESTION, other]) == 0
    assert "refused gift/a.gift" in capsys.readouterr().out
