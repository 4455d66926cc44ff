"""Figures about a learner's past and future, each beside a count made by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory.days import LearnerClock
from quizapp.memory.mastery import Level
from quizapp.memory.quarters import quarter_of
from quizapp.models import Action, Attempt, AttemptState, Memory, QuarterTotal, Quiz, Response
from quizapp.queries.history import History, Recall, Totals, history
from quizapp.queries.progress import ProgressView, progress_view
from quizapp.queries.quiz_history import open_attempt, past_attempts, quiz_offers
from quizapp.queries.today import TodayView, slipping, today_view
from quizapp.queries.topic_recall import TopicRecall
from quizapp.services.memory_acts import suspend_fact
from tests.support.desk import Desk, statements_of
from tests.support.make import Make

TODAY = date(2026, 3, 4)


@pytest.fixture
def desk(session: Session, make: Make, now: datetime) -> Desk:
    return Desk(session, make, now)


def days_with(*ages: int, reviews: int = 1) -> History:
    return History(TODAY, {TODAY - timedelta(days=age): Totals(reviews) for age in ages})


def progress(desk: Desk, **given: Any) -> ProgressView:
    values = {"learner": desk.actor, "course_id": desk.course.id, "now": desk.now}
    return progress_view(desk.session, **values | given)


def today(desk: Desk, **given: Any) -> TodayView:
    values = {"actor": desk.actor, "course_id": desk.course.id, "now": desk.now}
    return today_view(desk.session, **values | given)


def take(desk: Desk, quiz: Quiz, number: int, **given: Any) -> Attempt:
    """Store an attempt; submitted with a mark if `mark` is given."""
    mark = given.pop("mark", None)
    submitted = desk.now + timedelta(minutes=number) if mark is not None else None
    values = {
        "learner_id": desk.actor.id,
        "id": quiz.id * 100 + number,
        "quiz_id": quiz.id,
        "number": number,
        "state": AttemptState.OPEN if mark is None else AttemptState.SUBMITTED,
        "seed": 1,
        "layout": [{}, {}, {}],
        "settings": {},
        "started_at": desk.now,
        "due_at": None,
        "submitted_at": submitted,
        "mark": mark,
        "max_mark": Fraction(3),
    }
    attempt = Attempt(**values | given)
    desk.session.add(attempt)
    desk.session.flush()
    return attempt


def test_a_streak_counts_the_days_in_a_row_up_to_today() -> None:
    assert days_with(0, 1, 2, 4).streak == 3


def test_a_streak_lasts_while_today_is_still_open() -> None:
    assert days_with(1, 2).streak == 2


def test_a_day_without_a_review_ends_a_streak() -> None:
    assert days_with(2, 3).streak == 0


def test_the_longest_streak_of_the_year_is_remembered() -> None:
    assert days_with(0, 10, 11, 12, 20, 21).longest_streak == 3
    assert days_with().longest_streak == 0


def test_the_year_has_a_count_for_each_day() -> None:
    counts = days_with(0, 364, reviews=5).counts

    assert len(counts) == 365
    assert (counts[0], counts[-1], sum(counts)) == (5, 5, 10)


def test_weeks_end_today_and_do_not_overlap() -> None:
    weeks = list(days_with(0, 6, 7, reviews=2).weeks(2))

    assert [first for first, _ in weeks] == [date(2026, 2, 19), date(2026, 2, 26)]
    assert [total.reviews for _, total in weeks] == [2, 4]


def test_the_pace_is_everybodys_until_enough_is_known() -> None:
    few = History(TODAY, {TODAY: Totals(19, milliseconds=19 * 4_000)})
    enough = History(TODAY, {TODAY: Totals(20, milliseconds=20 * 4_000)})

    assert (few.seconds_a_card, enough.seconds_a_card) == (15.0, 4.0)
    assert enough.minutes(30) == 2
    assert enough.minutes(1) == 1


def test_the_usual_day_leaves_out_days_without_reviews() -> None:
    past = History(
        TODAY,
        {
            TODAY: Totals(10, milliseconds=60_000),
            TODAY - timedelta(days=9): Totals(20, milliseconds=120_000),
            TODAY - timedelta(days=40): Totals(500, milliseconds=1),
        },
    )

    assert (past.cards_a_day, past.seconds_a_day) == (15, 90)


@pytest.mark.parametrize(
    ("recalled", "tested", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_margin_of_recall_is_wilsons(
    recalled: int, tested: int, low: float, high: float
) -> None:
    recall = Recall(tested, recalled)

    assert recall.low == pytest.approx(low, abs=5e-5)
    assert recall.high == pytest.approx(high, abs=5e-5)


def test_without_a_test_recall_could_be_anything() -> None:
    assert (Recall().share, Recall().low, Recall().high) == (0.0, 0.0, 1.0)


def test_only_a_topic_that_is_certainly_under_the_target_slips() -> None:
    topics = tuple(
        TopicRecall(number, f"t{number}", "", Recall(*counts), 0)
        for number, counts in enumerate([(19, 2), (20, 16), (20, 13), (100, 80), (100, 86)])
    )

    assert [topic.id for topic in slipping(topics, 0.9)] == [2, 3]


def test_history_holds_one_learners_year_in_one_course(desk: Desk, make: Make) -> None:
    fact = desk.fact()
    desk.rate(fact, now=desk.now - timedelta(days=364), duration_ms=1_000)
    desk.rate(fact, now=desk.now)
    desk.rate(fact, actor=make.learner(desk.course))
    desk.rate(desk.fact(), now=desk.now - timedelta(days=365))

    whose = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    clock = LearnerClock(desk.actor.timezone, desk.actor.day_start_hour)
    found = history(desk.session, **whose, clock=clock, today=TODAY)

    assert {day: total.reviews for day, total in found.days.items()} == {
        TODAY: 1,
        TODAY - timedelta(days=364): 1,
    }


def test_a_day_whose_only_rating_was_taken_back_does_not_count(desk: Desk) -> None:
    desk.rate(desk.fact())
    desk.undo()

    assert today(desk).is_first_day


def test_the_forecast_counts_what_is_due_by_the_learners_days(desk: Desk) -> None:
    facts = [desk.fact() for _ in range(4)]
    for fact in facts:
        desk.rate(fact, 4, now=desk.now - timedelta(days=60))
    moments = [
        datetime(2026, 1, 1, tzinfo=UTC),  # overdue: today
        datetime(2026, 3, 5, 3, 59, tzinfo=UTC),  # before four: still today
        datetime(2026, 3, 5, 4, 0, tzinfo=UTC),
        datetime(2026, 3, 18, 4, 0, tzinfo=UTC),  # one day too far
    ]
    for fact, due_at in zip(facts, moments, strict=True):
        desk.session.execute(
            sa.update(Memory).where(Memory.fact_id == fact.id).values(due_at=due_at)
        )

    days = today(desk).forecast

    assert [day.due for day in days] == [2, 1] + [0] * 12
    assert days[0].day == TODAY


def test_the_forecast_spends_the_new_facts_at_the_daily_limit(desk: Desk) -> None:
    for _ in range(24):
        desk.fact()

    days = today(desk).forecast

    assert [day.new for day in days[:4]] == [10, 10, 4, 0]
    assert days[0].cards == 10


def test_facts_are_counted_by_topic_and_level(desk: Desk) -> None:
    other = desk.make.topic(desk.course)
    known, fresh = desk.fact(), desk.fact()
    desk.fact(topic=other)
    desk.rate(known, 4, now=desk.now - timedelta(days=90))
    desk.rate(known, 4, now=desk.now - timedelta(days=50))
    desk.rate(fresh, 3)

    view = progress(desk)

    assert [dict(topic.levels) for topic in view.topics] == [
        {Level.MATURE: 1, Level.LEARNING: 1},
        {Level.NEW: 1},
    ]
    assert (view.facts, view.known_well) == (3, 1)
    assert view.memory_life == pytest.approx(view.stabilities[0])


def test_recall_by_topic_counts_tests_of_thirty_days_that_stand(desk: Desk) -> None:
    fact = desk.fact()
    desk.rate(fact, 4, now=desk.now - timedelta(days=200))
    desk.rate(fact, 3, now=desk.now - timedelta(days=100))  # too long ago
    desk.rate(fact, 3, now=desk.now - timedelta(days=20))
    desk.rate(fact, 1, now=desk.now - timedelta(days=3))
    desk.rate(fact, 3, now=desk.now - timedelta(days=2))  # a step, no test
    desk.rate(fact, 3, now=desk.now)
    desk.undo()

    (topic,) = progress(desk).topics

    assert topic.topic.recall == Recall(tested=2, recalled=1)


def test_a_topic_says_how_many_cards_a_sitting_on_it_has(desk: Desk) -> None:
    facts = [desk.fact() for _ in range(3)]
    for fact in facts[:2]:
        desk.rate(fact, 4, now=desk.now - timedelta(days=60))

    (topic,) = progress(desk).topics

    assert topic.topic.ready == 3  # one of them is new


def test_facts_put_aside_are_listed(desk: Desk) -> None:
    fact = desk.fact(statement="The base is near Hamadan.")
    suspend_fact(
        desk.session,
        actor=desk.actor,
        course_id=desk.course.id,
        fact_id=fact.id,
        now=desk.now,
    )

    (suspended,) = progress(desk).suspended

    assert (suspended.fact_id, suspended.statement) == (fact.id, "The base is near Hamadan.")


def test_recall_by_week_is_drawn_from_twenty_tests_on(desk: Desk) -> None:
    values = {"reviews": 30, "recalled": 15, "introduced": 0, "milliseconds": 0}
    keys = {"learner_id": desk.actor.id, "course_id": desk.course.id}
    total = QuarterTotal(**keys, quarter=quarter_of(desk.now), tested=19, **values)
    desk.session.add(total)
    desk.session.flush()
    before = progress(desk).is_recall_measurable
    total.tested = 20
    desk.session.flush()

    assert (before, progress(desk).is_recall_measurable) == (False, True)


def test_the_quiz_in_progress_counts_slots_that_hold_a_response(desk: Desk) -> None:
    quiz = desk.make.quiz(desk.course, title="Bases")
    attempt = take(desk, quiz, 1)
    steps = [
        (0, Action.SAVE),
        (0, Action.FLAG),
        (1, Action.SAVE),
        (1, Action.CLEAR),
        (2, Action.CLEAR),
        (2, Action.SAVE),
        (2, Action.SAVE),
    ]
    for seq, (slot, action) in enumerate(steps):
        desk.session.add(
            Response(
                learner_id=desk.actor.id,
                attempt_id=attempt.id,
                slot=slot,
                seq=seq,
                at=desk.now,
                action=action,
                nonce=f"n{seq}",
                content={} if action is Action.SAVE else None,
            )
        )
    desk.session.flush()

    found = open_attempt(desk.session, learner_id=desk.actor.id, course_id=desk.course.id)

    assert found is not None
    assert (found.title, found.answered, found.slots) == ("Bases", 2, 3)


def test_somebody_elses_quiz_is_not_in_progress(desk: Desk, make: Make) -> None:
    take(desk, desk.make.quiz(desk.course), 1)
    desk.actor = make.learner(desk.course)

    assert today(desk).attempt is None


def test_quizzes_never_taken_are_offered_first(desk: Desk) -> None:
    questions = [desk.make.question(desk.fact()) for _ in range(2)]
    draw = {"topics": [desk.topic.id], "count": 3}
    taken = desk.make.quiz(desk.course, questions, position=1)
    fresh = desk.make.quiz(
        desk.course, questions, [draw], position=2, settings={"time_limit_minutes": 12}
    )
    desk.make.quiz(desk.course, status="draft")
    take(desk, taken, 1, mark=Fraction(1))
    take(desk, taken, 2, mark=Fraction(5, 2))

    offers = quiz_offers(
        desk.session, learner_id=desk.actor.id, course_id=desk.course.id, limit=4, now=desk.now
    )

    assert [offer.quiz_id for offer in offers] == [fresh.id, taken.id]
    assert (offers[0].questions, offers[0].minutes, offers[0].taken_at) == (5, 12, None)
    assert (offers[1].questions, offers[1].mark) == (2, Fraction(5, 2))


def test_past_attempts_say_what_changed_since_the_one_before(desk: Desk) -> None:
    quiz, other = desk.make.quiz(desk.course), desk.make.quiz(desk.course)
    take(desk, quiz, 1, mark=Fraction(2))
    take(desk, quiz, 2, mark=Fraction(3, 2))
    take(desk, other, 3, mark=Fraction(3))
    take(desk, other, 4, mark=Fraction(5, 2), max_mark=Fraction(6))  # edited: no longer of three
    take(desk, other, 5, mark=Fraction(4), max_mark=Fraction(6))
    take(desk, other, 6)

    found = past_attempts(
        desk.session, learner_id=desk.actor.id, course_id=desk.course.id, limit=9, now=desk.now
    )

    assert [(a.quiz_id, a.mark, a.change) for a in found] == [
        (other.id, Fraction(4), Fraction(3, 2)),
        (other.id, Fraction(5, 2), None),
        (other.id, Fraction(3), None),
        (quiz.id, Fraction(3, 2), Fraction(-1, 2)),
        (quiz.id, Fraction(2), None),
    ]


@pytest.mark.parametrize(("page", "who"), [(today, "actor"), (progress, "learner")])
def test_who_is_not_in_the_course_sees_no_page_of_it(
    desk: Desk, make: Make, page: Any, who: str
) -> None:
    with pytest.raises(NotFound):
        page(desk, **{who: make.actor(make.user())})


@pytest.mark.parametrize(("page", "most"), [(today, 11), (progress, 15)])
def test_the_pages_take_the_same_statements_for_few_facts_and_many(
    desk: Desk, page: Any, most: int
) -> None:
    for fact in [desk.fact() for _ in range(10)][:5]:
        desk.rate(fact, 4, now=desk.now - timedelta(days=9))
    with statements_of(desk.session) as few:
        page(desk)
    for fact in [desk.fact() for _ in range(100)][:50]:
        desk.rate(fact, 4, now=desk.now - timedelta(days=9))

    with statements_of(desk.session) as many:
        page(desk)

    assert len(many) == len(few) <= most
