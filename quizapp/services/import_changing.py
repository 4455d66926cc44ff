"""Applying a plan to what a course has already: facts and questions, and what they were before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
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
    QuestionImportFact,
    QuestionImportRow,
    QuestionOrigin,
    Revision,
    Topic,
    to_millis,
)
from quizapp.policy import Actor
from quizapp.queries.import_ground import known_facts
from quizapp.services.import_preparing import Prepared
from quizapp.services.import_rows import author_of

STALE = "The course has changed since this plan was made. Look at the new plan."
_Row = QuestionImportRow
_Planned = QuestionImportFact
_QUIET = {"synchronize_session": False}
_CHANGED = ("type", "recall", "status", "stem", "tags", "current_number", "updated_at")


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
    session: Session,
    course_id: int,
    import_id: int,
    *,
    prepared: Prepared,
    actor: Actor,
    now: datetime,
) -> None:
    """Make what the file says the state of the questions that it changes."""
    if not prepared.changed:
        return
    _require_facts(session, course_id, import_id)
    questions, facts = Base.metadata.tables["question"], Base.metadata.tables["fact"]
    own_fact = sa.select(facts.c.id).where(
        facts.c.course_id == course_id, facts.c.key == sa.bindparam("b_fact_key")
    )
    values: dict[str, Any] = {name: sa.bindparam(f"b_{name}") for name in _CHANGED}
    change = sa.update(questions).where(questions.c.id == sa.bindparam("b_id"))
    session.connection().execute(
        change.values(values | {"fact_id": own_fact.scalar_subquery()}), prepared.changed
    )
    _make_revisions(session, import_id, actor, now)
    _remember(session, import_id, prepared.before)
    _rename(session, course_id, prepared)


def _require_facts(session: Session, course_id: int, import_id: int) -> None:
    """Pass if every fact that changed questions are to ask about is there.

    :raises Conflict: one was taken back with another import.
    """
    same = sa.and_(Fact.course_id == course_id, Fact.key == _Row.fact_key)
    gone = (
        sa.select(_Row.position)
        .outerjoin(Fact, same)
        .where(
            _Row.import_id == import_id,
            _Row.outcome == ImportOutcome.CHANGED,
            Fact.id.is_(None),
        )
    )
    if session.scalar(gone.limit(1)) is not None:
        raise Conflict(STALE)


def _make_revisions(session: Session, import_id: int, actor: Actor, now: datetime) -> None:
    columns = {
        Revision.question_id: _Row.question_id,
        Revision.number: _Row.seen_number + 1,
        Revision.type: _Row.type,
        Revision.content: _Row.content,
        Revision.sha256: _Row.sha256,
        Revision.author_id: sa.literal(author_of(actor), sa.Integer()),
        Revision.created_at: sa.literal(now, Revision.created_at.type),
    }
    stated = sa.select(*columns.values()).where(
        _Row.import_id == import_id,
        _Row.outcome == ImportOutcome.CHANGED,
        _Row.content.is_not(None),
    )
    session.execute(sa.insert(Revision).from_select(list(columns), stated))


def _remember(session: Session, import_id: int, before: Sequence[dict[str, Any]]) -> None:
    """Keep what the questions were, so that undoing is exact."""
    table = Base.metadata.tables[_Row.__tablename__]
    own = (table.c.import_id == import_id, table.c.position == sa.bindparam("b_position"))
    session.connection().execute(
        sa.update(table).where(*own).values(before=sa.bindparam("b_before")), before
    )


def _rename(session: Session, course_id: int, prepared: Prepared) -> None:
    """Keep what the file stated of the questions that it changed."""
    table = Base.metadata.tables[QuestionOrigin.__tablename__]
    values: dict[str, Any] = {
        "question_id": sa.bindparam("b_question"),
        "sha256": sa.bindparam("b_sha256"),
    }
    own = (table.c.course_id == course_id, table.c.key == sa.bindparam("b_key"))
    if prepared.known:
        change = sa.update(table).where(*own).values(values)
        session.connection().execute(change, prepared.known)
    if prepared.fresh:
        named = values | {"course_id": course_id, "key": sa.bindparam("b_key")}
        session.connection().execute(sa.insert(table).values(named), prepared.fresh)
