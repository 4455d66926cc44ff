"""Forms of questions that their author has not saved yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import QuestionDraft
from quizapp.policy import Actor, require_instructor


@dataclass(frozen=True, slots=True)
class DraftNote:
    """A draft in a list of them."""

    key: str
    stem: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed. `seen`: the revision it was begun from; `fields`: as a form sends them."""

    key: str
    seen: int
    fields: tuple[tuple[str, str], ...]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Drafts:
    """The draft to go on with, and the others of the same question or of new ones."""

    chosen: Draft | None = None
    others: tuple[DraftNote, ...] = ()


def drafts_of(
    session: Session, *, actor: Actor, course_id: int, question_id: int | None, key: str | None
) -> Drafts:
    """Return the actor's drafts of a question, or of new questions (None); nobody else's.

    :param key: the one to go on with; None for the newest, "" for none of them.
    :raises Forbidden, NotFound: the actor does not teach the course.
    """
    require_instructor(actor, course_id)
    rows = session.execute(
        sa.select(QuestionDraft.key, QuestionDraft.stem, QuestionDraft.saved_at)
        .add_columns(QuestionDraft.seen, QuestionDraft.fields)
        .where(
            QuestionDraft.user_id == actor.id,
            QuestionDraft.course_id == course_id,
            QuestionDraft.question_id == question_id
            if question_id
            else QuestionDraft.question_id.is_(None),
        )
        .order_by(QuestionDraft.saved_at.desc(), QuestionDraft.key)
    ).all()
    wanted = rows[0].key if rows and key is None else key
    chosen = next(
        (
            Draft(row.key, row.seen, _pairs(row.fields), row.saved_at)
            for row in rows
            if row.key == wanted
        ),
        None,
    )
    others = (DraftNote(row.key, row.stem, row.saved_at) for row in rows if row.key != wanted)
    return Drafts(chosen, tuple(others))


def _pairs(stored: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stored)
