"""Adding texts and paragraphs, through a browser's eyes."""

from __future__ import annotations

import html
import io
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.models import Course, Passage, Source
from quizapp.services.attempt_start import start_attempt
from tests.support.make import NOON
from tests.web.conftest import csrf_token

ATTACK = "<script>alert(1)</script>"
SAID = {"title": "On bridges", "author": "Ada Byron", "year": "1843", "licence": "CC0", "note": ""}


@dataclass
class Shelf:
    """A course without texts; its instructor is signed in."""

    app: Flask
    client: FlaskClient
    base = "/teach/law/texts"

    def page(self, address: str = "") -> str:
        found = self.client.get(self.base + address)
        assert found.status_code == 200
        return html.unescape(found.text)

    def send(self, address: str, **data: Any) -> TestResponse:
        token = csrf_token(self.client.get(f"{self.base}/new").text)
        return self.client.post(self.base + address, data=data | {"csrf_token": token})

    def create(self, text: str, **data: Any) -> TestResponse:
        return self.send("/new", text=text, action="save", **(SAID | data))

    def rows(self) -> list[tuple[str, str, str, str]]:
        with self.app.app_context():
            found = db.session.execute(
                sa.select(Passage.key, Passage.locator, Passage.heading, Passage.text).order_by(
                    Passage.source_id, Passage.position
                )
            )
            return [tuple(row) for row in found]

    def one(self, column: Any) -> Any:
        with self.app.app_context():
            return db.session.scalar(sa.select(column))


@pytest.fixture
def shelf(app: Flask, client: FlaskClient, stored: Any, sign_in: Any) -> Shelf:
    with stored() as make:
        course = make.course(slug="law", title="Law")
        user_id = make.instructor(course).id
    sign_in(client, user_id)
    return Shelf(app, client)


def test_a_pasted_text_becomes_paragraphs_under_their_headings(shelf: Shelf) -> None:
    answer = shelf.create("First of all\nit stands.\n\n# Piers\nThey carry.\n\nThey also sink.")

    assert answer.status_code == 303
    assert shelf.rows() == [
        ("p1", "P1", "", "First of all it stands."),
        ("p2", "P2", "Piers", "They carry."),
        ("p3", "P3", "Piers", "They also sink."),
    ]
    assert "They also sink." in shelf.page()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(shelf: Shelf) -> None:
    answer = shelf.create("Good.\n\nSee www.example.org now.", title="")

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert "Write the title of the text." in page
    assert "Line 3: Remove the web address “www.example.org”" in page
    assert "See www.example.org now." in page
    assert shelf.rows() == []


def test_an_empty_text_is_not_kept(shelf: Shelf) -> None:
    answer = shelf.create(" \n ")

    assert answer.status_code == 422
    assert "Paste the text, or choose its file." in html.unescape(answer.text)


def test_the_preview_shows_the_paragraphs_and_keeps_nothing(shelf: Shelf) -> None:
    answer = shelf.send("/preview", text=f"# Head\none {ATTACK}\n\ntwo")

    assert answer.status_code == 200
    assert "2 paragraphs" in answer.text
    assert ATTACK not in answer.text
    assert ATTACK in html.unescape(answer.text)
    assert shelf.rows() == []


def test_the_preview_works_without_a_script_too(shelf: Shelf) -> None:
    answer = shelf.send("/new", text="one\n\ntwo", action="preview", **SAID)

    assert answer.status_code == 200
    assert "2 paragraphs" in answer.text
    assert "On bridges" in answer.text
    assert shelf.rows() == []


def word_file() -> bytes:
    """Return a small document as Word writes them, with a heading, bold words and a list."""
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = (
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Arches</w:t></w:r></w:p>'
        '<w:p><w:r><w:t xml:space="preserve">They </w:t></w:r><w:r><w:rPr><w:b/></w:rPr>'
        "<w:t>press</w:t></w:r><w:r><w:t> outward.</w:t></w:r></w:p><w:p/>"
        "<w:p><w:r><w:t>Keystones come last.</w:t></w:r></w:p>"
    )
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r1" Target="word/document.xml" Type="http://schemas.openxmlformats.'
            'org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
        )
        archive.writestr(
            "word/styles.xml",
            f'<w:styles {w}><w:style w:type="paragraph" w:styleId="Heading1">'
            '<w:name w:val="heading 1"/></w:style></w:styles>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            '<Relationship Id="r2" Target="styles.xml" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/styles"/></Relationships>',
        )
        archive.writestr(
            "word/document.xml", f"<w:document {w}><w:body>{body}</w:body></w:document>"
        )
    return kept.getvalue()


