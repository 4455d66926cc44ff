"""The submitted attempts of a course that asked a question, some at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.models import Attempt, AttemptState, Quiz

BATCH = 200


@dataclass(frozen=True, slots=True)
class AskedAttempt:
    """An attempt with what it is marked by. `mark` is None where none is stored."""

    learner_id: int
    id: int
    quiz_id: int
    number: int
    layout: tuple[LaidSlot, ...]
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
    lock: bool = False,
) -> Iterator[Sequence[AskedAttempt]]:
    """Yield the attempts that asked one of the revisions, at most `BATCH` together; may be none.

    :param quiz_id: look at this quiz only. :param lock: whoever would write to them waits.
    """
    quizzes = sa.select(Quiz.id).where(
        Quiz.course_id == course_id,
        sa.true() if quiz_id is None else Quiz.id == quiz_id,
    )
    last = (-1, -1)
    while True:
        some = (
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
        )
        rows = session.execute(some.with_for_update() if lock else some).all()
        if rows:
            yield [one for one in map(_attempt, rows) if _asks(one.layout, revision_ids)]
        if len(rows) < BATCH:
            return
        last = (rows[-1].learner_id, rows[-1].id)


def _attempt(row: Any) -> AskedAttempt:
    return AskedAttempt(
        learner_id=row.learner_id,
        id=row.id,
        quiz_id=row.quiz_id,
        number=row.number,
        layout=load_layout(row.layout),
        settings=row.settings,
        mark=row.mark,
        max_mark=row.max_mark,
        waiting=row.waiting,
    )


def _asks(layout: Sequence[LaidSlot], revision_ids: Collection[int]) -> bool:
    return any(laid.revision_id in revision_ids for laid in layout)
