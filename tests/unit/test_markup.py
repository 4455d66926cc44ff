"""Markdown is rendered, and nothing unsafe comes through."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quizapp.markup import (
    MAX_CHARACTERS,
    plain,
    plain_inline,
    render,
    render_inline,
    sanitise,
)
from quizapp.markup.media import references, replace_references

ALLOWED = {"p", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "br"}
PIECES = [
    "a", "B", "7", " ", "  ", "\n", "\n\n", "\t", "*", "**", "_", "`", "```", "[", "]", "(", ")",
    "<", ">", "&", "&amp;", "&#0;", "#", "- ", "1. ", "> ", "|", "\\", "!", "![x](http://x.y/z)",
    "<script>", "</p>", "<img src=x onerror=alert(1)>", "<a href='javascript:alert(1)'>", "\"", "'",
    "[x](javascript:alert(1))", "[x](data:text/html,y)", "[x](http://x.y 'title')", "<http://x.y>",
    "<!-- ", "-->", "<pre>\n", "\u202e", "é", "ش", "\x00", "---\n", "===\n", "style=", "    ",
]  # fmt: skip
markdown = st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=200)


def tags(html: str) -> set[str]:
    return set(re.findall(r"</?([a-z0-9]+)", html))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one *two* `three`", "<p>one <em>two</em> <code>three</code></p>"),
        ("**four**", "<p><strong>four</strong></p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a", "<ol>\n<li>a</li>\n</ol>"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
        ("a  \nb", "<p>a<br>\nb</p>"),
    ],
)  # fmt: skip
def test_markdown_becomes_html(text: str, html: str) -> None:
    assert render(text).rstrip() == html


def test_a_link_does_not_hand_on_who_opened_it() -> None:
    html = render("[x](https://example.org/)")

    assert html == '<p><a href="https://example.org/" rel="noopener nofollow">x</a></p>\n'


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "/x", "//x.y",
     "ftp://x.y", "java&#10;script:alert(1)"],
)  # fmt: skip
def test_a_link_elsewhere_than_the_web_or_mail_has_no_address(address: str) -> None:
    assert "href" not in render(f"[x]({address})")


def test_html_is_shown_and_not_used() -> None:
    html = render("<b>x</b> <script>alert(1)</script>")

    assert html == "<p>&lt;b&gt;x&lt;/b&gt; &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


@pytest.mark.parametrize("text", ["# Title", "---", "[1]: http://x.y/", "a\n==="])
def test_marks_we_do_not_use_stay_as_typed(text: str) -> None:
    assert render(text) == f"<p>{text}</p>\n"


def test_an_image_becomes_a_link() -> None:
    assert tags(render("![x](http://x.y/z.png)")) == {"p", "a"}


def test_a_year_at_the_start_of_a_line_is_kept() -> None:
    assert '<ol start="1979">' in render("1979. The Shah leaves.")


@given(markdown)
@example("<pre>\n\nx")
def test_only_what_is_on_the_list_comes_through(text: str) -> None:
    html = render(text)

    assert tags(html) <= ALLOWED
    assert not re.search(r"<[^>]*\s(on\w+|style|src|title)=", html)
    assert not re.search(r'href="(?!https?:|mailto:)', html)


@given(markdown)
def test_sanitising_again_changes_nothing(text: str) -> None:
    for html in (render(text), render_inline(text)):
        assert sanitise(html) == html


@given(markdown)
def test_inline_markup_fits_into_a_line(text: str) -> None:
    assert tags(render_inline(text)) <= {"em", "strong", "a", "code", "br"}


def test_inline_markup_keeps_the_spaces_at_its_ends() -> None:
    assert render_inline(" at *x*\n") == " at <em>x</em> "
    assert render_inline(" ") == " "


def test_inline_markup_keeps_paragraphs_apart() -> None:
    assert render_inline("one\r\n \r\ntwo") == "one<br><br>two"


@pytest.mark.parametrize("function", [render, render_inline, plain, plain_inline])
def test_a_huge_text_is_refused(function) -> None:  # type: ignore[no-untyped-def]
    function("x" * MAX_CHARACTERS)

    with pytest.raises(ValueError, match="under 20,000 characters"):
        function("x" * (MAX_CHARACTERS + 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one *two*\n\n- three\n- `four`", "one two three four"),
        ("[link](http://x.y) & more", "link & more"),
        ("un*believ*able", "unbelievable"),
        ("2 \\* 3", "2 * 3"),
        ("1979. The Shah leaves.", "1979. The Shah leaves."),
        ("  many\n spaces ", "many spaces"),
        ("", ""),
    ],
)
def test_plain_text_has_the_words_alone(text: str, words: str) -> None:
    assert plain(text) == words


def test_a_piece_of_a_sentence_is_no_list() -> None:
    assert plain_inline(" - the *base* ") == " - the base "
    assert plain_inline("1. May") == "1. May"


UNMARKED = st.text(st.characters(exclude_characters="\\`*_[]!<>&\x00\n\r", codec="utf-8"))


@given(UNMARKED)
def test_plain_text_without_marks_is_what_the_parser_would_say(text: str) -> None:
    # The mark at the end, which becomes "end" or ".", sends the whole text through the parser.
    assert f"{plain(f'a{text}')} end" == plain(f"a{text}\n\n*end*")
    assert plain_inline(f"{text}.") == plain_inline(f"{text}\\.")


class TestMedia:
    NAME = "0123456789abcdef" * 2

    def test_a_kept_picture_is_shown_with_its_words(self) -> None:
        shown = render(f"See ![a <map>](media:{self.NAME}.png).")

        address = f"/media/{self.NAME}.png"
        assert f'<img src="{address}" alt="a &lt;map&gt;" loading="lazy">' in shown
        assert plain(f"See ![a map](media:{self.NAME}.png).") == "See a map."

    def test_a_kept_sound_can_be_played(self) -> None:
        shown = render_inline(f"![the call](media:{self.NAME}.mp3)")

        assert shown.startswith("<audio controls")
        assert 'aria-label="the call"' in shown
        assert f'src="/media/{self.NAME}.mp3"' in shown

    @pytest.mark.parametrize(
        "address",
        [
            "media:map.png",
            "media:" + "g" * 32 + ".png",
            "media:" + "0" * 32 + ".svg",
            "media:" + "0" * 31 + ".png",
            "https://example.org/x.png",
            "/media/x.png",
            "data:image/png;base64,AAAA",
        ],
    )
    def test_nothing_else_becomes_a_picture(self, address: str) -> None:
        assert "<img" not in render(f"![x]({address})")
        assert "<audio" not in render(f"![x]({address})")

    def test_foreign_pictures_are_taken_out_of_html(self) -> None:
        cleaned = sanitise('<img src="https://x.org/y.png"><img src="/media/zz" onerror="a()">')

        assert cleaned == "<img><img>"

    def test_references_are_found_and_replaced(self) -> None:
        text = "![a](media:one.png) and ![](media:two.mp3), ![a](media:one.png)"

        assert references(text) == ("one.png", "two.mp3")
        assert replace_references(text, lambda words, name: f"{words}={name}") == (
            "a=one.png and =two.mp3, a=one.png"
        )
