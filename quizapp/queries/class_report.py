"""What the standings of a course's students add up to, and nothing that gives one of them away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.predictions import MILLION
from quizapp.models import (
    ClassReport,
    CourseStanding,
    Enrolment,
    Memory,
    Role,
    Topic,
    TopicStanding,
    from_millis,
    to_millis,
)
from quizapp.queries.history import Recall
from quizapp.queries.student_standing import QUIET_DAYS, WEEKS

#: Of a topic: expected, facts, tested, recalled.
TopicSums = tuple[int, int, int, int]
_NO_SUMS: TopicSums = (0, 0, 0, 0)
#: A figure of fewer students would say what one of them did to whoever knows the others.
SMALLEST = 5
MOST_FACTS = 6
#: So many students' memories are read for the hardest facts.
SAMPLE = 100
#: Reading them takes longest of all, and they change slowly.
FACTS_EVERY = timedelta(hours=1)
#: Fewer reviews of a fact, by all together, say nothing of it.
_LEAST_REVIEWS = 10


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the class. Where fewer than `SMALLEST` were active, only that is known.

    :param first: its Monday. :param active: students with a review; None if too few.
    :param tested: 0 too where fewer than `SMALLEST` were tested.
    """

    first: date
    active: int | None
    tested: int = 0
    recalled: int = 0

    @property
    def recall(self) -> Recall:
        return Recall(self.tested, self.recalled)


@dataclass(frozen=True, slots=True)
class HardFact:
    """A fact that the class forgets often."""

    fact_id: int
    reviews: int
    lapses: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a class comes to.

    :param students: with a standing. All that follows is empty where they are too few to tell.
    :param active: in the last seven days; :param was_active: in the seven before.
    :param tested: in the last 30 days; 0 where too few students were.
    :param topics: by id, chances of recall in millionths; the tests of a topic are 0 where too few
        students were tested on it.
    :param target: what the student in the middle aims for.
    :param looked_at: of how many students the hardest facts are.
    """

    as_of: datetime
    facts_at: datetime
    students: int
    active: int = 0
    was_active: int = 0
    tested: int = 0
    recalled: int = 0
    waiting: int = 0
    target: float = 0.0
    topics: Mapping[int, TopicSums] | None = None
    weeks: tuple[Week, ...] = ()
    hardest: tuple[HardFact, ...] = ()
    looked_at: int = 0

    @property
    def is_told(self) -> bool:
        """Return whether there are students enough for figures of the class."""
        return self.students >= SMALLEST

    @property
    def recall(self) -> Recall:
        return Recall(self.tested, self.recalled)

    @property
    def waiting_each(self) -> int:
        return round(self.waiting / self.students) if self.students else 0

    def mastery(self, topic_id: int) -> float | None:
        """Return the share of a topic's facts that the class would recall; None if unknown."""
        expected, facts, *_ = (self.topics or {}).get(topic_id, _NO_SUMS)
        return expected / facts / MILLION if facts else None

    def recall_of(self, topic_id: int) -> Recall:
        """Return what the class recalled of a topic in the last 30 days."""
        *_, tested, recalled = (self.topics or {}).get(topic_id, _NO_SUMS)
        return Recall(tested, recalled)

    def dump(self) -> dict[str, Any]:
        """Return a JSON-ready mapping that `load` reads back."""
        told = asdict(self) | {
            "as_of": to_millis(self.as_of),
            "facts_at": to_millis(self.facts_at),
            "topics": {str(key): list(value) for key, value in (self.topics or {}).items()},
        }
        told["weeks"] = [asdict(week) | {"first": week.first.isoformat()} for week in self.weeks]
        return told

    @classmethod
    def load(cls, stored: Mapping[str, Any]) -> Report:
        """Return what `dump` wrote, also by a version that kept more."""
        weeks = (
            Week(**{**week, "first": date.fromisoformat(week["first"])}) for week in stored["weeks"]
        )
        read = {
            "as_of": from_millis(stored["as_of"]),
            "facts_at": from_millis(stored["facts_at"]),
            "topics": {int(topic): tuple(sums) for topic, sums in stored["topics"].items()},
            "weeks": tuple(weeks),
            "hardest": tuple(HardFact(**_known(HardFact, fact)) for fact in stored["hardest"]),
        }
        return cls(**_known(cls, {**stored, **read}))


