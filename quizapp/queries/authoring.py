"""What the editor of a question needs: the question, its past, and the course's texts and facts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import (
    Citation,
    Fact,
    Passage,
    Question,
    Revision,
    Source,
    Status,
    Topic,
    User,
)
from quizapp.policy import Actor, require_instructor
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.questions import TopicChoice, topic_choices
from quizapp.queries.spans import Segment, Span, cut
from quizapp.questions.edits import EditKind
from quizapp.questions.registry import TYPES

#: A longer list cannot be looked through; the fact of a question is listed all the same.
MOST_FACTS = 1_000
_NO_QUESTION = "There is no such question in this course."


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question as it stands; `content` is what `TYPES[type].parse` reads."""

    id: int
    key: str
    type: str
    status: Status
    fact_id: int
    number: int
    content: dict[str, Any]
    updated_at: datetime
    tags: tuple[str, ...] = ()
    waivers: tuple[Mapping[str, str], ...] = ()
    author: str = ""


@dataclass(frozen=True, slots=True)
class PastRevision:
    """One revision of a question; `author` is "" for what was loaded from the bank's files.

    :param edit: what kind of change it was, None where nobody said. :param same_as: the number of
        the latest revision before it with the same content, None for none.
    """

    number: int
    author: str
    created_at: datetime
    type: str
    stem: str
    content: Mapping[str, Any]
    edit: EditKind | None = None
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class FactChoice:
    """A fact that a question may test."""

    id: int
    statement: str
    topic: str


@dataclass(frozen=True, slots=True)
class EditorPassage:
    """A paragraph to cite, cut where facts cite it already. `citing`: how many citations."""

    id: int
    key: str
    locator: str
    heading: str
    source: str
    segments: tuple[Segment, ...]
    citing: int = 0


@dataclass(frozen=True, slots=True)
class Material:
    """What a question can be made from. `is_cut`: there are more facts than are listed."""

    topics: tuple[TopicChoice, ...]
    facts: tuple[FactChoice, ...]
    passages: tuple[EditorPassage, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a question tests, and the words that prove it."""

    statement: str = ""
    citations: tuple[CitedPassage, ...] = ()


def stored_question(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> StoredQuestion:
    """Return a question as it stands.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Question.id, Question.key, Revision.type, Question.status, Question.fact_id)
        .add_columns(Question.current_number, Revision.content, Question.updated_at, Question.tags)
        .add_columns(Question.waivers, User.name)
        .join(
            Revision,
            sa.and_(
                Revision.question_id == Question.id, Revision.number == Question.current_number
            ),
        )
        .outerjoin(User, User.id == Revision.author_id)
        .where(Question.id == question_id, Question.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound(_NO_QUESTION)
    return StoredQuestion(
        id=row.id,
        key=row.key,
        type=row.type,
        status=row.status,
        fact_id=row.fact_id,
        number=row.current_number,
        content=row.content,
        updated_at=row.updated_at,
        tags=tuple(row.tags),
        waivers=tuple(row.waivers),
        author=row.name or "",
    )


def revisions(
    session: Session, *, actor: Actor, course_id: int, question_id: int
) -> tuple[PastRevision, ...]:
    """Return the revisions of a question, the newest first.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such question.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(Revision.number, User.name, Revision.created_at, Revision.type, Revision.content)
        .add_columns(Revision.edit, Revision.sha256)
        .join(Question, Question.id == Revision.question_id)
        .outerjoin(User, User.id == Revision.author_id)
        .where(Question.id == question_id, Question.course_id == course_id)
        .order_by(Revision.number.desc())
    ).all()
    if not rows:
        raise NotFound(_NO_QUESTION)
    latest: dict[tuple[str, str], int] = {}
    found: list[PastRevision] = []
    for row in reversed(rows):
        same_as = latest.get((row.type, row.sha256))
        latest[row.type, row.sha256] = row.number
        found.append(
            PastRevision(
                number=row.number,
                author=row.name or "",
                created_at=row.created_at,
                type=row.type,
                stem=TYPES[row.type].stem(TYPES[row.type].parse(row.content)),
                content=row.content,
                edit=row.edit,
                same_as=same_as,
            )
        )
    return tuple(reversed(found))


def revision_content(
    session: Session, *, actor: Actor, course_id: int, question_id: int, number: int
) -> tuple[str, dict[str, Any]] | None:
    """Return the type and the content of one revision; None where the question has no such.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Revision.type, Revision.content)
        .join(Question, Question.id == Revision.question_id)
        .where(
            Revision.question_id == question_id,
            Revision.number == number,
            Question.course_id == course_id,
        )
    ).one_or_none()
    return None if row is None else (row.type, row.content)


