"""What a learner can practise in a course now, and what they practised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import load_layout
from quizapp.grading.marks import Mark
from quizapp.grading.practice import Choice, Prospect, title
from quizapp.grading.settings import QuizSettings
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import Weights
from quizapp.memory.scheduler import retrievability
from quizapp.models import Attempt, AttemptState, Fact, Memory, Question, Quiz, Status, Topic
from quizapp.policy import Actor, require_learner
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.queue_counts import COURSE, IN_PLAY, LEARNER, parameters
from quizapp.queries.responses import slot_states
from quizapp.questions.registry import GRADABLE

#: How many earlier practices the page lists.
LISTED = 5


@dataclass(frozen=True, slots=True)
class PracticeTopic:
    """A topic with how many of its facts can be asked, were met, and are in the band now."""

    id: int
    key: str
    title: str
    facts: int
    met: int
    in_band: int


@dataclass(frozen=True, slots=True)
class OpenPractice:
    """The practice that the learner has begun; so many of its questions have a response."""

    attempt_id: int
    title: str
    started_at: datetime
    answered: int
    questions: int


@dataclass(frozen=True, slots=True)
class PastPractice:
    """A practice that was handed in."""

    attempt_id: int
    title: str
    submitted_at: datetime
    mark: Mark


@dataclass(frozen=True, slots=True)
class PracticePage:
    """What the page shows before a practice. `topics` are those with something to ask."""

    topics: tuple[PracticeTopic, ...]
    open: OpenPractice | None
    past: tuple[PastPractice, ...]

    @property
    def facts(self) -> int:
        return sum(topic.facts for topic in self.topics)

    @property
    def met(self) -> int:
        return sum(topic.met for topic in self.topics)

    @property
    def in_band(self) -> int:
        return sum(topic.in_band for topic in self.topics)


@dataclass(frozen=True, slots=True)
class Practised:
    """What an earlier practice was, and the facts that it asked."""

    choice: Choice
    facts: frozenset[int]


#: A question that an attempt can ask: learners do not rate themselves there.
_ASKED = sa.and_(
    Question.fact_id == Fact.id,
    Question.status == Status.READY,
    Question.type.in_(GRADABLE),
)
#: Facts that can be asked and are not put aside, with the learner's memory of each.
_PROSPECTS = (
    sa.select(Fact.id, Fact.topic_id, *STATE_COLUMNS)
    .select_from(Fact)
    .outerjoin(Memory, sa.and_(Memory.learner_id == LEARNER, Memory.fact_id == Fact.id))
    .where(
        Fact.course_id == COURSE,
        Fact.status == Status.READY,
        sa.exists().where(_ASKED).correlate(Fact),
        sa.or_(Memory.fact_id.is_(None), IN_PLAY),
    )
)


def prospects(
    session: Session, *, actor: Actor, course_id: int, now: datetime
) -> tuple[Prospect, ...]:
    """Return every fact that practice may ask, with the recall predicted for now.

    Facts that were put aside, for good or until tomorrow, are left out.
    """
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    rows = session.execute(_PROSPECTS, parameters(actor, course_id, clock, now))
    rules = rules_in_force(session, learner_id=actor.id, course_id=course_id)
    return tuple(_prospect(row, clock, now, rules.settings.weights) for row in rows)


def _prospect(row: Any, clock: LearnerClock, now: datetime, weights: Weights | None) -> Prospect:
    state = state_of(row)
    recall = None
    if state.stability is not None:
        recall = retrievability(state, now=now, clock=clock, weights=weights)
    return Prospect(row.id, row.topic_id, state, recall)


def forms_of(session: Session, fact_ids: Collection[int]) -> Mapping[int, Mapping[int, list[int]]]:
    """Return the questions that attempts can ask about each fact, by the rank of their form."""
    rows = session.execute(
        sa.select(Question.id, Question.fact_id, Question.recall)
        .where(
            Question.fact_id.in_(sorted(fact_ids)),
            Question.status == Status.READY,
            Question.type.in_(GRADABLE),
        )
        .order_by(Question.id)
    )
    found: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row.fact_id][row.recall].append(row.id)
    return found


def course_topics(session: Session, course_id: int) -> tuple[Any, ...]:
    """Return id, key and title of the course's topics, in their order."""
    return tuple(
        session.execute(
            sa.select(Topic.id, Topic.key, Topic.title)
            .where(Topic.course_id == course_id)
            .order_by(Topic.position, Topic.id)
        )
    )


