"""HTML of other programs, as Markdown."""

from __future__ import annotations

import pytest

from quizapp.markup import plain, render
from quizapp.markup.html_faithful import read_html
from quizapp.markup.html_text import from_html


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("Plain words", "Plain words"),
        ("a<br>b", "a  \nb"),
        ("<div>a</div><div>b</div>", "a\n\nb"),
        ("<b>a</b> and <i>b</i>", "**a** and *b*"),
        ("<b>a </b>b", "**a** b"),
        ("<b></b>x", "x"),
        ('<a href="https://example.org/a">x</a>', "[x](<https://example.org/a>)"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<code>a*b</code>", "`a*b`"),
        ("x &lt;b&gt; &amp; y", "x \\<b> & y"),
        ("2 * 3 * 4 and snake_case", "2 \\* 3 \\* 4 and snake\\_case"),
        ("1979. The Shah leaves", "1979\\. The Shah leaves"),
        ("- no list", "\\- no list"),
    ],
)
def test_what_has_a_meaning_is_kept(html: str, markdown: str) -> None:
    assert from_html(html).text == markdown


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>words",
        '<a href="javascript:alert(1)">words</a>',
        '<p onclick="alert(1)" style="x">words</p>',
        "<style>p{}</style>words",
        "<svg><script>alert(1)</script></svg>words",
        "<iframe src='https://example.org'></iframe>words",
        "<math><mtext></math>words",
    ],
)
def test_nothing_that_acts_is_kept(html: str) -> None:
    cleaned = from_html(html)

    assert cleaned.words == "words"
    assert "alert" not in render(cleaned.text)


@pytest.mark.parametrize(
    "words",
    ["1. May", "# no heading", "a *b* _c_ `d` [e](f)", "<b>", "&amp;amp;", "> x", "\\n", "~"],
)
def test_words_are_shown_as_they_were_written(words: str) -> None:
    html = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert plain(from_html(html).text) == words
    assert from_html(html).words == words


def test_pictures_and_sounds_are_counted() -> None:
    cleaned = from_html('a<img src="x.png"> b [sound:y.mp3]')

    assert (cleaned.words, cleaned.media) == ("a b", 2)


@pytest.mark.parametrize(
    ("html", "lost"),
    [
        ("10<sup>2</sup>", ()),
        ("10<sup><b>2</b></sup>", ("superscripts",)),
        ("H<sub>2<br></sub>O", ("subscripts",)),
        ('<a href="/page">there</a>', ("where a link leads",)),
        ('<a href="https://example.org/">there</a>', ()),
        ('<ol start="5"><li>five</li></ol>', ("where a list begins counting, or its letters",)),
    ],
)
def test_what_markdown_has_not_is_named(html: str, lost: tuple[str, ...]) -> None:
    assert read_html(html).lost == lost
