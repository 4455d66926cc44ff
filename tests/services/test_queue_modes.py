"""What is counted is what is served: the queue is walked to its end in every mode."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from quizapp.memory import queue
from quizapp.memory.days import LearnerClock
from quizapp.memory.queue import Candidate
from quizapp.memory.settings import Order
from quizapp.models import Fact
from quizapp.queries.memory_rows import state_of
from quizapp.queries.queue_counts import waiting
from quizapp.queries.sittings import offers
from quizapp.queries.today import today_view
from tests.support.desk import Desk
from tests.support.make import Make

DAYS = (40, 40, 25, 25, 12, 60, 60, 33)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def met(desk: Desk, days: tuple[int, ...] = DAYS, **given: Any) -> list[Fact]:
    """Store facts, each met so many days ago."""
    facts = [desk.fact(**given) for _ in days]
    for fact, ago in zip(facts, days, strict=True):
        desk.rate(fact, 4, now=desk.now - timedelta(days=ago))
    return facts


def walk(desk: Desk, **scope: Any) -> tuple[list[int], list[int]]:
    """Rate Easy what comes until nothing does; return the facts, and what was said to be left."""
    asked, left = [], []
    while True:
        view = desk.look(**scope)
        left.append(view.waiting.left)
        if view.card is None:
            return asked, left
        assert len(asked) < 60, "the queue has no end"
        asked.append(view.card.fact_id)
        if scope.get("missed"):
            scope["after"] = view.miss_id
        if view.is_practice:
            continue
        desk.now += timedelta(seconds=5)
        desk.rate(view.card.fact_id, 4)


@pytest.mark.parametrize(("order", "limit"), [*((order, 200) for order in Order), (Order.DUE, 3)])
def test_the_days_queue_serves_exactly_what_it_counts(desk: Desk, order: Order, limit: int) -> None:
    met(desk)
    met(desk, (30, 31), topic=desk.make.topic(desk.course))
    _new = [desk.fact() for _ in range(4)]
    desk.choose(order=order, reviews_per_day=limit, new_per_day=3)

    asked, left = walk(desk)

    assert left == list(range(len(asked), -1, -1))
    assert len(asked) == len(set(asked)) == min(limit, 10) + 3


def test_a_topic_serves_what_its_link_says(desk: Desk) -> None:
    met(desk)
    topic = desk.make.topic(desk.course, key="astana")
    met(desk, (30, 31), topic=topic)
    desk.fact(topic=topic)
    found = waiting(desk.session, **about(desk))
    assert found.left == 11

    page = today_view(desk.session, actor=desk.actor, course_id=desk.course.id, now=desk.now)
    asked, left = walk(desk, topic="astana")

    assert page.waiting.left == 11
    assert left == [3, 2, 1, 0]
    assert len(set(asked)) == 3


def about(desk: Desk) -> dict[str, Any]:
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    return {"actor": desk.actor, "course_id": desk.course.id, "clock": clock, "now": desk.now}


@pytest.mark.parametrize("days", [1, 3, 7])
def test_studying_ahead_serves_what_was_offered_each_card_once(desk: Desk, days: int) -> None:
    for ago, fact in enumerate([desk.fact() for _ in range(9)]):
        desk.rate(fact, 4, now=desk.now - timedelta(days=ago))
    desk.fact()  # a new one is not asked ahead
    offered = offers(desk.session, **about(desk)).ahead[days]

    asked, left = walk(desk, ahead=days)

    assert len(asked) == len(set(asked)) == offered
    assert left == list(range(offered, -1, -1))


def test_studying_ahead_is_reckoned_with_the_days_that_passed(desk: Desk) -> None:
    early, in_time = desk.fact(), desk.fact()
    for fact in (early, in_time):
        desk.rate(fact, 4, now=desk.now - timedelta(days=2))
    due_at = desk.memory(in_time).due_at
    desk.rate(early, 3)
    desk.rate(in_time, 3, now=due_at)

    gained = [desk.memory(fact).stability for fact in (early, in_time)]

    assert desk.memory(early).last_review_at == desk.now
    assert gained[0] < gained[1]


@pytest.mark.parametrize("days", [1, 7])
def test_what_was_missed_is_gone_over_once(desk: Desk, days: int) -> None:
    met(desk)
    for ago in (9, 2, 0, 0):
        fact = desk.fact()
        for rating in (4, 1, 4):
            desk.rate(fact, rating, now=desk.now - timedelta(days=ago, minutes=50))
    offered = offers(desk.session, **about(desk)).missed[days]
    before = len(desk.reviews())

    asked, left = walk(desk, missed=days)

    assert offered == len(set(asked)) == len(asked) == {1: 2, 7: 3}[days]
    assert left == list(range(offered, -1, -1))
    # The two of today were rated today: looking at them again is no review.
    assert len(desk.reviews()) - before == offered - 2


def test_a_miss_that_is_due_is_rated_in_earnest_and_comes_again_when_missed_again(
    desk: Desk,
) -> None:
    fact = desk.fact()
    desk.rate(fact, 1, now=desk.now - timedelta(minutes=30))

    first = desk.look(missed=1)
    desk.rate(fact, 1)
    again = desk.look(missed=1, after=first.miss_id)

    assert (first.is_practice, again.is_practice) == (False, True)
    assert again.miss_id > first.miss_id


def test_the_orders_differ_as_they_say(desk: Desk) -> None:
    facts = met(desk)
    rows = {fact.id: desk.memory(fact) for fact in facts}
    clock = LearnerClock("UTC", 4)
    candidates = [Candidate(fact_id, state_of(row)) for fact_id, row in rows.items()]
    endangered = queue.order_reviews(candidates, now=desk.now, clock=clock)
    by_due = sorted(rows, key=lambda fact_id: (rows[fact_id].due_at, fact_id))
    served = {}
    for order in (Order.RECALL, Order.DUE, Order.RANDOM):
        desk.choose(order=order, new_per_day=0)
        with desk.session.begin_nested() as point:
            served[order] = walk(desk)[0]
            point.rollback()

    assert served[Order.RECALL] == [candidate.fact_id for candidate in endangered]
    assert served[Order.DUE] == by_due
    assert sorted(served[Order.RANDOM]) == sorted(rows)
    assert served[Order.RANDOM] not in (served[Order.RECALL], by_due, sorted(rows))


def test_the_shuffle_lasts_a_day(desk: Desk) -> None:
    met(desk, (60,) * 12)
    desk.choose(order=Order.RANDOM, new_per_day=0)
    first = [desk.asked(now=desk.now + timedelta(hours=hour)) for hour in range(5)]

    later = {desk.asked(now=desk.now + timedelta(days=day)) for day in range(1, 9)}

    assert len(set(first)) == 1
    assert len(later) > 1


def test_topic_by_topic_keeps_a_topic_together(desk: Desk) -> None:
    other = desk.make.topic(desk.course, position=99)
    mixed = [met(desk, (30 + n,), topic=(desk.topic, other)[n % 2])[0] for n in range(6)]
    desk.choose(order=Order.TOPIC, new_per_day=0)

    asked, _ = walk(desk)

    topics = {fact.id: fact.topic_id for fact in mixed}
    assert [topics[fact_id] for fact_id in asked] == [desk.topic.id] * 3 + [other.id] * 3


def test_beyond_the_days_limit_reviews_wait_for_tomorrow(desk: Desk) -> None:
    met(desk)
    desk.choose(reviews_per_day=5, new_per_day=0)

    asked, _ = walk(desk)
    found = waiting(desk.session, **about(desk))
    desk.now += timedelta(days=1)

    assert len(asked) == 5
    assert (found.left, found.held_back) == (0, 3)
    assert len(walk(desk)[0]) == 3


@pytest.mark.parametrize(("minutes", "comes"), [(20, True), (9, False)])
def test_a_step_comes_as_early_as_the_learner_allows(desk: Desk, minutes: int, comes: bool) -> None:
    desk.choose(learn_ahead_minutes=minutes)
    fact = desk.fact()
    desk.rate(fact, 3)  # due in ten minutes

    view = desk.look()

    assert (view.card is not None) is comes
    assert view.waiting.left == int(comes)
