"""Strict YAML: plain values, a line for everything, one clear finding for what is no YAML."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.bank import located as module
from quizapp.bank.findings import Finding
from quizapp.bank.located import Located, read_yaml

#: Both parsers must be as strict; a PyYAML without the C one is tested twice over.
LOADERS = [yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)]


def read(text: str | bytes) -> Located:
    findings: list[Finding] = []
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    located = read_yaml(data, "bank/x.yaml", findings)
    assert findings == []
    assert located is not None
    return located


def refuse(text: str | bytes) -> Finding:
    findings: list[Finding] = []
    data = text if isinstance(text, bytes) else text.encode("utf-8")
    assert read_yaml(data, "bank/x.yaml", findings) is None
    assert len(findings) == 1
    return findings[0]


@pytest.mark.parametrize(
    "plain", ["on", "no", "Yes", "null", "~", "2016-08-16", "1.5", "1e3", "0146", "0x1F", "1_000",
              "12:30", "True", "<<", "="]
)  # fmt: skip
def test_what_an_editor_typed_stays_text(plain):
    assert read(f"value: {plain}").value == {"value": plain}


def test_only_true_false_and_whole_numbers_are_more_than_text():
    located = read('a: true\nb: false\nc: 146\nd: -3\ne: 0\nf: "true"\ng: "146"\nh:\n')

    assert located.value == {
        "a": True, "b": False, "c": 146, "d": -3, "e": 0, "f": "true", "g": "146", "h": ""
    }  # fmt: skip


def test_keys_are_text_even_when_they_look_like_numbers():
    assert read("146: x\ntrue: y").value == {"146": "x", "true": "y"}


def test_text_is_normalised_to_composed_characters():
    assert read("value: Zu\u0308rich").value == {"value": "Zürich"}


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"\xef\xbb\xbfkey: x", 1, "byte order mark"),
        (b"key: x\r\n", 1, "Windows line ends"),
        (b"key: x\nother: y\r\n", 2, "Windows line ends"),
    ],
)
def test_what_other_programs_stumble_over_is_read_with_a_warning(data, line, words):
    findings: list[Finding] = []

    located = read_yaml(data, "bank/x.yaml", findings)

    assert located is not None
    assert located.value["key"] == "x"
    assert [(finding.line, finding.is_error) for finding in findings] == [(line, False)]
    assert words in findings[0].message


@pytest.mark.parametrize("code", ["\u200e", "\u200f", "\u061c", "\u202e", "\u2066", "\u2069"])
@pytest.mark.parametrize("text", ["key: a\nother: b{}c", 'key: a\nother: "b\\u{:04x}c"'])
def test_a_character_that_turns_the_direction_of_text_is_refused(code, text):
    said = text.format(ord(code)) if "\\u" in text else text.format(code)

    finding = refuse(said)

    assert finding.line == 2
    assert f"the bidirectional control character U+{ord(code):04X}" in finding.message


def test_every_path_has_its_line():
    located = read(
        "facts:\n  - key: a\n    list: [x,\n      y]\n\n  - key: b\n    text: >-\n      z\n"
    )

    lines = {path: located.where(path).line for path in
             ("facts", "facts.0", "facts.0.list.1", "facts.1", "facts.1.text")}  # fmt: skip
    assert lines == {"facts": 1, "facts.0": 2, "facts.0.list.1": 4, "facts.1": 6, "facts.1.text": 7}


def test_a_path_that_is_not_there_has_the_line_of_what_is_around_it():
    located = read("a: 1\nfacts:\n  - key: a\n")

    assert str(located.where("facts.0.citations.2")) == "bank/x.yaml:3"
    assert str(located.where("nothing.at.all")) == "bank/x.yaml:1"


def test_a_key_stated_twice_is_named_and_the_first_counts():
    findings: list[Finding] = []

    located = read_yaml(b"a: 1\nb:\n  c: 2\n  c: 3\n", "bank/x.yaml", findings)

    assert located is not None
    assert located.value == {"a": 1, "b": {"c": 2}}
    assert [str(finding) for finding in findings] == [
        'bank/x.yaml:4: "c" is stated twice, first in line 3; keep one'
    ]


REFUSED = {
    "nothing": ("", 1, "the file is empty"),
    "only a comment": ("# nothing\n", 1, "the file is empty"),
    "a list": ("\n- a\n- b\n", 2, "the file must be a map"),
    "a text": ("just words", 1, "the file must be a map"),
    "an alias": ("a: &x 1\nb: *x\n", 1, "anchors (&) and aliases (*) are not read"),
    "an alias bomb": ("a: 1\nb: [&x [1, 1], *x]\n", 2, "anchors (&) and aliases"),
    "a merge key": ("a: 1\nb:\n  <<: *x\n", 3, "anchors (&) and aliases"),
    "a tag": ("a: 1\nb: !!python/object:os.system x\n", 2, "tags (!) are not read"),
    "an unquoted gap": ("a: 1\ntext: {{gap}} here\n", 2, "needs quotes"),
    "a second document": ("a: 1\n---\nb: 2\n", 2, "a second document starts here"),
    "bad indentation": ("a:\n  b: 1\n c: 2\n", 3, "this is not YAML"),
    "a colon in text": ("a: 1\nb: this: that\n", 2, "this is not YAML"),
    "an open quote": ('a: 1\nb: "open\nc: 2\n', 2, "this is not YAML"),
    "an open bracket": ("a: 1\nb: [x, y\n", 2, "this is not YAML"),
    "a tab": ("a:\n\tb: 1\n", 2, "this is not YAML"),
    "an escape too high": ('a: "\\UFFFFFFFF"', 1, ""),
    "half a surrogate pair": ('a: 1\nb: "\\ud800"', 2, ""),
    "an escaped control character": ('a: 1\nb: "x\\0"', 2, "the control character U+0000"),
    "a bare control character": ("a: 1\nb: x\x07\n", 2, "the control character U+0007"),
    "Latin-1": ("a: 1\nb: Zürich".encode("latin-1"), 2, "this is not UTF-8; save the file"),
    "UTF-16": ("a: 1".encode("utf-16"), 1, "this is not UTF-8"),
    "deep nesting": ("a: " + "[" * 5_000, 1, "nested too deeply"),
    "too many bytes": ("a: " + "x" * 1_000_000, 1, "larger than 1,000,000 bytes"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
@pytest.mark.parametrize("loader", LOADERS)
def test_what_is_not_a_plain_map_is_one_finding(case, loader, monkeypatch):
    monkeypatch.setattr(module, "_Loader", loader)
    text, line, words = case

    finding = refuse(text)

    assert (finding.file, finding.line) == ("bank/x.yaml", line)
    assert words in finding.message


@pytest.mark.parametrize("loader", LOADERS)
class TestGarbage:
    @settings(deadline=None)
    @given(data=st.binary(max_size=200))
    def test_no_bytes_raise(self, loader, data):
        self.read(loader, data)

    @settings(deadline=None)
    @given(text=st.text(alphabet="ab01 \n\t:-?[]{},&*!|>'\"%@`#\\<=~\u00e9\U0001f600", max_size=80))
    def test_no_punctuation_raises(self, loader, text):
        self.read(loader, text.encode())

    @settings(deadline=None)
    @given(text=st.text(alphabet='"\\xuUN0aFfd8 \n%YAMLTG!<>./:1', max_size=60))
    def test_no_escape_or_directive_raises(self, loader, text):
        self.read(loader, text.encode())

    def read(self, loader: type, data: bytes) -> None:
        before, module._Loader = module._Loader, loader
        try:
            findings: list[Finding] = []
            located = read_yaml(data, "bank/x.yaml", findings)
        finally:
            module._Loader = before
        assert (located is None) <= (len(findings) > 0)
        assert all(1 <= finding.line <= data.count(b"\n") + 10 for finding in findings)
