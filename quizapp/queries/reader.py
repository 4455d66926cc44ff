"""One text of a course, paragraph by paragraph, with what a learner knows of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.memory import intervals
from quizapp.memory.days import LearnerClock
from quizapp.memory.expected import Expected
from quizapp.memory.mastery import Level, level
from quizapp.memory.state import Phase
from quizapp.models import Citation, Course, Fact, Memory, Passage, Question, Source, Status, Topic
from quizapp.policy import Actor, may_learn, may_read, may_teach
from quizapp.queries.courses import COURSE_INFO, CourseInfo
from quizapp.queries.exams import days_since
from quizapp.queries.known_text import PASSAGE, FactNow, KnownText, known_text
from quizapp.queries.library import SourceRow, source_rows
from quizapp.queries.memory_rows import STATE_COLUMNS, state_of
from quizapp.queries.memory_rules import rules_in_force
from quizapp.queries.spans import Segment, Span, cut

_NO_SOURCE = "There is no such text."


@dataclass(frozen=True, slots=True)
class PassageCard:
    """A fact that a passage proves: what is asked about it, and where the learner stands.

    :param question_id: of the question whose stem it is.
    :param state: "Due in 24 days", "Not started", …; "" for someone who is not a learner.
    :param level: how far the learner's memory of it has come; None where `state` is "".
    :param is_due: it waits for the learner now.
    """

    fact_id: int
    question_id: int
    stem: str
    state: str
    level: Level | None = None
    is_due: bool = False


@dataclass(frozen=True, slots=True)
class PassageTopic:
    """A topic that facts of a passage belong to."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class ReaderPassage:
    """A paragraph, cut where it is cited; `question_count` counts what learners may be asked."""

    key: str
    locator: str
    note: str
    segments: tuple[Segment, ...]
    cards: tuple[PassageCard, ...]
    topics: tuple[PassageTopic, ...]
    question_count: int

    @property
    def is_marked(self) -> bool:
        """Return whether the fact in question rests on words of it."""
        return any(segment.is_marked for segment in self.segments)

    @property
    def due_count(self) -> int:
        return sum(card.is_due for card in self.cards)


