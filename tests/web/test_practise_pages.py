"""The page before a practice, what its form starts, and what leads to it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from quizapp.db import db
from quizapp.models import (
    Attempt,
    AttemptState,
    Course,
    Fact,
    Memory,
    Question,
    Revision,
    Status,
    User,
)
from quizapp.questions.registry import TYPES
from tests.support.make import RAW, Make
from tests.support.practising import FRESH, IN_BAND, Practising
from tests.web.conftest import csrf_token

PAGE = "/practise?course=syria"


@pytest.fixture
def practising(stored, sign_in, client):
    """Store a course as its maker fills it, sign its learner in; return the ids."""

    def act(fill):
        with stored() as make:
            made = Practising(make.session, make, datetime.now(UTC))
            made.course.slug, made.course.title = "syria", "Syria & Iran"
            fill(made)
            course, user = made.course.id, made.actor.id
        sign_in(client, user)
        return {"course": course, "user": user}

    return act


@pytest.fixture
def learner(practising, client):
    """A learner who knows a little of two topics."""

    def fill(made):
        made.facts(4, IN_BAND)
        made.facts(2, FRESH)
        aleppo = made.make.topic(made.course, key="aleppo", title="Aleppo & after")
        for _ in range(3):
            made.fact(topic=aleppo)

    practising(fill)
    return client


@pytest.fixture
def attempts(app):
    """A function that returns the attempts stored, the newest last."""

    def act():
        with app.app_context():
            columns = sa.inspect(Attempt).columns
            return db.session.execute(sa.select(*columns).order_by(Attempt.number)).all()

    return act


def form_of(page):
    """Return the hidden fields of the page's form."""
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [
        (re.search(r'name="([^"]*)"', one)[1], re.search(r'value="([^"]*)"', one)[1])
        for one in hidden
    ]
    fields = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def send(client, page=PAGE, **values):
    """Send the form of a page, the usual choice changed by `values`."""
    usual = {"length": "5", "behaviour": "immediate"}
    return client.post(PAGE, data={**usual, **form_of(client.get(page).text), **values})


def hand_in(client, attempt_id):
    token = csrf_token(client.get(f"/attempts/{attempt_id}/check").text)
    return client.post(f"/attempts/{attempt_id}/submit", data={"csrf_token": token})


def chosen(page):
    return [
        re.search(r'value="([^"]*)"', one)[1]
        for one in re.findall(r"<input[^>]*>", page)
        if " checked" in one
    ]


class TestThePage:
    def test_it_says_why_and_what_there_is_in_each_topic(self, learner):
        page = learner.get(PAGE).text

        assert "a chance of 60 to 85\u00a0%" in page
        assert "4 facts are there now." in page
        assert re.search(r"The base <span[^>]*>4 to practise now, 6 of 6 met", page)
        assert re.search(r"Aleppo &amp; after <span[^>]*>3 facts, all new", page)

    def test_it_begins_with_what_is_usual(self, learner):
        assert chosen(learner.get(PAGE).text) == ["10", "immediate"]

    def test_every_choice_can_be_linked_to(self, learner):
        address = f"{PAGE}&topic=aleppo&length=7&behaviour=certainty"

        page = learner.get(address).text

        assert chosen(page) == ["aleppo", "other", "certainty"]
        assert re.search(r'<input[^>]*name="number"[^>]*value="7"', page)

    @pytest.mark.parametrize(
        "query", ["length=0", "length=51", "length=x", "behaviour=x", "topic=x", "after=1", "ask=1"]
    )
    def test_what_an_address_gets_wrong_is_what_is_usual(self, learner, query):
        response = learner.get(f"{PAGE}&{query}")

        assert response.status_code == 200
        assert chosen(response.text) == ["10", "immediate"]

    def test_before_the_first_card_it_offers_new_facts(self, practising, client):
        practising(lambda made: made.facts(3))

        page = client.get(PAGE).text

        assert "Your first practice" in page
        assert "You have met none of these facts yet" in page
        assert "Start practice" in page

    def test_with_nothing_in_the_band_it_says_what_comes(self, practising, client):
        practising(lambda made: made.facts(3, FRESH))

        assert "nothing is there now, so the nearest comes first" in client.get(PAGE).text

    def test_with_nothing_to_ask_it_says_what_will_be_here(self, practising, client):
        practising(lambda made: made.fact(IN_BAND, "self_rated"))

        page = client.get(PAGE).text

        assert "Nothing to practise yet" in page
        assert "Start practice" not in page

    def test_it_shows_what_goes_on_and_what_was_done(self, learner):
        first = send(learner).location.split("/")[2]
        hand_in(learner, first)
        second = send(learner, topic="aleppo").location.split("/")[2]

        page = learner.get(PAGE).text

        assert f'href="/attempts/{second}"' in page
        assert "0 of 3 answered" in page
        assert f'href="/attempts/{first}/results"' in page
        assert "0 of 5" in page


