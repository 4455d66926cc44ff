"""What an attempt earns, worked out anew: what the mark stored is held against."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.errors import NotFound
from quizapp.grading.layout import load_layout
from quizapp.grading.marks import Mark, total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt
from quizapp.queries.attempt_marks import graded_slots


def marks_of(session: Session, *, learner_id: int, attempt_id: int) -> Mark:
    """Return what an attempt earns, worked out anew; it owes nothing to the mark stored.

    :raises NotFound: the learner has no such attempt.
    """
    stored = session.execute(
        sa.select(Attempt.quiz_id, Attempt.layout, Attempt.settings).where(
            Attempt.learner_id == learner_id, Attempt.id == attempt_id
        )
    ).one_or_none()
    if stored is None:
        raise NotFound("There is no such attempt.")
    slots = graded_slots(
        session,
        learner_id=learner_id,
        attempt_id=attempt_id,
        quiz_id=stored.quiz_id,
        layout=load_layout(stored.layout),
        settings=QuizSettings.parse(stored.settings),
    )
    return total(slot.mark for slot in slots)
