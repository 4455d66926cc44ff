"""What applying a plan needs to know, reckoned before anything is locked.

It holds as long as the questions of the plan are as they were for it, which applying makes sure of
first: so the one transaction in which nobody else can write on SQLite only copies and stores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    ImportOutcome,
    Question,
    QuestionImportRow,
    QuestionOrigin,
    Status,
    to_millis,
)
from quizapp.services.question_index import Searched, searched_of

_TICK = timedelta(milliseconds=1)
_Row = QuestionImportRow
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """What applying stores besides what it copies; lists of values by the names of statements.

    :param changed: what becomes of each changed question. :param before: what it was.
    :param known: names that files know already. :param fresh: names that come with the file.
    :param searched: place in the file → what is searched of the question, without its number.
    """

    changed: tuple[dict[str, Any], ...]
    before: tuple[dict[str, Any], ...]
    known: tuple[dict[str, Any], ...]
    fresh: tuple[dict[str, Any], ...]
    searched: dict[int, Searched]


def prepare_apply(session: Session, *, course_id: int, import_id: int, now: datetime) -> Prepared:
    """Return what applying a plan will store; reads alone.

    :param now: when it will be applied.
    """
    rows = _changed_rows(session, course_id, import_id)
    changed = tuple(_changed(row, now) for row in rows)
    named = [
        {"b_key": row.origin, "b_question": row.question_id, "b_sha256": row.origin_sha256}
        for row in rows
    ]
    is_known = [row.named is not None for row in rows]
    return Prepared(
        changed=changed,
        before=tuple(_before(row, after) for row, after in zip(rows, changed, strict=True)),
        known=tuple(one for one, known in zip(named, is_known, strict=True) if known),
        fresh=tuple(one for one, known in zip(named, is_known, strict=True) if not known),
        searched=_searched(session, import_id),
    )


def _changed_rows(session: Session, course_id: int, import_id: int) -> Sequence[Any]:
    origin = sa.and_(QuestionOrigin.course_id == course_id, QuestionOrigin.key == _Row.origin)
    names = (
        "position question_id seen_number seen_at origin origin_sha256 fact_key type recall status"
        " stem tags"
    )
    return session.execute(
        sa.select(*(getattr(_Row, name) for name in names.split()))
        .add_columns(_Row.content.is_not(None).label("is_revised"))
        .add_columns(Question.fact_id, Question.type.label("old_type"))
        .add_columns(Question.status.label("old_status"), Question.stem.label("old_stem"))
        .add_columns(Question.tags.label("old_tags"), Question.recall.label("old_recall"))
        .add_columns(QuestionOrigin.question_id.label("named"))
        .add_columns(QuestionOrigin.sha256.label("old_sha256"))
        .join(Question, Question.id == _Row.question_id)
        .outerjoin(QuestionOrigin, origin)
        .where(_Row.import_id == import_id, _Row.outcome == ImportOutcome.CHANGED)
        .order_by(_Row.position)
    ).all()


def _changed(row: Any, now: datetime) -> dict[str, Any]:
    return {
        "b_id": row.question_id,
        "b_fact_key": row.fact_key,
        "b_type": row.type,
        "b_recall": row.recall,
        "b_status": row.status,
        "b_stem": row.stem,
        "b_tags": row.tags,
        "b_current_number": row.seen_number + row.is_revised,
        # The time tells one change from the next, so it never stays the same.
        "b_updated_at": max(now, row.seen_at + _TICK),
    }


def _before(row: Any, after: dict[str, Any]) -> dict[str, Any]:
    """Return what undoing needs to be exact."""
    return {
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


def _searched(session: Session, import_id: int) -> dict[int, Searched]:
    """Return what is searched of questions that get other words, a part of them at a time."""
    found: dict[int, Searched] = {}
    stated = (
        sa.select(_Row.position, _Row.stem, _Row.type, _Row.content)
        # What is here keeps its key, whatever the file calls it.
        .add_columns(sa.func.coalesce(Question.key, _Row.key).label("key"))
        .outerjoin(Question, Question.id == _Row.question_id)
        .where(
            _Row.import_id == import_id,
            _Row.outcome.in_((ImportOutcome.NEW, ImportOutcome.CHANGED)),
            _Row.content.is_not(None),
        )
        .order_by(_Row.position)
    )
    for row in session.execute(stated, execution_options={"yield_per": _CHUNK}):
        found[row.position] = searched_of(row.stem, row.key, row.type, row.content)
    return found
