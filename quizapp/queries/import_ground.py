"""What a course has that a file of questions may be about; read once, before a plan is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.digest import digest
from quizapp.models import (
    Citation,
    Fact,
    Passage,
    Question,
    QuestionOrigin,
    Revision,
    Source,
    Status,
    Topic,
)

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for: names of questions, digests of contents, and keys of facts."""

    origins: Collection[str]
    keys: Collection[str]
    digests: Collection[str]
    facts: Collection[str]
    passages: bool


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question as it stands; `content` is what `TYPES[type].parse` reads."""

    id: int
    key: str
    type: str
    content: dict[str, Any]
    sha256: str
    status: Status
    tags: tuple[str, ...]
    number: int
    updated_at: datetime
    fact_id: int


@dataclass(frozen=True, slots=True)
class KnownCitation:
    """Words that prove a fact; `start` counts only where they are not lost."""

    passage_id: int
    start: int
    exact: str
    is_lost: bool


@dataclass(frozen=True, slots=True)
class KnownFact:
    id: int
    key: str
    statement: str
    note: str
    record: str
    status: Status
    topic_key: str
    citations: tuple[KnownCitation, ...]

    @property
    def is_proved(self) -> bool:
        return any(not one.is_lost for one in self.citations)

    @property
    def sha256(self) -> str:
        """Return the digest of all that an import may change of it."""
        cited = [[one.passage_id, one.start, one.exact, one.is_lost] for one in self.citations]
        said = [self.statement, self.note, self.record, self.status.value, self.topic_key]
        return digest({"said": said, "cited": cited})


@dataclass(frozen=True, slots=True)
class KnownTopic:
    id: int
    key: str
    title: str


@dataclass(frozen=True, slots=True)
class KnownPassage:
    id: int
    key: str
    source: str
    text: str


@dataclass(slots=True)
class Ground:
    """The part of a course that a file may be about.

    :param origins: name in files → question id, and the digest of what a file stated last.
    """

    topics: tuple[KnownTopic, ...] = ()
    questions: dict[int, KnownQuestion] = field(default_factory=dict)
    by_key: dict[str, int] = field(default_factory=dict)
    by_digest: dict[str, int] = field(default_factory=dict)
    origins: dict[str, tuple[int, str]] = field(default_factory=dict)
    facts: dict[int, KnownFact] = field(default_factory=dict)
    facts_by_key: dict[str, int] = field(default_factory=dict)
    passages: dict[str, list[KnownPassage]] = field(default_factory=dict)


def read_ground(session: Session, *, course_id: int, sought: Sought) -> Ground:
    """Return what a course has of what is sought; so many statements as there are chunks."""
    ground = Ground(topics=_topics(session, course_id))
    for some in _chunks(sought.origins):
        named = sa.select(QuestionOrigin.key, QuestionOrigin.question_id, QuestionOrigin.sha256)
        own = (QuestionOrigin.course_id == course_id, QuestionOrigin.key.in_(some))
        for origin in session.execute(named.where(*own)):
            ground.origins[origin.key] = (origin.question_id, origin.sha256)
    for some in _chunks(sought.keys):
        found = sa.select(Question.key, Question.id)
        for row in session.execute(
            found.where(Question.course_id == course_id, Question.key.in_(some))
        ):
            ground.by_key[row.key] = row.id
    _read_digests(session, course_id, frozenset(sought.digests), ground)
    wanted = {one for one, _ in ground.origins.values()} | set(ground.by_key.values())
    _read_questions(session, wanted | set(ground.by_digest.values()), ground)
    _read_facts(session, course_id, sought.facts, ground)
    if sought.passages:
        ground.passages = _passages(session, course_id)
    return ground


def _chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    listed = sorted(set(values))
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _topics(session: Session, course_id: int) -> tuple[KnownTopic, ...]:
    found = sa.select(Topic.id, Topic.key, Topic.title).where(Topic.course_id == course_id)
    rows = session.execute(found.order_by(Topic.position, Topic.id))
    return tuple(KnownTopic(*row) for row in rows)


def _read_digests(
    session: Session, course_id: int, digests: frozenset[str], ground: Ground
) -> None:
    """Look for the contents in one pass over the course: nothing finds a digest faster."""
    rows = session.execute(
        sa.select(Question.id, Revision.sha256, Revision.type)
        .join(Revision, _is_current())
        .where(Question.course_id == course_id)
        .order_by(Question.id.desc())
        .execution_options(yield_per=2_000)
    )
    for row in rows:
        if row.sha256 in digests:
            # The oldest is the last one, and stays.
            ground.by_digest[f"{row.type}:{row.sha256}"] = row.id


def _is_current() -> sa.ColumnElement[bool]:
    return sa.and_(Revision.question_id == Question.id, Revision.number == Question.current_number)


def _read_questions(session: Session, ids: Collection[int], ground: Ground) -> None:
    for some in _chunks(ids):
        rows = session.execute(
            sa.select(Question.id, Question.key, Revision.type, Revision.content, Revision.sha256)
            .add_columns(Question.status, Question.tags, Question.current_number)
            .add_columns(Question.updated_at, Question.fact_id)
            .join(Revision, _is_current())
            .where(Question.id.in_(some))
        )
        for row in rows:
            ground.questions[row.id] = KnownQuestion(
                id=row.id,
                key=row.key,
                type=row.type,
                content=row.content,
                sha256=row.sha256,
                status=row.status,
                tags=tuple(row.tags),
                number=row.current_number,
                updated_at=row.updated_at,
                fact_id=row.fact_id,
            )


def _read_facts(session: Session, course_id: int, keys: Collection[str], ground: Ground) -> None:
    ids = {question.fact_id for question in ground.questions.values()}
    for some in _chunks(keys):
        found = sa.select(Fact.id).where(Fact.course_id == course_id, Fact.key.in_(some))
        ids.update(session.scalars(found))
    ground.facts = known_facts(session, ids)
    ground.facts_by_key = {fact.key: fact.id for fact in ground.facts.values()}


def known_facts(session: Session, ids: Collection[int]) -> dict[int, KnownFact]:
    """Return facts by their ids, each with its citations in order."""
    cited: defaultdict[int, list[KnownCitation]] = defaultdict(list)
    facts: dict[int, KnownFact] = {}
    for some in _chunks(ids):
        for row in session.execute(
            sa.select(Citation.fact_id, Citation.passage_id, Citation.start, Citation.exact)
            .add_columns(Citation.lost_at)
            .where(Citation.fact_id.in_(some))
            .order_by(Citation.fact_id, Citation.position)
        ):
            one = KnownCitation(row.passage_id, row.start, row.exact, row.lost_at is not None)
            cited[row.fact_id].append(one)
        for row in session.execute(
            sa.select(Fact.id, Fact.key, Fact.statement, Fact.note, Fact.record, Fact.status)
            .add_columns(Topic.key.label("topic"))
            .join(Topic, Topic.id == Fact.topic_id)
            .where(Fact.id.in_(some))
        ):
            facts[row.id] = KnownFact(
                id=row.id,
                key=row.key,
                statement=row.statement,
                note=row.note,
                record=row.record,
                status=row.status,
                topic_key=row.topic,
                citations=tuple(cited[row.id]),
            )
    return facts


def _passages(session: Session, course_id: int) -> dict[str, list[KnownPassage]]:
    found: defaultdict[str, list[KnownPassage]] = defaultdict(list)
    rows = session.execute(
        sa.select(Passage.id, Passage.key, Source.key.label("source"), Passage.text)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
    )
    for row in rows:
        one = KnownPassage(row.id, row.key, row.source, row.text)
        found[one.key].append(one)
        found[f"{one.source}/{one.key}"].append(one)
    return dict(found)