class TestStarting:
    def test_it_leads_to_the_first_question(self, learner, attempts):
        response = send(learner, topic=["aleppo"], length="20", behaviour="practice")

        (attempt,) = attempts()
        assert response.status_code == 303
        assert response.location == f"/attempts/{attempt.id}/1"
        assert attempt.title == "Practice: Aleppo & after"
        assert len(attempt.layout) == 3
        assert attempt.settings["behaviour"] == "practice"
        page = learner.get(response.location).text
        assert "Practice: Aleppo &amp; after" in page
        assert "Check this answer" in page

    def test_any_number_can_be_asked_for(self, learner, attempts):
        send(learner, length="other", number="4")

        assert len(attempts()[0].layout) == 4

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ({"length": "other", "number": "51"}, "Enter a whole number from 1 to 50."),
            ({"length": "other", "number": ""}, "Enter a whole number from 1 to 50."),
            ({"length": "7"}, "Choose how many questions."),
            ({"behaviour": "magic"}, "Choose when you want to hear how you did."),
            ({"topic": "elsewhere"}, "Choose topics of this course."),
        ],
    )
    def test_what_is_wrong_stands_beside_its_field(self, learner, attempts, values, message):
        response = send(learner, **{"topic": "aleppo"} | values)

        assert response.status_code == 422
        assert message in response.text
        assert attempts() == []
        if "topic" not in values:
            assert "aleppo" in chosen(response.text)

    def test_without_the_token_nothing_starts(self, learner, attempts):
        response = learner.post(PAGE, data={"length": "5", "behaviour": "immediate"})

        assert response.status_code == 400
        assert attempts() == []

    def test_a_form_sent_twice_starts_one(self, learner, attempts):
        data = form_of(learner.get(PAGE).text) | {"length": "5", "behaviour": "deferred"}

        first, second = learner.post(PAGE, data=data), learner.post(PAGE, data=data)

        (attempt,) = attempts()
        assert first.location == f"/attempts/{attempt.id}/1"
        assert second.location == f"/attempts/{attempt.id}"

    @pytest.mark.parametrize("name", ["topic", "number", "seed", "after", "instead_of"])
    @pytest.mark.parametrize(
        "value", ["9" * 40, "-1", "1" * 19, "٣", "a\x00b", "\u202e<b>", "x" * 60_000, "1.5"]
    )
    def test_no_value_of_a_field_breaks_it(self, learner, name, value):
        response = send(learner, **{"length": "other", "number": "2", name: value})

        assert response.status_code in (303, 422)
        assert learner.get(f"{PAGE}&{name}={value[:2000]}").status_code == 200


class TestOneAtATime:
    def test_it_asks_before_the_open_one_is_handed_in(self, learner, attempts):
        send(learner, length="other", number="3")

        asked = send(learner, topic="aleppo", length="20", behaviour="deferred")
        page = learner.get(asked.location).text

        assert asked.status_code == 303
        assert "ask=1" in asked.location
        assert "Hand in the open practice?" in page
        assert "0 of 3 answered" in page
        assert [one.state for one in attempts()] == [AttemptState.OPEN]

    def test_saying_yes_hands_it_in_and_starts_what_was_chosen(self, learner, attempts):
        send(learner, length="other", number="3")
        asked = send(learner, topic="aleppo", length="other", number="2", behaviour="deferred")

        answer = learner.post(PAGE, data=form_of(learner.get(asked.location).text))

        before, after = attempts()
        assert answer.location == f"/attempts/{after.id}/1"
        assert (before.state, after.state) == (AttemptState.SUBMITTED, AttemptState.OPEN)
        assert after.title == "Practice: Aleppo & after"
        assert len(after.layout) == 2
        assert "behaviour" not in after.settings  # deferred is the default

    def test_the_question_is_not_asked_once_nothing_is_open(self, learner, attempts):
        send(learner)
        asked = send(learner).location
        hand_in(learner, attempts()[0].id)

        assert "Hand in the open practice?" not in learner.get(asked).text


