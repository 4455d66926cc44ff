"""Copying what a course says into another, by statements that never leave the database.

Things are found again by their keys, which both courses share, so that no list of numbers has to be
kept: whoever goes on with a copy copies what it lacks. `Pair` names the two courses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import QueryableAttribute, Session, aliased

from quizapp.models import (
    Base,
    Citation,
    Fact,
    Media,
    Passage,
    Question,
    QuestionOrigin,
    QuestionPair,
    QuestionReview,
    ReviewStep,
    Revision,
    Source,
    Status,
    Term,
    Topic,
)

_QUIET = {"synchronize_session": False}
#: What may be edited of a paragraph while the rest is copied.
_REFRESHED = ("position", "heading", "locator", "text", "note")


@dataclass(frozen=True, slots=True)
class Pair:
    """A course that is copied, and the one that its copy goes into; by their ids."""

    old: int
    new: int


def copy_frame(session: Session, pair: Pair) -> None:
    """Copy the topics and the texts without their paragraphs: what the rest hangs on."""
    models: tuple[Any, ...] = (Topic, Source)
    for model in models:
        other = aliased(model)
        there = sa.select(other.id).where(other.course_id == pair.new, other.key == model.key)
        stated = sa.select(model).where(model.course_id == pair.old, ~there.exists())
        _insert(session, model, stated.order_by(model.id), course_id=pair.new)


def missing(session: Session, model: Any, pair: Pair) -> list[int]:
    """Return the ids of what the copy lacks, the oldest first.

    :param model: Passage, Fact or Question.
    """
    other: Any = aliased(model)
    if model is Passage:
        mine, copied = aliased(Source), aliased(Source)
        found = (
            sa.select(Passage.id)
            .join(mine, mine.id == Passage.source_id)
            .outerjoin(copied, sa.and_(copied.course_id == pair.new, copied.key == mine.key))
            .outerjoin(other, sa.and_(other.source_id == copied.id, other.key == Passage.key))
            .where(mine.course_id == pair.old, other.id.is_(None))
        )
    else:
        same = sa.and_(other.course_id == pair.new, other.key == model.key)
        found = (
            sa.select(model.id)
            .outerjoin(other, same)
            .where(model.course_id == pair.old, other.id.is_(None))
        )
    return list(session.scalars(found.order_by(model.id)))


def copy_passages(session: Session, pair: Pair, ids: Sequence[int]) -> None:
    """Copy these paragraphs; as no file states them, nothing but people changes them."""
    mine, copied = aliased(Source), aliased(Source)
    stated = (
        sa.select(Passage)
        .join(mine, mine.id == Passage.source_id)
        .join(copied, sa.and_(copied.course_id == pair.new, copied.key == mine.key))
        .where(Passage.id.in_(ids))
    )
    _insert(session, Passage, stated, source_id=copied.id, bank_sha256=sa.null())


def copy_facts(session: Session, pair: Pair, ids: Sequence[int]) -> None:
    """Copy these facts; their citations follow once every paragraph is there."""
    mine, copied = aliased(Topic), aliased(Topic)
    stated = (
        sa.select(Fact)
        .join(mine, mine.id == Fact.topic_id)
        .join(copied, sa.and_(copied.course_id == pair.new, copied.key == mine.key))
        .where(Fact.id.in_(ids))
    )
    _insert(session, Fact, stated, course_id=pair.new, topic_id=copied.id, bank_sha256=sa.null())


def copy_questions(
    session: Session, pair: Pair, ids: Sequence[int], *, actor_id: int | None, now: datetime
) -> None:
    """Copy these questions, each with its current revision as its first.

    Who wrote it stays its author. What is in review waits for review here as well.
    """
    mine, copied = aliased(Fact), aliased(Fact)
    stated = (
        sa.select(Question)
        .join(mine, mine.id == Question.fact_id)
        .join(copied, sa.and_(copied.course_id == pair.new, copied.key == mine.key))
        .where(Question.id.in_(ids))
        .order_by(Question.id)
    )
    values = {"course_id": pair.new, "fact_id": copied.id, "current_number": 1}
    _insert(session, Question, stated, **values, bank_sha256=sa.null())
    new = aliased(Question)
    same = sa.and_(new.course_id == pair.new, new.key == Question.key)
    current = sa.and_(
        Revision.question_id == Question.id, Revision.number == Question.current_number
    )
    written = (
        sa.select(Revision)
        .join(Question, current)
        .join(new, same)
        .where(Question.id.in_(ids))
        .order_by(Revision.id)
    )
    _insert(session, Revision, written, question_id=new.id, number=1, edit=sa.null())
    named = (
        sa.select(QuestionOrigin)
        .join(Question, Question.id == QuestionOrigin.question_id)
        .join(new, same)
        .where(Question.id.in_(ids), QuestionOrigin.course_id == pair.old)
    )
    _insert(session, QuestionOrigin, named, course_id=pair.new, question_id=new.id)
    made = sa.select(new.id).join(Question, same).where(Question.id.in_(ids))
    _note_sent(session, made, actor_id, now)


def _note_sent(session: Session, ids: Any, actor_id: int | None, now: datetime) -> None:
    columns = {
        QuestionReview.question_id: Question.id,
        QuestionReview.number: sa.literal(1),
        QuestionReview.step: sa.literal(ReviewStep.SENT, QuestionReview.step.type),
        QuestionReview.actor_id: sa.literal(actor_id, sa.Integer()),
        QuestionReview.at: sa.literal(now, QuestionReview.at.type),
    }
    stated = sa.select(*columns.values()).where(
        Question.id.in_(ids), Question.status == Status.IN_REVIEW
    )
    session.execute(sa.insert(QuestionReview).from_select(list(columns), stated))


def refresh_passages(session: Session, pair: Pair) -> None:
    """Let every paragraph say what it says in the original now, and stand where it stands there.

    Citations point into it. One that is gone from the original goes; nothing points at it yet.
    """
    for gone in missing(session, Passage, Pair(pair.new, pair.old)):
        session.execute(sa.delete(Passage).where(Passage.id == gone), execution_options=_QUIET)
    table = Base.metadata.tables[Passage.__tablename__]
    mine, copied, new = aliased(Source), aliased(Source), aliased(Passage)
    edited = session.execute(
        sa.select(
            new.id.label("b_id"), *(getattr(Passage, one).label(f"b_{one}") for one in _REFRESHED)
        )
        .join(mine, mine.id == Passage.source_id)
        .join(copied, sa.and_(copied.course_id == pair.new, copied.key == mine.key))
        .join(new, sa.and_(new.source_id == copied.id, new.key == Passage.key))
        .where(mine.course_id == pair.old)
        .where(sa.or_(*(getattr(new, one) != getattr(Passage, one) for one in _REFRESHED)))
    ).mappings()
    if changes := [dict(row) for row in edited]:
        change = sa.update(table).where(table.c.id == sa.bindparam("b_id"))
        values: dict[str, Any] = {one: sa.bindparam(f"b_{one}") for one in _REFRESHED}
        session.connection().execute(change.values(values), changes)


def copy_citations(session: Session, pair: Pair) -> None:
    """Copy every citation of the facts that are there."""
    fact, source, copied, new = aliased(Fact), aliased(Source), aliased(Source), aliased(Passage)
    stated = (
        sa.select(Citation)
        .join(Fact, Fact.id == Citation.fact_id)
        .join(fact, sa.and_(fact.course_id == pair.new, fact.key == Fact.key))
        .join(Passage, Passage.id == Citation.passage_id)
        .join(source, source.id == Passage.source_id)
        .join(copied, sa.and_(copied.course_id == pair.new, copied.key == source.key))
        .join(new, sa.and_(new.source_id == copied.id, new.key == Passage.key))
        .where(Fact.course_id == pair.old)
    )
    _insert(session, Citation, stated, fact_id=fact.id, passage_id=new.id)


def copy_terms(session: Session, pair: Pair) -> None:
    """Copy the glossary."""
    stated = sa.select(Term).where(Term.course_id == pair.old).order_by(Term.id)
    _insert(session, Term, stated, course_id=pair.new)


def copy_media(session: Session, pair: Pair) -> None:
    """Let the copy show the pictures and sounds of the original; their bytes are shared."""
    stated = sa.select(Media).where(Media.course_id == pair.old).order_by(Media.id)
    _insert(session, Media, stated, course_id=pair.new)


def copy_distinct(session: Session, pair: Pair) -> None:
    """Copy which questions an instructor said to be no duplicates of each other."""
    old_first, old_second = aliased(Question), aliased(Question)
    first, second = aliased(Question), aliased(Question)
    stated = (
        sa.select(QuestionPair)
        .join(old_first, old_first.id == QuestionPair.first_id)
        .join(old_second, old_second.id == QuestionPair.second_id)
        .join(first, sa.and_(first.course_id == pair.new, first.key == old_first.key))
        .join(second, sa.and_(second.course_id == pair.new, second.key == old_second.key))
        .where(QuestionPair.course_id == pair.old, QuestionPair.is_distinct)
    )
    is_in_order = first.id < second.id
    _insert(
        session,
        QuestionPair,
        stated,
        course_id=pair.new,
        first_id=sa.case((is_in_order, first.id), else_=second.id),
        second_id=sa.case((is_in_order, second.id), else_=first.id),
    )


def _insert(session: Session, model: Any, stated: Any, **instead: Any) -> None:
    """Insert what a select of a whole model finds, with some columns set otherwise."""
    table = Base.metadata.tables[model.__tablename__]
    columns = [column for column in table.c if column.name != "id"]
    values = {column.name: instead.get(column.name, column) for column in columns}
    selected = [
        value if isinstance(value, sa.ColumnElement | QueryableAttribute) else sa.literal(value)
        for value in values.values()
    ]
    found = stated.with_only_columns(*selected, maintain_column_froms=True)
    session.execute(sa.insert(table).from_select(list(values), found), execution_options=_QUIET)
