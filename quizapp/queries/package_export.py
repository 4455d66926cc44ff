"""A course as cards for a package, with or without what one learner remembers of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.formats.anki_package import sides
from quizapp.formats.anki_package.notes import Calendar
from quizapp.formats.anki_package.scheduling import schedule_of
from quizapp.formats.anki_package.writer import (
    Frame,
    Remembered,
    WrittenCard,
    deck_name,
    guid_of,
)
from quizapp.memory.days import LearnerClock
from quizapp.memory.model import DEFAULT_WEIGHTS
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState, Phase
from quizapp.models import (
    Fact,
    Memory,
    Question,
    Review,
    Revision,
    Status,
    Topic,
    to_millis,
)
from quizapp.policy import Actor
from quizapp.queries.courses import CourseInfo
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.own_rows import unshown_attempts
from quizapp.queries.package_log import Owner, Told, told_memories
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.questions.registry import TYPES

#: So many facts are read at once.
BATCH = 100


@dataclass(frozen=True, slots=True)
class Exported:
    """What a package is made of.

    :param learner_id: whose memories go with it; None for the cards alone.
    :param unshown: their attempts whose results they may not see yet: cards are told as they
        were before those, as a rating says how the question was answered.
    """

    course: CourseInfo
    learner_id: int | None
    unshown: frozenset[int]
    clock: LearnerClock
    settings: MemorySettings
    calendar: Calendar
    created: datetime

    def frame(self) -> Frame:
        offset = self.created.astimezone(ZoneInfo(self.clock.zone)).utcoffset() or timedelta()
        return Frame(
            deck=deck_name(self.course.title),
            created=self.created,
            minutes_west=-int(offset.total_seconds() // 60),
            calendar=self.calendar,
            retention=self.settings.desired_retention,
            weights=self.settings.weights,
        )


def plan_export(
    session: Session, *, actor: Actor, course: CourseInfo, with_memory: bool, now: datetime
) -> Exported:
    """Return how a course is exported for a member of it: by their days and their settings."""
    clock = LearnerClock(actor.timezone, actor.day_start_hour)
    rules = rules_in_force(session, learner_id=actor.id, course_id=course.id)
    zero = clock.day_of(now)
    if with_memory:
        zero = min(zero, *_first_days(session, actor.id, course.id, clock, zero))
    return Exported(
        course=course,
        learner_id=actor.id if with_memory else None,
        unshown=_unshown(session, actor, now) if with_memory else frozenset(),
        clock=clock,
        settings=rules.settings,
        calendar=Calendar(zero, actor.day_start_hour),
        created=clock.start_of(zero),
    )


def _unshown(session: Session, actor: Actor, now: datetime) -> frozenset[int]:
    return frozenset(unshown_attempts(session, learner_id=actor.id, now=now))


def fact_ids(session: Session, course_id: int) -> list[int]:
    """Return the facts that have a question to ask, in the order in which they are met."""
    asked = sa.exists().where(Question.fact_id == Fact.id, Question.status == Status.READY)
    found = (
        sa.select(Fact.id)
        .where(Fact.course_id == course_id, Fact.status == Status.READY, asked)
        .order_by(Fact.position, Fact.id)
    )
    return list(session.scalars(found))


def written_cards(session: Session, exported: Exported) -> Iterator[WrittenCard]:
    """Yield the cards of a course, one for each fact, in their order."""
    facts = fact_ids(session, exported.course.id)
    for start in range(0, len(facts), BATCH):
        some = facts[start : start + BATCH]
        found = cards_of(session, exported, some, first=start + 1)
        yield from (found[fact] for fact in some if fact in found)


def cards_of(
    session: Session, exported: Exported, facts: Sequence[int], *, first: int = 1
) -> dict[int, WrittenCard]:
    """Return the cards of some facts by their ids.

    :param first: place of the first of them among new cards.
    """
    rows = _questions(session, facts)
    citations = citations_for(session, facts)
    told = _told(session, exported, facts)
    return {
        fact: _card(
            exported,
            rows[fact],
            citations.get(fact, ()),
            told.get(fact, Told()),
            place=place,
        )
        for place, fact in enumerate(facts, first)
        if fact in rows
    }


def _card(
    exported: Exported,
    row: Any,
    citations: tuple[CitedPassage, ...],
    told: Told,
    *,
    place: int,
) -> WrittenCard:
    kind = TYPES[row.type]
    content = kind.parse(row.content)
    cited = citations[0].excerpt() if citations else None
    memory = told.memory
    schedule = schedule_of(
        memory.state,
        is_suspended=memory.is_suspended,
        place=place,
        calendar=exported.calendar,
        clock=exported.clock,
        settings=exported.settings,
    )
    return WrittenCard(
        guid=guid_of(exported.course.slug, row.key),
        fields=(
            sides.front(kind, content),
            sides.back(kind, content),
            sides.passage(cited.before, cited.exact, cited.after) if cited else "",
            _source(cited) if cited else "",
            row.key,
        ),
        deck=deck_name(exported.course.title, row.title),
        tags=(row.topic, *row.tags),
        schedule=schedule,
        memory=_remembered(memory.state, exported.settings),
        answers=told.answers,
    )


def _source(cited: CitedPassage) -> str:
    told = (cited.source_title, cited.heading, cited.locator)
    return sides.passage(", ".join(part for part in told if part), "", "")


def _questions(session: Session, facts: Sequence[int]) -> dict[int, Any]:
    """Return of each fact the question that asks most of the memory."""
    found = (
        sa.select(
            Fact.id,
            Fact.key,
            Topic.key.label("topic"),
            Topic.title,
            Question.tags,
            Revision.type,
            Revision.content,
        )
        .join(Topic, Topic.id == Fact.topic_id)
        .join(Question, Question.fact_id == Fact.id)
        .join(
            Revision,
            sa.and_(
                Revision.question_id == Question.id,
                Revision.number == Question.current_number,
            ),
        )
        .where(Fact.id.in_(facts), Question.status == Status.READY)
        .order_by(Question.recall, Question.id.desc())
    )
    return {row.id: row for row in session.execute(found)}


def _told(session: Session, exported: Exported, facts: Sequence[int]) -> dict[int, Told]:
    if exported.learner_id is None:
        return {}
    owner = Owner(
        learner_id=exported.learner_id,
        course_id=exported.course.id,
        weights=exported.settings.weights,
        unshown=exported.unshown,
    )
    return told_memories(session, owner, facts)


def _remembered(state: MemoryState, settings: MemorySettings) -> Remembered | None:
    if state.stability is None or state.difficulty is None or state.last_review_at is None:
        return None
    return Remembered(
        stability=state.stability,
        difficulty=state.difficulty,
        retention=settings.desired_retention,
        decay=(settings.weights or DEFAULT_WEIGHTS)[-1],
        last_review=to_millis(state.last_review_at) // 1_000,
        reps=state.reps,
        lapses=state.lapses,
    )


def _first_days(
    session: Session, learner_id: int, course_id: int, clock: LearnerClock, today: date
) -> tuple[date, date]:
    """Return the first day on which something is due, and the first on which it was reviewed."""
    due = sa.select(sa.func.min(Memory.due_at)).where(
        Memory.learner_id == learner_id,
        Memory.course_id == course_id,
        Memory.phase != Phase.NEW.value,
    )
    reviewed = sa.select(sa.func.min(Review.at)).where(
        Review.learner_id == learner_id, Review.course_id == course_id
    )
    row = session.execute(
        sa.select(due.scalar_subquery().label("due"), reviewed.scalar_subquery().label("reviewed"))
    ).one()
    due_on, reviewed_on = (clock.day_of(at) if at else today for at in row)
    return due_on, reviewed_on