@dataclass(frozen=True, slots=True)
class Section:
    """Neighbouring paragraphs under one heading; `anchor` is the key of the first."""

    heading: str
    anchor: str
    passages: tuple[ReaderPassage, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """A text with its paragraphs.

    :param statement: of the fact in question, whose words are marked; "" where there is none, or
        for a reader who is neither learner nor instructor.
    :param known: what the learner would recall of it now, section by section and paragraph by
        paragraph as `sections` are; None for others, and where no card rests on it.
    """

    course: CourseInfo
    source: SourceRow
    sections: tuple[Section, ...]
    question_count: int
    statement: str
    may_learn: bool
    may_teach: bool
    known: KnownText | None = None

    @property
    def noted(self) -> tuple[ReaderPassage, ...]:
        """Return the paragraphs with a note, in their order."""
        return tuple(passage for one in self.sections for passage in one.passages if passage.note)


@dataclass(frozen=True, slots=True)
class _Proof:
    """The words of one fact in a text, by the id of their passage."""

    statement: str = ""
    spans: Mapping[int, tuple[Span, ...]] | None = None


def source_page(
    session: Session,
    *,
    actor: Actor | None,
    source_id: int,
    now: datetime,
    fact_id: int | None = None,
) -> Reader:
    """Return a text, its paragraphs, and what a learner knows of each.

    :param fact_id: mark the words that prove this fact. One that does not rest on this text, or
        that its reader may not know of, is passed over.
    :raises NotFound: there is no such text, or its reader may not know that there is.
    """
    course = _course_of(session, source_id)
    if not may_read(actor, course.id, is_public=course.is_public):
        raise NotFound(_NO_SOURCE)
    learner = actor if actor is not None and may_learn(actor, course.id) else None
    teaches = actor is not None and may_teach(actor, course.id)
    cited = _cited(session, source_id, learner_id=learner.id if learner else None)
    proof = _proof(session, source_id, fact_id, teaches=teaches) if fact_id else _Proof()
    rows = session.execute(_PASSAGES, {"source_id": source_id}).all()
    by_passage: defaultdict[int, list[Any]] = defaultdict(list)
    for row in cited:
        by_passage[row.passage_id].append(row)
    facts = _recalled(session, learner, course.id, cited, now) if learner else {}
    return Reader(
        course=course,
        source=source_rows(session, Source.id == source_id)[0],
        sections=_sections(rows, by_passage, proof, _Reading(learner, now)),
        known=known_text(rows, by_passage, facts) if facts else None,
        question_count=sum({row.fact_id: row.question_count for row in cited}.values()),
        statement=proof.statement if learner or teaches else "",
        may_learn=learner is not None,
        may_teach=teaches,
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """Who reads as a learner, and when."""

    learner: Actor | None
    now: datetime

    def card(self, row: Any) -> PassageCard:
        if self.learner is None:
            return PassageCard(row.fact_id, row.question_id, row.stem, "")
        clock = LearnerClock(self.learner.timezone, self.learner.day_start_hour)
        words = due_words(row, now=self.now, clock=clock)
        reached = level(state_of(row))
        return PassageCard(
            row.fact_id, row.question_id, row.stem, words, reached, words == "Due now"
        )


def _course_of(session: Session, source_id: int) -> CourseInfo:
    row = session.execute(
        COURSE_INFO.join(Source, Source.course_id == Course.id).where(Source.id == source_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_SOURCE)
    return CourseInfo(*row)


def _proof(session: Session, source_id: int, fact_id: int, *, teaches: bool) -> _Proof:
    """Return where a fact rests on a text; drafts are for instructors, retired ones for nobody."""
    rows = session.execute(
        sa.select(Fact.statement, Citation.passage_id, Citation.start, Citation.end)
        .join(Citation, Citation.fact_id == Fact.id)
        .join(Passage, Passage.id == Citation.passage_id)
        .where(
            Fact.id == fact_id,
            Passage.source_id == source_id,
            Citation.lost_at.is_(None),
            Fact.status.in_((Status.READY, Status.DRAFT) if teaches else (Status.READY,)),
        )
    ).all()
    spans: defaultdict[int, tuple[Span, ...]] = defaultdict(tuple)
    for row in rows:
        spans[row.passage_id] += (Span(row.start, row.end),)
    return _Proof(rows[0].statement if rows else "", spans)


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
            Question.id.label("question_id"),
            Question.stem,
            Topic.key.label("topic_key"),
            Topic.title.label("topic_title"),
            asked.c.question_count,
            Memory.is_suspended,
            *STATE_COLUMNS,
        )
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Fact, Fact.id == Citation.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .join(asked, asked.c.fact_id == Fact.id)
        .join(Question, Question.id == asked.c.first_id)
        .outerjoin(Memory, mine)
        .where(Passage.source_id == source_id, Fact.status == Status.READY)
        .order_by(Passage.position, Citation.start, Fact.id)
    ).all()


_PASSAGES = (
    sa.select(*PASSAGE, Passage.text, Passage.note)
    .join(Source, Source.id == Passage.source_id)
    .where(Source.id == sa.bindparam("source_id", type_=sa.Integer))
    .order_by(Passage.position, Passage.id)
)


def _recalled(
    session: Session, learner: Actor, course_id: int, cited: Sequence[Any], now: datetime
) -> dict[int, FactNow]:
    """Return how the learner remembers each of the facts that are cited."""
    rules = rules_in_force(session, learner_id=learner.id, course_id=course_id)
    model = Expected(rules.settings.weights)
    clock = LearnerClock(learner.timezone, learner.day_start_hour)
    rows = list({row.fact_id: row for row in cited}.values())
    days = days_since((row.last_review_at for row in rows), clock, clock.day_of(now))
    return {
        row.fact_id: FactNow(
            model.recall(age, row.stability) if row.stability is not None else 0.0,
            level(state_of(row)) is not Level.NEW,
        )
        for row, age in zip(rows, days, strict=True)
    }


def _sections(
    rows: Sequence[Any],
    by_passage: Mapping[int, Sequence[Any]],
    proof: _Proof,
    reading: _Reading,
) -> tuple[Section, ...]:
    marked = proof.spans or {}
    sections = []
    for heading, group in groupby(rows, key=lambda row: row.heading):
        passages = tuple(
            _passage(row, by_passage.get(row.id, []), marked.get(row.id, ()), reading)
            for row in group
        )
        sections.append(Section(heading, passages[0].key, passages))
    return tuple(sections)


def _passage(
    row: Any, cited: Sequence[Any], marked: Sequence[Span], reading: _Reading
) -> ReaderPassage:
    # A fact that cites two places of one paragraph is one card.
    facts = {citation.fact_id: citation for citation in cited}
    topics = {citation.topic_key: citation.topic_title for citation in cited}
    # Words that were not found again in an edited text mark nothing; their cards stay.
    spans = [Span(citation.start, citation.end) for citation in cited if not citation.lost_at]
    return ReaderPassage(
        key=row.key,
        locator=row.locator,
        note=row.note,
        segments=cut(row.text, spans, marked),
        cards=tuple(reading.card(citation) for citation in facts.values()),
        topics=tuple(PassageTopic(key, title) for key, title in topics.items()),
        question_count=sum(citation.question_count for citation in facts.values()),
    )
