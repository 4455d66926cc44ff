"""Linking the names that a course explains."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from quizapp.bank.terms import Glossary, GlossaryTerm
from quizapp.queries.passages import CitedPassage
from quizapp.queries.spans import Segment
from quizapp.web.glossary import PageTerms

TERMS = (
    GlossaryTerm("oder", "place", "Oder", "A river.", ("Oder",)),
    GlossaryTerm("deir", "place", "Deir ez-Zor", "A city.", ("Deir ez-Zor",)),
    GlossaryTerm("iran", "place", "Iran", "A country.", ("Iran",)),
)
BUTTON = re.compile(
    r'<label class="term"><span aria-hidden="true">(.*?)</span><button type="button"'
    r' popovertarget="term-([\w-]+)" aria-label="([^"]*)"></button></label>'
)


@pytest.fixture
def terms() -> PageTerms:
    return PageTerms(Glossary(TERMS), "course")


def bare(html: str) -> str:
    """Return the HTML with each button as [key:words]."""
    return BUTTON.sub(lambda found: f"[{found[2]}:{found[1]}]", html)


def cited(before: str, exact: str, after: str) -> CitedPassage:
    return CitedPassage(1, 1, "Reader", "p1", "P1", "", before, exact, after, "")


def test_only_the_first_occurrence_in_a_passage_is_linked(terms: PageTerms) -> None:
    html = terms.cited(cited("The Oder, ", "then the Oder", " and Iran."))

    assert bare(html) == "The [oder:Oder], <mark>then the Oder</mark> and [iran:Iran]."


def test_each_piece_has_its_own_first_occurrence(terms: PageTerms) -> None:
    assert [bare(terms.inline("The Oder.")) for _ in range(2)] == ["The [oder:Oder]."] * 2


def test_a_name_that_is_cut_by_the_cited_words_is_one_button(terms: PageTerms) -> None:
    html = terms.cited(cited("Near Deir ", "ez-Zor they met", "."))

    assert bare(html) == "Near [deir:Deir <mark>ez-Zor</mark>]<mark> they met</mark>."
    assert 'aria-label="Deir ez-Zor"' in html


def test_runs_of_one_look_are_one_mark(terms: PageTerms) -> None:
    segments = (Segment("a ", 1, True), Segment("b", 2, True), Segment(" c", 1), Segment("."))

    html = terms.segments(segments, anchor="p4")

    assert html == '<mark id="p4">a b</mark><span class="used"> c</span>.'


def test_markdown_is_linked_in_its_text_and_nowhere_else(terms: PageTerms) -> None:
    html = terms.markdown(
        "By the **Oder** [Iran](https://example.org/Iran), `Iran`.\n\n- Iran & Oder"
    )

    assert bare(html).replace("\n", "") == (
        '<p>By the <strong>[oder:Oder]</strong> <a href="https://example.org/Iran" '
        'rel="noopener nofollow">Iran</a>, <code>Iran</code>.</p>'
        "<ul><li>[iran:Iran] &amp; Oder</li></ul>"
    )


def test_a_name_that_goes_on_in_another_element_is_no_name(terms: PageTerms) -> None:
    assert "term" not in terms.inline("An Iran*ian* plane")


def test_an_attack_in_a_text_stays_text(terms: PageTerms) -> None:
    attack = '<img src=x onerror="alert(1)"> Iran'

    for html in (terms.inline(attack), terms.cited(cited(attack, attack, ""))):
        assert "<img" not in html
        assert "&lt;img" in html


def test_of_an_outcome_only_the_feedback_is_linked(terms: PageTerms) -> None:
    html = Markup(
        '<li><p>Iran</p><div class="sub" data-feedback><p>Iran &amp; Iran</p></div></li>'
        "<li><p>Oder</p><dd data-feedback>Not Iran.</dd></li>"
    )

    assert bare(terms.feedback(html)) == (
        '<li><p>Iran</p><div class="sub" data-feedback><p>[iran:Iran] &amp; Iran</p></div></li>'
        "<li><p>Oder</p><dd data-feedback>Not [iran:Iran].</dd></li>"
    )


def test_the_terms_to_explain_are_those_that_were_linked_once_each(terms: PageTerms) -> None:
    assert terms.used == ()

    terms.inline("Iran, then the Oder")
    terms.inline("Iran")

    assert [term.key for term in terms.used] == ["oder", "iran"]


def test_without_a_glossary_texts_are_as_ever() -> None:
    terms = PageTerms(Glossary(), "course")

    assert terms.cited(cited("a ", "Iran", "")) == "a <mark>Iran</mark>"
    assert terms.inline("*Iran* & co") == "<em>Iran</em> &amp; co"
    assert terms.used == ()
