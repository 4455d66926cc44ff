"""What people gave for the answers of attempts, as it holds now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.layout import LaidSlot
from quizapp.grading.markings import Marking as Given
from quizapp.models import Attempt, Marking, Quiz
from quizapp.queries.places import among

#: By position in the attempt.
Markings = Mapping[int, Given]

_KEY = (Marking.learner_id, Marking.attempt_id)


def markings_of(
    session: Session, attempts: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], dict[int, Given]]:
    """Return the markings that hold, by learner and attempt, then by position.

    One query for all; one that was taken back is there, with no fraction.
    """
    if not attempts:
        return {}
    rows = session.execute(
        sa.select(*_KEY, Marking.slot, Marking.seq, Marking.fraction, Marking.comment)
        .where(among(_KEY, attempts))
        .order_by(Marking.seq)
    )
    return _latest(rows)


def markings_between(
    session: Session, first: tuple[int, int], last: tuple[int, int]
) -> dict[tuple[int, int], dict[int, Given]]:
    """Return `markings_of` every attempt in a range of the primary key, both ends included."""
    key = sa.tuple_(*_KEY)
    rows = session.execute(
        sa.select(*_KEY, Marking.slot, Marking.seq, Marking.fraction, Marking.comment)
        .where(
            key >= sa.tuple_(*map(sa.literal, first)),
            key <= sa.tuple_(*map(sa.literal, last)),
        )
        .order_by(Marking.seq)
    )
    return _latest(rows)


def number_to_mark(course_id: int) -> Any:
    """Return the statement that counts the answers of a course that wait for a person."""
    return (
        sa.select(sa.func.coalesce(sa.func.sum(Attempt.waiting), 0))
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .where(Quiz.course_id == course_id, Attempt.waiting.is_not(None))
    )


def asks_people(layout: Iterable[LaidSlot], contents: Mapping[int, Any]) -> bool:
    """Return whether an attempt asks anything that a person marks.

    :param contents: type and parsed content by the id of a revision.
    """
    return any(not contents[laid.revision_id][0].is_gradable for laid in layout)


def _latest(rows: Iterable[Any]) -> dict[tuple[int, int], dict[int, Given]]:
    found: dict[tuple[int, int], dict[int, Given]] = {}
    for row in rows:
        place = found.setdefault((row.learner_id, row.attempt_id), {})
        place[row.slot] = Given(row.fraction, row.comment, row.seq)
    return found
