"""A course's questions as its instructors list them; quick with a hundred thousand of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Fact, Question, QuestionFigure, Status, Topic
from quizapp.policy import Actor, require_instructor
from quizapp.psychometrics.flags import Flag
from quizapp.psychometrics.standing import Standing, flags_in
from quizapp.queries.passages import CitedPassage, citations_for
from quizapp.queries.question_filters import QuestionFilter
from quizapp.queries.question_hits import Count, Hits, find_questions


@dataclass(frozen=True, slots=True)
class RowFigure:
    """How a question did over all its uses, as the job that works it out found it.

    :param facility, discrimination: None where too few answers tell it.
    :param flags: what the item analysis says of the version asked now, the worst first.
    """

    answers: int
    facility: float | None
    discrimination: float | None
    standing: Standing
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question in the list; `citation` is the first of its fact.

    `figure` is None for one that was never asked, or not counted yet.
    """

    id: int
    key: str
    stem: str
    type: str
    status: Status
    topic: str
    fact_id: int
    updated_at: datetime
    citation: CitedPassage | None
    tags: tuple[str, ...] = ()
    figure: RowFigure | None = None


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic to filter by or to put a fact into."""

    id: int
    title: str


@dataclass(frozen=True, slots=True)
class QuestionList:
    """One page of the list."""

    rows: tuple[QuestionRow, ...]
    hits: Hits
    topics: tuple[TopicChoice, ...]

    @property
    def counts(self) -> dict[Status, Count]:
        """Return how many fit of each status."""
        return self.hits.counts

    @property
    def whole(self) -> Count:
        return self.hits.whole

    @property
    def total(self) -> Count:
        """Return how many fit of the status that is shown."""
        return self.hits.total

    @property
    def page(self) -> int:
        return self.hits.page

    @property
    def pages(self) -> int:
        return self.hits.pages


def list_questions(
    session: Session, *, actor: Actor, course_id: int, wanted: QuestionFilter
) -> QuestionList:
    """Return one page of a course's questions and how many there are of each status.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    hits = find_questions(session, course_id=course_id, wanted=wanted)
    return QuestionList(_rows(session, hits.ids), hits, topic_choices(session, course_id))


def topic_choices(session: Session, course_id: int) -> tuple[TopicChoice, ...]:
    """Return a course's topics in their order."""
    rows = session.execute(
        sa.select(Topic.id, Topic.title)
        .where(Topic.course_id == course_id)
        .order_by(Topic.position, Topic.id)
    )
    return tuple(TopicChoice(*row) for row in rows)


def _rows(session: Session, ids: list[int]) -> tuple[QuestionRow, ...]:
    """Return the rows of a page, in the order of their ids there."""
    rows = session.execute(
        sa.select(Question.id, Question.key, Question.stem, Question.type, Question.status)
        .add_columns(Topic.title, Question.fact_id, Question.updated_at, Question.tags)
        .add_columns(QuestionFigure.answers, QuestionFigure.facility)
        .add_columns(QuestionFigure.discrimination, QuestionFigure.standing, QuestionFigure.flags)
        .outerjoin(QuestionFigure, QuestionFigure.question_id == Question.id)
        .join(Fact, Fact.id == Question.fact_id)
        .join(Topic, Topic.id == Fact.topic_id)
        .where(Question.id.in_(ids))
    ).all()
    cited = citations_for(session, {row.fact_id for row in rows})
    place = {question_id: n for n, question_id in enumerate(ids)}
    return tuple(
        QuestionRow(
            id=row.id,
            key=row.key,
            stem=row.stem,
            type=row.type,
            status=row.status,
            topic=row.title,
            fact_id=row.fact_id,
            updated_at=row.updated_at,
            citation=next(iter(cited.get(row.fact_id, ())), None),
            tags=tuple(row.tags),
            figure=_figure(row),
        )
        for row in sorted(rows, key=lambda row: place[row.id])
    )


def _figure(row: Any) -> RowFigure | None:
    if row.answers is None:
        return None
    known = (row.answers, row.facility, row.discrimination)
    return RowFigure(*known, Standing(row.standing), flags_in(row.flags))
