"""The submitted attempts of a course that asked a question, some at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot
from quizapp.models import Attempt, AttemptState, Quiz

BATCH = 200


@dataclass(frozen=True, slots=True)
class AskedAttempt:
    """An attempt with what one question earns in it. `mark` is None where none is stored.

    :param asked: the slots that asked it, by their place from 0.
    """

    learner_id: int
    id: int
    quiz_id: int
    number: int
    asked: Mapping[int, LaidSlot]
    settings: Any
    mark: Any
    max_mark: Any
    waiting: int | None


def attempts_asking(
    session: Session,
    *,
    course_id: int,
    revision_ids: Collection[int],
    quiz_id: int | None = None,
) -> Iterator[Sequence[AskedAttempt]]:
    """Yield the attempts that asked one of the revisions, at most `BATCH` together; may be none.

    :param quiz_id: look at this quiz only.
    """
    quizzes = sa.select(Quiz.id).where(
        Quiz.course_id == course_id,
        sa.true() if quiz_id is None else Quiz.id == quiz_id,
    )
    last = (-1, -1)
    while True:
        rows = session.execute(
            sa.select(
                Attempt.learner_id,
                Attempt.id,
                Attempt.quiz_id,
                Attempt.number,
                Attempt.layout,
                Attempt.settings,
                Attempt.mark,
                Attempt.max_mark,
                Attempt.waiting,
            )
            .where(
                Attempt.quiz_id.in_(quizzes),
                Attempt.state == AttemptState.SUBMITTED,
                sa.tuple_(Attempt.learner_id, Attempt.id) > sa.tuple_(*map(sa.literal, last)),
            )
            .order_by(Attempt.learner_id, Attempt.id)
            .limit(BATCH)
        ).all()
        if rows:
            found = (_attempt(row, revision_ids) for row in rows)
            yield [one for one in found if one.asked]
        if len(rows) < BATCH:
            return
        last = (rows[-1].learner_id, rows[-1].id)


def _attempt(row: Any, revision_ids: Collection[int]) -> AskedAttempt:
    # Thousands are looked at for few slots of each: the others are not even read.
    asked = {
        place: LaidSlot.load(stored)
        for place, stored in enumerate(row.layout)
        if LaidSlot.revision_of(stored) in revision_ids
    }
    return AskedAttempt(
        learner_id=row.learner_id,
        id=row.id,
        quiz_id=row.quiz_id,
        number=row.number,
        asked=asked,
        settings=row.settings,
        mark=row.mark,
        max_mark=row.max_mark,
        waiting=row.waiting,
    )