def practice_page(session: Session, *, actor: Actor, course_id: int, now: datetime) -> PracticePage:
    """Return what a learner can practise now, what is open, and what was practised lately.

    The topics are counted from the very facts that a draw would see, so that the page promises
    what a practice keeps: whether a fact is in the band hangs on the days of the learner.

    :raises NotFound: the actor does not learn in the course.
    """
    require_learner(actor, course_id)
    counts: defaultdict[int, list[Prospect]] = defaultdict(list)
    for prospect in prospects(session, actor=actor, course_id=course_id, now=now):
        counts[prospect.topic_id].append(prospect)
    topics = tuple(
        _topic(row, counts[row.id]) for row in course_topics(session, course_id) if counts[row.id]
    )
    open_one: OpenPractice | None = None
    past: list[PastPractice] = []
    for row in _attempts(session, actor, course_id):
        if row.state is AttemptState.OPEN:
            open_one = _open(session, actor, row)
        elif row.mark is not None and len(past) < LISTED:
            mark = Mark(row.mark, row.max_mark)
            past.append(PastPractice(row.id, row.title, row.submitted_at, mark))
    return PracticePage(topics, open_one, tuple(past))


def practised(
    session: Session, *, actor: Actor, course_id: int, attempt_id: int
) -> Practised | None:
    """Return what an earlier practice was; None if the learner has no such one in the course.

    Its topics are those it asked about, or all of them where the learner had chosen all.
    """
    row = session.execute(
        sa.select(Attempt.title, Attempt.layout, Attempt.settings)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(
            Attempt.learner_id == actor.id,
            Attempt.id == attempt_id,
            Quiz.course_id == course_id,
            Quiz.is_practice,
        )
    ).one_or_none()
    if row is None:
        return None
    facts = frozenset(laid.fact_id for laid in load_layout(row.layout))
    topics: tuple[str, ...] = ()
    if row.title != title(()):
        asked = sa.select(Fact.topic_id).where(Fact.id.in_(sorted(facts)))
        keys = sa.select(Topic.key).where(Topic.id.in_(asked)).order_by(Topic.position, Topic.id)
        topics = tuple(session.scalars(keys))
    behaviour = QuizSettings.parse(row.settings).behaviour
    return Practised(Choice(topics, len(row.layout), behaviour), facts)


def _topic(row: Any, found: list[Prospect]) -> PracticeTopic:
    return PracticeTopic(
        id=row.id,
        key=row.key,
        title=row.title,
        facts=len(found),
        met=sum(not one.is_new for one in found),
        in_band=sum(one.is_in_band for one in found),
    )


def _attempts(session: Session, actor: Actor, course_id: int) -> Any:
    """Return the newest practices; among them is the open one, for none starts beside it."""
    return session.execute(
        sa.select(
            Attempt.id,
            Attempt.title,
            Attempt.state,
            Attempt.started_at,
            Attempt.submitted_at,
            Attempt.mark,
            Attempt.max_mark,
            sa.case((Attempt.state == AttemptState.OPEN, Attempt.layout)).label("layout"),
        )
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Attempt.learner_id == actor.id, Quiz.course_id == course_id, Quiz.is_practice)
        .order_by(Attempt.number.desc())
        .limit(LISTED + 1)
    ).all()


def _open(session: Session, actor: Actor, row: Any) -> OpenPractice:
    states = slot_states(session, learner_id=actor.id, attempt_id=row.id)
    answered = sum(state.is_answered for state in states.values())
    return OpenPractice(row.id, row.title, row.started_at, answered, len(row.layout))
