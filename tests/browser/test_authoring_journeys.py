"""An instructor writes a question, and learners meet it."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.support.journeys import COURSE, Card, Editor, NewQuestion, become_guest

TOPIC, TOPIC_KEY = "Article 146", "constitution"
PARAGRAPH = "P1"
EXACT = "how openly those operations had been advertised"

pytestmark = pytest.mark.browser


def a_question() -> NewQuestion:
    """Return a question like no other: a word that stands nowhere else is in its stem."""
    mark = uuid4().hex[:8]
    return NewQuestion(
        stem=f"What set off the backlash, by the account {mark}?",
        right="The open advertising",
        wrong="The price of fuel",
        statement=f"The open advertising set off the backlash ({mark}).",
        topic=TOPIC,
        paragraph=PARAGRAPH,
        exact=EXACT,
        explanation="The reader says so.",
    )


def has_met(page: Page, stem: str) -> bool:
    """Go through a new learner's cards of the topic; return whether this one was among them."""
    page.goto(f"/review?topic={TOPIC_KEY}")
    card = Card(page)
    while card.question.count():
        if stem in card.question.inner_text():
            return True
        before = page.locator("input[name=fact]").first.get_attribute("value")
        page.get_by_role("button", name="Put off until tomorrow").click()
        page.locator(f"h1:not(.sr), input[name=fact]:not([value='{before}'])").first.wait_for(
            state="attached"
        )
    return False


@pytest.mark.parametrize("javascript", [True, False])
def test_a_new_question_reaches_learners_until_it_is_retired(
    open_as: Callable[..., Page], open_page: Callable[..., Page], javascript: bool
) -> None:
    page = open_as("instructor", javascript=javascript)
    editor, question = Editor(page), a_question()

    editor.open_new()
    editor.fill(question)
    editor.save.click()
    expect(page.get_by_text("Learners are asked this from now on")).to_be_visible()
    assert editor.version == 1
    address = page.url

    learner = open_page(javascript=javascript)
    become_guest(learner)
    assert has_met(learner, question.stem)
    card = Card(learner)
    card.show.click()
    expect(card.answer).to_contain_text(question.right)
    expect(card.evidence).to_have_text(EXACT)

    editor.stem.fill(question.stem + " Choose one.")
    editor.save.click()
    expect(page.get_by_text("version 2")).to_be_visible()
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("row")).to_have_count(3)
    learner.reload()
    expect(card.question).to_contain_text("Choose one.")

    page.goto(address)
    page.get_by_role("button", name="Retire question").click()
    expect(page.get_by_text("Question retired")).to_be_visible()
    assert not has_met(learner, question.stem)


