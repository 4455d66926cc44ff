"""Cards that are answered in place, in a browser."""

from __future__ import annotations

import re

import pytest

from tests.web.test_study_pages import Learner, enter, learner  # noqa: F401

# Fixtures are imported, and named again where a test asks for them.
# ruff: noqa: F811


def front(learner: Learner, url: str = "/review") -> dict[str, str]:
    """Return the fields of the form that answers the card."""
    page = learner.get(url).text
    form = re.search(r'<form[^>]*action="(/review/answer[^"]*)".*?</form>', page, re.DOTALL)
    assert form, "the card cannot be answered"
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))
    found = re.search(r'value="(\d)"[^>]*>(?:(?!</button>).)*Article 146', form[0], re.DOTALL)
    right = {"choice": found[1]} if found else {}
    return {"action": form[1].replace("&amp;", "&"), **fields, **right}


def answer(learner: Learner, url: str = "/review", **given: str):
    fields = front(learner, url) | given
    return learner.client.post(fields.pop("action"), data=fields)


def ratings(page: str) -> list[str]:
    return re.findall(r'name="rating" value="(\d)"', page)


def test_one_press_rates_a_choice_and_shows_what_it_counts_as(learner):
    told = answer(learner)

    page = learner.get(told.location).text
    assert told.status_code == 303
    assert "Counted as Good." in page
    assert "Your answer, right" in page
    assert "<mark>The aversion is codified in Article 146 of the constitution</mark>" in page
    assert ratings(page) == ["1", "2", "3"]
    assert [one.rating for one in learner.reviews()] == [3]


def test_not_sure_counts_as_again(learner):
    page = learner.get(answer(learner, unsure="1").location).text

    assert "Not sure" in page
    assert "Counted as Again." in page


def test_one_key_goes_on_and_another_counts_it_as_something_else(learner):
    page = learner.get(answer(learner).location).text
    form = re.search(r'<form[^>]*action="(/review/change[^"]*)".*?</form>', page, re.DOTALL)
    assert form
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[0]))

    kept = learner.client.post(form[1], data=fields | {"rating": "3"})
    assert (kept.status_code, kept.location) == (303, "/review")
    assert len(learner.reviews()) == 1
    learner.client.post(form[1], data=fields | {"rating": "2"})

    assert [one.rating for one in learner.reviews() if one.undone_at is None] == [2]


@pytest.mark.parametrize(
    ("type_name", "given", "says"),
    [
        ("short_text", {"text": "Euphratis"}, "right but for the spelling"),
        ("short_text", {"text": ""}, "No answer"),
        ("cloze", {"gap-0": "146"}, "You typed, right"),
        ("true_false", {"choice": "true"}, "Your answer"),
        ("multiple_response", {"choice": "0"}, "Counted as"),
    ],
)
def test_every_kind_of_card_is_answered_in_place(enter, type_name, given, says):
    learner = enter(1, (type_name,))

    told = answer(learner, **given)

    assert says in learner.get(told.location).text


def test_own_words_are_for_their_learner_to_judge(enter):
    learner = enter(1, ("self_rated",))

    assert "/review/answer" not in learner.get("/review").text


def test_a_sitting_goes_on(learner):
    told = answer(learner, "/review?limit=2")

    assert "limit=2" in told.location
    assert "done=1" in told.location
    assert "1 left" in learner.get(told.location).text


def test_an_answer_sent_twice_leads_to_the_same_page(learner):
    fields = front(learner)
    action = fields.pop("action")

    places = [learner.client.post(action, data=fields).location for _ in range(2)]

    assert places[0] == places[1]
    assert len(learner.reviews()) == 1


@pytest.mark.parametrize(
    "change", [{"nonce": "x"}, {"fact": "no"}, {"choice": "9"}, {"seen": ""}, {"revision": "0"}]
)
def test_what_cannot_be_read_changes_nothing(learner, change):
    assert answer(learner, **change).status_code == 422
    assert learner.reviews() == []


@pytest.mark.parametrize("nonce", ["", "nobodys", "%00", "a b"])
def test_an_answer_that_nobody_gave_leads_to_the_next_card(learner, nonce):
    told = learner.get(f"/review/answered?nonce={nonce}")

    assert (told.status_code, told.location) == (303, "/review")


def test_two_buttons_are_two(learner, post):
    switches = {"two_buttons": "y", "grade_for_me": "y", "fit": "y", "use_answer_times": "y"}
    post(learner.client, "/settings/learning", switches, on="/settings/learning")

    page = learner.get("/review").text
    assert ratings(page) == ["1", "3"]
    assert 'data-key="2 space enter"' in page
    shown = learner.get(answer(learner).location).text
    assert ratings(shown) == ["1", "3"]
    assert "Counted as Got it." in shown


def test_who_prefers_to_turn_cards_over_does(learner, post):
    post(learner.client, "/settings/learning", {}, on="/settings/learning")

    assert "/review/answer" not in learner.get("/review").text


def test_answering_takes_few_statements(learner, statements):
    answer(learner)
    fields = front(learner)
    action = fields.pop("action")

    with statements() as writing:
        told = learner.client.post(action, data=fields)
    with statements() as reading:
        learner.get(told.location)

    assert len(writing) <= 7, writing
    assert len(reading) <= 9, reading
