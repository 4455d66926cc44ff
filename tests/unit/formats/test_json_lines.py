"""What is particular about JSON lines."""

from __future__ import annotations

import pytest

from quizapp.errors import Invalid
from quizapp.formats.base import LeftOut
from quizapp.formats.registry import FORMATS

_GOOD = '{"footnote": 1, "type": "true_false", "content": {"stem": "So it is.", "key": true}}'


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (_GOOD.replace('"key": true', '"key": true, "key": false'), "key"),
        (_GOOD.replace('"footnote": 1', '"footnote": 1, "type": "cloze"'), "type"),
        (_GOOD.replace("}}", '}, "fact": {"key": "a", "statement": "b", "key": "c"}}'), "key"),
    ],
)
def test_a_name_that_is_stated_twice_is_refused_with_its_line(line: str, name: str) -> None:
    reading = FORMATS["json_lines"].read(f"{_GOOD}\n{line}\n".encode())

    left = reading.found[1]
    assert isinstance(left, LeftOut)
    assert (left.line, left.reason) == (2, f"“{name}” is stated twice in one object; keep one.")
    with pytest.raises(Invalid, match="stated twice"):
        FORMATS["json_lines"].read(line.encode())


def test_yaml_refuses_a_name_that_is_stated_twice_with_its_line() -> None:
    text = "footnote: 1\nquestions:\n- type: true_false\n  stem: So.\n  stem: No.\n  truth: true\n"

    with pytest.raises(Invalid, match=r"line 5: .*stem.* is stated twice, first in line 4"):
        FORMATS["bank_yaml"].read(text.encode())
