"""Taking back, putting off, putting aside and beginning again leave everything consistent."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.replay import Event, replay
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating
from quizapp.models import ActKind, Fact, Origin
from quizapp.queries.memory_rows import seed_of, snapshot_of, state_of
from quizapp.services import memory_acts, study
from tests.support.desk import Desk
from tests.support.make import Make

CLOCK = LearnerClock("UTC", 4)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


@pytest.fixture
def fact(desk: Desk) -> Fact:
    return desk.fact()


def set_aside(desk: Desk, act: Any, fact: Fact, **given: Any) -> None:
    values = {"actor": desk.actor, "course_id": desk.course.id, "fact_id": fact.id, "now": desk.now}
    act(desk.session, **values | given)


def recount(desk: Desk) -> dict[int, Counter[str]]:
    """Return the totals by the quarter of an hour that the standing reviews add up to."""
    quarters: dict[int, Counter[str]] = {}
    for review in desk.reviews():
        if review.undone_at is None:
            phase = review.before["phase"]
            quarters.setdefault(int(review.at.timestamp()) // 900, Counter()).update(
                reviews=1,
                tested=int(phase == "review"),
                recalled=int(phase == "review" and review.rating > 1),
                introduced=int(phase == "new"),
                milliseconds=review.duration_ms,
            )
    return quarters


def stored_totals(desk: Desk) -> dict[int, Counter[str]]:
    names = ("reviews", "tested", "recalled", "introduced", "milliseconds")
    return {
        row.quarter: Counter({name: getattr(row, name) for name in names})
        for row in desk.totals()
        if row.reviews
    }


def rebuilt(desk: Desk, fact: Fact) -> MemoryState:
    rules = (seed_of(desk.actor.id, fact.id), CLOCK, MemorySettings())
    events = [
        Event(Rating(review.rating), review.at, *rules, days=review.interval_days)
        for review in desk.reviews()
        if review.undone_at is None and review.fact_id == fact.id
    ]
    return replay(events)


def test_rating_a_card_is_a_flashcard_review(desk: Desk, fact: Fact) -> None:
    study.rate_card(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        fact_id=fact.id,
        revision_id=desk.revision_id(fact),
        rating=3,
        nonce="n",
        seen=0,
        duration_ms=900,
        now=desk.now,
    )

    (review,) = desk.reviews()
    assert (review.origin, review.duration_ms) == (Origin.FLASHCARD, 900)


def test_taking_back_the_first_rating_leaves_the_fact_new(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)

    undone = desk.undo()

    assert (undone.facts, undone.rating) == ((fact.id,), 3)
    assert desk.memory(fact) is None
    assert stored_totals(desk) == {}
    assert desk.reviews()[0].undone_at == desk.now


def test_taking_back_restores_the_memory_exactly(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, 4)
    before = state_of(desk.memory(fact))
    desk.rate(fact, 1, now=desk.now + timedelta(days=9))

    desk.undo()

    assert state_of(desk.memory(fact)) == before
    assert desk.memory(fact).seen == 3


def test_ratings_are_taken_back_from_the_last_to_the_first(desk: Desk) -> None:
    facts = [desk.fact() for _ in range(3)]
    for minute, fact in enumerate(facts):
        desk.rate(fact, now=desk.now + timedelta(minutes=minute))

    undone = [desk.undo().facts for _ in facts]

    assert undone == [(fact.id,) for fact in reversed(facts)]


def test_a_second_click_on_undo_takes_back_nothing_more(desk: Desk) -> None:
    first, second = desk.fact(), desk.fact()
    desk.rate(first)
    desk.rate(second, now=desk.now + timedelta(minutes=1))
    offered = desk.reviews()[-1].id
    desk.undo(step_id=offered)

    with pytest.raises(Conflict):
        desk.undo(step_id=offered)

    assert desk.memory(first) is not None


def test_ten_ratings_can_be_taken_back_and_no_more(desk: Desk) -> None:
    for minute in range(12):
        desk.rate(desk.fact(), now=desk.now + timedelta(minutes=minute))
    for _ in range(10):
        desk.undo()

    with pytest.raises(Conflict, match="last 10"):
        desk.undo()


def test_there_is_nothing_to_take_back_at_first(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.undo()


def test_a_rating_is_not_taken_back_once_a_quiz_has_asked_the_fact(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    desk.rate(fact, 1, origin=Origin.QUIZ, now=desk.now + timedelta(days=1))
    after = state_of(desk.memory(fact))

    with pytest.raises(Conflict, match="quiz"):
        desk.undo()

    assert state_of(desk.memory(fact)) == after


def test_a_reset_is_taken_back_before_the_rating_that_it_forgot(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    rated = state_of(desk.memory(fact))
    set_aside(desk, memory_acts.reset_fact, fact)

    assert desk.undo().kind is ActKind.RESET
    assert state_of(desk.memory(fact)) == rated
    assert desk.undo().rating == 3
    assert desk.memory(fact) is None


def test_what_a_quiz_recorded_cannot_be_taken_back(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, origin=Origin.QUIZ)

    with pytest.raises(NotFound):
        desk.undo()


def test_one_takes_back_only_ones_own_ratings(desk: Desk, fact: Fact, make: Make) -> None:
    desk.rate(fact)

    with pytest.raises(NotFound):
        desk.undo(actor=make.learner(desk.course))

    assert desk.memory(fact) is not None


@pytest.mark.parametrize("seed", range(6))
def test_rating_and_taking_back_in_any_order_equals_the_remaining_log(
    desk: Desk, seed: int
) -> None:
    random, moment = Random(seed), desk.now  # noqa: S311
    facts = [desk.fact() for _ in range(3)]
    revisions = {fact.id: desk.revision_id(fact) for fact in facts}
    standing = 0
    for _ in range(50):
        moment += timedelta(minutes=random.choice([1, 9, 700, 3_000, 20_000]))
        if standing and random.random() < 0.35:
            desk.undo(now=moment)
            standing -= 1
            continue
        fact = random.choice(facts)
        desk.rate(
            fact,
            random.choice([1, 2, 3, 3, 4]),
            revision_id=revisions[fact.id],
            duration_ms=random.randrange(20_000),
            now=moment,
        )
        standing = min(standing + 1, study.UNDO_STEPS)

    for fact in facts:
        memory = desk.memory(fact)
        assert (state_of(memory) if memory else NEW_STATE) == rebuilt(desk, fact)
    assert stored_totals(desk) == recount(desk)


def test_a_buried_fact_comes_back_when_the_learners_next_day_begins(
    desk: Desk, fact: Fact, make: Make
) -> None:
    desk.actor = make.learner(desk.course, timezone="Europe/Berlin")
    evening = datetime(2026, 7, 1, 22, 0, tzinfo=UTC)  # 2 July, 00:00 in Berlin: still 1 July
    desk.rate(fact, 1, now=evening - timedelta(hours=1))

    set_aside(desk, memory_acts.bury_fact, fact, now=evening)

    back = datetime(2026, 7, 2, 2, 0, tzinfo=UTC)  # 04:00 in Berlin
    assert desk.memory(fact).buried_until == back
    assert desk.asked(now=back - timedelta(seconds=1)) is None
    assert desk.asked(now=back) == fact.id


def test_a_suspended_fact_is_not_asked_until_it_is_resumed(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, 1)
    later = desk.now + timedelta(days=1)

    set_aside(desk, memory_acts.suspend_fact, fact, now=desk.now)
    asked_while_suspended = desk.asked(now=later)
    set_aside(desk, memory_acts.resume_fact, fact)

    assert asked_while_suspended is None
    assert desk.asked(now=later) == fact.id


@pytest.mark.parametrize("act", [memory_acts.suspend_fact, memory_acts.bury_fact])
def test_a_fact_can_be_put_aside_before_it_was_ever_asked(desk: Desk, fact: Fact, act: Any) -> None:
    set_aside(desk, act, fact, now=desk.now)
    asked_while_aside = desk.asked()
    set_aside(desk, memory_acts.resume_fact, fact)

    assert asked_while_aside is None
    assert desk.asked() == fact.id
    assert desk.memory(fact) is None


def test_a_fact_put_aside_unmet_counts_as_new_when_it_is_rated(desk: Desk, fact: Fact) -> None:
    set_aside(desk, memory_acts.bury_fact, fact, now=desk.now)

    desk.rate(fact, now=desk.now + timedelta(days=1))

    assert desk.totals()[0].introduced == 1
    assert state_of(desk.memory(fact)).phase is Phase.LEARNING


def test_putting_aside_makes_an_open_page_stale(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    set_aside(desk, memory_acts.bury_fact, fact, now=desk.now)

    with pytest.raises(Conflict):
        desk.rate(fact, seen=1)


@pytest.mark.parametrize("act", [memory_acts.suspend_fact, memory_acts.bury_fact])
def test_putting_aside_is_a_step_of_its_own_to_take_back(desk: Desk, fact: Fact, act: Any) -> None:
    desk.rate(fact)
    rated = snapshot_of(desk.memory(fact))
    set_aside(desk, act, fact)
    aside = snapshot_of(desk.memory(fact))

    desk.undo()
    assert snapshot_of(desk.memory(fact)) == rated
    desk.redo()
    assert snapshot_of(desk.memory(fact)) == aside
    desk.undo()
    desk.undo()

    assert desk.memory(fact) is None


def test_a_reset_fact_is_new_and_keeps_its_log(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, 4)

    set_aside(desk, memory_acts.reset_fact, fact)

    assert desk.asked() == fact.id
    assert len(desk.reviews()) == 1
    assert desk.totals()[0].reviews == 1


@pytest.mark.parametrize("act", [memory_acts.suspend_fact, memory_acts.bury_fact])
def test_a_fact_of_another_course_cannot_be_put_aside(desk: Desk, make: Make, act: Any) -> None:
    other = make.fact(make.course())

    with pytest.raises(NotFound):
        set_aside(desk, act, other, now=desk.now)


def test_what_was_never_put_aside_or_met_is_not_found(desk: Desk, fact: Fact) -> None:
    for act in (memory_acts.resume_fact, memory_acts.reset_fact):
        with pytest.raises(NotFound):
            set_aside(desk, act, fact)


def test_outsiders_can_put_nothing_aside(desk: Desk, fact: Fact, make: Make) -> None:
    desk.rate(fact)
    desk.actor = make.actor(make.user())

    for act, given in (
        (memory_acts.suspend_fact, {"now": desk.now}),
        (memory_acts.bury_fact, {"now": desk.now}),
        (memory_acts.resume_fact, {}),
        (memory_acts.reset_fact, {}),
    ):
        with pytest.raises(NotFound):
            set_aside(desk, act, fact, **given)
