"""Keeping how questions did, for lists: a job works it out soon after attempts were counted.

The order of locks is: counts of quizzes, questions, then figures. Whoever stores a revision holds
its question and reads figures after that; so does this, and the later of the two sees what the
other stored.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import (
    Base,
    ItemFigure,
    ItemTally,
    Question,
    QuestionFigure,
    Quiz,
    QuizCount,
    Revision,
)
from quizapp.psychometrics.standing import Standing, overall
from quizapp.queries.item_figures import QuizFigured, overall_figures, stored_figures

_BATCH = 500
_TABLES = Base.metadata.tables
_ITEMS, _QUESTIONS = (_TABLES[model.__tablename__] for model in (ItemFigure, QuestionFigure))


def due_quizzes(session: Session) -> Sequence[int]:
    """Return the quizzes whose figures do not have every attempt yet, the longest waiting first."""
    return session.scalars(
        sa.select(QuizCount.quiz_id)
        .join(Quiz, Quiz.id == QuizCount.quiz_id)
        .where(QuizCount.changed != QuizCount.figured)
        .order_by(sa.func.coalesce(QuizCount.figured_at, 0), QuizCount.quiz_id)
    ).all()


def store_figures(
    session: Session, *, figured: QuizFigured, now: datetime, is_all: bool = False
) -> None:
    """Store the figures of a quiz, and how its questions stand with them.

    What another worker stored meanwhile from later attempts stays.
    :param is_all: store them all; else those that differ.
    """
    own = QuizCount.quiz_id == figured.quiz_id
    count = session.scalar(sa.select(QuizCount).where(own).with_for_update())
    if count is None or count.figured > figured.changed:
        return
    count.figured, count.figured_at = figured.changed, now
    session.flush()
    stored = stored_figures(session, quiz_id=figured.quiz_id)
    differing = sorted(
        revision_id
        for revision_id in stored.keys() | figured.rows.keys()
        if is_all or stored.get(revision_id) != figured.rows.get(revision_id)
    )
    for start in range(0, len(differing), _BATCH):
        some = differing[start : start + _BATCH]
        question_ids = _locked(session, some)
        session.execute(
            sa.delete(_ITEMS).where(
                _ITEMS.c.quiz_id == figured.quiz_id, _ITEMS.c.revision_id.in_(some)
            )
        )
        rows = [
            {"quiz_id": figured.quiz_id, "revision_id": one, **asdict(figured.rows[one])}
            for one in some
            if one in figured.rows
        ]
        if rows:
            session.execute(sa.insert(_ITEMS), rows)
        refresh_standing(session, question_ids)


def make_due(session: Session, question_ids: sa.Select[Any]) -> None:
    """Let the figures be due of every quiz that asked these questions.

    Flags are corrected for how many items a quiz has: one less may change those of the others. It
    comes before the questions are locked, since storing figures locks in that order too.
    """
    asked = (
        sa.select(ItemTally.quiz_id)
        .join(Revision, Revision.id == ItemTally.revision_id)
        .where(Revision.question_id.in_(question_ids))
    )
    ids = session.scalars(
        sa.select(QuizCount.quiz_id)
        .where(QuizCount.quiz_id.in_(asked))
        .order_by(QuizCount.quiz_id)
        .with_for_update()
    ).all()
    session.execute(
        sa.update(QuizCount)
        .where(QuizCount.quiz_id.in_(ids))
        .values(changed=QuizCount.changed + 1)
        .execution_options(synchronize_session=False)
    )


def refresh_standing(session: Session, question_ids: Collection[int]) -> None:
    """Work out anew how questions stand; whoever stores a revision calls it, or moves them."""
    listed = sorted(question_ids)
    for start in range(0, len(listed), _BATCH):
        some = listed[start : start + _BATCH]
        session.execute(sa.delete(_QUESTIONS).where(_QUESTIONS.c.question_id.in_(some)))
        asked = session.scalars(
            sa.select(Revision.question_id)
            .join(ItemFigure, ItemFigure.revision_id == Revision.id)
            .where(Revision.question_id.in_(some))
            .distinct()
        ).all()
        _store_never_asked(session, sorted(set(some) - set(asked)))
        found = overall_figures(session, question_ids=asked)
        rows: list[dict[str, Any]] = [
            asdict(one)
            | {"course_id": course_id, "question_id": question_id}
            | {"standing": int(one.standing)}
            for (course_id, question_id), one in sorted(found.items(), key=lambda pair: pair[0])
        ]
        if rows:
            session.execute(sa.insert(_QUESTIONS), rows)


def _store_never_asked(session: Session, question_ids: Sequence[int]) -> None:
    """Store the same of all of them in one statement: an import brings thousands, locked."""
    never = asdict(overall(())) | {"standing": int(Standing.NEVER)}
    columns = {
        "course_id": Question.course_id,
        "question_id": Question.id,
        **{name: sa.literal(value, _QUESTIONS.c[name].type) for name, value in never.items()},
    }
    stated = sa.select(*columns.values()).where(Question.id.in_(question_ids))
    session.execute(sa.insert(_QUESTIONS).from_select(list(columns), stated))


def _locked(session: Session, revision_ids: Sequence[int]) -> Sequence[int]:
    """Return the questions of revisions, locked in their order until the commit."""
    return session.scalars(
        sa.select(Question.id)
        .where(
            Question.id.in_(
                sa.select(Revision.question_id).where(Revision.id.in_(list(revision_ids)))
            )
        )
        .order_by(Question.id)
        .with_for_update(key_share=True)
    ).all()
