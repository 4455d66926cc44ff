"""A review is written once, whole, and only for the learner's own course."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict, Invalid, NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.replay import Event, replay
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import NEW_STATE, MemoryState, Phase, Rating
from quizapp.models import Fact, Memory, Origin
from quizapp.queries.memory_rows import seed_of, state_of
from quizapp.services.reviews import MAXIMUM_DURATION_MS
from tests.support.desk import Desk, statements_of
from tests.support.make import Make


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


@pytest.fixture
def fact(desk: Desk) -> Fact:
    return desk.fact()


def test_a_rating_is_kept_as_memory_review_and_total(desk: Desk, fact: Fact) -> None:
    recorded = desk.rate(fact, 3, duration_ms=4_000)

    memory, (review,), (total,) = desk.memory(fact), desk.reviews(), desk.totals()
    assert state_of(memory) == recorded.state
    assert memory.seen == 1
    assert recorded.state.due_at == desk.now + timedelta(minutes=10)
    assert (review.rating, review.origin, review.at) == (3, Origin.FLASHCARD, desk.now)
    assert MemoryState.from_json(review.before) == NEW_STATE
    assert (review.day, total.quarter) == (desk.now.date(), int(desk.now.timestamp()) // 900)
    assert (review.is_first, review.is_test, review.predicted) == (True, False, None)
    assert (total.reviews, total.introduced, total.tested) == (1, 1, 0)
    assert total.milliseconds == 4_000


def test_the_id_of_a_review_lies_in_the_order_of_time(desk: Desk, fact: Fact) -> None:
    desk.rate(fact)
    desk.rate(fact, now=desk.now + timedelta(milliseconds=1))

    first, second = desk.reviews()

    assert first.nonce == "nonce-1"
    assert first.id >> 20 == int(desk.now.timestamp() * 1000)
    assert second.id >> 20 == (first.id >> 20) + 1


def test_the_same_nonce_rates_once(desk: Desk, fact: Fact) -> None:
    first = desk.rate(fact, 3, nonce="twice", seen=0)
    second = desk.rate(fact, 1, nonce="twice", seen=0, now=desk.now + timedelta(seconds=2))

    assert (first.repeated, second.repeated) == (False, True)
    assert second.state == first.state
    assert len(desk.reviews()) == 1
    assert desk.totals()[0].reviews == 1


def test_the_same_nonce_of_another_learner_is_another_review(
    desk: Desk, fact: Fact, make: Make
) -> None:
    desk.rate(fact, nonce="shared")

    other = desk.rate(fact, nonce="shared", actor=make.learner(desk.course))

    assert not other.repeated


def test_a_rating_from_a_stale_page_is_refused(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, seen=0)

    with pytest.raises(Conflict):
        desk.rate(fact, seen=0)

    assert len(desk.reviews()) == 1


def test_a_rating_that_saw_the_present_memory_is_taken(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, seen=0)

    desk.rate(fact, seen=1)

    assert desk.memory(fact).seen == 2


def test_only_reviews_past_the_first_steps_test_memory(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, 4)
    desk.rate(fact, 3, now=desk.now + timedelta(days=20))
    desk.rate(fact, 1, now=desk.now + timedelta(days=80))
    desk.rate(fact, 1, now=desk.now + timedelta(days=80, minutes=10))

    counts = [(t.reviews, t.tested, t.recalled, t.introduced) for t in desk.totals()]

    assert counts == [(1, 0, 0, 1), (1, 1, 1, 0), (2, 1, 0, 0)]


def test_a_review_at_night_belongs_to_the_day_before_until_four_local_time(
    desk: Desk, fact: Fact, make: Make
) -> None:
    tehran = make.learner(desk.course, timezone="Asia/Tehran")  # UTC+3:30
    desk.rate(fact, actor=tehran, now=datetime(2026, 3, 4, 0, 29, tzinfo=UTC))
    desk.rate(fact, actor=tehran, now=datetime(2026, 3, 4, 0, 31, tzinfo=UTC))

    assert [review.day.isoformat() for review in desk.reviews()] == ["2026-03-03", "2026-03-04"]


def test_time_away_from_the_card_does_not_count(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, duration_ms=3_600_000)
    desk.rate(fact, duration_ms=-5, now=desk.now + timedelta(minutes=1))

    assert [review.duration_ms for review in desk.reviews()] == [MAXIMUM_DURATION_MS, 0]


def test_a_quiz_keeps_its_grade_with_the_review(desk: Desk, fact: Fact) -> None:
    desk.rate(fact, 2, origin=Origin.QUIZ, fraction=Fraction(1, 3))

    (review,) = desk.reviews()
    assert (review.origin, review.fraction) == (Origin.QUIZ, Fraction(1, 3))


def test_what_the_learner_chose_for_the_course_schedules(desk: Desk, fact: Fact) -> None:
    desk.choose(desired_retention=0.75, new_per_day=3)

    chosen = desk.rate(fact, 4)
    default = desk.rate(fact, 4, actor=desk.make.learner(desk.course))

    assert chosen.state.due_at > default.state.due_at  # type: ignore[operator]


def test_the_log_rebuilds_the_memory(desk: Desk, fact: Fact) -> None:
    moment = desk.now
    for rating in (3, 3, 1, 3, 2, 4):
        recorded = desk.rate(fact, rating, now=moment)
        assert recorded.state.due_at is not None
        moment = recorded.state.due_at + timedelta(hours=3)
    rules = (seed_of(desk.actor.id, fact.id), LearnerClock("UTC", 4), MemorySettings())
    log = desk.reviews()
    events = [Event(Rating(r.rating), r.at, *rules, days=r.interval_days) for r in log]

    rebuilt = replay(events)

    assert rebuilt == state_of(desk.memory(fact))


def test_a_suspended_fact_that_a_quiz_asks_stays_suspended(
    desk: Desk, fact: Fact, session: Session
) -> None:
    desk.rate(fact)
    session.execute(sa.update(Memory).values(is_suspended=True))

    desk.rate(fact, origin=Origin.QUIZ)

    assert session.execute(sa.select(Memory.is_suspended)).scalar_one() is True


def test_who_is_not_in_the_course_finds_no_card(desk: Desk, fact: Fact, make: Make) -> None:
    outsider = make.actor(make.user())

    with pytest.raises(NotFound):
        desk.rate(fact, actor=outsider)


def test_a_fact_of_another_course_is_not_found(desk: Desk, make: Make) -> None:
    other = make.fact(make.course())
    make.question(other)

    with pytest.raises(NotFound):
        desk.rate(other)

    assert desk.reviews() == []


def test_a_revision_of_another_course_is_not_found(desk: Desk, fact: Fact, make: Make) -> None:
    other = make.question(make.fact(make.course()))

    with pytest.raises(NotFound):
        desk.rate(fact, revision_id=desk.revision_id(other.fact_id))


@pytest.mark.parametrize("rating", [0, 5, -1])
def test_there_are_only_four_ratings(desk: Desk, fact: Fact, rating: int) -> None:
    with pytest.raises(Invalid):
        desk.rate(fact, rating)

    assert desk.reviews() == []


@pytest.mark.parametrize("nonce", ["", "x" * 65])
def test_a_review_needs_a_nonce_that_can_be_stored(desk: Desk, fact: Fact, nonce: str) -> None:
    with pytest.raises(Invalid):
        desk.rate(fact, nonce=nonce)


def test_a_review_takes_four_statements(desk: Desk, fact: Fact, session: Session) -> None:
    revision_id = desk.revision_id(fact)
    desk.rate(fact, revision_id=revision_id)  # also writes down by which rules

    with statements_of(session) as seen:
        desk.rate(fact, revision_id=revision_id)

    assert [statement.split()[0] for statement in seen] == ["SELECT", "INSERT", "INSERT", "INSERT"]


def test_a_day_starts_where_the_learner_is(desk: Desk, fact: Fact) -> None:
    late = replace(desk.actor, timezone="Pacific/Auckland", day_start_hour=4)

    desk.rate(fact, 4, actor=late)

    due_at = state_of(desk.memory(fact)).due_at
    assert due_at is not None
    assert due_at == LearnerClock("Pacific/Auckland", 4).start_of(
        LearnerClock("Pacific/Auckland", 4).day_of(due_at)
    )
    assert state_of(desk.memory(fact)).phase is Phase.REVIEW