def test_a_file_is_read_into_the_form_and_kept_only_when_it_was_looked_through(
    shelf: Shelf,
) -> None:
    data = {"file": (io.BytesIO(word_file()), "Bridges of old.docx"), "action": "save"}

    answer = shelf.send("/new", **data)

    page = html.unescape(answer.text)
    assert answer.status_code == 200
    assert "# Arches\n\nThey press outward.\n\nKeystones come last.</textarea>" in page
    assert 'value="Bridges of old"' in page
    assert "Nothing is saved yet" in page
    assert shelf.rows() == []


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("virus.exe", b"MZ", "Choose a file: .txt, .md, .docx, .pdf or .html."),
        ("broken.docx", b"PK no zip", "This is no Word document that can be read."),
        ("broken.pdf", b"%PDF-1.7 nothing", "This PDF cannot be read."),
        ("empty.txt", b" \n", "There is no text in this file."),
        ("binary.txt", b"a\x00b", "This is no text file."),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    shelf: Shelf, name: str, data: bytes, said: str
) -> None:
    given = {"file": (io.BytesIO(data), name), "action": "read", "text": "typed before"}

    answer = shelf.send("/new", **given)

    page = html.unescape(answer.text)
    assert answer.status_code == 422
    assert said in page.replace("Choose a file that ends in", "Choose a file:")
    assert "typed before" in page


def test_paragraphs_are_added_where_they_belong(shelf: Shelf) -> None:
    shelf.create("one\n\ntwo")
    source, first = shelf.one(Source.id), shelf.one(sa.func.min(Passage.id))

    answer = shelf.send(
        f"/sources/{source}/paragraphs",
        **{"more-text": "# New\nbetween", "more-after": str(first), "action": "save"},
    )

    assert answer.status_code == 303
    assert [(key, text) for key, _, _, text in shelf.rows()] == [
        ("p1", "one"),
        ("p3", "between"),
        ("p2", "two"),
    ]


def test_paragraphs_go_after_a_paragraph_of_their_text_only(shelf: Shelf) -> None:
    shelf.create("one")
    shelf.create("another", title="Another")
    source, foreign = shelf.one(sa.func.min(Source.id)), shelf.one(sa.func.max(Passage.id))

    for after in (str(foreign), "nowhere", ""):
        answer = shelf.send(
            f"/sources/{source}/paragraphs",
            **{"more-text": "two", "more-after": after, "action": "save"},
        )
        assert answer.status_code == 422
        assert "Choose a paragraph of this text." in html.unescape(answer.text)
    assert len(shelf.rows()) == 2


def test_what_is_said_of_a_text_can_be_changed(shelf: Shelf) -> None:
    shelf.create("one")
    source = shelf.one(Source.id)

    refused = shelf.send(f"/sources/{source}", **(SAID | {"title": " "}))
    answer = shelf.send(f"/sources/{source}", **(SAID | {"title": "On arches"}))

    assert refused.status_code == 422
    assert answer.status_code == 303
    assert shelf.one(Source.title) == "On arches"


def test_a_text_that_proves_nothing_can_be_deleted(shelf: Shelf) -> None:
    shelf.create("one\n\ntwo")
    source = shelf.one(Source.id)
    assert "Delete this text" in shelf.page(f"/sources/{source}")

    shelf.send(f"/{shelf.one(sa.func.max(Passage.id))}/remove")
    assert [row[3] for row in shelf.rows()] == ["one"]
    shelf.send(f"/sources/{source}/remove")

    assert shelf.rows() == []
    assert shelf.one(sa.func.count(Source.id)) == 0


@pytest.mark.parametrize("pointer", ["citation", "challenge"])
def test_what_something_points_at_stays(shelf: Shelf, stored: Any, pointer: str) -> None:
    with stored() as make:
        course = make.session.scalar(sa.select(Course))
        passage = make.passage(course)
        fact = make.fact(course, passage=passage if pointer == "citation" else None)
        if pointer == "challenge":
            question = make.question(fact)
            student = make.learner(course)
            quiz = make.quiz(course, [question])
            started = start_attempt(make.session, actor=student, quiz_id=quiz.id, seed=1, now=NOON)
            make.challenge(student, started.attempt_id, question).passage_id = passage.id
        address, source = f"/{passage.id}", f"/sources/{passage.source_id}"

    shelf.send(f"{address}/remove")
    first = shelf.page(address)
    shelf.send(f"{source}/remove")
    second = shelf.page(source)

    for page in (first, second):
        assert "so it stays" in page
        assert "Delete this" not in page


def test_the_pages_take_few_statements(shelf: Shelf, statements: Any) -> None:
    shelf.create("\n\n".join(f"paragraph {n}" for n in range(60)))
    source = shelf.one(Source.id)

    with statements() as listed:
        page = shelf.page()
    with statements() as shown:
        shelf.page(f"/sources/{source}")
    with statements() as empty:
        shelf.page("/new")

    assert (len(listed), len(shown), len(empty)) == (4, 5, 3)
    assert "paragraph 39" in page
    assert "paragraph 40" not in page
    assert "All 60 paragraphs" in page


def test_what_comes_from_files_is_not_deleted_here(shelf: Shelf) -> None:
    shelf.create("one")
    source, passage = shelf.one(Source.id), shelf.one(Passage.id)
    with shelf.app.app_context():
        db.session.execute(sa.update(Passage).values(bank_sha256="0" * 64))
        db.session.commit()

    shelf.send(f"/{passage}/remove")
    shelf.send(f"/sources/{source}/remove")

    assert [row[3] for row in shelf.rows()] == ["one"]
    assert "taken away there" in shelf.page()
