"""Languages by their tags."""

from __future__ import annotations

import pytest

from quizapp.web.languages import direction, language_name


@pytest.mark.parametrize(
    ("tag", "name", "way"),
    [
        ("fa", "Persian", "rtl"),
        ("ar-SY", "Arabic", "rtl"),
        ("RU", "Russian", "ltr"),
        ("ku", "Kurdish", "ltr"),
        ("ku-Arab", "Kurdish", "rtl"),
        ("az-Latn", "Azerbaijani", "ltr"),
        ("xx", "xx", "ltr"),
    ],
)
def test_a_tag_gives_a_name_and_a_direction(tag: str, name: str, way: str) -> None:
    assert (language_name(tag), direction(tag)) == (name, way)
