"""An instructor edits a text: what cited the changed words is flagged, and comes back with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from quizapp.bank.load import read_bank
from quizapp.paths import QUESTION_BANK
from tests.support.axe import sideways, violations
from tests.support.browser import DESKTOP_WIDTH, PHONE_WIDTH
from tests.support.journeys import COURSE, Paragraph

#: A word that stands once in its paragraph, and the words of the bank that cover it.
PARAGRAPH, WORD = "P4", "nationwide "
(_CITED,) = [course for course in read_bank(QUESTION_BANK).courses if course.slug == COURSE]
COVERING = sorted(
    f"“{citation.exact}”"
    for fact in _CITED.facts
    for citation in fact.citations
    if citation.passage == PARAGRAPH.lower() and WORD in citation.exact
)

pytestmark = pytest.mark.browser


@pytest.fixture
def paragraph(open_as: Callable[..., Page], request: pytest.FixtureRequest) -> Iterator[Paragraph]:
    """The paragraph on a page of the instructor; its text is put back afterwards."""
    opened = Paragraph(open_as("instructor", **getattr(request, "param", {})), PARAGRAPH)
    opened.open()
    text = opened.text.input_value()
    assert text.count(WORD) == 1
    yield opened
    opened.restore(text)


@pytest.mark.parametrize("paragraph", [{"javascript": True}, {"javascript": False}], indirect=True)
def test_a_removed_word_flags_what_covered_it_until_it_is_put_back(paragraph: Paragraph) -> None:
    page, text = paragraph.page, paragraph.text.input_value()

    paragraph.text.fill(text.replace(WORD, ""))
    paragraph.save.click()
    asked = page.get_by_role("alert")
    expect(asked).to_contain_text("Not saved yet")
    assert len(COVERING) > 1
    promised = asked.locator(".fates").first.locator(".words")
    assert sorted(promised.all_inner_texts()) == COVERING
    expect(paragraph.text).to_have_value(text.replace(WORD, ""))
    page.get_by_role("button", name="Save, and flag").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Citations to check")
    flagged = page.locator("article.flagged")
    assert sorted(flagged.locator(".words").all_inner_texts()) == COVERING
    for one in flagged.all():
        expect(one.locator(".asked a").first).to_be_visible()
    tab = page.get_by_role("link", name=re.compile(r"^Citations\s*\d+ to check$"))
    expect(tab).to_contain_text(str(len(COVERING)))

    flagged.first.get_by_role("link", name=f"Edit paragraph {PARAGRAPH}").click()
    paragraph.text.fill(text)
    paragraph.save.click()
    expect(page.get_by_text(re.compile("were found again|was found again"))).to_be_visible()
    page.goto(f"/teach/{COURSE}/citations")
    expect(page.get_by_role("heading", name="Every citation is in its text")).to_be_visible()


@pytest.mark.parametrize(
    "paragraph",
    [
        {"width": DESKTOP_WIDTH, "reduced_motion": True},
        {"width": PHONE_WIDTH, "reduced_motion": True},
        {"dark": True, "reduced_motion": True},
    ],
    indirect=True,
)
def test_the_question_and_the_list_can_be_used_by_everyone(paragraph: Paragraph) -> None:
    page, text = paragraph.page, paragraph.text.input_value()

    paragraph.text.fill(text.replace(WORD, ""))
    paragraph.save.click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert not violations(page)
    assert not sideways(page)
    page.get_by_role("button", name="Save, and flag").click()
    page.locator("summary", has_text="Cite other words").first.click()
    expect(page.get_by_label("Exact words").first).to_be_visible()
    assert not violations(page)
    assert not sideways(page)


def test_the_nearest_words_are_cited_and_taken_back(paragraph: Paragraph) -> None:
    page, text = paragraph.page, paragraph.text.input_value()
    paragraph.text.fill(text.replace(WORD, ""))
    paragraph.save.click()
    page.get_by_role("button", name="Save, and flag").click()
    flagged = page.locator("article.flagged")
    before = flagged.locator(".words").all_inner_texts()

    flagged.first.get_by_role("button", name="Cite the marked words").click()
    expect(flagged).to_have_count(len(before) - 1)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Taken back")).to_be_visible()
    assert sorted(flagged.locator(".words").all_inner_texts()) == sorted(before)


def test_words_selected_in_the_text_fill_the_field(paragraph: Paragraph) -> None:
    page, text = paragraph.page, paragraph.text.input_value()
    paragraph.text.fill(text.replace(WORD, ""))
    paragraph.save.click()
    page.get_by_role("button", name="Save, and flag").click()
    flagged = page.locator("article.flagged").last
    flagged.locator("summary", has_text="Cite other words").click()

    flagged.locator("[data-passage]").click(click_count=3, position={"x": 90, "y": 20})

    exact = flagged.get_by_label("Exact words").input_value()
    assert len(exact) > 40
    assert exact in text.replace(WORD, "")
    expect(flagged.locator("[data-picked]")).to_contain_text(f"Taken from {PARAGRAPH}")
