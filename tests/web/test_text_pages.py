"""The instructor's texts and the list of flagged citations, through a browser's eyes."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Citation, Passage, Role
from tests.support.make import TEXT
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"
QUOTE = "The aversion is codified in Article 146 of the constitution"
BROKEN = TEXT.replace("codified", "laid down")


@dataclass
class Desk:
    """A course with one cited paragraph; its instructor is signed in."""

    app: Flask
    client: FlaskClient
    passage_id: int
    fact_id: int
    question_id: int
    student_id: int

    base = "/teach/law"

    @property
    def address(self) -> str:
        return f"{self.base}/texts/{self.passage_id}"

    @property
    def citation(self) -> str:
        return f"{self.base}/citations/{self.fact_id}/0"

    def page(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200
        return html.unescape(answer.text)

    def send(self, address: str, data: dict[str, Any]) -> TestResponse:
        token = csrf_token(self.client.get("/teach/law/questions/new").text)
        return self.client.post(address, data=data | {"csrf_token": token})

    def save(self, text: str, **given: Any) -> TestResponse:
        """Send the form as the page gives it, with another text."""
        return self.send(self.address, self.form() | {"text": text} | given)

    def form(self) -> dict[str, Any]:
        page = self.client.get(self.address).text
        seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
        assert seen
        return {"heading": "Article 146", "locator": "P4", "note": "", "seen": seen[1]}

    def stored(self) -> str:
        with self.app.app_context():
            return str(db.session.scalar(sa.select(Passage.text)))

    def cited(self) -> str | None:
        with self.app.app_context():
            row = db.session.execute(sa.select(Citation.exact, Citation.lost_at)).one()
            return None if row.lost_at else row.exact


@pytest.fixture
def desk(app: Flask, client: FlaskClient, stored: Any, sign_in: Any) -> Desk:
    with stored() as make:
        course = make.course(slug="law", title="Law")
        passage = make.passage(course, locator="P4")
        fact = make.fact(course, passage=passage)
        question = make.question(fact)
        teacher, student = make.user("Jonas Weber"), make.user()
        make.enrol(teacher, course, Role.INSTRUCTOR)
        make.enrol(student, course)
        ids = (passage.id, fact.id, question.id, student.id)
        teacher_id = teacher.id
    sign_in(client, teacher_id)
    return Desk(app, client, *ids)


def lose(desk: Desk) -> None:
    assert desk.save(BROKEN, agreed=f"{desk.fact_id}-0").status_code == 303


def test_the_texts_lead_to_each_paragraph(desk: Desk) -> None:
    page = desk.page(f"{desk.base}/texts")

    assert f'href="{desk.address}"' in page
    assert "P4, Article 146" in page
    assert "1 citation" in page


def test_the_reader_and_every_page_of_an_instructor_lead_to_the_texts(desk: Desk) -> None:
    for address in ("/sources/1", f"{desk.base}/questions"):
        assert f'href="{desk.base}/texts"' in desk.page(address)


def test_saving_what_loses_nothing_needs_no_question(desk: Desk) -> None:
    answer = desk.save(f"To begin with: {TEXT}")

    assert (answer.status_code, answer.location) == (303, desk.address)
    assert desk.stored() == f"To begin with: {TEXT}"
    assert desk.cited() == QUOTE
    assert "Saved." in desk.page(desk.address)


def test_a_loss_is_asked_about_on_the_same_page_and_nothing_is_stored(desk: Desk) -> None:
    answer = desk.save(BROKEN, note="Typed, not saved.")
    page = html.unescape(answer.text)

    assert answer.status_code == 422
    assert "Not saved yet" in page
    assert "1 citation would be flagged" in page
    assert f"“{QUOTE}”" in page
    assert "Which article bars foreign bases?" in page
    assert f'name="agreed" value="{desk.fact_id}-0 "' in page
    assert BROKEN in page
    assert "Typed, not saved." in page
    assert desk.stored() == TEXT


def test_enter_in_a_field_agrees_to_no_loss(desk: Desk) -> None:
    page = desk.save(BROKEN).text

    # Enter in a line presses the first button of its form.
    first = re.search("<button[^>]*>", page[page.index('id="passage-form"') :])

    assert first
    assert 'name="action" value="check"' in first[0]


def test_a_loss_that_was_agreed_to_is_flagged_and_listed(desk: Desk) -> None:
    answer = desk.save(BROKEN, agreed=f"{desk.fact_id}-0 ")

    assert (answer.status_code, answer.location) == (303, f"{desk.base}/citations")
    page = desk.page(answer.location)
    assert "Saved. 1 citation to check." in page
    assert f"“{QUOTE}”" in page
    assert f'href="{desk.base}/questions/{desk.question_id}"' in page
    assert "<mark>The aversion is laid down in Article 146 of the constitution</mark>" in page


def test_what_was_agreed_to_covers_no_other_loss(desk: Desk) -> None:
    answer = desk.save(BROKEN, agreed=f"{desk.fact_id + 1}-0 7 x-y -")

    assert answer.status_code == 422
    assert desk.stored() == TEXT


def test_a_check_shows_what_would_happen_and_stores_nothing(desk: Desk) -> None:
    answer = desk.save(BROKEN, action="check")
    page = html.unescape(answer.text)

    assert answer.status_code == 200
    assert "What saving would do" in page
    assert "1 citation would be flagged" in page
    assert BROKEN in page
    assert desk.stored() == TEXT
    assert "No citation would be lost" in desk.save(TEXT + " More.", action="check").text


@pytest.mark.parametrize("action", ["save", "check"])
@pytest.mark.parametrize(
    ("text", "message"),
    [("", "Write the text"), ("x" * 20_001, "Shorten this"), ("a \u202eb", "bidirectional")],
)
def test_what_is_wrong_stands_beside_its_field(
    desk: Desk, action: str, text: str, message: str
) -> None:
    answer = desk.save(text, action=action, note="Typed.")

    assert answer.status_code == 422
    assert message in answer.text
    assert "Typed." in answer.text
    assert "<title>Error: " in answer.text
    assert desk.stored() == TEXT


def test_two_editors_lose_nothing(desk: Desk) -> None:
    first, second = desk.form(), desk.form()
    desk.send(desk.address, first | {"text": f"{TEXT} By the first."})

    answer = desk.send(desk.address, second | {"text": f"{TEXT} By the second."})

    assert answer.status_code == 409
    assert "Someone else saved this paragraph" in answer.text
    assert "By the first." in answer.text
    assert "By the second." in answer.text
    assert desk.stored().endswith("By the first.")
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', answer.text)
    assert seen
    again = second | {"text": f"{TEXT} By the second.", "seen": seen[1]}
    assert desk.send(desk.address, again).status_code == 303
    assert desk.stored().endswith("By the second.")


def test_what_is_typed_is_text_and_no_markup(desk: Desk) -> None:
    desk.save(f"{TEXT} {ATTACK}", heading=ATTACK, note=ATTACK, locator="<b>")
    lose(desk)

    for address in ("texts", f"texts/{desk.passage_id}", "citations"):
        page = desk.client.get(f"{desk.base}/{address}").text
        assert ATTACK not in page
        assert "<b>" not in page


def test_the_navigation_counts_what_waits(desk: Desk) -> None:
    counted = '<span class="count">1<span class="sr"> to check</span></span>'
    assert counted not in desk.page(f"{desk.base}/questions")

    lose(desk)

    for address in ("questions", f"questions/{desk.question_id}", "texts", "citations"):
        assert counted in desk.page(f"{desk.base}/{address}")
    assert counted not in desk.page("/today?course=law")
    assert "1 to check" in desk.page(f"{desk.base}/texts")


def test_the_nearest_words_are_cited_by_one_button_and_that_can_be_undone(desk: Desk) -> None:
    lose(desk)
    button = re.search(
        rf'action="{desk.citation}" data-once>.*?name="exact" value="([^"]+)"',
        desk.client.get(f"{desk.base}/citations").text,
        re.DOTALL,
    )
    assert button

    answer = desk.send(desk.citation, {"passage": str(desk.passage_id), "exact": button[1]})

    assert answer.status_code == 303
    page = desk.client.get(answer.location).text
    assert desk.cited() == button[1]
    assert "Every citation is in its text" in page
    form = page.partition(f'action="{desk.citation}/flag"')[2].partition("</form>")[0]
    undo = {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)
    }
    assert undo["exact"] == QUOTE
    assert desk.send(f"{desk.citation}/flag", undo).status_code == 303
    assert f"“{QUOTE}”" in desk.page(f"{desk.base}/citations")
    desk.save(TEXT)
    assert desk.cited() == QUOTE


def test_other_words_that_are_not_there_are_refused_beside_their_field(desk: Desk) -> None:
    lose(desk)

    answer = desk.send(
        desk.citation, {"passage": str(desk.passage_id), "exact": "is codified in Article 146"}
    )

    assert answer.status_code == 422
    assert "These words are not in that paragraph" in answer.text
    assert f'id="exact-{desk.fact_id}-0"' in answer.text
    assert f'href="#exact-{desk.fact_id}-0"' in answer.text
    assert "is codified in Article 146</textarea>" in answer.text
    assert desk.cited() is None


def test_a_citation_that_someone_else_mended_is_a_conflict(desk: Desk) -> None:
    data = {"passage": str(desk.passage_id), "exact": "Article 146"}

    assert desk.send(desk.citation, data).status_code == 409
    assert desk.cited() == QUOTE


def test_the_list_says_when_there_is_nothing_to_do(desk: Desk) -> None:
    assert "Every citation is in its text" in desk.page(f"{desk.base}/citations?page=99")


def test_learners_see_the_text_without_a_mark_and_are_asked_all_the_same(
    desk: Desk, sign_in: Any
) -> None:
    lose(desk)
    sign_in(desk.client, desk.student_id)

    card = desk.page("/review?course=law")
    assert "Which article bars foreign bases?" in card
    assert "<mark></mark>" not in card
    assert "Which of its words prove the answer is being checked" in card
    assert BROKEN in card
    reader = desk.page("/sources/1")
    assert 'class="used"' not in reader.partition('class="body')[2]
    assert "1 card" in reader


def test_pages_ask_the_database_as_often_for_many_citations_as_for_few(
    desk: Desk, stored: Any, statements: Any
) -> None:
    addresses = [f"{desk.base}/texts", desk.address, f"{desk.base}/citations"]

    def counts() -> list[int]:
        found = []
        for address in addresses:
            with statements() as seen:
                assert desk.client.get(address).status_code == 200
            found.append(len(seen))
        return found

    lose(desk)
    few = counts()
    with stored() as make:
        passage = make.session.get_one(Passage, desk.passage_id)
        course = make.session.get_one(type(make.course()), 1)
        for _ in range(5):
            make.question(make.fact(course, passage=passage))
    desk.save("Quite other matters.", agreed=" ".join(f"{n}-0" for n in range(1, 20)))

    assert counts() == few
    assert max(few) <= 7
