"""Applying a plan to what a course has already: facts and questions, and what they were before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.bank.anchoring import anchor_at
from quizapp.errors import Conflict
from quizapp.models import (
    Base,
    Citation,
    Fact,
    ImportOutcome,
    Passage,
    Question,
    QuestionImportFact,
    QuestionImportRow,
    QuestionOrigin,
    Status,
    Topic,
    to_millis,
)
from quizapp.policy import Actor
from quizapp.queries.import_ground import known_facts
from quizapp.services.import_rows import author_of

STALE = "The course has changed since this plan was made. Look at the new plan."
_TICK = timedelta(milliseconds=1)
_Row = QuestionImportRow
_Planned = QuestionImportFact
_QUIET = {"synchronize_session": False}
_CHANGED = ("fact_id", "type", "recall", "status", "stem", "tags", "current_number", "updated_at")


def cite(session: Session, cited: list[tuple[int, tuple[int, list[Any]]]]) -> None:
    """Store citations, each a fact's id, its place there, and passage, start and words.

    :raises Conflict: a passage says something else by now.
    """
    ids = {one[0] for _, (_, one) in cited}
    texts = _locked_texts(session, ids)
    rows = []
    for fact_id, (position, (passage_id, start, exact)) in cited:
        text = texts.get(passage_id, "")
        anchor = anchor_at(text, start, start + len(exact))
        if anchor.exact != exact:
            raise Conflict(STALE)
        rows.append(
            {"fact_id": fact_id, "position": position, "passage_id": passage_id, **asdict(anchor)}
        )
    if rows:
        session.execute(sa.insert(Base.metadata.tables[Citation.__tablename__]), rows)


def _locked_texts(session: Session, ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = sa.select(Passage.id, Passage.text).where(Passage.id.in_(ids))
    return {row.id: row.text for row in session.execute(found.with_for_update(read=True))}


def change_facts(session: Session, course_id: int, import_id: int) -> None:
    """Change the facts that the file states otherwise, and keep what they said."""
    planned = session.execute(
        sa.select(*_Planned.__table__.c, Fact.id.label("fact_id"), Topic.id.label("topic_id"))
        .join(Fact, sa.and_(Fact.course_id == course_id, Fact.key == _Planned.key))
        .join(Topic, sa.and_(Topic.course_id == course_id, Topic.key == _Planned.topic_key))
        .where(_Planned.import_id == import_id, _Planned.is_new.is_(False))
    ).all()
    known = known_facts(session, [row.fact_id for row in planned])
    rows = session.execute(
        sa.select(*Citation.__table__.c).where(Citation.fact_id.in_(list(known)))
    ).all()
    for row in planned:
        fact = known[row.fact_id]
        if fact.sha256 != row.seen_sha256:
            raise Conflict(STALE)
        said = {"statement": row.statement, "note": row.note, "record": row.record}
        change = sa.update(Fact).where(Fact.id == row.fact_id)
        session.execute(change.values(**said, topic_id=row.topic_id), execution_options=_QUIET)
        cited = [dict(one._mapping) for one in rows if one.fact_id == row.fact_id]
        if row.citations:
            session.execute(
                sa.delete(Citation).where(Citation.fact_id == row.fact_id), execution_options=_QUIET
            )
            cite(session, [(row.fact_id, one) for one in enumerate(row.citations)])
        after = known_facts(session, [row.fact_id])[row.fact_id].sha256
        before = {
            "statement": fact.statement,
            "note": fact.note,
            "record": fact.record,
            "topic_key": fact.topic_key,
            "citations": [_plain(one) for one in cited] if row.citations else None,
            "after": after,
        }
        own = (_Planned.import_id == import_id, _Planned.key == row.key)
        session.execute(
            sa.update(_Planned).where(*own).values(before=before), execution_options=_QUIET
        )


def _plain(citation: dict[str, Any]) -> dict[str, Any]:
    lost = citation["lost_at"]
    return citation | {"lost_at": None if lost is None else to_millis(lost)}


def change_questions(
    session: Session, course_id: int, import_id: int, *, actor: Actor, now: datetime
) -> None:
    """Make what the file says the state of the questions that it changes."""
    origin = sa.and_(QuestionOrigin.course_id == course_id, QuestionOrigin.key == _Row.origin)
    rows = session.execute(
        sa.select(*_Row.__table__.c, Fact.id.label("new_fact_id"), Question.fact_id)
        .add_columns(Question.type.label("old_type"), Question.status.label("old_status"))
        .add_columns(Question.stem.label("old_stem"), Question.tags.label("old_tags"))
        .add_columns(Question.recall.label("old_recall"))
        .add_columns(QuestionOrigin.question_id.label("named"))
        .add_columns(QuestionOrigin.sha256.label("old_sha256"))
        .join(Question, Question.id == _Row.question_id)
        .join(Fact, sa.and_(Fact.course_id == course_id, Fact.key == _Row.fact_key))
        .outerjoin(QuestionOrigin, origin)
        .where(_Row.import_id == import_id, _Row.outcome == ImportOutcome.CHANGED)
    ).all()
    if not rows:
        return
    changed = [_changed(row, now) for row in rows]
    questions, revised = Base.metadata.tables["question"], Base.metadata.tables["revision"]
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _CHANGED}
    session.connection().execute(
        sa.update(questions).where(questions.c.id == sa.bindparam("b_id")).values(values), changed
    )
    revisions = [
        {
            "question_id": row.question_id,
            "number": row.seen_number + 1,
            "type": row.type,
            "content": row.content,
            "sha256": row.sha256,
            "author_id": author_of(actor),
            "created_at": now,
        }
        for row in rows
        if row.content is not None
    ]
    if revisions:
        session.execute(sa.insert(revised), revisions)
    _remember(session, import_id, rows, changed)
    _rename(session, course_id, rows)


def _changed(row: Any, now: datetime) -> dict[str, Any]:
    is_new = row.content is not None
    return {
        "b_id": row.question_id,
        "b_fact_id": row.new_fact_id,
        "b_type": row.type,
        "b_recall": row.recall,
        "b_status": row.status,
        "b_stem": row.stem,
        "b_tags": row.tags,
        "b_current_number": row.seen_number + is_new,
        # The time tells one change from the next, so it never stays the same.
        "b_updated_at": max(now, row.seen_at + _TICK),
    }


def _remember(
    session: Session, import_id: int, rows: Collection[Any], changed: list[dict[str, Any]]
) -> None:
    """Keep what the questions were, so that undoing is exact."""
    table = Base.metadata.tables[_Row.__tablename__]
    before = [
        {
            "b_position": row.position,
            "b_before": {
                "fact_id": row.fact_id,
                "type": row.old_type,
                "recall": row.old_recall,
                "status": Status(row.old_status).value,
                "stem": row.old_stem,
                "tags": row.old_tags,
                "number": row.seen_number,
                "origin_sha256": row.old_sha256,
                "after_number": after["b_current_number"],
                "after": to_millis(after["b_updated_at"]),
            },
        }
        for row, after in zip(rows, changed, strict=True)
    ]
    own = (table.c.import_id == import_id, table.c.position == sa.bindparam("b_position"))
    session.connection().execute(
        sa.update(table).where(*own).values(before=sa.bindparam("b_before")), before
    )


def _rename(session: Session, course_id: int, rows: Collection[Any]) -> None:
    """Keep what the file stated of the questions that it changed."""
    table = Base.metadata.tables[QuestionOrigin.__tablename__]
    own = (table.c.course_id == course_id, table.c.key == sa.bindparam("b_key"))
    stated = [
        {"b_key": row.origin, "b_question": row.question_id, "b_sha256": row.origin_sha256}
        for row in rows
    ]
    known = [one for one, row in zip(stated, rows, strict=True) if row.named is not None]
    fresh = [one for one, row in zip(stated, rows, strict=True) if row.named is None]
    if known:
        values: dict[str, Any] = {
            "question_id": sa.bindparam("b_question"),
            "sha256": sa.bindparam("b_sha256"),
        }
        session.connection().execute(sa.update(table).where(*own).values(values), known)
    if fresh:
        session.execute(
            sa.insert(table),
            [
                {
                    "course_id": course_id,
                    "key": one["b_key"],
                    "question_id": one["b_question"],
                    "sha256": one["b_sha256"],
                }
                for one in fresh
            ],
        )
