"""Answers to a learner's challenges that they have not seen yet."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.models import Challenge, Question, Revision

MOST = 3


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer that waits to be read. `number`: of the question in the attempt, from 1."""

    attempt_id: int
    number: int
    stem: str


def new_answers(session: Session, *, learner_id: int, course_id: int) -> tuple[NewAnswer, ...]:
    """Return the answers that the learner has not had on a page, the newest `MOST` first."""
    rows = session.execute(
        sa.select(Challenge.attempt_id, Challenge.slot, Question.stem)
        .join(Revision, Revision.id == Challenge.revision_id)
        .join(Question, Question.id == Revision.question_id)
        .where(
            Challenge.learner_id == learner_id,
            Challenge.course_id == course_id,
            Challenge.answered_at.is_not(None),
            Challenge.answer_seen_at.is_(None),
        )
        .order_by(Challenge.answered_at.desc(), Challenge.attempt_id, Challenge.slot)
        .limit(MOST)
    )
    return tuple(NewAnswer(row.attempt_id, row.slot + 1, row.stem) for row in rows)
