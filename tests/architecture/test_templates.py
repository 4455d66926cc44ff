"""Rules about templates: small, and nothing in them that the security policy would block."""

from __future__ import annotations

import re

import pytest

from tests.support.repository import read, texts

PAGES = texts(".html", under="templates/")
PAGE_LINES = 150

COMMENT = re.compile(r"{#.*?#}", re.DOTALL)
FORBIDDEN = {
    "an inline script: put it into a file under static/": r"<script\b(?![^>]*\ssrc=)",
    "an inline style sheet: put it into static/css/": r"<style\b",
    "a style attribute: use a class": r"(?<![\w-])style\s*=",
    "an event attribute: use data- attributes and a script": r"""(?<![\w-])on[a-z]+\s*=\s*["'{]""",
    "hx-on, which is inline script": r"\bhx-on\b",
    "unescaped text: return Markup from a tested filter": r"\|\s*safe\b",
    "escaping switched off": r"\bautoescape\s+false\b",
    "a javascript: address": r"javascript:",
}


def offences(text: str) -> list[str]:
    """Return what is forbidden in a template's text, as "line: what it is"."""
    # Comments keep their line breaks, so that the line numbers stay right.
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    return [
        f"{text.count(chr(10), 0, match.start()) + 1}: {name}"
        for name, pattern in FORBIDDEN.items()
        for match in re.finditer(pattern, text, re.IGNORECASE)
    ]


def test_there_are_templates_to_check() -> None:
    assert len(PAGES) > 10


def test_templates_stay_small() -> None:
    long = [str(path) for path in PAGES if read(path).count("\n") > PAGE_LINES]

    assert not long, f"over {PAGE_LINES} lines: move a part to templates/components/"


def test_templates_hold_nothing_that_the_policy_would_block() -> None:
    found = [f"{path}:{offence}" for path in PAGES for offence in offences(read(path))]

    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<script type="module">x()</script>',
        "<style>p {}</style>",
        '<p style="color: red">',
        "{{ field(form.name, style='x') }}",
        '<button onclick="x()">',
        "<body onload={{ start }}>",
        '<p hx-on:click="x()">',
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{% autoescape false %}",
        '<a href="javascript:x()">',
    ],
)
def test_what_is_forbidden_is_found(text: str) -> None:
    assert len(offences(f"<p>\n{text}</p>")) == 1


@pytest.mark.parametrize(
    "text",
    [
        '<script src="{{ asset("js/app.js") }}" defer></script>',
        "{# never write style= or |safe #}",
        '<p class="style" data-on="x">',
        '<p data-style="x" data-onto="y">',
        "{{ text|safe_title }}",
    ],
)
def test_what_is_allowed_is_left_alone(text: str) -> None:
    assert offences(text) == []
