"""The first page."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from quizapp.models import Passage, Topic
from tests.support.make import RAW


def test_a_new_site_has_a_first_page_without_a_course(client: FlaskClient) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "Know where you read it." in page.text
    assert "Answer" not in page.text.partition("</section>")[0]


def test_newcomers_see_a_real_card_with_its_source(client: FlaskClient, stored: Any) -> None:
    with stored() as make:
        course = make.course(slug="law", title="Law of bases", summary="On bases.")
        topic = make.topic(course, key="article", title="Article 146")
        make.question(make.fact(course, topic), "short_text")

    page = client.get("/").text

    for words in ("Law of bases", "Article 146", RAW["short_text"]["stem"], "Euphrates"):
        assert words in page
    assert "<mark>The aversion is codified in Article 146 of the constitution</mark>" in page
    assert "/courses/law#article" in page
    assert "1 card" in page


def test_the_card_is_the_same_for_everyone_who_comes(client: FlaskClient, stored: Any) -> None:
    with stored() as make:
        course = make.course()
        for n in range(5):
            make.question(make.fact(course), raw=RAW["single_choice"] | {"stem": f"Question {n}?"})

    first, second = client.get("/").text, client.get("/").text

    assert [n for n in range(5) if f"Question {n}?" in first] == [0]
    assert [n for n in range(5) if f"Question {n}?" in second] == [0]


def test_whoever_is_signed_in_is_led_to_their_day(
    client: FlaskClient, stored: Any, sign_in: Any
) -> None:
    with stored() as make:
        people = (make.user().id, make.user(is_guest=True, email=None).id)

    for user_id in people:
        sign_in(client, user_id)
        answer = client.get("/")
        assert (answer.status_code, answer.location) == (303, "/today")


def test_the_first_page_asks_the_database_no_more_for_a_larger_course(
    client: FlaskClient, stored: Any, statements: Any
) -> None:
    with stored() as make:
        course = make.course()
        make.question(make.fact(course))
    with statements() as few:
        client.get("/")
    with stored() as make:
        topic, passage = (make.session.scalars(sa.select(kind)).one() for kind in (Topic, Passage))
        for n in range(5):
            fact = make.fact(course, topic, passage, key=f"more-{n}")
            make.question(fact, "cloze", key=f"more-{n}")

    with statements() as many:
        client.get("/")

    assert len(few) == len(many) <= 5
