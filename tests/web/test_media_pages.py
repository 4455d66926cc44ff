"""Pictures and sounds, through a browser's eyes."""

from __future__ import annotations

import html
import io
import re
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.db import db
from quizapp.markup import render
from quizapp.models import Course, Media
from tests.support.files import picture_bytes, sound_bytes
from tests.web.conftest import csrf_token

PAGE = "/teach/law/media"


@dataclass
class Desk:
    """A course that is not public; its instructor is signed in."""

    app: Flask
    client: FlaskClient

    def upload(self, data: bytes, name: str = "map.png") -> TestResponse:
        return self.send(PAGE, file=(io.BytesIO(data), name))

    def send(self, address: str, **data: Any) -> TestResponse:
        token = csrf_token(self.client.get(PAGE).text)
        return self.client.post(address, data=data | {"csrf_token": token})

    def name(self) -> str:
        found = re.search(r"media:([0-9a-f]{32}\.\w+)", self.client.get(PAGE).text)
        assert found
        return found[1]

    def count(self) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count(Media.id))) or 0


@pytest.fixture
def desk(app: Flask, client: FlaskClient, stored: Any, sign_in: Any) -> Desk:
    with stored() as make:
        teacher = make.instructor(make.course(slug="law", title="Law", is_public=False))
    sign_in(client, teacher.id)
    return Desk(app, client)


def test_a_picture_is_kept_and_served_as_what_it_is(desk: Desk) -> None:
    answer = desk.upload(picture_bytes())

    shown = desk.client.get(f"/media/{desk.name()}")
    assert answer.status_code == 303
    assert shown.data == picture_bytes()
    assert shown.headers["Content-Type"] == "image/png"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "private" in shown.headers["Cache-Control"]
    assert "public" not in shown.headers["Cache-Control"]


def test_a_browser_that_has_it_gets_no_second_copy(desk: Desk) -> None:
    desk.upload(picture_bytes())
    address = f"/media/{desk.name()}"
    tag = desk.client.get(address).headers["ETag"]

    assert desk.client.get(address, headers={"If-None-Match": tag}).status_code == 304


def test_a_part_of_a_sound_can_be_asked_for(desk: Desk) -> None:
    desk.upload(sound_bytes(), "hello.wav")

    part = desk.client.get(f"/media/{desk.name()}", headers={"Range": "bytes=0-3"})

    assert part.status_code == 206
    assert part.data == b"RIFF"


def test_what_the_page_gives_to_copy_shows_the_file(desk: Desk) -> None:
    desk.upload(picture_bytes())

    line = html.unescape(desk.client.get(PAGE).text).split('value="![')[1].split('"')[0]

    assert f'<img src="/media/{desk.name()}" alt="picture"' in render(f"![{line}")


def test_the_same_file_twice_is_kept_once(desk: Desk) -> None:
    desk.upload(picture_bytes())
    desk.upload(picture_bytes(), "again.png")

    assert desk.count() == 1
    assert "has this file already" in desk.client.get(PAGE).text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<svg onload=alert(1)>", "x.png", "It is no PNG"),
        (b"", "", "Choose a picture or a sound."),
    ],
)
def test_what_is_no_picture_is_refused_at_its_field(
    desk: Desk, data: bytes, name: str, said: str
) -> None:
    answer = desk.upload(data, name)

    assert answer.status_code == 422
    assert said in answer.text
    assert desk.count() == 0


def test_a_file_of_a_course_that_is_not_public_is_its_members_alone(
    desk: Desk, stored: Any, sign_in: Any
) -> None:
    desk.upload(picture_bytes())
    address = f"/media/{desk.name()}"
    with stored() as make:
        course = make.session.scalar(sa.select(Course).where(Course.slug == "law"))
        member, stranger = make.learner(course), make.learner(make.course())

    asked = []
    for user_id in (member.id, stranger.id):
        client = desk.app.test_client()
        sign_in(client, user_id)
        asked.append(client.get(address).status_code)

    assert asked == [200, 404]
    assert desk.app.test_client().get(address).status_code == 404
    assert desk.client.get("/media/..%2fapp.sqlite3").status_code == 404


def test_a_file_that_a_question_shows_stays(desk: Desk, stored: Any) -> None:
    desk.upload(picture_bytes())
    name = desk.name()
    with stored() as make:
        course = make.session.scalar(sa.select(Course).where(Course.slug == "law"))
        raw = {"stem": f"What is it? ![](media:{name})", "key": True, "explanation": ""}
        make.question(make.fact(course), "true_false", raw | {"feedback": ""})
        media_id = make.session.scalar(sa.select(Media.id))

    desk.send(f"{PAGE}/{media_id}/remove")

    assert desk.count() == 1
    assert "so it stays" in desk.client.get(PAGE).text


