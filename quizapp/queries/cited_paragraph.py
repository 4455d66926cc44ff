"""What a paragraph proves already, for an author who is about to cite it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.models import Citation, Fact, Passage, Question, Source, Status
from quizapp.policy import Actor, require_instructor


@dataclass(frozen=True, slots=True)
class AskedFact:
    """A fact that cites the paragraph. `questions`: (id, stem, status) of those not retired."""

    id: int
    statement: str
    exact: str
    questions: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class CitedParagraph:
    """A paragraph with the facts that cite it, in the order of their words."""

    id: int
    name: str
    source: str
    text: str
    facts: tuple[AskedFact, ...]


def cited_paragraph(
    session: Session, *, actor: Actor, course_id: int, passage_id: int
) -> CitedParagraph:
    """Return a paragraph with what is asked about it.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such paragraph.
    """
    require_instructor(actor, course_id)
    place = session.execute(
        sa.select(Passage.id, Passage.locator, Passage.key, Passage.text, Source.title)
        .join(Source, Source.id == Passage.source_id)
        .where(Passage.id == passage_id, Source.course_id == course_id)
    ).one_or_none()
    if place is None:
        raise NotFound("There is no such paragraph in this course.")
    cited = session.execute(
        sa.select(Fact.id, Fact.statement, Citation.exact)
        .join(Citation, Citation.fact_id == Fact.id)
        .where(
            Citation.passage_id == passage_id,
            Citation.lost_at.is_(None),
            Fact.status != Status.RETIRED,
        )
        .order_by(Citation.start, Fact.id)
    ).all()
    asked: dict[int, list[Any]] = {row.id: [] for row in cited}
    for row in session.execute(
        sa.select(Question.fact_id, Question.id, Question.stem, Question.status)
        .where(Question.fact_id.in_(asked), Question.status != Status.RETIRED)
        .order_by(Question.id)
    ):
        asked[row.fact_id].append(row)
    return CitedParagraph(
        id=place.id,
        name=place.locator or place.key,
        source=place.title,
        text=place.text,
        facts=tuple(
            AskedFact(row.id, row.statement, row.exact, tuple(asked[row.id])) for row in cited
        ),
    )


def topic_near(session: Session, *, actor: Actor, course_id: int, passage_id: int) -> int | None:
    """Return the topic that facts citing a paragraph, or else the nearest to it, mostly have.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    here = sa.select(Passage.source_id, Passage.position).where(Passage.id == passage_id).subquery()
    away = sa.func.abs(Passage.position - here.c.position)
    return session.scalar(
        sa.select(Fact.topic_id)
        .join(Citation, Citation.fact_id == Fact.id)
        .join(Passage, Passage.id == Citation.passage_id)
        .join(here, here.c.source_id == Passage.source_id)
        .where(Fact.course_id == course_id, Fact.status != Status.RETIRED)
        .group_by(away, Fact.topic_id)
        .order_by(away, sa.func.count().desc(), Fact.topic_id)
        .limit(1)
    )
