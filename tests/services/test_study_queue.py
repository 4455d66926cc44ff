"""Which card comes next, and what its two sides say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.intervals import label_due
from quizapp.models import Status
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.study import topic_title
from quizapp.questions.registry import TYPES
from tests.support.desk import Desk, statements_of
from tests.support.make import TEXT, Make


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def allow(desk: Desk, new_per_day: int) -> None:
    desk.choose(new_per_day=new_per_day)


def test_an_empty_course_has_no_card(desk: Desk) -> None:
    view = desk.look()

    assert view.card is None
    assert view.waiting.left == 0


def test_new_facts_come_in_the_order_of_the_course(desk: Desk) -> None:
    later, earlier = desk.fact(position=9), desk.fact(position=1)

    asked = desk.asked()
    desk.rate(earlier, 4)

    assert asked == earlier.id
    assert desk.asked() == later.id


def test_no_more_new_facts_than_the_limit_are_begun_in_a_day(desk: Desk) -> None:
    facts = [desk.fact() for _ in range(4)]
    allow(desk, 2)

    counts = [desk.look().waiting.new]
    for fact in facts[:2]:
        desk.rate(fact, 4)
        counts.append(desk.look().waiting.new)

    assert counts == [2, 1, 0]
    assert desk.asked() is None


def test_the_limit_begins_again_at_four_in_the_morning(desk: Desk) -> None:
    facts = [desk.fact() for _ in range(2)]
    allow(desk, 1)
    desk.rate(facts[0], 4, now=datetime(2026, 3, 4, 23, tzinfo=UTC))

    assert desk.asked(now=datetime(2026, 3, 5, 3, 59, tzinfo=UTC)) is None
    assert desk.asked(now=datetime(2026, 3, 5, 4, 0, tzinfo=UTC)) == facts[1].id


def test_a_step_that_is_due_comes_before_everything_else(desk: Desk) -> None:
    step, due, _new = desk.fact(), desk.fact(), desk.fact()
    desk.rate(due, 4, now=desk.now - timedelta(days=30))
    desk.rate(step, 1, now=desk.now - timedelta(minutes=1))

    assert desk.asked() == step.id


def test_of_due_reviews_the_likeliest_forgotten_comes_first(desk: Desk) -> None:
    fresh, faded = desk.fact(), desk.fact()
    allow(desk, 0)
    desk.rate(fresh, 4, now=desk.now - timedelta(days=30))
    desk.rate(faded, 1, now=desk.now - timedelta(days=30))
    desk.rate(faded, 3, now=desk.now - timedelta(days=29, hours=23))

    assert desk.asked() == faded.id


def test_a_step_that_is_not_quite_due_waits_for_the_rest(desk: Desk) -> None:
    step, new = desk.fact(), desk.fact()
    desk.rate(step, 3)  # due in ten minutes

    asked = desk.asked()
    desk.rate(new, 4)

    assert asked == new.id
    assert desk.asked() == step.id


def test_what_is_due_tomorrow_is_left_alone(desk: Desk) -> None:
    fact = desk.fact()
    recorded = desk.rate(fact, 4)

    view = desk.look(now=desk.now + timedelta(days=1))

    assert view.card is None
    assert view.waiting.next_due_at == recorded.state.due_at


def test_drafts_retired_facts_and_facts_without_a_ready_question_are_left_out(desk: Desk) -> None:
    desk.fact(status=Status.DRAFT)
    desk.fact(status=Status.RETIRED)
    unasked = desk.make.fact(desk.course, desk.topic, desk.passage)
    desk.make.question(unasked, status=Status.DRAFT)

    assert desk.asked() is None


def test_the_form_grows_with_the_memory(desk: Desk) -> None:
    fact = desk.fact("short_text", "cloze", "single_choice")
    moment, forms = desk.now, []
    for _ in range(4):
        card = desk.look(now=moment, first=fact.id).card
        assert card is not None
        forms.append(card.type_name)
        due_at = desk.rate(fact, 4, now=moment).state.due_at
        assert due_at is not None
        moment = due_at

    assert forms == ["single_choice", "cloze", "short_text", "short_text"]


def test_a_card_carries_both_sides(desk: Desk) -> None:
    fact = desk.fact(note="The record differs.", record="An outside record")

    card = desk.look().card

    assert card is not None
    assert card.fact_id == fact.id
    assert card.answer.text == "Article 146"
    assert {option.text for option in card.public.options} == {
        "Article 146",
        "Article 5",
        "Article 44",
    }
    assert (card.note, card.record) == ("The record differs.", "An outside record")
    assert card.topic == desk.topic.title
    assert card.seen == 0
    assert (card.last_seen, card.recall) == ("New card", None)
    assert [choice.rating for choice in card.choices] == [1, 2, 3, 4]
    assert [choice.interval for choice in card.choices[:3]] == ["1 min", "6 min", "10 min"]


def test_a_card_that_was_seen_says_when_and_how_likely_it_was_recalled(desk: Desk) -> None:
    fact = desk.fact()
    desk.rate(fact, 4, now=desk.now - timedelta(days=12))

    card = desk.look().card

    assert card is not None
    assert card.last_seen == "Last seen 12 days ago"
    assert card.recall is not None
    assert 0.8 < card.recall < 0.9
    assert card.seen == 1


@pytest.mark.parametrize(("days", "words"), [(0, "Last seen today"), (1, "Last seen yesterday")])
def test_near_days_have_names(desk: Desk, days: int, words: str) -> None:
    fact = desk.fact()
    desk.rate(fact, 1, now=desk.now - timedelta(days=days))

    card = desk.look(now=desk.now + timedelta(hours=1)).card

    assert card is not None
    assert card.last_seen == words


def test_the_interval_on_a_button_is_the_one_that_rating_gives(desk: Desk) -> None:
    fact = desk.fact()
    desk.rate(fact, 4, now=desk.now - timedelta(days=40))
    card = desk.look().card
    assert card is not None

    recorded = desk.rate(fact, 3)

    due_at, clock = recorded.state.due_at, LearnerClock(desk.actor.timezone, 4)
    assert due_at is not None
    given = label_due(desk.now, due_at, clock, recorded.state.phase)
    assert given == card.choices[2].interval


def test_options_change_places_from_one_meeting_to_the_next(desk: Desk) -> None:
    fact = desk.fact("multiple_response")
    orders = set()
    for day in range(8):
        card = desk.look(first=fact.id).card
        assert card is not None
        orders.add(tuple(option.text for option in card.public.options))
        desk.rate(fact, 1, now=desk.now + timedelta(days=day))

    assert len(orders) > 1


def test_locked_options_keep_their_place_on_cards_too(desk: Desk) -> None:
    options = [{"text": f"Option {n}", "key": n == 0, "locked": n == 3} for n in range(4)]
    fact = desk.make.fact(desk.course, desk.topic)
    desk.make.question(fact, raw={"stem": "Which one?", "options": options})
    shown = []
    for day in range(6):
        card = desk.look(first=fact.id).card
        assert card is not None
        shown.append([option.text for option in card.public.options])
        desk.rate(fact, 1, now=desk.now + timedelta(days=day))

    assert {texts[3] for texts in shown} == {"Option 3"}
    assert len({texts[0] for texts in shown}) > 1


@pytest.mark.parametrize("type_name", list(TYPES))
def test_every_type_makes_a_card(desk: Desk, type_name: str) -> None:
    fact = desk.fact(type_name)

    card = desk.look(first=fact.id).card

    assert card is not None
    assert card.type_name == type_name
    assert bool(card.answer.markdown) is not TYPES[type_name].is_gradable


def test_a_topic_can_be_studied_alone(desk: Desk) -> None:
    desk.fact()
    other = desk.make.topic(desk.course, key="astana")
    wanted = desk.fact(topic=other)

    view = desk.look(topic="astana")

    assert view.card is not None
    assert view.card.fact_id == wanted.id
    assert view.waiting.new == 1


def test_the_title_of_a_topic_is_found_in_its_own_course_only(desk: Desk, make: Make) -> None:
    assert topic_title(desk.session, course_id=desk.course.id, key=desk.topic.key) == (
        desk.topic.title
    )
    with pytest.raises(NotFound):
        topic_title(desk.session, course_id=make.course().id, key=desk.topic.key)


def test_a_card_that_was_taken_back_can_come_first(desk: Desk) -> None:
    fact = desk.fact()
    desk.fact(position=0)
    desk.rate(fact, 4, now=desk.now - timedelta(days=1))

    assert desk.asked(first=fact.id) == fact.id


def test_a_card_of_another_course_cannot_come_first(desk: Desk, make: Make) -> None:
    own = desk.fact()
    other = make.fact(make.course())
    make.question(other)

    assert desk.asked(first=other.id) == own.id


def test_only_members_study_a_course(desk: Desk, make: Make) -> None:
    desk.fact()

    with pytest.raises(NotFound):
        desk.look(actor=make.actor(make.user()))


def test_what_another_learner_did_changes_nothing(desk: Desk, make: Make) -> None:
    fact = desk.fact()
    desk.rate(fact, 4, actor=make.learner(desk.course))

    view = desk.look()

    assert view.card is not None
    assert view.waiting.reviewed == 0
    assert view.waiting.last_step_id == 0


def test_the_last_rating_of_today_can_be_offered_for_undo(desk: Desk) -> None:
    desk.rate(desk.fact(), now=desk.now - timedelta(days=1))
    yesterday = desk.look().waiting.last_step_id
    desk.rate(desk.fact())

    assert yesterday == 0
    assert desk.look().waiting.last_step_id == desk.reviews()[-1].id


@pytest.mark.parametrize("rated", [0, 8])
def test_the_number_of_statements_does_not_grow_with_the_course(desk: Desk, rated: int) -> None:
    few = [desk.fact() for _ in range(10)]
    for fact in few[:rated]:
        desk.rate(fact, 4, now=desk.now - timedelta(days=40))
    with statements_of(desk.session) as small:
        desk.look()
    for fact in [desk.fact() for _ in range(120)][: rated * 10]:
        desk.rate(fact, 4, now=desk.now - timedelta(days=40))

    with statements_of(desk.session) as large:
        desk.look()

    assert len(large) == len(small) <= 6


def test_a_citation_is_cut_at_the_cited_words(desk: Desk) -> None:
    fact = desk.fact()

    (passage,) = citations_for(desk.session, [fact.id])[fact.id]

    assert passage.before + passage.exact + passage.after == TEXT
    assert passage.exact == TEXT.split(".", maxsplit=1)[0]
    assert passage.source_title == "Course reader"


def test_no_facts_have_no_citations(desk: Desk) -> None:
    assert citations_for(desk.session, []) == {}


def excerpt(before: str, after: str) -> tuple[str, str]:
    passage = CitedPassage(1, 1, "Reader", "p1", "P1", "", before, "words", after, "").excerpt()
    return passage.before, passage.after


def test_a_short_passage_is_shown_whole() -> None:
    assert excerpt("One. Two ", " three. Four.") == ("One. Two ", " three. Four.")


def test_of_a_long_passage_whole_sentences_around_the_words_are_shown() -> None:
    long = "It was said again and again. " * 9

    before, after = excerpt(f"{long}Then the ", f" came. {long}".rstrip())

    assert before == "… " + "It was said again and again. " * 5 + "Then the "
    assert after == " came." + " It was said again and again." * 5 + " …"


def test_the_sentence_of_the_words_is_never_cut() -> None:
    clause = "which went on, " * 20

    before, after = excerpt(f"First. The text, {clause}", f" {clause}and ended. Last.")

    assert before == f"… The text, {clause}"
    assert after == f" {clause}and ended. …"
