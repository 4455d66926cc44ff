"""Elements around some words of a text, and of HTML."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from quizapp import markup
from quizapp.bank.terms import Occurrence
from quizapp.web.weaving import Run, tokens, weave


def square(name: Occurrence, words: str, inner: Markup) -> Markup:
    return Markup("[{}={}]").format(words, inner)


def find(text: str, *names: str) -> list[Occurrence]:
    return [
        Occurrence(match.start(), match.end(), match[0])
        for name in names
        for match in re.finditer(re.escape(name), text)
    ]


def test_a_name_within_a_run_lies_inside_its_element() -> None:
    runs = [Run("By the "), Run("river Oder it", "mark"), Run(" is.")]

    html = weave(runs, find("By the river Oder it is.", "Oder"), square)

    assert html == "By the <mark>river [Oder=Oder] it</mark> is."


def test_a_name_across_two_runs_is_one_name_around_pieces_of_both() -> None:
    runs = [Run("Near Deir "), Run("ez-Zor, at night", "mark"), Run(".")]

    html = weave(runs, find("Near Deir ez-Zor, at night.", "Deir ez-Zor"), square)

    assert html == "Near [Deir ez-Zor=Deir <mark>ez-Zor</mark>]<mark>, at night</mark>."


def test_a_name_may_span_a_whole_run() -> None:
    runs = [Run("a"), Run("b", "used"), Run("c")]

    assert weave(runs, find("abc", "abc"), square) == '[abc=a<span class="used">b</span>c]'


def test_what_the_words_hold_is_escaped() -> None:
    html = weave([Run("<b> & Oder", "mark")], find("<b> & Oder", "<b>"), square)

    assert html == "<mark>[&lt;b&gt;=&lt;b&gt;] &amp; Oder</mark>"


@given(
    st.lists(st.tuples(st.text("ab <&'", max_size=5), st.sampled_from(["", "used", "mark"]))),
    st.sets(st.integers(0, 24), max_size=6),
)
def test_the_words_stay_the_same_wherever_runs_and_names_end(
    parts: list[tuple[str, str]], edges: set[int]
) -> None:
    runs = [Run(text, look) for text, look in parts if text]
    text = "".join(run.text for run in runs)
    places = [edge for edge in sorted(edges) if edge <= len(text)]
    names = [Occurrence(a, b, str(a)) for a, b in zip(places[::2], places[1::2], strict=False)]
    wrapped: list[str] = []

    def note(name: Occurrence, words: str, inner: Markup) -> Markup:
        wrapped.append(words)
        return Markup("<i>{}</i>").format(inner)

    html = weave(runs, names, note)

    assert re.sub(r"</?(i|mark|span)[^>]*>", "", html) == escape(text)
    assert wrapped == [text[one.start : one.end] for one in names]
    assert html.count("<mark>") == html.count("</mark>")


@given(st.text("ab *_`[](<>&'\n#x-", max_size=40))
def test_html_read_into_tokens_and_joined_is_the_same_html(text: str) -> None:
    html = markup.render(text)

    assert "".join(token.html for token in tokens(html)) == html


def test_links_code_and_controls_are_closed() -> None:
    html = '<p>a <a href="/x">b</a> <code>c</code> <button>d <b>e</b></button> <em>f</em></p>'

    opened = "".join(token.text for token in tokens(html) if token.is_open)

    assert opened.split() == ["a", "f"]


def test_words_of_two_lines_never_make_one_name_and_those_of_one_may() -> None:
    def text(html: str) -> str:
        return "".join(token.text for token in tokens(html))

    assert text("<p>Deir</p><p>ez-Zor</p>").split() == ["Deir", "ez-Zor"]
    assert text("Ira<em>n</em>ian") == "Iranian"
    assert text("Deir<br>ez-Zor &amp; I&#39;s") == "Deir\nez-Zor & I's"


def test_feedback_is_numbered_piece_by_piece() -> None:
    html = "<li>x<div data-feedback><p>a<br>b</p></div></li><li>y<dd data-feedback>c</dd></li>z"

    found = [(token.text, token.feedback) for token in tokens(html) if token.text.strip()]

    assert found == [("x", 0), ("a", 1), ("b", 1), ("y", 0), ("c", 2), ("z", 0)]
