"""The page of progress, from the first day on, and what it says in words."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from quizapp.memory.days import LearnerClock
from quizapp.memory.quarters import quarter_of
from quizapp.memory.queue import Counts
from quizapp.memory.settings import MemorySettings
from quizapp.models import QuarterTotal, User
from quizapp.policy import Actor
from quizapp.queries.forecast import ForecastDay
from quizapp.queries.history import History, Recall, Totals
from quizapp.queries.periods import Period, stretches
from quizapp.queries.queue_counts import Waiting
from quizapp.queries.today import TodayView
from quizapp.services import memory_acts
from quizapp.web import progress_charts, study_charts, study_words
from tests.support.make import Make

Stored = Callable[[], AbstractContextManager[Make]]
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
TODAY = NOW.date()
WAITING = Waiting(
    counts=Counts(),
    settings=MemorySettings(),
    unmet=0,
    reviewed=0,
    recalled=0,
    milliseconds=0,
    next_due_at=None,
    last_step_id=0,
    undone_step_id=0,
)


@pytest.fixture
def learner_id(
    client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], str]
) -> int:
    """A signed-in learner in a course with two topics of two facts."""
    with stored() as make:
        course = make.course(title="Sources of the war")
        for title in ("Bases", "Borders"):
            topic = make.topic(course, title=title)
            for _ in range(2):
                make.question(make.fact(course, topic))
        user = make.user()
        make.enrol(user, course)
        user_id = user.id
    sign_in(client, user_id)
    return user_id


def add_days(stored: Stored, learner_id: int, *, tested: int, recalled: int, days: int = 4) -> None:
    with stored() as make:
        user = make.session.get(User, learner_id)
        assert user is not None
        (course_id,) = make.actor(user).roles
        for age in range(days):
            make.session.add(
                QuarterTotal(
                    learner_id=learner_id,
                    course_id=course_id,
                    quarter=quarter_of(datetime.now(UTC) - timedelta(days=1 + age)),
                    reviews=tested,
                    tested=tested,
                    recalled=recalled,
                    introduced=0,
                    milliseconds=tested * 12_000,
                )
            )


def view_of(waiting: Waiting = WAITING, days: dict[date, Totals] | None = None) -> TodayView:
    return TodayView(
        waiting=waiting,
        history=History(TODAY, days or {}),
        forecast=(),
        attempt=None,
        slipping=(),
        quizzes=(),
    )


def greeting(zone: str, name: str = "Amara Osei", **given: bool) -> str:
    actor = Actor(id=1, name=name, timezone=zone, **given)
    return study_words.Day(actor, view_of(), NOW).greeting


def test_the_page_is_there_before_the_first_review(client: FlaskClient, learner_id: int) -> None:
    page = client.get("/progress").text

    assert "Nothing started yet" in page
    assert "Once 20 cards have come back after their first steps" in page
    assert "No quiz taken yet" in page
    assert "0 of 2" in page


def test_recall_is_shown_with_its_margin_once_there_is_enough(
    client: FlaskClient, learner_id: int, stored: Stored
) -> None:
    add_days(stored, learner_id, tested=25, recalled=24)

    page = client.get("/progress").text

    assert "You remember more than you aimed for" in page
    assert "96\u00a0%" in page
    assert "6 points over target" in page
    assert "90\u00a0% to 98\u00a0%" in page


def test_seconds_are_told_of_the_period_that_was_chosen(
    client: FlaskClient, learner_id: int, stored: Stored
) -> None:
    add_days(stored, learner_id, tested=3, recalled=3, days=1)

    usual, ever = (client.get(f"/progress{query}").text for query in ("", "?period=all"))

    assert "a minute or more. 36 s in 13 weeks." in usual
    assert "From the first minute on" not in usual
    assert "spend on your cards. 36 s so far." in ever


def test_the_page_takes_at_most_eighteen_statements(
    client: FlaskClient,
    learner_id: int,
    statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    with statements() as seen:
        client.get("/progress")

    assert len(seen) <= 18, seen


def test_a_guest_has_a_progress_page(
    client: FlaskClient, stored: Stored, sign_in: Callable[[FlaskClient, int], str]
) -> None:
    with stored() as make:
        course = make.course()
        user = make.user(is_guest=True, email=None)
        make.enrol(user, course)
        user_id = user.id
    sign_in(client, user_id)

    assert client.get("/progress").status_code == 200


def test_bringing_back_a_card_that_was_not_put_aside_is_not_found(
    client: FlaskClient, learner_id: int, stored: Stored
) -> None:
    with stored() as make:
        user = make.session.get(User, learner_id)
        assert user is not None
        actor = make.actor(user)
        (course_id,) = actor.roles
        memory_acts.suspend_fact(
            make.session, actor=actor, course_id=course_id, fact_id=1, now=datetime.now(UTC)
        )
    page = client.get("/progress").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "course_id": str(course_id)}

    answers = [
        client.post("/progress/resume", data=fields | {"fact": fact}).status_code
        for fact in ("1", "2", "x")
    ]

    assert answers == [303, 404, 303]
    assert "put aside" not in client.get("/progress").text


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Good morning, Amara"),
        ("Asia/Tehran", "Good afternoon, Amara"),
        ("Asia/Tokyo", "Good evening, Amara"),
        ("America/Los_Angeles", "Good evening, Amara"),
    ],
)
def test_the_greeting_knows_the_learners_hour(zone: str, words: str) -> None:
    assert greeting(zone) == words


def test_guests_are_greeted_without_a_name() -> None:
    assert greeting("UTC", name="Guest", is_guest=True) == "Good morning"


def test_the_date_is_the_learners() -> None:
    actor = Actor(id=1, name="A", timezone="Pacific/Kiritimati")

    assert study_words.Day(actor, view_of(), NOW).date == "Sunday 22 November"


@pytest.mark.parametrize(
    ("due_at", "unmet", "words"),
    [
        (NOW + timedelta(minutes=25), 0, "for 25 min"),
        (NOW + timedelta(hours=20), 0, "until tomorrow"),
        (NOW + timedelta(days=6), 0, "for 6 days"),
        (NOW + timedelta(days=6), 3, "until tomorrow"),
        (None, 3, "until tomorrow"),
        (None, 0, "for now"),
    ],
)
def test_the_end_says_when_there_is_something_again(
    due_at: datetime | None, unmet: int, words: str
) -> None:
    waiting = replace(WAITING, next_due_at=due_at, unmet=unmet)

    assert study_words.End(waiting, LearnerClock("UTC", 4), NOW).when == words


def test_the_bar_of_a_sitting_shrinks_when_fewer_cards_wait() -> None:
    waiting = replace(WAITING, counts=Counts(reviews_due=3), reviewed=7)

    whole = study_words.bar(waiting, limit=None, done=0)
    sitting = study_words.bar(waiting, limit=10, done=4)

    assert (whole.value, whole.maximum, whole.left) == (7, 10, 3)
    assert (sitting.value, sitting.maximum, sitting.left) == (4, 7, 3)


@pytest.mark.parametrize(
    ("left", "reviewed", "milliseconds", "title", "time"),
    [
        (3, 7, 599_000, "Done for now", "9 min 59 s"),
        (3, 0, 0, "3 cards are ready", "0 s"),
        (1, 0, 0, "1 card is ready", "0 s"),
        (0, 7, 788_000, "Nothing due for now", "13 min"),
    ],
)
def test_the_end_is_not_told_before_the_beginning(
    left: int, reviewed: int, milliseconds: int, title: str, time: str
) -> None:
    waiting = replace(
        WAITING, counts=Counts(reviews_due=left), reviewed=reviewed, milliseconds=milliseconds
    )

    end = study_words.End(waiting, LearnerClock("UTC", 4), NOW)

    assert (end.title, end.time) == (title, time)


@pytest.mark.parametrize(
    ("recall", "words"),
    [
        (Recall(100, 91), "1 point over target"),
        (Recall(100, 90), "on target"),
        (Recall(100, 84), "6 points under target"),
    ],
)
def test_distance_from_the_target_is_told_in_points(recall: Recall, words: str) -> None:
    assert study_words.points(recall, 0.9) == words


def test_marks_are_told_without_needless_digits() -> None:
    told = [study_words.marks(Fraction(n, d)) for n, d in ((9, 1), (15, 2), (20, 3), (0, 1))]

    assert told == ["9", "7.5", "6.67", "0"]


@pytest.mark.parametrize(
    ("tested", "recalled", "title"),
    [
        (100, 91, "You remember about what you aimed for"),
        (2_000, 1_840, "You remember a little more than you aimed for"),
        (2_000, 1_740, "You remember a little less than you aimed for"),
        (200, 120, "You remember less than you aimed for"),
        (200, 199, "You remember more than you aimed for"),
    ],
)
def test_the_recall_chart_claims_no_more_than_its_margin_allows(
    tested: int, recalled: int, title: str
) -> None:
    past = History(TODAY, {TODAY: Totals(tested, tested, recalled, 0)})

    chart = progress_charts.recall(stretches(past, Period.QUARTER), Period.QUARTER, 0.9)

    assert chart.title == title
    assert len(chart.rows) == 13
    assert chart.rows[-1][-1] == f"{tested:,}"


def forecast_of(*cards: int) -> list[ForecastDay]:
    return [ForecastDay(TODAY + timedelta(days=n), due, 0) for n, due in enumerate(cards)]


@pytest.mark.parametrize(
    ("days", "title"),
    [
        (forecast_of(20, 22, 19, 24), "The next 4 days look even"),
        (forecast_of(1, 0, 2, 1), "The next 4 days look light"),
        (forecast_of(10, 60, 9, 11), "Monday 23 Nov is the busiest of the next 4 days"),
        (forecast_of(60, 9, 9, 11), "Today is the busiest of the next 4 days"),
        (forecast_of(20, 20, 0, 0), "At most 20 cards a day in the next 4 days"),
        (forecast_of(0, 0, 0, 0), "Nothing is due in the next 4 days"),
    ],
)
def test_the_forecast_says_what_stands_out(days: list[ForecastDay], title: str) -> None:
    assert study_charts.month(days, lambda cards: cards).title == title


def test_lives_are_counted_from_their_lower_end() -> None:
    chart = study_charts.lives((0.5, 1.0, 6.9, 7.0, 500.0), 6.9)

    counted = {name: number for name, number in chart.rows if number != "0"}
    assert counted == {"<1 d": "1", "1–3 d": "1", "3–7 d": "1", "1–2 w": "1", ">8 mo": "1"}
    assert chart.title == "Half your cards will last 7 days or more"