def material(
    session: Session, *, actor: Actor, course_id: int, fact_id: int | None = None
) -> Material:
    """Return the topics, facts and paragraphs of a course.

    :param fact_id: a fact to list in any case.
    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    facts, is_cut = _facts(session, course_id, fact_id)
    return Material(
        topics=topic_choices(session, course_id),
        facts=facts,
        passages=_passages(session, course_id),
        is_cut=is_cut,
    )


def _facts(
    session: Session, course_id: int, fact_id: int | None
) -> tuple[tuple[FactChoice, ...], bool]:
    is_wanted = Fact.id == fact_id
    rows = session.execute(
        sa.select(Fact.id, Fact.statement, Topic.title)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Fact.course_id == course_id, sa.or_(Fact.status != Status.RETIRED, is_wanted))
        .order_by(
            sa.case((is_wanted, 0), else_=1), Topic.position, Topic.id, Fact.position, Fact.id
        )
        .limit(MOST_FACTS + 1)
    ).all()
    choices = [FactChoice(*row) for row in rows[:MOST_FACTS]]
    if choices and choices[0].id == fact_id:
        _file(choices)
    return tuple(choices), len(rows) > MOST_FACTS


def _file(choices: list[FactChoice]) -> None:
    """Move the first choice, which was fetched before all others, to the others of its topic."""
    first = choices.pop(0)
    topics = [choice.topic for choice in choices]
    place = topics.index(first.topic) if first.topic in topics else len(choices)
    choices.insert(place, first)


def _passages(session: Session, course_id: int) -> tuple[EditorPassage, ...]:
    spans: defaultdict[int, list[Span]] = defaultdict(list)
    for row in session.execute(
        sa.select(Citation.passage_id, Citation.start, Citation.end)
        .join(Fact, Fact.id == Citation.fact_id)
        .where(
            Fact.course_id == course_id,
            Fact.status != Status.RETIRED,
            Citation.lost_at.is_(None),
        )
    ):
        spans[row.passage_id].append(Span(row.start, row.end))
    rows = session.execute(
        sa.select(Passage.id, Passage.key, Passage.locator, Passage.heading, Source.title)
        .add_columns(Passage.text)
        .join(Source, Source.id == Passage.source_id)
        .where(Source.course_id == course_id)
        .order_by(Source.id, Passage.position, Passage.id)
    )
    return tuple(
        EditorPassage(
            row.id,
            row.key,
            row.locator,
            row.heading,
            row.title,
            cut(row.text, spans[row.id]),
            len(spans[row.id]),
        )
        for row in rows
    )


def quoted(
    session: Session, *, actor: Actor, course_id: int, passage_id: int, start: int, end: int
) -> CitedPassage:
    """Return a paragraph cut at the words `start`–`end`, as a citation of them would show it.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Passage.source_id, Source.title, Passage.key, Passage.locator, Passage.heading)
        .add_columns(Passage.text, Passage.note)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such paragraph in this course.")
    return CitedPassage(
        passage_id=passage_id,
        source_id=row.source_id,
        source_title=row.title,
        key=row.key,
        locator=row.locator,
        heading=row.heading,
        before=row.text[:start],
        exact=row.text[start:end],
        after=row.text[end:],
        note=row.note,
    )


def proof(session: Session, *, actor: Actor, course_id: int, fact_id: int | None) -> Proof:
    """Return a fact of a course and what proves it; empty when the course has no such fact.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    row = session.execute(
        sa.select(Fact.id, Fact.statement).where(Fact.id == fact_id, Fact.course_id == course_id)
    ).one_or_none()
    if row is None:
        return Proof()
    return Proof(row.statement, citations_for(session, [row.id]).get(row.id, ()))
