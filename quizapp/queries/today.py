"""What the day's page shows: what waits, how it goes, what comes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.policy import Actor, require_learner
from quizapp.queries.answered import NewAnswer, new_answers
from quizapp.queries.forecast import ForecastDay, forecast
from quizapp.queries.history import History, history
from quizapp.queries.queue_counts import Waiting, waiting
from quizapp.queries.quiz_history import OpenAttempt, QuizOffer, open_attempt, quiz_offers
from quizapp.queries.topic_recall import TopicRecall, topic_recall

FORECAST_DAYS = 14
MAXIMUM_QUIZZES = 4
MAXIMUM_SLIPPING = 3


@dataclass(frozen=True, slots=True)
class TodayView:
    """The learner's day in one course.

    :param slipping: topics that are certainly recalled less often than the learner aims for.
    """

    waiting: Waiting
    history: History
    forecast: tuple[ForecastDay, ...]
    attempt: OpenAttempt | None
    slipping: tuple[TopicRecall, ...]
    quizzes: tuple[QuizOffer, ...]
    answers: tuple[NewAnswer, ...] = ()

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
    found = waiting(session, actor=actor, course_id=course_id, clock=clock, now=now)
    topics = topic_recall(session, actor=actor, course_id=course_id, clock=clock, now=now)
    return TodayView(
        waiting=found,
        history=history(session, learner_id=actor.id, course_id=course_id, today=clock.day_of(now)),
        forecast=forecast(
            session,
            actor=actor,
            course_id=course_id,
            clock=clock,
            waiting=found,
            now=now,
            days=FORECAST_DAYS,
        ),
        attempt=open_attempt(session, learner_id=actor.id, course_id=course_id),
        slipping=slipping(topics, found.settings.desired_retention),
        quizzes=quiz_offers(
            session,
            learner_id=actor.id,
            course_id=course_id,
            limit=MAXIMUM_QUIZZES,
            now=now,
        ),
        answers=new_answers(session, learner_id=actor.id, course_id=course_id),
    )


def slipping(topics: tuple[TopicRecall, ...], target: float) -> tuple[TopicRecall, ...]:
    """Return the topics whose recall is under the target whatever chance did, the worst first."""
    under = [topic for topic in topics if topic.recall.is_measurable and topic.recall.high < target]
    return tuple(sorted(under, key=lambda topic: topic.recall.share)[:MAXIMUM_SLIPPING])
