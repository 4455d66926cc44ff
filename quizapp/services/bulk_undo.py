"""Taking an act on many questions back. What was touched since stays as it is, and is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import Conflict
from quizapp.models import BulkAct, BulkChange, BulkKind, Fact, Question, QuestionReview, Status
from quizapp.policy import Actor
from quizapp.services.bulk_acts import act_of, as_tags, of_act, touched_at
from quizapp.services.publishing import kept_from_ready

#: So many of those that stay are named.
NAMED = 5


@dataclass(frozen=True, slots=True)
class BulkUndone:
    """How many are again what they were, and how many stay, with the stems of some of them."""

    restored: int
    kept: int
    stems: tuple[str, ...] = ()


def undo_many(
    session: Session, *, actor: Actor, course_id: int, act_id: int, now: datetime
) -> BulkUndone:
    """Make the questions of an act what they were before it, but for those changed since.

    :raises Forbidden, NotFound: the actor does not teach the course, or it has no such act.
    :raises Conflict: it was undone before.
    """
    act = act_of(session, actor=actor, course_id=course_id, act_id=act_id)
    first = session.execute(
        sa.update(BulkAct)
        .where(BulkAct.id == act_id, BulkAct.undone_at.is_(None))
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
    if cast("sa.CursorResult[Any]", first).rowcount != 1:
        raise Conflict("This was undone before.")
    touched = _stays(act, actor)
    kept = session.scalar(_changes(sa.func.count(), act).where(touched)) or 0
    stems = session.scalars(
        _changes(Question.stem, act).where(touched).order_by(Question.id).limit(NAMED)
    ).all()
    if act.kind is BulkKind.TOPIC:
        _move_back(session, act)
    else:
        _restore(session, act, actor, now)
    session.expire_all()
    return BulkUndone(act.changed - kept, kept, tuple(stems))


def _changes(column: Any, act: BulkAct) -> sa.Select[Any]:
    return (
        sa.select(column)
        .select_from(BulkChange)
        .join(Question, Question.id == BulkChange.question_id)
        .join(Fact, Fact.id == Question.fact_id)
        .where(BulkChange.act_id == act.id)
    )


def _touched(act: BulkAct) -> sa.ColumnElement[bool]:
    """Return the condition that a question was changed after the act."""
    if act.kind is BulkKind.TOPIC:
        return sa.or_(Fact.topic_id != int(act.value), Question.fact_id != BulkChange.fact_id)
    return Question.updated_at != BulkChange.changed_at


def _stays(act: BulkAct, actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that a question was changed since, or may not be asked any more."""
    if act.kind is not BulkKind.STATUS:
        return _touched(act)
    barred = sa.and_(BulkChange.status == Status.READY, kept_from_ready(actor, act.course_id))
    return sa.or_(_touched(act), barred)


def _restore(session: Session, act: BulkAct, actor: Actor, now: datetime) -> None:
    """Give the questions their status and their tags back; no review tells of the act."""
    kept = _changes(BulkChange.question_id, act).where(_stays(act, actor)).correlate(None)
    untouched = BulkChange.question_id.not_in(kept)
    if act.kind is BulkKind.STATUS:
        session.execute(
            sa.delete(QuestionReview)
            .where(
                QuestionReview.question_id.in_(of_act(act.id, untouched)),
                QuestionReview.at == act.made_at,
                QuestionReview.actor_id == act.actor_id,
            )
            .execution_options(synchronize_session=False)
        )
    if act.kind is BulkKind.STATUS:
        ways: list[tuple[Any, dict[str, Any]]] = [
            (of_act(act.id, BulkChange.status == status, untouched), {"status": status})
            for status in Status
        ]
    else:
        written = (
            sa.select(BulkChange.tags)
            .where(BulkChange.act_id == act.id, BulkChange.question_id == Question.id)
            .scalar_subquery()
        )
        ways = [(of_act(act.id, untouched), {"tags": as_tags(written)})]
    for ids, values in ways:
        session.execute(
            sa.update(Question)
            .where(Question.id.in_(ids))
            .values(values | {"updated_at": touched_at(now)})
            .execution_options(synchronize_session=False)
        )
    if act.kind is BulkKind.STATUS and act.value == Status.READY:
        _hide_facts(session, act)


def _hide_facts(session: Session, act: BulkAct) -> None:
    """Make facts drafts again that the act made ready, unless something else asks them now."""
    were_drafts = sa.select(BulkChange.fact_id).where(
        BulkChange.act_id == act.id, BulkChange.fact_status == Status.DRAFT
    )
    is_asked = sa.exists().where(Question.fact_id == Fact.id, Question.status == Status.READY)
    session.execute(
        sa.update(Fact)
        .where(Fact.id.in_(were_drafts), Fact.status == Status.READY, ~is_asked)
        .values(status=Status.DRAFT)
        .execution_options(synchronize_session=False)
    )


def _move_back(session: Session, act: BulkAct) -> None:
    """Move the facts back that are still where the act put them; a statement for each topic."""
    of_this = BulkChange.act_id == act.id
    for topic_id in session.scalars(sa.select(BulkChange.topic_id).where(of_this).distinct()).all():
        from_there = sa.select(BulkChange.fact_id).where(of_this, BulkChange.topic_id == topic_id)
        session.execute(
            sa.update(Fact)
            .where(Fact.id.in_(from_there), Fact.topic_id == int(act.value))
            .values(topic_id=topic_id)
            .execution_options(synchronize_session=False)
        )
