"""What lies before a learner: cards by their own days, quizzes by their own dates, exams."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from quizapp.errors import Forbidden
from quizapp.memory.days import LearnerClock
from quizapp.models import Course, Exam, LearnerOverride, Memory, Role, User
from quizapp.queries.agenda import Agenda, agenda
from quizapp.queries.reminders import feed_of
from quizapp.services.calendar_feeds import calendar_of, make_feed, remove_feed
from tests.support.desk import Desk

#: Clocks in New York go back in the night to Sunday, 1 November 2026.
NOW = datetime(2026, 10, 30, 15, tzinfo=UTC)
NEW_YORK = "America/New_York"


@pytest.fixture
def desk(session, make):
    desk = Desk(session, make, NOW)
    session.get_one(User, desk.actor.id).timezone = NEW_YORK
    session.flush()
    desk.actor = make.actor(session.get_one(User, desk.actor.id))
    return desk


def read(desk: Desk, now: datetime = NOW) -> Agenda:
    return agenda(desk.session, actor=desk.actor, now=now, days=28)


def events(desk: Desk, now: datetime = NOW) -> dict[str, Any]:
    """Return the events of the calendar by their identifiers, the part of the learner left out."""
    made = calendar_of(
        read(desk, now),
        uid="u1",
        clock=LearnerClock(NEW_YORK, 4),
        site="https://learn.example/",
    )
    found = icalendar.Calendar.from_ical(made).walk("VEVENT")
    return {str(event["UID"]).removesuffix("-u1@footnote"): event for event in found}


def due(desk: Desk, *moments: datetime) -> None:
    """Let one card each come due at these moments."""
    for moment in moments:
        fact = desk.fact()
        desk.rate(fact, nonce=f"of-fact-{fact.id}", now=NOW - timedelta(days=20))
        desk.session.execute(
            sa.update(Memory)
            .where(Memory.fact_id == fact.id)
            .values(due_at=moment, phase="review", step=None)
        )


def test_cards_stand_on_the_learners_days_when_clocks_change(desk):
    # Four in the morning of 31 October, 1 and 2 November: the clocks change in between.
    due(
        desk,
        datetime(2026, 10, 31, 8, tzinfo=UTC),
        datetime(2026, 11, 1, 9, tzinfo=UTC),
        datetime(2026, 11, 1, 9, tzinfo=UTC),
        datetime(2026, 11, 2, 8, 59, tzinfo=UTC),  # still Sunday: the day begins at four
        datetime(2026, 11, 2, 9, tzinfo=UTC),
    )

    found = {key: event for key, event in events(desk).items() if key.startswith("cards-")}

    assert {key: event["SUMMARY"].split(",")[0] for key, event in found.items()} == {
        "cards-2026-10-31": "Footnote: 1 card",
        "cards-2026-11-01": "Footnote: 3 cards",
        "cards-2026-11-02": "Footnote: 1 card",
    }
    assert found["cards-2026-11-01"]["DTSTART"].dt == date(2026, 11, 1)
    assert found["cards-2026-11-01"]["DTEND"].dt == date(2026, 11, 2)


def test_the_days_of_several_courses_are_one_event_each(desk, make):
    due(desk, NOW + timedelta(days=3))
    other = Desk(desk.session, make, NOW)
    other.course.title = "Other"
    make.enrol(desk.session.get_one(User, desk.actor.id), other.course)
    desk.actor = other.actor = make.actor(desk.session.get_one(User, desk.actor.id))
    due(other, NOW + timedelta(days=3))

    event = events(desk)["cards-2026-11-02"]

    assert event["SUMMARY"] == "Footnote: 2 cards, about 2 min"
    assert event["DESCRIPTION"].split("\n") == [
        f"{desk.course.title}: 1 due, 0 new, about 1 min",
        "Other: 1 due, 0 new, about 1 min",
    ]


def test_quizzes_stand_at_the_moment_they_open_and_close_for_the_learner(desk, make):
    settings = {
        "opens_at": "2026-11-01T06:30:00+00:00",  # the second half past one of that night
        "closes_at": "2026-11-06T22:00:00+00:00",
    }
    quiz = make.quiz(desk.course, title="Aleppo", settings=settings)
    make.quiz(desk.course, title="Over", settings={"closes_at": "2026-10-01T22:00:00+00:00"})
    longer = datetime(2026, 11, 8, 22, tzinfo=UTC)
    own = {"opens_at": None, "time_limit_minutes": None, "attempts_allowed": None, "set_at": NOW}
    desk.session.add(
        LearnerOverride(
            learner_id=desk.actor.id, quiz_id=quiz.id, closes_at=longer, reason="", **own
        )
    )
    desk.session.flush()

    found = {key: event for key, event in events(desk).items() if key.startswith("quiz-")}

    assert {key: event["DTSTART"].dt for key, event in found.items()} == {
        f"quiz-{quiz.id}-opens": datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
        f"quiz-{quiz.id}-closes": longer,
    }
    assert found[f"quiz-{quiz.id}-closes"]["SUMMARY"] == "Quiz closes: Aleppo"


def test_an_exam_is_a_day_until_it_is_over(desk):
    desk.fact()
    desk.session.add(
        Exam(
            learner_id=desk.actor.id,
            course_id=desk.course.id,
            day=date(2026, 11, 12),
            target=0.9,
            minutes=15,
            set_at=NOW,
        )
    )
    desk.session.flush()
    key = f"exam-{desk.course.id}"

    assert events(desk)[key]["DTSTART"].dt == date(2026, 11, 12)
    assert key not in events(desk, NOW + timedelta(days=14))


def test_the_same_bytes_come_until_something_changes(desk):
    due(desk, NOW + timedelta(days=3))
    clock = LearnerClock(NEW_YORK, 4)

    def made(now: datetime) -> bytes:
        return calendar_of(read(desk, now), uid="u", clock=clock, site="https://x.example/")

    assert made(NOW) == made(NOW + timedelta(hours=5))
    assert made(NOW) != made(NOW + timedelta(days=1))


def test_of_an_archived_course_cards_go_on_and_quizzes_do_not(desk, make):
    due(desk, NOW + timedelta(days=3))
    make.quiz(desk.course, settings={"closes_at": "2026-11-06T22:00:00+00:00"})
    desk.session.get_one(Course, desk.course.id).archived_at = NOW
    desk.session.flush()

    found = read(desk)

    assert found.quizzes == ()
    assert [one.course.id for one in found.courses] == [desk.course.id]


def test_a_course_that_one_only_teaches_asks_for_nothing(desk, make):
    desk.fact()
    desk.actor = make.instructor(desk.course)

    assert read(desk).courses == ()
    assert desk.actor.roles[desk.course.id] is Role.INSTRUCTOR


def test_an_address_works_until_there_is_another_or_none(desk):
    first = make_feed(desk.session, actor=desk.actor, now=NOW)
    held = feed_of(desk.session, token=first)
    assert held is not None
    assert held.learner_id == desk.actor.id

    second = make_feed(desk.session, actor=desk.actor, now=NOW)

    assert feed_of(desk.session, token=first) is None
    assert feed_of(desk.session, token=second) == held  # events keep their identifiers
    assert remove_feed(desk.session, actor=desk.actor)
    assert not remove_feed(desk.session, actor=desk.actor)
    assert feed_of(desk.session, token=second) is None


def test_nobody_reads_the_calendar_of_a_disabled_account_and_guests_have_none(desk, make):
    token = make_feed(desk.session, actor=desk.actor, now=NOW)
    desk.session.get_one(User, desk.actor.id).is_disabled = True
    desk.session.flush()

    assert feed_of(desk.session, token=token) is None
    with pytest.raises(Forbidden):
        guest = make.actor(make.user(email=None, is_guest=True))
        make_feed(desk.session, actor=guest, now=NOW)
