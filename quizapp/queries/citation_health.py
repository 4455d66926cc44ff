"""The citations of a course whose words were not found again, for its instructors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.text import nearest, occurrences
from quizapp.models import Citation, Fact, Passage, Question, Source, Status
from quizapp.policy import Actor, require_instructor

PAGE_SIZE = 10
#: Comparing long runs of words takes long; whoever cites so much will find the slip.
_COMPARED = 300
#: So many words may have been put in among the cited ones, or taken out.
_SLACK = 2
#: What ends a run of words without being cited.
_MARKS = ".,;:!?"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that tests a fact, and may be asked or made ready."""

    id: int
    stem: str
    status: Status


@dataclass(frozen=True, slots=True)
class FlaggedCitation:
    """A citation whose words are gone; `before + nearest + after` is the passage as it is now.

    `nearest`: the words most like them, or "" (then all of the text is `before`).
    `may_cite`: these stand there once, so that they can be cited as they are.
    """

    fact_id: int
    position: int
    statement: str
    exact: str
    lost_at: datetime
    questions: tuple[AskedQuestion, ...]
    passage_id: int
    source_id: int
    source_title: str
    key: str
    locator: str
    heading: str
    before: str
    nearest: str
    after: str
    may_cite: bool


@dataclass(frozen=True, slots=True)
class Flagged:
    """One page of the flagged citations, those lost last first."""

    rows: tuple[FlaggedCitation, ...]
    total: int
    page: int
    pages: int


def count_flagged(session: Session, *, actor: Actor, course_id: int) -> int:
    """Return how many citations of facts in use wait for an instructor.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    return session.scalar(number_flagged(course_id)) or 0


def number_flagged(course_id: int) -> sa.Select[Any]:
    """Return the statement that counts them, for a page that counts more in one."""
    return _flagged(sa.select(sa.func.count()), course_id)


def flagged_citations(session: Session, *, actor: Actor, course_id: int, page: int = 1) -> Flagged:
    """Return the citations that wait; a page beyond the last gives the last.

    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    total = count_flagged(session, actor=actor, course_id=course_id)
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = session.execute(
        _flagged(
            sa.select(Citation.fact_id, Citation.position, Citation.exact, Citation.lost_at)
            .add_columns(Fact.statement, Passage.id.label("passage_id"), Passage.text, Passage.key)
            .add_columns(Passage.locator, Passage.heading, Source.id.label("source_id"))
            .add_columns(Source.title.label("source_title")),
            course_id,
        )
        .join(Passage, Passage.id == Citation.passage_id)
        .join(Source, Source.id == Passage.source_id)
        .order_by(Citation.lost_at.desc(), Fact.position, Fact.id, Citation.position)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    asked = questions_of(session, {row.fact_id for row in rows})
    found = tuple(_flagged_row(row, asked.get(row.fact_id, ())) for row in rows)
    return Flagged(found, total, page, pages)


def questions_of(
    session: Session, fact_ids: Collection[int]
) -> dict[int, tuple[AskedQuestion, ...]]:
    """Return the questions on each fact that are not retired, the oldest first."""
    found: defaultdict[int, list[AskedQuestion]] = defaultdict(list)
    for row in session.execute(
        sa.select(Question.fact_id, Question.id, Question.stem, Question.status)
        .where(Question.fact_id.in_(fact_ids), Question.status != Status.RETIRED)
        .order_by(Question.id)
    ):
        found[row.fact_id].append(AskedQuestion(row.id, row.stem, row.status))
    return {fact_id: tuple(questions) for fact_id, questions in found.items()}


def _flagged(select: sa.Select[Any], course_id: int) -> sa.Select[Any]:
    return (
        select.select_from(Citation)
        .join(Fact, Fact.id == Citation.fact_id)
        .where(
            Citation.lost_at.is_not(None),
            Fact.course_id == course_id,
            Fact.status != Status.RETIRED,
        )
    )


def _flagged_row(row: Any, questions: tuple[AskedQuestion, ...]) -> FlaggedCitation:
    alike = _nearest(row.text, row.exact)
    places = occurrences(row.text, alike)
    start = places[0] if places else len(row.text)
    return FlaggedCitation(
        fact_id=row.fact_id,
        position=row.position,
        statement=row.statement,
        exact=row.exact,
        lost_at=row.lost_at,
        questions=questions,
        passage_id=row.passage_id,
        source_id=row.source_id,
        source_title=row.source_title,
        key=row.key,
        locator=row.locator,
        heading=row.heading,
        before=row.text[:start],
        nearest=alike,
        after=row.text[start + len(alike) :],
        may_cite=len(places) == 1,
    )


def _nearest(text: str, exact: str) -> str:
    """Return the words most like those that are gone, without a mark after them; or ""."""
    if len(exact) > _COMPARED:
        return ""
    alike = nearest(text, exact, slack=_SLACK)
    return alike if exact[-1] in _MARKS else alike.rstrip(_MARKS)