def test_a_file_that_nothing_shows_can_be_deleted(desk: Desk) -> None:
    desk.upload(picture_bytes())
    with desk.app.app_context():
        media_id = db.session.scalar(sa.select(Media.id))

    desk.send(f"{PAGE}/{media_id}/remove")

    assert desk.count() == 0
    assert "No files yet" in desk.client.get(PAGE).text


def test_the_page_takes_few_statements(desk: Desk, statements: Any) -> None:
    for shade in range(4):
        desk.upload(picture_bytes(shade=shade))

    with statements() as seen:
        page = desk.client.get(PAGE).text

    assert page.count("<img") == 4
    assert len(seen) == 5


def test_the_files_of_a_course_have_their_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quizapp.services.media.COURSE_BYTES", 10)

    answer = desk.upload(picture_bytes())

    assert answer.status_code == 422
    assert "Delete some that nothing shows." in answer.text


class TestInTheEditor:
    """A picture is added while a question is written, without a script."""

    NEW = "/teach/law/questions/new"
    PLACES: ClassVar = {
        "content_stem": "Question",
        "content_options-0-text": "Option A",
        "content_options-1-feedback": "Feedback for option B",
        "content_explanation": "Explanation",
    }

    def send(self, desk: Desk, **fields: Any) -> TestResponse:
        token = csrf_token(desk.client.get(self.NEW).text)
        typed = {
            "type": "single_choice",
            "content_stem": "Which river?",
            "content_options-0-text": "Rhine",
            "content_options-1-text": "Elbe",
            "content_options-key": "0",
            "action": "picture",
            "csrf_token": token,
        }
        return desk.client.post(self.NEW, data=typed | fields)

    @pytest.mark.parametrize(
        ("into", "shown"),
        [
            ("content_stem", "Which river?\r\n\n\n![A map (of) x](media:{name})</textarea>"),
            ("content_options-0-text", 'value="Rhine ![A map (of) x](media:{name})"'),
            ("content_options-1-feedback", 'value="![A map (of) x](media:{name})"'),
            ("content_explanation", ">\r\n![A map (of) x](media:{name})</textarea>"),
        ],
    )
    def test_its_line_stands_in_the_text_that_was_chosen(
        self, desk: Desk, into: str, shown: str
    ) -> None:
        file = (io.BytesIO(picture_bytes()), "map.png")
        fields = {"picture_file": file, "picture_words": " A map [(of)] x ", "picture_into": into}

        page = self.send(desk, **fields)

        text = page.text.replace("\r\n", "\n").replace("\n\n\n", "\n\n")
        wanted = shown.replace("\r\n", "\n").replace("\n\n\n", "\n\n")
        assert page.status_code == 200
        assert wanted.format(name=desk.name()) in text
        assert "Which river?" in text
        assert f"Added to “{self.PLACES[into]}”." in text
        is_shown = f'<img src="/media/{desk.name()}" alt="A map (of) x"' in text
        assert is_shown or into == "content_options-1-feedback"
        assert desk.count() == 1

    @pytest.mark.parametrize(
        ("data", "words", "said"),
        [
            (b"<svg onload=alert(1)>", "A map", "It is no PNG"),
            (b"", "A map", "Choose a picture or a sound."),
            (picture_bytes(), " ", "Say what it shows, or what is heard."),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stays(
        self, desk: Desk, data: bytes, words: str, said: str
    ) -> None:
        file = (io.BytesIO(data), "map.png" if data else "")

        page = self.send(desk, picture_file=file, picture_words=words, picture_into="content_stem")

        assert said in page.text
        assert 'value="Rhine"' in page.text
        assert "data-picture open" in page.text
        assert desk.count() == 0

    def test_a_picture_without_words_is_said_beside_the_question(self, desk: Desk) -> None:
        desk.upload(picture_bytes())
        stem = f"Which river? ![](media:{desk.name()})"

        page = self.send(desk, action="preview", content_stem=stem)

        assert "no words between the brackets" in page.text

    def test_an_answer_to_be_typed_is_not_offered_for_a_picture(self, desk: Desk) -> None:
        page = desk.client.get(f"{self.NEW}?type=short_text").text

        assert '<option value="content_foreseen-0-feedback">' in page
        assert '<option value="content_foreseen-0-text">' not in page
