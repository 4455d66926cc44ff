"""One text of a course, paragraph by paragraph, with what a learner knows of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory import intervals
from quizapp.memory.days import LearnerClock
from quizapp.memory.state import Phase
from quizapp.models import Citation, Course, Fact, Memory, Passage, Question, Source, Status
from quizapp.policy import Actor, may_learn, may_read, may_teach
from quizapp.queries.courses import COURSE_INFO, CourseInfo
from quizapp.queries.library import SourceRow, source_rows
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.spans import Segment, Span, cut

_NO_SOURCE = "There is no such text."


@dataclass(frozen=True, slots=True)
class PassageCard:
    """A fact that a passage proves: what is asked about it, and where the learner stands.

    :param state: "Due in 24 days", "Not started", …; "" for someone who is not a learner.
    """

    fact_id: int
    stem: str
    state: str


@dataclass(frozen=True, slots=True)
class ReaderPassage:
    """A paragraph, cut where it is cited; `question_count` counts what learners may be asked."""

    key: str
    locator: str
    note: str
    segments: tuple[Segment, ...]
    cards: tuple[PassageCard, ...]
    question_count: int


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring paragraphs under one heading; `anchor` is the key of the first."""

    heading: str
    anchor: str
    passages: tuple[ReaderPassage, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """A text with its paragraphs."""

    course: CourseInfo
    source: SourceRow
    sections: tuple[Section, ...]
    question_count: int
    may_learn: bool
    may_teach: bool


def source_page(session: Session, *, actor: Actor | None, source_id: int, now: datetime) -> Reader:
    """Return a text, its paragraphs, and what a learner knows of each.

    :raises NotFound: there is no such text, or its reader may not know that there is.
    """
    course = _course_of(session, source_id)
    if not may_read(actor, course.id, is_public=course.is_public):
        raise NotFound(_NO_SOURCE)
    learner = actor if actor is not None and may_learn(actor, course.id) else None
    cited = _cited(session, source_id, learner_id=learner.id if learner else None)
    by_passage: defaultdict[int, list[Any]] = defaultdict(list)
    for row in cited:
        by_passage[row.passage_id].append(row)
    return Reader(
        course=course,
        source=source_rows(session, Source.id == source_id)[0],
        sections=_sections(session, source_id, by_passage, learner, now),
        question_count=sum({row.fact_id: row.question_count for row in cited}.values()),
        may_learn=learner is not None,
        may_teach=actor is not None and may_teach(actor, course.id),
    )


def due_words(row: Any, *, now: datetime, clock: LearnerClock) -> str:
    """Return where a learner stands with a fact, from a row with `STATE_COLUMNS`."""
    if row.is_suspended:
        return "Put aside"
    state = state_of(row)
    if state.due_at is None:
        return "Not started"
    if state.due_at <= now:
        return "Due now"
    if state.phase is Phase.REVIEW:
        days = clock.days_between(now, state.due_at)
        if days <= 1:
            return "Due tomorrow" if days else "Due today"
    return f"Due in {intervals.label_due(now, state.due_at, clock, state.phase)}"


def _course_of(session: Session, source_id: int) -> CourseInfo:
    row = session.execute(
        COURSE_INFO.join(Source, Source.course_id == Course.id).where(Source.id == source_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_SOURCE)
    return CourseInfo(*row)


def _cited(session: Session, source_id: int, *, learner_id: int | None) -> Sequence[Any]:
    """Return a row for each citation of a fact that learners meet, in the order of the text."""
    asked = (
        sa.select(
            Question.fact_id,
            sa.func.min(Question.id).label("first_id"),
            sa.func.count().label("question_count"),
        )
        .where(
            Question.status == Status.READY,
            Question.fact_id.in_(
                sa.select(Citation.fact_id)
                .join(Passage, Passage.id == Citation.passage_id)
                .where(Passage.source_id == source_id)
            ),
        )
        .group_by(Question.fact_id)
        .subquery()
    )
    mine = sa.and_(Memory.fact_id == Fact.id, Memory.learner_id == learner_id)
    return session.execute(
        sa.select(
            Citation.passage_id,
            Citation.start,
            Citation.end,
            Citation.lost_at,
            Fact.id.label("fact_id"),
            Question.stem,
            asked.c.question_count,
            Memory.is_suspended,
            *STATE_COLUMNS,
        )
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Fact, Fact.id == Citation.fact_id)
        .join(asked, asked.c.fact_id == Fact.id)
        .join(Question, Question.id == asked.c.first_id)
        .outerjoin(Memory, mine)
        .where(Passage.source_id == source_id, Fact.status == Status.READY)
        .order_by(Passage.position, Citation.start, Fact.id)
    ).all()


def _sections(
    session: Session,
    source_id: int,
    cited: dict[int, list[Any]],
    learner: Actor | None,
    now: datetime,
) -> tuple[Section, ...]:
    rows = session.execute(
        sa.select(Passage.id, Passage.key, Passage.heading, Passage.locator, Passage.text)
        .add_columns(Passage.note)
        .where(Passage.source_id == source_id)
        .order_by(Passage.position, Passage.id)
    )
    sections = []
    for heading, group in groupby(rows, key=lambda row: row.heading):
        passages = tuple(_passage(row, cited.get(row.id, []), learner, now) for row in group)
        sections.append(Section(heading, passages[0].key, passages))
    return tuple(sections)


def _passage(row: Any, cited: list[Any], learner: Actor | None, now: datetime) -> ReaderPassage:
    clock = LearnerClock(learner.timezone, learner.day_start_hour) if learner else None
    # A fact that cites two places of one paragraph is one card.
    facts = {citation.fact_id: citation for citation in cited}
    return ReaderPassage(
        key=row.key,
        locator=row.locator,
        note=row.note,
        segments=cut(
            row.text,
            [Span(citation.start, citation.end) for citation in cited if not citation.lost_at],
        ),
        cards=tuple(
            PassageCard(
                fact_id,
                citation.stem,
                due_words(citation, now=now, clock=clock) if clock else "",
            )
            for fact_id, citation in facts.items()
        ),
        question_count=sum(citation.question_count for citation in facts.values()),
    )