def test_the_preview_follows_what_is_typed(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor")
    editor, question = Editor(page), a_question()

    editor.open_new()
    editor.fill(question)

    expect(editor.preview).to_contain_text(question.stem)
    expect(editor.preview.locator("mark")).to_have_text(EXACT)
    expect(editor.preview.get_by_text("Answer", exact=True)).to_be_visible()


def test_words_selected_in_a_text_become_the_citation(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor")
    Editor(page).open_new()

    paragraph = page.locator("[data-passage]").filter(has_text=EXACT)
    paragraph.click(click_count=3, position={"x": 70, "y": 12})

    expect(page.locator("[data-picked]")).to_contain_text("Taken from P1")
    exact = page.get_by_label("Exact words").input_value()
    assert EXACT in exact
    assert not exact.startswith("P1")
    expect(Editor(page).preview.locator("mark")).to_have_text(exact)

    # A word that its paragraph has twice does not say where it stands: more is taken.
    page.locator("[data-reader]").evaluate("one => getSelection().collapse(one, 0)")
    assert page.evaluate("word => window.find(word) && window.find(word)", "leaks")
    page.locator("[data-reader]").dispatch_event("mouseup")
    expect(page.get_by_label("Exact words")).to_have_value("leaks followed")


def test_a_question_takes_five_actions_and_outlives_a_closed_tab(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("instructor")
    mark = uuid4().hex[:8]
    page.goto(f"/teach/{COURSE}/questions")

    page.keyboard.press("n")
    reader = page.locator("[data-reader]")
    reader.wait_for()
    page.wait_for_load_state()
    reader.evaluate("one => getSelection().collapse(one, 0)")
    assert page.evaluate("words => window.find(words)", EXACT)
    page.keyboard.press("Alt+p")
    page.keyboard.type(
        f"What set off the backlash ({mark})?\n* The open advertising // So it says.\n"
        "- The price of fuel // Not named.\n- A crash // None.\n- A vote // None.\nSo it says."
    )
    expect(page.locator("[data-draft-saved]")).to_have_text(re.compile(r"Draft saved \d+:\d\d"))
    expect(page.get_by_label("New fact")).to_have_value(re.compile(EXACT))
    expect(page.get_by_label("Topic")).not_to_have_value("")
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(f"/teach/{COURSE}/questions/new")
    page.get_by_role("link", name=mark).click()
    expect(page.get_by_label("Option A", exact=True)).to_have_value("The open advertising")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("An instructor can approve it")).to_be_visible()
    expect(Editor(page).stem).to_have_value(f"What set off the backlash ({mark})?")
    page.goto(f"/teach/{COURSE}/questions/new")
    expect(page.get_by_role("link", name=mark)).to_have_count(0)


def test_enter_writes_options_one_after_the_other_and_presses_no_button(
    open_as: Callable[..., Page],
) -> None:
    page = open_as("instructor")
    Editor(page).open_new()
    options = page.locator("[data-answer-rows] [name$='-text']")

    page.get_by_label("Option A", exact=True).click()
    first = ("Euphrates // Further west.", "* Tigris // So it says.", "- %50% Nile")
    for line in (*first, "Don", "Po"):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")

    expect(page.get_by_label("Explanation")).to_be_focused()
    assert page.url.endswith("/questions/new") or "draft=" in page.url
    assert [one.input_value() for one in options.all()] == [
        *("Euphrates", "Tigris", "Nile", "Don", "Po", ""),
    ]
    expect(page.get_by_label("Feedback for option A")).to_have_value("Further west.")
    expect(page.get_by_label("Option B is right")).to_be_checked()

    page.get_by_role("button", name="Move option B up").click()

    expect(page.get_by_role("button", name="Move option A up")).to_be_focused()
    expect(page.get_by_label("Option A", exact=True)).to_have_value("Tigris")
    expect(page.get_by_label("Option A is right")).to_be_checked()
    expect(page.get_by_label("Feedback for option B")).to_have_value("Further west.")
    expect(page.get_by_label("Give part credit")).to_be_checked()

    page.get_by_role("button", name="Move option C down").click()

    expect(page.get_by_label("Option D", exact=True)).to_have_value("Nile")
    expect(page.get_by_label("Earns: Option D")).to_have_value("50")
    expect(page.get_by_label("Earns: Option C")).to_have_value("")


def test_a_triple_click_takes_a_much_cited_paragraph_whole(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor")
    Editor(page).open_new()
    paragraph = max(
        page.locator("[data-passage]").all(), key=lambda one: one.locator("[data-cited]").count()
    )
    assert paragraph.locator("[data-cited]").count() > 4
    number = paragraph.locator(".pn").inner_text()
    text = " ".join(paragraph.text_content().split()).removeprefix(number).strip()

    paragraph.locator("[data-cited]").nth(2).click(click_count=3)

    expect(page.locator("[data-picked]")).to_contain_text(f"Taken from {number}")
    expect(page.get_by_label("Exact words")).to_have_value(text)


def test_a_mistake_keeps_what_was_typed(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor")
    editor, question = Editor(page), a_question()
    editor.open_new()
    editor.fill(question)
    page.get_by_label("Exact words").fill("words that stand nowhere in that text")

    editor.save.click()

    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("These words are not in that paragraph")
    expect(editor.stem).to_have_value(question.stem)
    expect(page).to_have_title("Error: New question – Footnote")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Exact words")).to_be_focused()


def test_two_editors_lose_nothing(open_as: Callable[..., Page]) -> None:
    first, second = open_as("instructor"), open_as("instructor")
    question = a_question()
    Editor(first).open_new()
    Editor(first).fill(question)
    Editor(first).save.click()
    expect(first.get_by_text("version 1")).to_be_visible()
    second.goto(first.url)

    Editor(first).stem.fill("The first editor's words")
    Editor(first).save.click()
    expect(first.get_by_text("version 2")).to_be_visible()
    Editor(second).stem.fill("The second editor's words")
    Editor(second).save.click()

    expect(second.get_by_text("Someone else saved this question")).to_be_visible()
    expect(second.locator("main")).to_contain_text("The first editor's words")
    expect(Editor(second).stem).to_have_value("The second editor's words")
    Editor(second).save.click()
    expect(second.get_by_text("version 3")).to_be_visible()


def test_changing_the_type_keeps_what_was_typed(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor")
    editor, question = Editor(page), a_question()
    editor.open_new()
    editor.fill(question)

    page.get_by_label("Type").select_option("multiple_response")
    page.get_by_role("button", name="Change type").click()
    expect(page.get_by_role("checkbox", name="Option A is right")).to_be_checked()

    expect(editor.stem).to_have_value(question.stem)
    expect(page.get_by_label("Option B", exact=True)).to_have_value(question.wrong)


def test_the_list_is_searched_and_filtered_by_its_address(open_as: Callable[..., Page]) -> None:
    page = open_as("instructor", javascript=False)
    page.goto(f"/teach/{COURSE}/questions")
    page.get_by_label("Search questions").fill("Shahid Nojeh")
    page.get_by_role("button", name="Apply").click()

    rows = page.locator("[data-row]")
    expect(rows.first).to_contain_text("Shahid Nojeh")
    assert "q=Shahid+Nojeh" in page.url
