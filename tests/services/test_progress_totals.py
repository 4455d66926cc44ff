"""Totals are what the reviews that stand come to, whatever was done, in every zone."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Rating
from quizapp.models import Fact, Memory, Origin, PredictionTotal, QuarterTotal, Review
from quizapp.queries.calibration import Band, calibration
from quizapp.queries.history import History, first_day, history, hours
from quizapp.queries.pace import pace
from quizapp.queries.queue_counts import waiting
from quizapp.services.progress_recount import recount, store_recount
from quizapp.services.undoing import undo_attempt_reviews
from tests.support.desk import Desk
from tests.support.make import Make
from tests.support.sitting import Sitting

#: Half and quarter hours, both ends of the world, and clocks that change by half an hour.
ZONES = (
    *("UTC", "Europe/London", "America/St_Johns", "Australia/Lord_Howe"),
    *("Asia/Kathmandu", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca"),
)
#: Shortly before clocks change: in Britain, on Lord Howe, in Chatham and Britain again.
STARTS = ((2026, 3, 28), (2026, 4, 4), (2026, 9, 26), (2026, 10, 24))
COUNTS = ("reviews", "tested", "recalled", "introduced", "milliseconds")
FOUR_DAYS = timedelta(days=4)

#: One fact, how it came back, and the minutes until the next act.
_rate = st.tuples(
    st.just("rate"),
    st.integers(0, 2),
    st.sampled_from([4, 3, 2, 1]),
    st.sampled_from([3, 26 * 60, 47, 8 * 60, 9 * 24 * 60]),
)
_move = st.tuples(st.just("move"), st.sampled_from(ZONES), st.sampled_from([0, 4, 23]))
_back = st.tuples(st.sampled_from(["undo", "redo"]))


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def standing(session: Session, learner_id: int) -> list[Any]:
    found = sa.select(*Review.__table__.c).where(
        Review.learner_id == learner_id, Review.undone_at.is_(None)
    )
    return list(session.execute(found))


def counts_of(review: Any) -> dict[str, int]:
    """Return what a review counts for, by the memory that it found."""
    phase, remembered = review.before["phase"], review.rating > 1
    return {
        "reviews": 1,
        "tested": int(phase == "review"),
        "recalled": int(phase == "review" and remembered),
        "introduced": int(phase == "new"),
        "milliseconds": review.duration_ms,
    }


def stored(session: Session, learner_id: int, table: Any, keys: int) -> dict[Any, tuple[int, ...]]:
    """Return rows by what follows learner and course in their key; those of zeros left out."""
    rows = session.execute(sa.select(*table.__table__.c).where(table.learner_id == learner_id))
    return {tuple(row[2:keys]): tuple(row[keys:]) for row in rows if any(row[keys:])}


def quarters(reviews: list[Any]) -> dict[Any, tuple[int, ...]]:
    found: dict[int, Counter[str]] = {}
    for review in reviews:
        counts = found.setdefault(int(review.at.timestamp()) // 900, Counter())
        counts.update(counts_of(review))
    return {(number,): tuple(n[name] for name in COUNTS) for number, n in found.items()}


def weeks(reviews: list[Any]) -> dict[Any, tuple[int, ...]]:
    """Return tests, those recalled, what was foretold and how wrong, by week and band."""
    found: dict[tuple[int, int], list[int]] = {}
    for review in reviews:
        if review.predicted is None:
            continue
        monday = review.at.date() - timedelta(days=review.at.weekday())
        place = ((monday - date(1969, 12, 29)).days // 7, min(19, review.predicted // 50_000))
        came = int(review.rating > 1)
        numbers = (1, came, review.predicted, (review.predicted - 1_000_000 * came) ** 2)
        row = found.setdefault(place, [0, 0, 0, 0])
        row[:] = [a + b for a, b in zip(row, numbers, strict=True)]
    return {place: tuple(numbers) for place, numbers in found.items()}


def by_the_clock(reviews: list[Any], zone: str, hour: int) -> tuple[Counter[date], list[int]]:
    """Return the reviews of each day, and of each hour of the wall clock.

    None of these clocks changes at an hour at which a day begins.
    """
    days, hours = Counter[date](), [0] * 24
    for review in reviews:
        wall = review.at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        days[(wall - timedelta(hours=hour)).date()] += 1
        hours[wall.hour] += 1
    return days, hours


def seen_in(desk: Desk, zone: str, hour: int) -> tuple[History, list[int]]:
    """Return the days and the reviews of each hour, as pages have them."""
    clock = LearnerClock(zone, hour)
    whose: dict[str, Any] = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    whose |= {"clock": clock, "today": clock.day_of(desk.now)}
    by_hour = hours(desk.session, **whose, first=first_day(desk.session, **whose))
    return history(desk.session, **whose), [total.reviews for total in by_hour]


def differences(session: Session) -> list[str]:
    return [str(one) for found in list(recount(session))[-1:] for one in found.differences]


def do(desk: Desk, facts: list[Fact], act: tuple[Any, ...]) -> None:
    match act:
        case ("rate", which, rating, minutes):
            desk.rate(facts[which], rating, duration_ms=1_000 * (which + 1))
            desk.now += timedelta(minutes=minutes)
        case ("move", zone, hour):
            desk.actor = replace(desk.actor, timezone=zone, day_start_hour=hour)
        case (way,):
            try:
                getattr(desk, way)()
            except NotFound:
                return


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    start=st.sampled_from(STARTS),
    acts=st.lists(st.one_of(_rate, _rate, _rate, _move, _back), min_size=12, max_size=40),
    elsewhere=st.tuples(st.sampled_from(ZONES), st.sampled_from([0, 4, 23])),
)
def test_totals_are_the_log_whatever_is_done_and_wherever(
    desk: Desk,
    facts: list[Fact],
    start: tuple[int, int, int],
    acts: list[tuple[Any, ...]],
    elsewhere: tuple[str, int],
) -> None:
    desk.actor = desk.make.learner(desk.course)
    desk.now = datetime(*start, 9, 50, tzinfo=UTC)
    for act in acts:
        do(desk, facts, act)

    reviews = standing(desk.session, desk.actor.id)
    session, learner_id = desk.session, desk.actor.id
    assert stored(session, learner_id, QuarterTotal, 3) == quarters(reviews)
    assert stored(session, learner_id, PredictionTotal, 4) == weeks(reviews)
    # Where the learner is now, and where they might be.
    for clock in (elsewhere, (desk.actor.timezone, desk.actor.day_start_hour)):
        days, by_hour = by_the_clock(reviews, *clock)
        found, found_by_hour = seen_in(desk, *clock)
        assert {day: total.reviews for day, total in found.days.items()} == days
        assert found_by_hour == by_hour
    assert differences(session) == []


@pytest.fixture
def facts(desk: Desk) -> list[Fact]:
    return [desk.fact() for _ in range(3)]


def test_the_day_that_the_limits_go_by_is_that_of_the_present_zone(desk: Desk) -> None:
    # Noon in London is tomorrow already in Kiritimati, 14 hours ahead.
    desk.rate(desk.fact(), duration_ms=5_000)
    mine: dict[str, Any] = {"session": desk.session, "course_id": desk.course.id}

    def done(zone: str, later: timedelta) -> tuple[int, int]:
        clock = LearnerClock(zone, 0)
        now = desk.now + later
        found = waiting(**mine, actor=desk.actor, clock=clock, now=now)
        return found.reviewed, found.milliseconds

    assert done("UTC", timedelta(hours=11)) == (1, 5_000)
    assert done("UTC", timedelta(hours=13)) == (0, 0)
    assert done("Pacific/Kiritimati", timedelta(hours=13)) == (1, 5_000)


def test_the_pace_is_that_of_thirty_days(desk: Desk) -> None:
    fact, clock = desk.fact(), LearnerClock("UTC", 0)
    today = desk.now.date()
    values: dict[str, Any] = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    values |= {"reviews": 20, "tested": 0, "recalled": 0, "introduced": 0}
    assert fact.id
    first = int(datetime(today.year, today.month, today.day, tzinfo=UTC).timestamp()) // 900
    for back, milliseconds in ((29, 100_000), (30, 9_000_000)):
        quarter = first - back * 96
        desk.session.add(QuarterTotal(**values, quarter=quarter, milliseconds=milliseconds))
    desk.session.flush()

    whose: dict[str, Any] = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    found = pace(desk.session, **whose, clock=clock, today=today)

    assert found.review_seconds == 5.0


class TestCalibration:
    def known(self, desk: Desk) -> Fact:
        """Return a fact whose recall is 90 % after four days."""
        fact = desk.fact()
        desk.rate(fact, Rating.EASY)
        desk.session.execute(
            sa.update(Memory).where(Memory.fact_id == fact.id).values(stability=4.0)
        )
        desk.session.expire_all()
        return fact

    def found(self, desk: Desk, since: date | None = None) -> Any:
        whose: dict[str, Any] = {"learner_id": desk.actor.id, "course_id": desk.course.id}
        return calibration(desk.session, **whose, since=since)

    def test_what_was_foretold_is_kept_with_the_test_and_added_up(self, desk: Desk) -> None:
        first, second = self.known(desk), self.known(desk)
        desk.rate(first, Rating.GOOD, now=desk.now + FOUR_DAYS)
        desk.rate(second, Rating.AGAIN, now=desk.now + FOUR_DAYS)

        found = self.found(desk)

        assert [one.predicted for one in desk.reviews()] == [None, None, 900_000, 900_000]
        assert found.bands == (Band(0.9, 0.95, tested=2, recalled=1, predicted=0.9),)
        assert (found.tested, found.recalled, found.predicted) == (2, 1, pytest.approx(0.9))
        # 0.1² and 0.9², halved; 90 % were foretold and 50 % came.
        assert found.brier == pytest.approx(0.41)
        assert found.rmse_bins == pytest.approx(0.4)
        assert not found.is_measurable

    def test_weeks_before_that_of_the_day_asked_for_do_not_count(self, desk: Desk) -> None:
        fact = self.known(desk)
        tested = desk.now + FOUR_DAYS
        desk.rate(fact, Rating.GOOD, now=tested)
        sunday = tested.date() + timedelta(days=6 - tested.weekday())

        assert self.found(desk, sunday).tested == 1
        assert self.found(desk, sunday + timedelta(days=1)).tested == 0

    def test_without_tests_there_is_nothing_to_say(self, desk: Desk) -> None:
        found = self.found(desk)

        assert (found.bands, found.brier, found.rmse_bins, found.predicted) == ((), 0.0, 0.0, 0.0)


def test_a_quiz_adds_to_the_totals_and_taken_back_it_does_not(
    session: Session, make: Make, now: datetime
) -> None:
    sitting = Sitting(session, make, now)
    sitting.start(sitting.quiz("single_choice", "cloze"))
    sitting.answer_rightly(0)
    sitting.submit()
    learner_id = sitting.actor.id

    counted = stored(session, learner_id, QuarterTotal, 3)
    assert counted == quarters(standing(session, learner_id))
    assert [row[0] for row in counted.values()] == [1]
    assert differences(session) == []

    undo_attempt_reviews(
        session, actor=sitting.actor, attempt_id=sitting.attempt_id, now=sitting.at(120)
    )
    assert stored(session, learner_id, QuarterTotal, 3) == {}
    assert differences(session) == []


def test_a_recount_tells_what_is_wrong_and_puts_it_right(desk: Desk) -> None:
    facts = [TestCalibration().known(desk) for _ in range(2)]
    for fact in facts:
        desk.rate(fact, Rating.GOOD, now=desk.now + FOUR_DAYS)
    right = [
        stored(desk.session, desk.actor.id, *of) for of in ((QuarterTotal, 3), (PredictionTotal, 4))
    ]
    desk.session.execute(sa.update(QuarterTotal).values(reviews=QuarterTotal.reviews + 5))
    desk.session.execute(sa.delete(PredictionTotal))

    *_, found = recount(desk.session)
    store_recount(desk.session, found.differences)

    (one,) = found.differences
    assert (one.learner_id, one.course_id, one.rows) == (desk.actor.id, desk.course.id, 3)
    assert "stored reviews 7, counted 2" in str(one)
    assert differences(desk.session) == []
    assert right == [
        stored(desk.session, desk.actor.id, *of) for of in ((QuarterTotal, 3), (PredictionTotal, 4))
    ]


def test_imported_tests_count_by_what_the_package_says(desk: Desk) -> None:
    """What was rated elsewhere has no memory before: what it was stands in the review."""
    fact = desk.fact()
    desk.rate(fact, 3)
    imported = {"origin": Origin.IMPORT, "is_first": False, "is_test": True}
    desk.session.execute(sa.update(Review).values(**imported))

    *_, found = recount(desk.session)

    assert "stored tested 0, counted 1, recalled 0, counted 1" in str(found.differences[0])
    assert json.loads(json.dumps(desk.reviews()[0].before))["phase"] == "new"
