"""What a learner remembers of a course, and how that has gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.leeches import is_leech
from quizapp.memory.mastery import Level
from quizapp.memory.state import Phase
from quizapp.policy import Actor, require_learner
from quizapp.queries.calibration import Calibration, calibration
from quizapp.queries.exams import ExamView, exam_view
from quizapp.queries.forecast import ForecastDay, forecast
from quizapp.queries.history import DAYS, LATELY, History, Totals, first_day, history, hours
from quizapp.queries.known_facts import (
    HardFact,
    KnownFact,
    Standing,
    hardest,
    known_facts,
    levels_by_topic,
    standing,
)
from quizapp.queries.known_text import FactNow, KnownText, known_texts
from quizapp.queries.month_ago import states_at
from quizapp.queries.pauses import days_off
from quizapp.queries.periods import USUAL, Period, Stretch, stretches
from quizapp.queries.queue_counts import Waiting, waiting
from quizapp.queries.quiz_history import PastAttempt, past_attempts
from quizapp.queries.topic_recall import TopicRecall, topic_recall

FORECAST_DAYS = 30
#: So many of the newest attempts are looked at, whatever the period.
MAXIMUM_ATTEMPTS = 40


@dataclass(frozen=True, slots=True)
class TopicMastery:
    """A topic with its facts by level, and what was recalled of it lately."""

    topic: TopicRecall
    levels: Counter[Level]

    @property
    def facts(self) -> int:
        return self.levels.total()

    @property
    def known_well(self) -> int:
        return self.levels[Level.MATURE]


@dataclass(frozen=True, slots=True)
class Suspended:
    """A fact that the learner put aside."""

    fact_id: int
    statement: str


@dataclass(frozen=True, slots=True)
class ProgressView:
    """Everything on the progress page.

    :param history: the year up to today. :param past: weeks or months of the period.
    :param hours: 24 totals of the period, from midnight by the clock on the wall.
    :param then: the memories a month ago; None if nothing was met by then, or it is not known.
    :param attempts: the newest first, whatever the period.
    """

    today: date
    period: Period
    waiting: Waiting
    history: History
    past: tuple[Stretch, ...]
    hours: tuple[Totals, ...]
    calibration: Calibration
    forecast: tuple[ForecastDay, ...]
    topics: tuple[TopicMastery, ...]
    standing: Standing
    then: Standing | None
    texts: tuple[KnownText, ...]
    hardest: tuple[HardFact, ...]
    suspended: tuple[Suspended, ...]
    attempts: tuple[PastAttempt, ...]
    exam: ExamView | None

    @property
    def facts(self) -> int:
        return sum(topic.facts for topic in self.topics)

    @property
    def known_well(self) -> int:
        return self.standing.known_well

    @property
    def stabilities(self) -> tuple[float, ...]:
        return self.standing.stabilities

    @property
    def memory_life(self) -> float | None:
        return self.standing.memory_life

    @property
    def totals(self) -> Totals:
        """Return what was done in the whole period."""
        return sum((stretch.totals for stretch in self.past), Totals())

    def is_leech(self, fact: HardFact) -> bool:
        """Return whether the learner's settings call a fact one that will not stick."""
        return is_leech(fact.lapses, threshold=self.waiting.settings.leech_threshold)

    @property
    def is_recall_measurable(self) -> bool:
        """Return whether enough was tested in the period to draw recall over it."""
        return self.totals.recall.is_measurable


def progress_view(
    session: Session, *, learner: Actor, course_id: int, now: datetime, period: Period = USUAL
) -> ProgressView:
    """Return a learner's progress in a course, as far back as `period` looks.

    Whether somebody else may see it is asked by the caller, before.

    :raises NotFound: the learner is not in the course.
    """
    require_learner(learner, course_id)
    clock = LearnerClock(learner.timezone, learner.day_start_hour)
    mine: dict[str, Any] = {"learner_id": learner.id, "course_id": course_id}
    whose: dict[str, Any] = {"actor": learner, "course_id": course_id, "clock": clock, "now": now}
    today = clock.day_of(now)
    found = waiting(session, **whose)
    facts = known_facts(session, **mine, clock=clock, weights=found.settings.weights, now=now)
    topics, levels = topic_recall(session, **whose, waiting=found), levels_by_topic(facts)
    off = days_off(session, **mine, settings=found.settings)
    ago: dict[str, Any] = {**mine, "clock": clock, "today": today}
    first = period.first_day(today) or first_day(session, **ago)
    # A year at least, which holds every shorter period.
    past = history(session, **ago, off=off, first=min(first, today - timedelta(days=DAYS - 1)))
    return ProgressView(
        today=today,
        period=period,
        waiting=found,
        history=past.since(today - timedelta(days=DAYS - 1)),
        past=stretches(past, period),
        hours=hours(session, **ago, first=first),
        calibration=calibration(session, **mine, since=period.first_day(today)),
        forecast=forecast(session, **whose, waiting=found, off=off, days=FORECAST_DAYS),
        topics=tuple(TopicMastery(t, levels[t.id]) for t in topics if t.id in levels),
        standing=standing(fact.state for fact in facts),
        then=_a_month_ago(session, mine, facts, clock.start_of(today - timedelta(days=LATELY))),
        texts=known_texts(session, course_id=course_id, facts=_now(facts)),
        hardest=hardest(session, facts),
        suspended=tuple(Suspended(f.id, f.suspended) for f in facts if f.suspended is not None),
        attempts=past_attempts(session, **mine, limit=MAXIMUM_ATTEMPTS, now=now),
        exam=exam_view(session, actor=learner, course_id=course_id),
    )


def _a_month_ago(
    session: Session, mine: dict[str, Any], facts: Sequence[KnownFact], since: datetime
) -> Standing | None:
    known = {fact.id: fact.state for fact in facts}
    states = states_at(session, **mine, since=since, now_known=known)
    then = standing(states.values()) if states else None
    return then if then and then.met else None


def _now(facts: Sequence[KnownFact]) -> dict[int, FactNow]:
    return {fact.id: FactNow(fact.recall, fact.state.phase is not Phase.NEW) for fact in facts}
