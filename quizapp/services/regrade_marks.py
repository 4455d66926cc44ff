"""Which marks a decision about a wrong key changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot, load_layout
from quizapp.grading.marks import Mark, total
from quizapp.grading.settings import QuizSettings
from quizapp.models import Attempt, AttemptState, Quiz, Regrade
from quizapp.queries.attempt_marks import Contents, grade_slots, revision_contents
from quizapp.queries.regrades import Fixes
from quizapp.queries.responses import states_of_many

_BATCH = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What a regrade does to one attempt."""

    learner_id: int
    attempt_id: int
    old: Mark
    new: Mark


def changes_by(session: Session, regrade: Regrade, fixes: Fixes) -> Iterator[Change]:
    """Yield the attempts of which another mark is stored than `fixes` give.

    :param regrade: only attempts that it may be about are looked at.
    """
    contents: dict[int, Any] = {}
    for rows in _batches(session, regrade):
        layouts = {row.id: load_layout(row.layout) for row in rows}
        asked = [row for row in rows if _asks(layouts[row.id], regrade.revision_id)]
        needed = {laid.revision_id for row in asked for laid in layouts[row.id]}
        contents |= revision_contents(session, sorted(needed - contents.keys()))
        states = states_of_many(session, [(row.learner_id, row.id) for row in asked])
        for row in asked:
            log = states.get((row.learner_id, row.id), {})
            new = _mark(row, layouts[row.id], log, contents, fixes)
            old = Mark(row.mark, row.max_mark)
            if new != old:
                yield Change(row.learner_id, row.id, old, new)


def _batches(session: Session, regrade: Regrade) -> Iterator[Sequence[Any]]:
    """Yield the submitted attempts that a regrade may be about, some at a time."""
    quizzes = sa.select(Quiz.id).where(
        Quiz.course_id == regrade.course_id,
        sa.true() if regrade.quiz_id is None else Quiz.id == regrade.quiz_id,
    )
    last = (-1, -1)
    while True:
        rows = session.execute(
            sa.select(
                Attempt.learner_id,
                Attempt.id,
                Attempt.quiz_id,
                Attempt.layout,
                Attempt.settings,
                Attempt.mark,
                Attempt.max_mark,
            )
            .where(
                Attempt.quiz_id.in_(quizzes),
                Attempt.state == AttemptState.SUBMITTED,
                sa.tuple_(Attempt.learner_id, Attempt.id) > sa.tuple_(*map(sa.literal, last)),
            )
            .order_by(Attempt.learner_id, Attempt.id)
            .limit(_BATCH)
        ).all()
        if not rows:
            return
        yield rows
        last = (rows[-1].learner_id, rows[-1].id)


def _asks(layout: Sequence[LaidSlot], revision_id: int) -> bool:
    return any(laid.revision_id == revision_id for laid in layout)


def _mark(row: Any, layout: Sequence[LaidSlot], log: Any, contents: Contents, fixes: Fixes) -> Mark:
    settings = QuizSettings.parse(row.settings)
    slots = grade_slots(layout, settings, log, contents, partial(fixes.of, row.quiz_id))
    return total(slot.mark for slot in slots)
