"""Corner cases of QTI and Common Cartridge, each with what reading it gives.

`expected.json` beside the files holds the readings. Made anew with

    python -m tests.support.golden_formats

it is to be read word by word before it is committed.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quizapp.formats.registry import detect
from tests.support.golden_formats import FOLDERS, GOLDEN, reading_of

FILES = sorted(
    path for name in FOLDERS for path in (GOLDEN / name).iterdir() if path.name != "expected.json"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_corner_case_is_read_as_it_should_be(path: Path) -> None:
    expected = json.loads((path.parent / "expected.json").read_text(encoding="utf-8"))

    assert reading_of(path) == expected[path.name]


def test_every_corner_case_is_detected_and_no_reading_is_left_over() -> None:
    for path in FILES:
        assert detect(path.read_bytes(), path.name) is not None, path.name
    for name in FOLDERS:
        expected = json.loads((GOLDEN / name / "expected.json").read_text(encoding="utf-8"))
        assert {path.name for path in FILES if path.parent.name == name} == set(expected)
