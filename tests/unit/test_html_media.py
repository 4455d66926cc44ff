"""Pictures and sounds are found in HTML however it is written."""

from __future__ import annotations

import time

import pytest

from quizapp.markup.html_faithful import read_html
from quizapp.markup.html_media import Shown, replace_shown
from quizapp.markup.html_text import from_html


def _found(html: str) -> list[Shown]:
    found: list[Shown] = []
    replace_shown(html, lambda shown: found.append(shown) or "")  # type: ignore[func-returns-value]
    return found


@pytest.mark.parametrize(
    ("html", "addresses", "words"),
    [
        ('<img src="a.png" alt="a map">', ("a.png",), "a map"),
        ("<IMG SRC=a.png ALT=map>", ("a.png",), "map"),
        ("<Img Src='a.png' Alt='a \"b\" c'/>", ("a.png",), 'a "b" c'),
        ('<img alt="x > y, a < b" src="a.png">', ("a.png",), "x > y, a < b"),
        ('<img\n  src = "a.png"\n  alt\n>', ("a.png",), ""),
        ('<img src="a&amp;b&#32;c.png">', ("a&b c.png",), ""),
        ('<img src="&#x6d;edia:a.png">', ("media:a.png",), ""),
        ('<img src="a%20b%281%29.png">', ("a%20b%281%29.png",), ""),
        ('<img srcset="a.png 1x, b.png 2x">', ("a.png", "b.png"), ""),
        ('<img srcset="b.png 2x" src="a.png" title="t">', ("a.png", "b.png"), "t"),
        ('<img src="data:image/png;base64,AA=="/>', ("data:image/png;base64,AA==",), ""),
        ('<audio controls src="a.mp3"></audio>', ("a.mp3",), ""),
        (
            '<audio title="a word"><source src="a.mp3"><SOURCE SRC=a.ogg>No sound</audio>',
            ("a.mp3", "a.ogg"),
            "a word",
        ),
        ('<video src="a.mp4"><track src="a.vtt"></video>', ("a.mp4",), ""),
        (
            '<picture><source srcset="a.webp 1x"><img src="a.png" alt="map"></picture>',
            ("a.png", "a.webp"),
            "map",
        ),
        ('<object data="a.png"><img src="b.png" alt="b"></object>', ("a.png", "b.png"), "b"),
        ('<embed src="a.png">', ("a.png",), ""),
        ("<img alt=lonely>", (), "lonely"),
    ],
)
def test_a_picture_or_sound_is_found(html: str, addresses: tuple[str, ...], words: str) -> None:
    (shown,) = _found(f"<p>before {html} after</p>")

    assert (shown.addresses, shown.words) == (addresses, words)


@pytest.mark.parametrize(
    "html",
    [
        '<!-- <img src="a.png"> -->no',
        '<script>"<img src=a.png>"</script>no',
        "&lt;img src=a.png&gt;",
        '<a title="<img src=a.png>">no</a>',
        "<imgs src=a.png>no",
    ],
)
def test_what_only_looks_like_one_is_none(html: str) -> None:
    assert _found(html) == []


def test_several_are_found_in_their_order_and_the_text_between_them_stays() -> None:
    html = "a<img src=1>b<audio><source src=2>old</audio>c<IMG SRC='3'>d &amp; e"

    made = replace_shown(html, lambda shown: f"[{shown.addresses[0]}]")

    assert made == "a[1]b[2]c[3]d &amp; e"


@pytest.mark.parametrize("html", ['<audio src="a.mp3"/>', '<audio src="a.mp3">'])
def test_text_after_a_sound_that_is_not_ended_is_no_part_of_it(html: str) -> None:
    assert replace_shown(f"{html} What is said?", lambda _: "!") == "! What is said?"


def test_html_without_any_is_left_as_it_is() -> None:
    assert replace_shown("<P>A < b<br/>", lambda _: "!") == "<P>A < b<br/>"


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<IMG SRC=media:a.png ALT='x > y'>", "![x > y](media:a.png)"),
        ('<audio title="word" src="media:a.mp3">old</audio>', "![word](media:a.mp3)"),
        ("<A HREF=media:a.mp3>listen</A>", "![](media:a.mp3) listen"),
    ],
)
def test_what_is_kept_becomes_a_line_of_ours(html: str, markdown: str) -> None:
    assert read_html(html).text == markdown
    assert read_html(html).lost == ()


def test_of_what_is_not_there_the_words_stay() -> None:
    told = read_html('Look: <IMG SRC="far/a.png" ALT="a > b"> <video src="v.mp4">a film</video>')

    assert told.text == "Look: a > b a film"
    assert told.lost == (
        "a picture or sound that is not in the file (far/a.png)",
        "a picture or sound that is not in the file (v.mp4)",
    )


def test_cards_of_anki_count_what_they_leave_out() -> None:
    cleaned = from_html('a<IMG SRC=x.png ALT="b > c">[sound:y.mp3]<audio><source src=z></audio>d')

    assert (cleaned.words, cleaned.media) == ("a d", 3)


@pytest.mark.parametrize("piece", ["<a ", "<img src='", "<img ", "<audio>", "<!--<img", "<source "])
def test_broken_html_takes_no_time(piece: str) -> None:
    began = time.process_time()

    _found("<img src=a>" + piece * (60_000 // len(piece)))

    assert time.process_time() - began < 1.0