class TestAfterwards:
    def test_the_results_lead_to_another_practice_with_other_questions(self, learner, attempts):
        send(learner, topic="base", length="other", number="2", behaviour="certainty")
        first = attempts()[0]
        results = learner.get(hand_in(learner, first.id).location).text
        again = f"/practise?course=syria&amp;after={first.id}"
        assert again in results
        assert "Try again" not in results
        page = learner.get(again.replace("&amp;", "&")).text
        assert chosen(page) == ["base", "other", "certainty"]
        assert "Questions of your last practice come last." in page

        send(learner, page=again.replace("&amp;", "&"), length="other", number="2")

        asked = [{slot[1] for slot in attempt.layout} for attempt in attempts()]
        assert asked[0].isdisjoint(asked[1])

    def test_pages_lead_here_and_name_what_was_practised(self, learner, attempts, stored):
        send(learner, topic="aleppo")
        hand_in(learner, attempts()[0].id)

        quizzes, progress = learner.get("/quizzes").text, learner.get("/progress").text

        assert 'href="/practise?course=syria"' in quizzes
        assert "Practice: Aleppo" not in quizzes
        assert "Practice: Aleppo &amp; after" in progress
        assert 'href="/practise"' in progress
        with stored() as make:
            make.quiz(make.session.scalars(sa.select(Course)).one())
        assert 'href="/practise"' in learner.get("/today").text

    def test_leaving_a_practice_leads_back_here(self, learner):
        question = send(learner, behaviour="deferred").location
        hidden = form_of(learner.get(question).text)

        left = learner.post(question, data={**hidden, "go": "leave"})

        assert left.location == PAGE


def many(make: Make, user_id: int, count: int) -> None:
    """Store a course of so many facts, half of them met."""
    course = make.course(slug="full", title="Full")
    make.enrol(make.session.get_one(User, user_id), course)
    topics = [make.topic(course).id for _ in range(8)]
    now = datetime.now(UTC)
    kind, raw = TYPES["single_choice"], RAW["single_choice"]
    content = kind.dump(kind.parse(raw))
    facts = [
        {
            "course_id": course.id,
            "topic_id": topics[number % 8],
            "key": f"many-{number}",
            "statement": "A fact.",
            "note": "",
            "record": "",
            "status": Status.READY,
            "position": number,
        }
        for number in range(count)
    ]
    ids = make.session.scalars(sa.insert(Fact).returning(Fact.id), facts).all()
    questions = [
        {
            "course_id": course.id,
            "fact_id": fact,
            "key": f"many-{fact}",
            "type": "single_choice",
            "recall": 1,
            "status": Status.READY,
            "stem": "?",
            "current_number": 1,
            "updated_at": now,
        }
        for fact in ids
    ]
    asked = make.session.scalars(sa.insert(Question).returning(Question.id), questions).all()
    make.session.execute(
        sa.insert(Revision),
        [
            {
                "question_id": one,
                "number": 1,
                "type": "single_choice",
                "content": content,
                "sha256": "0" * 64,
                "created_at": now,
            }
            for one in asked
        ],
    )
    make.session.execute(
        sa.insert(Memory),
        [
            {
                "learner_id": user_id,
                "fact_id": fact,
                "course_id": course.id,
                "phase": "review",
                "stability": 4.0,
                "difficulty": 5.0,
                "due_at": now,
                "last_review_at": now - timedelta(days=20),
                "reps": 2,
                "lapses": 0,
                "is_suspended": False,
                "seen": 1,
            }
            for fact in ids[::2]
        ],
    )


def test_a_thousand_facts_take_as_many_statements_as_a_few(practising, client, stored, statements):
    user_id = practising(lambda made: made.facts(3, IN_BAND))["user"]
    with stored() as make:
        many(make, user_id, 1_000)
    seen = {}
    for slug in ("syria", "full"):
        page = f"/practise?course={slug}"
        data = {"length": "other", "number": "50", "behaviour": "immediate"}
        data |= form_of(client.get(page).text)
        with statements() as looked:
            client.get(page)
        with statements() as started:
            assert client.post(page, data=data).status_code == 303
        with statements() as looked_again:
            assert "Continue the practice" in client.get(page).text
        seen[slug] = (len(looked), len(started), len(looked_again))

    assert "500 facts" in client.get("/practise?course=full").text
    assert seen["syria"] == seen["full"]
    looked, started, looked_again = seen["full"]
    assert looked <= 6
    assert looked_again <= 7
    assert started <= 18