def _known(kind: Any, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a stored mapping the kind has a field for."""
    return {one.name: stored[one.name] for one in fields(kind)}


def stored_report(session: Session, *, course_id: int) -> Report | None:
    """Return what the job kept last; None before the first."""
    figures = session.scalar(
        sa.select(ClassReport.figures).where(ClassReport.course_id == course_id)
    )
    return Report.load(figures) if figures else None


def class_report(session: Session, *, course_id: int, now: datetime) -> Report:
    """Return what the standings of the students come to; it reads them all."""
    rows = session.execute(_STANDINGS, {"course_id": course_id}).all()
    if len(rows) < SMALLEST:
        return Report(as_of=now, facts_at=now, students=len(rows))
    began = now - timedelta(days=QUIET_DAYS)
    tested = [row for row in rows if row.tested]
    is_told = len(tested) >= SMALLEST
    facts_at, looked_at, hardest = _facts(session, course_id, now)
    return Report(
        as_of=now,
        facts_at=facts_at,
        students=len(rows),
        active=sum(_is_since(row.last_active_at, began) for row in rows),
        was_active=sum(row.was_active for row in rows),
        tested=sum(row.tested for row in tested) if is_told else 0,
        recalled=sum(row.recalled for row in tested) if is_told else 0,
        waiting=sum(row.waiting for row in rows),
        target=median(row.target for row in rows),
        topics=_topics(session, course_id),
        weeks=weeks_of((row.weeks for row in rows), now.date()),
        hardest=hardest,
        looked_at=looked_at,
    )


def weeks_of(several: Iterable[Mapping[str, Sequence[int]]], today: date) -> tuple[Week, ...]:
    """Return the last weeks of all students together, the oldest first.

    Weeks before the first in which enough of them were active are left out.
    """
    active: Counter[date] = Counter()
    asked: Counter[date] = Counter()
    tested: Counter[date] = Counter()
    recalled: Counter[date] = Counter()
    for weeks in several:
        for monday, (reviews, tests, recalls) in weeks.items():
            first = date.fromisoformat(monday)
            active[first] += reviews > 0
            asked[first] += tests > 0
            tested[first] += tests
            recalled[first] += recalls
    latest = today - timedelta(days=today.weekday())
    mondays = [latest - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    found: list[Week] = []
    for first in mondays:
        number = active[first] if active[first] >= SMALLEST else None
        is_told = asked[first] >= SMALLEST  # nobody is tested without being active
        sums = (tested[first], recalled[first]) if is_told else ()
        found.append(Week(first, number, *sums))
    while found and found[0].active is None:
        found.pop(0)
    return tuple(found)


_OF_COURSE = sa.bindparam("course_id", type_=sa.Integer)
_IS_STUDENT = sa.and_(
    Enrolment.user_id == CourseStanding.learner_id,
    Enrolment.course_id == CourseStanding.course_id,
    Enrolment.role == Role.STUDENT,
)
_STANDINGS = (
    sa.select(
        CourseStanding.tested,
        CourseStanding.recalled,
        CourseStanding.waiting,
        CourseStanding.last_active_at,
        CourseStanding.was_active,
        CourseStanding.target,
        CourseStanding.weeks,
    )
    .join(Enrolment, _IS_STUDENT)
    .where(CourseStanding.course_id == _OF_COURSE)
)


def _topics(session: Session, course_id: int) -> dict[int, TopicSums]:
    is_tested = sa.case((TopicStanding.tested > 0, 1), else_=0)
    rows = session.execute(
        sa.select(
            TopicStanding.topic_id,
            sa.func.sum(TopicStanding.expected).label("expected"),
            sa.func.sum(TopicStanding.facts).label("facts"),
            sa.func.sum(TopicStanding.tested).label("tested"),
            sa.func.sum(TopicStanding.recalled).label("recalled"),
            sa.func.sum(is_tested).label("learners"),
        )
        .join(Topic, Topic.id == TopicStanding.topic_id)
        .join(CourseStanding, CourseStanding.learner_id == TopicStanding.learner_id)
        .join(Enrolment, _IS_STUDENT)
        .where(Topic.course_id == course_id, CourseStanding.course_id == course_id)
        .group_by(TopicStanding.topic_id)
        # A topic that is new is known of some students before it is of all.
        .having(sa.func.count() >= SMALLEST)
    )
    return {row.topic_id: _sums(row) for row in rows}


def _sums(row: Any) -> TopicSums:
    is_told = row.learners >= SMALLEST
    tests = (int(row.tested), int(row.recalled)) if is_told else (0, 0)
    return int(row.expected), int(row.facts), *tests


def _facts(
    session: Session, course_id: int, now: datetime
) -> tuple[datetime, int, tuple[HardFact, ...]]:
    """Return the hardest facts, those of the last report where that is new enough."""
    last = stored_report(session, course_id=course_id)
    if last is not None and last.is_told and last.facts_at > now - FACTS_EVERY:
        return last.facts_at, last.looked_at, last.hardest
    some = list(
        session.scalars(
            sa.select(CourseStanding.learner_id)
            .join(Enrolment, _IS_STUDENT)
            .where(CourseStanding.course_id == course_id, CourseStanding.met > 0)
            # Whoever did something last is asked: what they forget, they forget now.
            .order_by(CourseStanding.last_active_at.desc(), CourseStanding.learner_id)
            .limit(SAMPLE)
        )
    )
    lapses, reviews = sa.func.sum(Memory.lapses), sa.func.sum(Memory.reps)
    rows = session.execute(
        sa.select(
            Memory.fact_id,
            reviews.label("reviews"),
            lapses.label("lapses"),
        )
        .where(Memory.learner_id.in_(some), Memory.course_id == course_id, Memory.reps > 0)
        .group_by(Memory.fact_id)
        .having(sa.func.count() >= SMALLEST, reviews >= _LEAST_REVIEWS, lapses > 0)
        .order_by((sa.cast(lapses, sa.Double) / reviews).desc(), Memory.fact_id)
        .limit(MOST_FACTS)
    )
    hardest = (HardFact(row.fact_id, int(row.reviews), int(row.lapses)) for row in rows)
    return now, len(some), tuple(hardest)


def _is_since(at: datetime | None, began: datetime) -> bool:
    return at is not None and at >= began
