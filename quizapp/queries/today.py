"""What the day's page shows: what waits, how it goes, what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from quizapp.memory import spreading
from quizapp.memory.days import LearnerClock
from quizapp.policy import Actor, require_learner
from quizapp.queries.answered import NewAnswer, new_answers
from quizapp.queries.forecast import ForecastDay, due_by_day, forecast_of
from quizapp.queries.history import History, history
from quizapp.queries.pauses import days_off
from quizapp.queries.queue_counts import Waiting, waiting
from quizapp.queries.quiz_history import OpenAttempt, QuizOffer, open_attempt, quiz_offers
from quizapp.queries.sittings import Offers, offers
from quizapp.queries.topic_recall import TopicRecall, topic_recall

FORECAST_DAYS = 14
MAXIMUM_QUIZZES = 4
MAXIMUM_SLIPPING = 3
NO_OFFERS = Offers()
#: A usual day is taken to be no less than this, so that nobody is told off for a light habit.
LEAST_USUAL_CARDS = 10


@dataclass(frozen=True, slots=True)
class TodayView:
    """The learner's day in one course.

    :param slipping: topics that are certainly recalled less often than the learner aims for.
    :param loads: reviews due on today and each of the days to come, what is overdue left out;
        None for a day off.
    """

    waiting: Waiting
    history: History
    forecast: tuple[ForecastDay, ...]
    attempt: OpenAttempt | None
    slipping: tuple[TopicRecall, ...]
    quizzes: tuple[QuizOffer, ...]
    answers: tuple[NewAnswer, ...] = ()
    offers: Offers = NO_OFFERS
    loads: tuple[int | None, ...] = ()

    @property
    def usual_day(self) -> int:
        """Return how many cards the learner does on a usual day, within the limit of a day."""
        usual = max(self.history.usual_day, LEAST_USUAL_CARDS)
        return max(1, min(usual, self.waiting.settings.reviews_per_day))

    @property
    def is_behind(self) -> bool:
        """Return whether so much waits that it should be spread over days."""
        waiting = self.waiting
        if waiting.paused_until or not self.loads or all(load is None for load in self.loads):
            return False
        return spreading.is_behind(waiting.overdue, self.usual_day)

    @property
    def is_first_day(self) -> bool:
        """Return whether the learner has not rated anything within a year."""
        return not self.history.reviews


def today_view(session: Session, *, actor: Actor, course_id: int, now: datetime) -> TodayView:
    """Return the page of the learner's day.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(actor, course_id)
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    whose: dict[str, Any] = {"actor": actor, "course_id": course_id, "clock": clock, "now": now}
    mine: dict[str, Any] = {"learner_id": actor.id, "course_id": course_id}
    today = clock.day_of(now)
    found = waiting(session, **whose)
    topics = topic_recall(session, **whose, waiting=found)
    off = days_off(session, **mine, settings=found.settings)
    due = due_by_day(session, **whose, days=max(spreading.CHOICES))
    days = [today + timedelta(days=ahead) for ahead in range(max(spreading.CHOICES))]
    due_later = [0, *(due[day] for day in days[1:])]
    loads = zip(days, due_later, strict=True)
    return TodayView(
        waiting=found,
        history=history(session, **mine, clock=clock, today=today, off=off),
        forecast=forecast_of(due, waiting=found, off=off, today=today, days=FORECAST_DAYS),
        attempt=open_attempt(session, **mine),
        slipping=slipping(topics, found.settings.desired_retention),
        quizzes=quiz_offers(
            session, learner_id=actor.id, course_id=course_id, limit=MAXIMUM_QUIZZES, now=now
        ),
        answers=new_answers(session, **mine),
        offers=offers(session, **whose),
        loads=tuple(None if off.covers(day) else load for day, load in loads),
    )


def slipping(topics: tuple[TopicRecall, ...], target: float) -> tuple[TopicRecall, ...]:
    """Return the topics whose recall is under the target whatever chance did, the worst first."""
    under = [topic for topic in topics if topic.recall.is_measurable and topic.recall.high < target]
    return tuple(sorted(under, key=lambda topic: topic.recall.share)[:MAXIMUM_SLIPPING])
