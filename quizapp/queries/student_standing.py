"""How one student stands in a course, worked out from what they remember and did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.days import LearnerClock
from quizapp.memory.mastery import Level, level
from quizapp.memory.predictions import MILLION
from quizapp.memory.quarters import start_of_quarter
from quizapp.memory.spreading import is_behind
from quizapp.memory.state import Phase
from quizapp.models import Attempt, Exam, QuarterTotal, Quiz, Review, Role
from quizapp.policy import Actor
from quizapp.queries.accounts import actor_for_id
from quizapp.queries.history import LATELY, History, Totals, history, monday
from quizapp.queries.known_facts import KnownFact, known_facts
from quizapp.queries.queue_counts import COURSE, LEARNER, first_id_at, waiting
from quizapp.queries.today import LEAST_USUAL_CARDS
from quizapp.queries.topic_recall import tests_by_topic

WEEKS = 12
#: Whoever did nothing for so long has gone quiet; a week is also what "active" means.
QUIET_DAYS = 7
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sums:
    """What facts add up to; as the columns of `models.TopicStanding`."""

    facts: int = 0
    met: int = 0
    known_well: int = 0
    expected: int = 0
    tested: int = 0
    recalled: int = 0


@dataclass(frozen=True, slots=True)
class StudentStanding:
    """How a student stands.

    :param columns: the other columns of `models.CourseStanding` by name.
    """

    learner_id: int
    course_id: int
    total: Sums
    topics: Mapping[int, Sums]
    columns: Mapping[str, Any]


def student_standing(
    session: Session, *, learner_id: int, course_id: int, now: datetime
) -> StudentStanding | None:
    """Return how a student stands now; None if they are none of the course."""
    actor = actor_for_id(session, learner_id)
    if actor is None or actor.roles.get(course_id) is not Role.STUDENT:
        return None
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    mine: dict[str, Any] = {"learner_id": learner_id, "course_id": course_id}
    found = waiting(session, actor=actor, course_id=course_id, clock=clock, now=now)
    year = history(session, **mine, clock=clock, today=clock.day_of(now))
    facts = known_facts(session, **mine, clock=clock, weights=found.settings.weights, now=now)
    topics = _topics(facts, _tests(session, mine, clock, now))
    usual = max(year.usual_day, LEAST_USUAL_CARDS)
    return StudentStanding(
        learner_id,
        course_id,
        total=_added(topics.values(), year.lately),
        topics=topics,
        columns={
            "as_of": now,
            "waiting": found.overdue + found.to_relearn,
            "is_behind": not found.paused_until and is_behind(found.overdue, usual),
            "target": found.settings.desired_retention,
            "paused_until": found.paused_until,
            "weeks": _weeks(year),
            **_activity(session, mine, now),
            **_exam(session, actor, mine, clock.day_of(now)),
        },
    )


def _topics(facts: Sequence[KnownFact], tests: Mapping[int, tuple[int, int]]) -> dict[int, Sums]:
    by_topic: defaultdict[int, list[KnownFact]] = defaultdict(list)
    for fact in facts:
        by_topic[fact.topic_id].append(fact)
    return {
        topic_id: Sums(
            facts=len(known),
            met=sum(fact.state.phase is not Phase.NEW for fact in known),
            known_well=sum(level(fact.state) is Level.MATURE for fact in known),
            expected=sum(round(fact.recall * MILLION) for fact in known),
            tested=tests.get(topic_id, (0, 0))[0],
            recalled=tests.get(topic_id, (0, 0))[1],
        )
        for topic_id, known in by_topic.items()
    }


def _added(several: Iterable[Sums], lately: Totals) -> Sums:
    """Return what topics come to; tests are the learner's own, of facts too that are asked no more.

    So the recall of a student here is the one that they read themselves.
    """
    parts = [(one.facts, one.met, one.known_well, one.expected) for one in several]
    sums = (sum(column) for column in zip(*parts, strict=True))
    return replace(Sums(*sums), tested=lately.tested, recalled=lately.recalled)


_TESTS = tests_by_topic()


def _tests(
    session: Session, mine: Mapping[str, Any], clock: LearnerClock, now: datetime
) -> dict[int, tuple[int, int]]:
    """Return by topic how much was tested lately, and recalled."""
    first = clock.start_of(clock.day_of(now) - timedelta(days=LATELY - 1))
    since = {"since_id": first_id_at(first)}
    rows = session.execute(_TESTS, {**mine, **since})
    return {row.topic_id: (int(row.tested), int(row.recalled)) for row in rows}


#: What the ids of reviews grow by in a quarter of an hour.
_IDS = sa.literal(first_id_at(start_of_quarter(1)), sa.BigInteger)
#: Where the learner's last review in the course is; their log may be long, and of another course.
_LAST_QUARTER = (
    sa.select(sa.cast(sa.func.max(QuarterTotal.quarter), sa.BigInteger) * _IDS)
    .where(
        QuarterTotal.learner_id == LEARNER,
        QuarterTotal.course_id == COURSE,
        QuarterTotal.reviews > 0,
    )
    .scalar_subquery()
)


def _last_review(*within: Any) -> Any:
    return (
        sa.select(Review.at)
        .where(
            Review.learner_id == LEARNER,
            Review.course_id == COURSE,
            Review.undone_at.is_(None),
            *within,
        )
        .order_by(Review.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _first_id(name: str) -> Any:
    return sa.bindparam(name, type_=sa.BigInteger)


_ACTIVITY = sa.select(
    _last_review(Review.id >= _LAST_QUARTER).label("reviewed"),
    _last_review(Review.id >= _first_id("week_id"), Review.id < _first_id("end_id")).label(
        "reviewed_before"
    ),
)
_ATTEMPTS = (
    sa.select(Attempt.started_at, Attempt.submitted_at)
    .join(Quiz, Quiz.id == Attempt.quiz_id)
    .where(Attempt.learner_id == LEARNER, Quiz.course_id == COURSE)
)


def _activity(session: Session, mine: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return when the student last did anything, and whether in the week before this one."""
    began = now - timedelta(days=QUIET_DAYS)
    week = {"week_id": first_id_at(began - _WEEK), "end_id": first_id_at(began)}
    row = session.execute(_ACTIVITY, {**mine, **week}).one()
    moments = [row.reviewed, row.reviewed_before]
    for attempt in session.execute(_ATTEMPTS, dict(mine)):
        moments += [attempt.started_at, attempt.submitted_at]
    known = [at for at in moments if at is not None]
    return {
        "last_active_at": max(known, default=None),
        "was_active": any(began - _WEEK <= at < began for at in known),
    }


def _exam(session: Session, actor: Actor, mine: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return what the student studies for, if that is to come and was planned."""
    row = session.execute(
        sa.select(Exam.day, Exam.target, Exam.outlook).where(
            Exam.learner_id == actor.id, Exam.course_id == mine["course_id"], Exam.day >= today
        )
    ).one_or_none()
    if row is None:
        return {"exam_day": None, "exam_target": None, "exam_share": None}
    share = row.outlook["studied"][-1] if row.outlook else None
    return {"exam_day": row.day, "exam_target": row.target, "exam_share": share}


def _weeks(year: History) -> dict[str, list[int]]:
    """Return reviews, tests and recalls of the last weeks, by the Monday that each begins on."""
    this_week = monday(year.today)
    weeks: defaultdict[date, Totals] = defaultdict(Totals)
    for day, total in year.days.items():
        if monday(day) > this_week - WEEKS * _WEEK:
            weeks[monday(day)] += total
    return {
        first.isoformat(): [total.reviews, total.tested, total.recalled]
        for first, total in sorted(weeks.items())
    }
