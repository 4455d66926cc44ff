"""XML is read with its lines, and nothing that a hostile file declares is believed."""

from __future__ import annotations

import pytest

from quizapp.errors import Invalid
from quizapp.formats.xml_tree import Limits, parse_xml


def _problem(data: bytes, limits: Limits | None = None) -> tuple[str, str]:
    with pytest.raises(Invalid) as caught:
        parse_xml(data, limits)
    (problem,) = caught.value.problems
    return problem.path, problem.message


def test_elements_know_their_line_text_and_children() -> None:
    root = parse_xml(b'\n<?xml version="1.0"?>\n<q>\n <m:a id="1">x &amp; <b>y</b></m:a><c/></q>')

    a = root.first("a")
    assert a is not None
    assert (root.line, a.line, a.get("id"), a.text) == (3, 4, "1", "x & y")
    assert a.inner == "x &amp; <b>y</b>"
    assert [element.name for element in root.deep()] == ["a", "b", "c"]


def test_html_without_an_end_tag_is_written_so() -> None:
    assert parse_xml(b'<p><br/><img src="a&quot;b"/><i/></p>').inner == (
        '<br><img src="a&quot;b"><i></i>'
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "iso-8859-1"])
def test_encodings_are_told_by_the_declaration_or_the_first_bytes(encoding: str) -> None:
    named = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{named}"?><q>é</q>'

    assert parse_xml(text.encode(encoding)).text == "é"


def test_a_grammar_without_entities_is_passed_over() -> None:
    document = b"<!DOCTYPE q SYSTEM 'q.dtd' [\n<!ELEMENT q (a)>\n<!ATTLIST q b (c|d) 'c'>\n]>\n<q/>"

    assert parse_xml(document).line == 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_grammar_elsewhere_is_not_read_and_its_entities_are_not_lost_in_silence(
    encoding: str,
) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n<!DOCTYPE q SYSTEM "q.dtd">\n'

    assert parse_xml(f"{head}<q>a</q>".encode(encoding)).line == 3
    assert _problem(f'{head}<q a="&mystery;"/>'.encode(encoding)) == (
        "line 3",
        "This is not well-formed XML: undefined entity.",
    )


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE q [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><q>&b;</q>',
        b'<!DOCTYPE q [<!ENTITY a SYSTEM "file:///etc/passwd">]><q>&a;</q>',
        b'<!DOCTYPE q SYSTEM "http://example.org/q.dtd" [<!ENTITY % a "b"> %a;]><q/>',
        b'<!DOCTYPE q SYSTEM "<!DOCTYPE " ><q/>',
        b"<!DOCTYPE q [<!-- <!DOCTYPE --> ]><q/>",
        b"<!DOCTYPE q",
    ],
)
def test_entities_of_a_files_own_are_refused(document: bytes) -> None:
    assert _problem(document)[0] == "line 1"


@pytest.mark.parametrize(
    ("document", "limits"),
    [
        (b"<q>" + b" " * 2_000_000, Limits(size=1_000_000)),
        (b"<a>" * 200, Limits()),
        (b"<q>" + b"<a/>" * 50, Limits(nodes=50)),
        (b"<q a='1' b='2' c='3'/>", Limits(attributes=2)),
        (b"<q>" + b"<a/>" * 5_000, Limits(seconds=-1.0)),
    ],
)
def test_more_than_the_limits_is_refused(document: bytes, limits: Limits) -> None:
    assert _problem(document, limits)[0] in {"file", "line 1"}


@pytest.mark.parametrize("document", [b"", b"hello", b"<a>", b"<a></b>", b"\xff\xfe<"])
def test_what_is_no_xml_is_refused_with_its_line(document: bytes) -> None:
    assert _problem(document)[0] == "line 1"


def test_the_line_of_an_error_counts_what_stands_before_the_document() -> None:
    assert _problem(b"\n\n<a>\n<b></a>")[0] == "line 4"


@pytest.mark.parametrize("encoding", ["rot13", "nosuch", "shift_jis", "utf-7", "hex"])
def test_an_encoding_that_cannot_be_read_is_refused(encoding: str) -> None:
    data = b'<?xml version="1.0" encoding="' + encoding.encode() + b'"?><q>\x93</q>'

    assert _problem(data)[0] == "line 1"


def test_a_long_text_in_many_pieces_is_put_together_once() -> None:
    assert parse_xml(b"<q>" + b"x&#10;" * 300_000 + b"</q>").text == "x\n" * 300_000
