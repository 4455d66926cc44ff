"""Applying a plan: what was reckoned before is copied into the course, all of it or nothing.

New questions go in by a few statements however many they are, so that the one transaction in which
nobody else can write on SQLite stays short.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.formats.media import MediaFile
from quizapp.models import (
    Base,
    Fact,
    ImportOutcome,
    Question,
    QuestionImport,
    QuestionImportFact,
    QuestionImportRow,
    QuestionImportState,
    QuestionOrigin,
    QuestionReview,
    ReviewStep,
    Revision,
    Status,
    Topic,
)
from quizapp.policy import Actor
from quizapp.services.import_changing import STALE, change_facts, change_questions, cite
from quizapp.services.import_preparing import Prepared, prepare_apply
from quizapp.services.import_rows import author_of
from quizapp.services.media import keep_media
from quizapp.services.question_imports import mark_applied, require_import, require_state
from quizapp.services.question_index import store_index

_Row = QuestionImportRow
_Planned = QuestionImportFact
_QUIET = {"synchronize_session": False}


def apply_import(
    session: Session,
    *,
    actor: Actor,
    course_id: int,
    import_id: int,
    now: datetime,
    state: QuestionImportState = QuestionImportState.PLANNED,
    media: Sequence[tuple[str, MediaFile]] = (),
    prepared: Prepared | None = None,
) -> None:
    """Do what a plan says.

    :param prepared: what `prepare_apply` reckoned for the same `now`, before anything was locked;
        None to reckon it here.

    :param media: the pictures and sounds that its file brings along, each with its name there.
    :param state: where the import has to stand; a worker finds it APPLYING.
    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such import.
    :raises Conflict: it was applied, or the course has changed since the plan was made.
    """
    row = require_import(session, actor=actor, course_id=course_id, import_id=import_id)
    require_state(row, state)
    if len(media) < row.report.get("media", 0):
        raise Conflict(STALE)  # its file is gone, and the pictures with it
    if prepared is None:
        prepared = prepare_apply(session, course_id=course_id, import_id=import_id, now=now)
    _require_fresh(session, import_id)
    made = _make_topics(session, course_id, row.report.get("topics", {}))
    _make_facts(session, course_id, import_id)
    change_facts(session, course_id, import_id)
    _make_questions(session, course_id, import_id, now)
    _make_revisions(session, import_id, actor, now)
    _name(session, course_id, import_id)
    change_questions(session, course_id, import_id, prepared=prepared, actor=actor, now=now)
    published = _publish_facts(session, import_id)
    _note_sent(session, import_id, actor, now)
    if media:
        keep_media(session, actor=actor, course_id=course_id, files=media, now=now)
    _index(session, course_id, import_id, prepared=prepared, actor=actor)
    report = {**row.report, "made_topics": made, "published": published}
    mark_applied(session, import_id=import_id, report=report, now=now)


def _index(
    session: Session, course_id: int, import_id: int, *, prepared: Prepared, actor: Actor
) -> None:
    """Let the questions be found by their new words."""
    made = sa.select(_Row.position, _Row.question_id).where(
        _Row.import_id == import_id,
        _Row.outcome.in_((ImportOutcome.NEW, ImportOutcome.CHANGED)),
        _Row.content.is_not(None),
    )
    ids = {row.position: row.question_id for row in session.execute(made)}
    keys: dict[str, Any] = {"course_id": course_id, "author_id": author_of(actor)}
    rows = [
        prepared.searched[position].row(question_id=question_id, **keys)
        for position, question_id in ids.items()
    ]
    store_index(session, list(ids.values()), rows)


def _require_fresh(session: Session, import_id: int) -> None:
    """Pass if every question and fact is what it was for the plan.

    :raises Conflict: one is not.
    """
    mine = _of(import_id, ImportOutcome.CHANGED)
    same = sa.and_(
        Question.id == _Row.question_id,
        Question.current_number == _Row.seen_number,
        Question.updated_at == _Row.seen_at,
    )
    gone = sa.select(_Row.position).outerjoin(Question, same).where(*mine, Question.id.is_(None))
    if session.scalar(gone.limit(1)) is not None:
        raise Conflict(STALE)
    named = (
        sa.select(_Row.position)
        .join(Question, Question.key == _Row.key)
        .where(*_of(import_id, ImportOutcome.NEW), Question.course_id == _course_of(import_id))
    )
    known = (
        sa.select(_Row.position)
        .join(QuestionOrigin, QuestionOrigin.key == _Row.origin)
        .where(
            *_of(import_id, ImportOutcome.NEW), QuestionOrigin.course_id == _course_of(import_id)
        )
    )
    if any(session.scalar(found.limit(1)) is not None for found in (named, known)):
        raise Conflict(STALE)


def _course_of(import_id: int) -> Any:
    found = sa.select(QuestionImport.course_id).where(QuestionImport.id == import_id)
    return found.scalar_subquery()


def _of(import_id: int, outcome: ImportOutcome) -> tuple[sa.ColumnElement[bool], ...]:
    return _Row.import_id == import_id, _Row.outcome == outcome


def _make_topics(session: Session, course_id: int, planned: dict[str, str]) -> list[int]:
    """Make the topics that are missing; return their ids."""
    found = sa.select(Topic.key, Topic.position).where(Topic.course_id == course_id)
    known = {row.key: row.position for row in session.execute(found)}
    last = max(known.values(), default=-1)
    rows = [
        {
            "course_id": course_id,
            "key": key,
            "title": title,
            "summary": "",
            "position": last + place,
        }
        for place, (key, title) in enumerate(planned.items(), 1)
        if key not in known
    ]
    if not rows:
        return []
    insert = sa.insert(Base.metadata.tables[Topic.__tablename__]).returning(Topic.id)
    return list(session.scalars(insert, rows))


def _make_facts(session: Session, course_id: int, import_id: int) -> None:
    last = session.scalar(sa.select(sa.func.max(Fact.position)).where(Fact.course_id == course_id))
    columns = {
        Fact.course_id: sa.literal(course_id),
        Fact.topic_id: Topic.id,
        Fact.key: _Planned.key,
        Fact.statement: _Planned.statement,
        Fact.note: _Planned.note,
        Fact.record: _Planned.record,
        Fact.status: _Planned.status,
        Fact.position: _Planned.position + (0 if last is None else last + 1),
    }
    stated = (
        sa.select(*columns.values())
        .select_from(_Planned)
        .join(
            Topic,
            sa.and_(Topic.course_id == sa.literal(course_id), Topic.key == _Planned.topic_key),
        )
        .where(
            _Planned.import_id == import_id,
            _Planned.is_new.is_(True),
            Topic.course_id == course_id,
        )
    )
    session.execute(sa.insert(Fact).from_select(list(columns), stated))
    rows = session.execute(
        sa.select(Fact.id, _Planned.citations)
        .join(Fact, sa.and_(Fact.course_id == course_id, Fact.key == _Planned.key))
        .where(_Planned.import_id == import_id, _Planned.is_new.is_(True))
    )
    cite(session, [(row.id, one) for row in rows for one in enumerate(row.citations)])


def _make_questions(session: Session, course_id: int, import_id: int, now: datetime) -> None:
    columns = {
        Question.course_id: sa.literal(course_id),
        Question.fact_id: Fact.id,
        Question.key: _Row.key,
        Question.type: _Row.type,
        Question.recall: _Row.recall,
        Question.status: _Row.status,
        Question.stem: _Row.stem,
        Question.current_number: sa.literal(1),
        Question.updated_at: sa.literal(now, Question.updated_at.type),
        Question.tags: _Row.tags,
    }
    stated = (
        sa.select(*columns.values())
        .select_from(_Row)
        .join(Fact, sa.and_(Fact.course_id == sa.literal(course_id), Fact.key == _Row.fact_key))
        .where(*_of(import_id, ImportOutcome.NEW))
        .order_by(_Row.position)
    )
    session.execute(sa.insert(Question).from_select(list(columns), stated))
    own = (
        sa.select(Question.id)
        .where(Question.course_id == course_id, Question.key == _Row.key)
        .scalar_subquery()
    )
    session.execute(
        sa.update(_Row).where(*_of(import_id, ImportOutcome.NEW)).values(question_id=own),
        execution_options=_QUIET,
    )
    lost = sa.select(_Row.position).where(
        *_of(import_id, ImportOutcome.NEW), _Row.question_id.is_(None)
    )
    if session.scalar(lost.limit(1)) is not None:
        raise Conflict(STALE)  # the fact of one is gone


def _make_revisions(session: Session, import_id: int, actor: Actor, now: datetime) -> None:
    columns = {
        Revision.question_id: _Row.question_id,
        Revision.number: sa.literal(1),
        Revision.type: _Row.type,
        Revision.content: _Row.content,
        Revision.sha256: _Row.sha256,
        Revision.author_id: sa.literal(author_of(actor), sa.Integer()),
        Revision.created_at: sa.literal(now, Revision.created_at.type),
    }
    stated = sa.select(*columns.values()).where(*_of(import_id, ImportOutcome.NEW))
    session.execute(sa.insert(Revision).from_select(list(columns), stated))


def _name(session: Session, course_id: int, import_id: int) -> None:
    """Keep by what names the file knows the new questions."""
    columns = {
        QuestionOrigin.course_id: sa.literal(course_id),
        QuestionOrigin.key: _Row.origin,
        QuestionOrigin.question_id: _Row.question_id,
        QuestionOrigin.sha256: _Row.origin_sha256,
    }
    stated = sa.select(*columns.values()).where(*_of(import_id, ImportOutcome.NEW))
    session.execute(sa.insert(QuestionOrigin).from_select(list(columns), stated))


def _note_sent(session: Session, import_id: int, actor: Actor, now: datetime) -> None:
    """Note that what went into review was sent there."""
    columns = {
        QuestionReview.question_id: Question.id,
        QuestionReview.number: Question.current_number,
        QuestionReview.step: sa.literal(ReviewStep.SENT, QuestionReview.step.type),
        QuestionReview.actor_id: sa.literal(author_of(actor), sa.Integer()),
        QuestionReview.at: sa.literal(now, QuestionReview.at.type),
    }
    stated = (
        sa.select(*columns.values())
        .join(_Row, _Row.question_id == Question.id)
        .where(
            _Row.import_id == import_id,
            _Row.outcome.in_((ImportOutcome.NEW, ImportOutcome.CHANGED)),
            Question.status == Status.IN_REVIEW,
        )
    )
    session.execute(sa.insert(QuestionReview).from_select(list(columns), stated))


def _publish_facts(session: Session, import_id: int) -> list[int]:
    """Let learners meet the facts of questions that became ready; return those facts."""
    ready = (
        sa.select(Fact.id)
        .join(Question, Question.fact_id == Fact.id)
        .join(_Row, _Row.question_id == Question.id)
        .where(
            _Row.import_id == import_id,
            _Row.outcome.in_((ImportOutcome.NEW, ImportOutcome.CHANGED)),
            Question.status == Status.READY,
            Fact.status == Status.DRAFT,
        )
        .distinct()
    )
    found = list(session.scalars(ready))
    for fact_id in found:
        session.execute(
            sa.update(Fact).where(Fact.id == fact_id).values(status=Status.READY),
            execution_options=_QUIET,
        )
    return found
