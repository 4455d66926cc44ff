"""The pages of a learner's cards, and where instructors say how they ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from quizapp.memory.settings import MemorySettings
from quizapp.models import Course, Fact, Memory, Role, User
from quizapp.services.memory_rules import keep_rules
from tests.support.desk import Desk
from tests.support.make import Make
from tests.support.marked import hand_in

Stored = Callable[[], AbstractContextManager[Make]]
Statements = Callable[[], AbstractContextManager[list[str]]]
Post = Callable[..., TestResponse]
NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cards:
    """A signed-in learner with a card known well, one that will not stick and one never met."""

    learner_id: int
    course: str
    known: int
    leech: int
    unmet: int

    @property
    def address(self) -> str:
        return f"/cards/{self.known}"


@pytest.fixture
def cards(client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], str]) -> Cards:
    with stored() as make:
        desk = Desk(make.session, make, NOW - 200 * DAY)
        known = desk.fact("single_choice", "cloze", statement="Iran lent *Nojeh* to Russia.")
        leech, unmet = desk.fact(statement="Zinc was mined."), desk.fact(statement="Salt was not.")
        keep_rules(
            make.session,
            actor=desk.actor,
            course_id=desk.course.id,
            now=desk.now,
            settings=MemorySettings(leech_threshold=2, fuzz=False),
        )
        for rating in (4, 3, 3):
            desk.rate(known, rating, duration_ms=12_000)
            desk.now = desk.memory(known).due_at + DAY
        desk.now = NOW - 100 * DAY
        for rating in (4, 1, 3, 1, 3):
            desk.rate(leech, rating)
            desk.now = desk.memory(leech).due_at + timedelta(hours=1)
        found = Cards(desk.actor.id, desk.course.slug, known.id, leech.id, unmet.id)
    sign_in(client, found.learner_id)
    return found


def test_a_card_tells_its_memory_its_reviews_and_why_it_is_due(
    client: FlaskClient, cards: Cards
) -> None:
    page = client.get(cards.address).text

    assert "Iran lent <em>Nojeh</em> to Russia." in page
    assert "Stability" in page
    assert "Difficulty" in page
    assert "when your chance of recalling it will have fallen" in page
    assert "Flashcard, to recognise: one right answer" in page
    assert page.count('<td class="n">12 s</td>') == 3
    assert 'role="img" aria-label="Chance of recall since' in page
    assert "<mark>" in page


def test_a_card_never_met_says_when_it_comes(client: FlaskClient, cards: Cards) -> None:
    page = client.get(f"/cards/{cards.unmet}").text

    assert "You have not met it yet" in page
    assert "Nothing has happened to this card yet" in page
    assert "Begin again" not in page


def test_a_leech_comes_with_advice(client: FlaskClient, cards: Cards) -> None:
    page = client.get(f"/cards/{cards.leech}").text
    listed = client.get("/progress/cards?show=leeches").text

    assert "You knew it and forgot it 2 times" in page
    assert "Zinc was mined." in listed
    assert "Read the passage" in listed
    assert "Salt was not." not in listed


def test_each_step_is_done_told_and_undone(client: FlaskClient, cards: Cards, post: Post) -> None:
    for act, told in (
        ("suspend", "You put it aside"),
        ("bury", "You put it off"),
        ("reset", "You have not met it yet"),
    ):
        sent = post(client, f"{cards.address}/{act}", on=cards.address)
        page = client.get(sent.location).text
        assert told in page, act
        step = re.search(r'name="step" value="([0-9]+)"', page)
        course = re.search(r'name="course_id" value="([0-9]+)"', page)
        assert step
        assert course
        fields = {"step": step[1], "course_id": course[1]}
        post(client, f"{cards.address}/undo", fields, on=cards.address)
        back = client.get(cards.address).text
        assert told not in back, act
        assert "taken back" in back
        # A second click is no second step.
        post(client, f"{cards.address}/undo", fields, on=cards.address)
        assert "That was already taken back" in client.get(cards.address).text


def test_a_card_put_aside_is_brought_back(client: FlaskClient, cards: Cards, post: Post) -> None:
    post(client, f"{cards.address}/suspend", on=cards.address)
    listed = client.get("/progress/cards?show=suspended").text
    post(client, f"{cards.address}/resume", on=cards.address)

    assert "Iran lent Nojeh" in listed
    assert "Nothing is put aside" in client.get("/progress/cards?show=suspended").text


def test_the_next_date_is_moved(
    client: FlaskClient, cards: Cards, post: Post, stored: Stored
) -> None:
    day = (datetime.now(UTC) + 9 * DAY).date()

    sent = post(client, f"{cards.address}/move", {"day": day.isoformat()}, on=cards.address)

    assert sent.status_code == 303
    assert "the day you chose" in client.get(sent.location).text
    with stored() as make:
        memory = make.session.get(Memory, (cards.learner_id, cards.known))
        assert memory is not None
        assert memory.due_at.date() == day


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Choose a day, like"),
        ("soon", "Choose a day, like"),
        ("1999-01-01", "today or a later day"),
        ("9999-12-31", "within 100 years"),
    ],
)
def test_a_wrong_day_is_told_beside_the_field_and_kept(
    client: FlaskClient, cards: Cards, post: Post, typed: str, told: str
) -> None:
    sent = post(client, f"{cards.address}/move", {"day": typed}, on=cards.address)

    assert sent.status_code == 422
    assert told in sent.text
    assert f'value="{typed}"' in sent.text
    assert "<title>Error: " in sent.text


def test_a_quiz_that_hides_marks_hides_them_here(
    client: FlaskClient, cards: Cards, stored: Stored
) -> None:
    with stored() as make:
        fact = make.session.get(Fact, cards.unmet)
        learner = make.session.get(User, cards.learner_id)
        assert fact is not None
        assert learner is not None
        course = make.session.get(Course, fact.course_id)
        assert course is not None
        hidden = {"disclosure": {"during": [], "after_submit": [], "after_close": []}}
        question = make.question(fact, "short_text")
        quiz = make.quiz(course, [question], settings=hidden)
        hand_in(make, make.actor(learner), quiz, 0, "It was not so.")

    page = client.get(f"/cards/{cards.unmet}").text

    assert "Handed in" in page
    assert "How it went is shown with the quiz’s results" in page
    assert "graded" not in page
    assert ">Again<" not in page


def test_the_list_is_filtered_searched_and_sorted_by_its_address(
    client: FlaskClient, cards: Cards
) -> None:
    every = client.get("/progress/cards?sort=lapses").text
    found = client.get("/progress/cards?q=nojeh&show=nothing&sort=none&page=x").text

    assert every.index("Zinc was mined.") < every.index("Iran lent Nojeh")
    assert "Iran lent Nojeh" in found
    assert "Zinc was mined." not in found
    assert f'href="/cards/{cards.leech}"' in every
    with_course = client.get(f"/progress/cards?course={cards.course}").text
    assert f'href="/cards/{cards.leech}?course={cards.course}"' in with_course
    assert "No card fits" in client.get("/progress/cards?q=qqq").text
    assert client.get("/progress/cards?q=%00").status_code == 200


def test_the_history_pages_by_what_the_address_says(client: FlaskClient, cards: Cards) -> None:
    for before in ("9223372036854775807", "9" * 30, "x", "1"):
        assert client.get(f"{cards.address}?before={before}").status_code == 200
    assert "Nothing has happened" in client.get(f"{cards.address}?before=1").text


def test_the_pages_take_so_many_statements(
    client: FlaskClient, cards: Cards, statements: Statements, post: Post
) -> None:
    limits = {
        cards.address: 9,
        f"/cards/{cards.unmet}": 9,
        "/progress/cards": 5,
        "/progress/cards?show=leeches": 7,
    }
    for address, most in limits.items():
        with statements() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= most, (address, seen)

    client.get(cards.address)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(cards.address).text)
    assert token
    steps = {"suspend": {}, "resume": {}, "bury": {}, "undo": {"course_id": "1", "step": "1"}}
    day = datetime.now(UTC).date().isoformat()
    for act, given in (*steps.items(), ("redo", steps["undo"]), ("move", {"day": day})):
        with statements() as seen:
            sent = client.post(f"{cards.address}/{act}", data={**given, "csrf_token": token[1]})
        assert sent.status_code == 303
        assert len(seen) <= 8, (act, seen)


@pytest.fixture
def forms_page(
    client: FlaskClient, cards: Cards, stored: Stored, sign_in: Callable[[FlaskClient, int], str]
) -> str:
    """The page of forms, with an instructor signed in."""
    with stored() as make:
        teacher = make.user()
        fact = make.session.get(Fact, cards.known)
        assert fact is not None
        course = make.session.get(Course, fact.course_id)
        assert course is not None
        make.enrol(teacher, course, Role.INSTRUCTOR)
        teacher_id = teacher.id
    sign_in(client, teacher_id)
    return f"/teach/{cards.course}/forms"


CHOSEN = {"way": "grows", "cued_from_days": "10", "free_from_days": "30", "rotates": "y"}


def days_in(page: str) -> str:
    (field,) = re.findall(r'<input[^>]*name="cued_from_days"[^>]*>', page)
    return field.partition('value="')[2].partition('"')[0]


def test_forms_are_previewed_and_then_saved(
    client: FlaskClient, forms_page: str, post: Post
) -> None:
    shown = post(client, forms_page, CHOSEN | {"action": "preview"}, on=forms_page)
    before = client.get(forms_page).text
    saved = post(client, forms_page, CHOSEN, on=forms_page)
    after = client.get(forms_page).text

    assert "Not saved yet" in shown.text
    assert days_in(before) == "3"
    assert saved.status_code == 303
    assert days_in(after) == "10"
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', after)
    # One of three cards has a gap to fill.
    assert [re.findall(r'class="n">([^<]+)<', cells) for _, cells in rows] == [
        ["100\u00a0%", "–", "–"],
        ["100\u00a0%", "–", "–"],
        ["100\u00a0%", "–", "–"],
        ["67\u00a0%", "33\u00a0%", "–"],
        ["67\u00a0%", "33\u00a0%", "–"],
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"cued_from_days": "x"}, "Enter a whole number of days from 0 to 365."),
        ({"free_from_days": ""}, "Enter a whole number of days from 0 to 365."),
        ({"free_from_days": "9"}, "Enter 10 or more"),
        ({"cued_from_days": "-1"}, "Enter a whole number of days from 0 to 365."),
    ],
)
def test_wrong_days_are_told_beside_their_field(
    client: FlaskClient, forms_page: str, post: Post, changed: dict[str, Any], told: str
) -> None:
    sent = post(client, forms_page, CHOSEN | changed, on=forms_page)

    assert sent.status_code == 422
    assert told in sent.text


def test_the_page_of_forms_takes_so_many_statements(
    client: FlaskClient, forms_page: str, statements: Statements
) -> None:
    with statements() as seen:
        page = client.get(forms_page).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    with statements() as sent:
        client.post(forms_page, data={**CHOSEN, "csrf_token": token[1]})

    assert len(seen) <= 5, seen
    assert len(sent) <= 4, sent
