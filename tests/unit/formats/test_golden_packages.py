"""Corner cases of QTI and Common Cartridge, each with what reading it must give.

`expected.txt` beside the files was written by hand from the files themselves, in the notation of
`tests.support.told_readings`; nothing writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pytest

from bench.foreign_outcomes import Outcome
from bench.foreign_qti import check_words
from quizapp.errors import Invalid
from quizapp.formats.ims_package.shell import ImsFormat
from quizapp.formats.registry import FORMATS, detect
from tests.support.told_readings import is_told, told

GOLDEN = Path(__file__).parents[2] / "golden" / "formats"
FOLDERS = ("qti12", "qti2", "common_cartridge")
FILES = sorted(
    path for name in FOLDERS for path in (GOLDEN / name).iterdir() if path.name != "expected.txt"
)


def _expected(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each file's name, its format and the lines that reading it must give."""
    for part in (folder / "expected.txt").read_text(encoding="utf-8").split("== ")[1:]:
        head, *lines = part.strip().split("\n")
        name, form = head.split()
        yield name, form, [line.rstrip() for line in lines]


EXPECTED = {
    GOLDEN / folder / name: (form, lines)
    for folder in FOLDERS
    for name, form, lines in _expected(GOLDEN / folder)
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_corner_case_is_read_as_it_should_be(path: Path) -> None:
    data = path.read_bytes()
    form, expected = EXPECTED[path]
    one = detect(data, path.name)
    assert one is not None
    assert one.name == form
    if expected[0].startswith("refused "):
        with pytest.raises(Invalid) as refused:
            one.read(data, filename=path.name)
        assert expected[0].removeprefix("refused ") in str(refused.value)
        return

    lines = told(one.read(data, filename=path.name))

    different = [
        (line, wanted)
        for line, wanted in zip_longest(lines, expected, fillvalue="nothing")
        if not is_told(line, wanted)
    ]
    assert different == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_word_of_a_corner_case_is_lost_in_silence(path: Path) -> None:
    data = path.read_bytes()
    form, expected = EXPECTED[path]
    one = FORMATS[form]
    if expected[0].startswith("refused ") or not isinstance(one, ImsFormat):
        return
    outcome = Outcome()

    check_words(outcome, data, one.gathered(data))

    assert outcome.pieces
    assert outcome.silent == []


def test_every_corner_case_has_an_expectation_and_no_expectation_is_left_over() -> None:
    assert set(EXPECTED) == set(FILES)
