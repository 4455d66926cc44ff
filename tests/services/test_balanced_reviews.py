"""What a page promises is what is given; and what is due decides among the days of chance."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Invalid
from quizapp.memory import scheduler
from quizapp.memory.days import LearnerClock
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Rating
from quizapp.models import Fact, Memory, Origin, Review
from quizapp.queries.due_counts import due_counts
from quizapp.queries.leeches import are_leeches, count_leeches, find_leech
from quizapp.queries.memory_rows import seed_of, state_of
from quizapp.services import memory_acts
from quizapp.services.memory_replay import replay
from tests.support.desk import Desk, statements_of
from tests.support.make import Make


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


@pytest.fixture
def known(desk: Desk) -> Fact:
    """A fact in review, due again now."""
    fact = desk.fact()
    for _ in range(3):
        desk.rate(fact, 3)
        desk.now = desk.memory(fact).due_at + timedelta(hours=1)
    return fact


def given_days(desk: Desk, fact: Fact) -> int:
    due_at = desk.memory(fact).due_at
    return int((due_at.date() - desk.now.date()).days)


def shown(desk: Desk, fact: Fact | None = None) -> dict[int, int]:
    card = desk.look(first=fact.id if fact else None).card
    assert card is not None
    return {choice.rating: choice.days for choice in card.choices if choice.days}


def expected(
    desk: Desk, fact: Fact, due: dict[date, int], before: Review | None = None
) -> int | None:
    """Return the days that Good gives, by the pure rules alone."""
    state = MemoryState.from_json(before.before) if before else state_of(desk.memory(fact))
    seed, clock = seed_of(desk.actor.id, fact.id), LearnerClock("UTC", 4)
    rules = {"now": desk.now, "clock": clock, "settings": MemorySettings()}
    return scheduler.given_days(
        scheduler.review(state, 3, seed=seed, due_counts=due, **rules), clock
    )


def crowd(desk: Desk, days: range, facts: int) -> None:
    """Store so many facts that are due on each of these days."""
    row = desk.session.execute(sa.select(Memory.__table__)).first()
    assert row is not None
    start = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    for day in days:
        due_at = start.start_of(desk.now.date() + timedelta(days=day))
        for _ in range(facts):
            values = row._asdict() | {"fact_id": desk.fact().id, "due_at": due_at}
            desk.session.execute(sa.insert(Memory).values(values))


def test_the_interval_on_the_button_is_the_interval_given(desk: Desk, known: Fact) -> None:
    offered = shown(desk)
    # What is due changes between page and rating.
    crowd(desk, range(offered[2], offered[4] + 1), 3)

    desk.rate(known, 3, promised=offered)

    assert desk.reviews()[-1].interval_days == given_days(desk, known) == offered[3]


@pytest.mark.parametrize("origin", [Origin.FLASHCARD, Origin.QUIZ])
def test_the_days_are_chosen_by_what_is_due(desk: Desk, known: Fact, origin: Origin) -> None:
    """A page tells what it will be; a quiz, which promised nothing, decides when it is over."""
    by_chance = expected(desk, known, {})
    crowd(desk, range(by_chance, by_chance + 1), 12)
    day = desk.now.date() + timedelta(days=by_chance)
    promised = {3: shown(desk)[3]} if origin is Origin.FLASHCARD else None

    desk.rate(known, 3, origin=origin, promised=promised)

    assert given_days(desk, known) == expected(desk, known, {day: 12}, before=desk.reviews()[-1])


def test_days_of_rest_are_avoided(desk: Desk, known: Fact) -> None:
    desk.choose(easy_days=(0, 0, 0, 100, 0, 0, 0))

    desk.rate(known, 3, promised=shown(desk))

    assert desk.memory(known).due_at.weekday() == 3


@pytest.mark.parametrize("days", [1, 60, 400, 36_500])
def test_nobody_gives_themselves_days_that_chance_could_not(
    desk: Desk, known: Fact, days: int
) -> None:
    with pytest.raises(Invalid) as caught:
        desk.rate(known, 3, promised={3: days})

    assert caught.value.problems[0].path == "promised"
    assert len(desk.reviews()) == 3


def test_days_are_no_promise_for_a_pause(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.rate(desk.fact(), 1, promised={1: 3})


def test_a_pause_has_no_days(desk: Desk) -> None:
    desk.rate(desk.fact(), 3)

    assert desk.reviews()[0].interval_days is None


@pytest.mark.parametrize("choice", [{"load_balance": False}, {"fuzz": False}])
def test_where_balance_cannot_matter_nothing_is_counted(
    desk: Desk, known: Fact, choice: dict[str, bool]
) -> None:
    with statements_of(desk.session) as before:
        desk.look()
    desk.choose(**choice)

    with statements_of(desk.session) as after:
        desk.look()

    assert len(after) == len(before) - 1


def test_what_was_put_aside_and_the_card_itself_do_not_count(desk: Desk, known: Fact) -> None:
    due_on = desk.memory(known).due_at.date()
    crowd(desk, range((due_on - desk.now.date()).days, (due_on - desk.now.date()).days + 1), 2)
    aside = desk.session.scalar(sa.select(sa.func.max(Memory.fact_id)))
    whose = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
    memory_acts.suspend_fact(desk.session, **whose, fact_id=aside)

    found = due_counts(
        desk.session.connection(),
        learner_id=desk.actor.id,
        course_id=desk.course.id,
        fact_id=known.id,
        clock=LearnerClock("UTC", 4),
        days=(due_on, due_on),
    )

    assert found == {due_on: 1}


def test_a_guess_is_stored_and_counts_for_less(desk: Desk) -> None:
    facts = [desk.fact(), desk.fact(), desk.fact()]

    for fact, chance in zip(facts, (None, 1.0, 0.6), strict=True):
        desk.rate(fact, 3, known=chance)

    assert [review.known for review in desk.reviews()] == [None, None, 0.6]
    sure, certain, guessed = (desk.memory(fact).stability for fact in facts)
    assert guessed < sure == certain


def test_settings_may_change_and_the_log_still_tells_all(desk: Desk, known: Fact) -> None:
    for _ in range(5):
        desk.rate(desk.fact(), 4)
    for choice in (
        {"easy_days": (0, 0, 0, 100, 0, 0, 0)},
        {"fuzz": False},
        {"learning_steps": (), "relearning_steps": ()},
        {"load_balance": False, "maximum_interval_days": 20},
    ):
        desk.choose(**choice)
        desk.rate(known, 3, promised=shown(desk, known))
        desk.now = desk.memory(known).due_at
    desk.choose(minimum_interval_days=30, leech_threshold=1)

    (found,) = replay(desk.session)

    assert (found.differences, found.reviews) == ([], 12)


def forget(desk: Desk, fact: Fact, times: int) -> list[bool]:
    """Forget a fact so often, and learn it again; return where its learner hears of a leech."""
    told = []
    for _ in range(times):
        told.append(desk.rate(fact, 1).is_leech)
        desk.rate(fact, 4, now=desk.now + timedelta(minutes=1))
        desk.now += timedelta(days=20)
    return told


def test_a_fact_forgotten_again_and_again_is_told_of(desk: Desk, known: Fact) -> None:
    desk.choose(leech_threshold=2)

    assert forget(desk, known, 4) == [False, True, True, True]


def test_a_leech_is_told_again_at_half_the_threshold(desk: Desk, known: Fact) -> None:
    desk.choose(leech_threshold=4)

    assert [lapse for lapse, told in enumerate(forget(desk, known, 8), 1) if told] == [4, 6, 8]


def test_leeches_are_those_of_the_present_threshold(desk: Desk, known: Fact) -> None:
    desk.fact()
    forget(desk, known, 2)
    whose = {"actor": desk.actor, "course_id": desk.course.id}

    counts = [count_leeches(desk.session, **whose, threshold=least) for least in range(4)]

    assert counts == [0, 1, 1, 0]
    found = find_leech(desk.session, **whose, fact_id=known.id, threshold=2)
    assert found is not None
    assert (found.fact_id, found.lapses, found.citation is not None) == (known.id, 2, True)
    assert find_leech(desk.session, **whose, fact_id=known.id, threshold=3) is None


def test_a_leech_that_was_put_aside_is_none(desk: Desk, known: Fact) -> None:
    forget(desk, known, 1)
    whose = {"actor": desk.actor, "course_id": desk.course.id}
    memory_acts.suspend_fact(desk.session, **whose, fact_id=known.id, now=desk.now)

    assert count_leeches(desk.session, **whose, threshold=1) == 0
    assert find_leech(desk.session, **whose, fact_id=known.id, threshold=1) is None


def test_leeches_and_what_is_due_are_found_by_an_index(sqlite_engine: sa.Engine) -> None:
    """Asked of SQLite alone: PostgreSQL plans by how much is stored."""
    leeches = sa.select(Memory.fact_id).where(are_leeches(1, 1, 8))
    query = leeches.compile(sqlite_engine, compile_kwargs={"literal_binds": True})
    due = (
        "SELECT due_at, count(*) FROM memory WHERE learner_id = 1 AND course_id = 1 AND due_at >= 1"
        " AND due_at < 9 AND fact_id != 1 AND is_suspended IS 0 GROUP BY due_at"
    )

    with sqlite_engine.connect() as connection:
        plans = [
            str(connection.execute(sa.text(f"EXPLAIN QUERY PLAN {sql}")).all())
            for sql in (query, due)
        ]

    assert "ix_memory_lapsed" in plans[0]
    assert "COVERING INDEX ix_memory_due" in plans[1]


def test_again_and_again_from_the_log(desk: Desk, known: Fact) -> None:
    """A rating that was taken back leaves no lapse behind, so that nobody is told twice."""
    desk.choose(leech_threshold=1)

    first = desk.rate(known, Rating.AGAIN)
    desk.undo()
    second = desk.rate(known, Rating.AGAIN)

    assert (first.is_leech, second.is_leech) == (True, True)
    assert desk.memory(known).lapses == 1
