"""The questions that a course's quizzes can ask."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.grading.draws import Draw
from quizapp.models import Fact, Question, Status
from quizapp.questions.registry import TYPES

#: Of a question joined with its fact: a quiz may ask it.
CAN_BE_ASKED = sa.and_(
    Question.status == Status.READY, Question.type.in_(TYPES), Fact.status == Status.READY
)


@dataclass(frozen=True, slots=True)
class Askable:
    """A question that is ready, with what draws sort by."""

    id: int
    fact_id: int
    topic_id: int
    type: str
    tags: tuple[str, ...]

    def fits(self, draw: Draw) -> bool:
        """Return whether a draw may take it."""
        return draw.takes(topic_id=self.topic_id, type_name=self.type, tags=self.tags)


@dataclass(frozen=True, slots=True)
class Supply:
    """What a draw has to choose from. No fact is asked twice, so facts are what counts."""

    questions: int
    facts: int


def askable(
    session: Session, *, course_id: int, fixed: Collection[int] = (), whole: bool = False
) -> tuple[Askable, ...]:
    """Return those of the `fixed` questions that can be asked, or all that can (`whole`)."""
    if not fixed and not whole:
        return ()
    wanted = sa.true() if whole else Question.id.in_(sorted(fixed))
    rows = session.execute(
        sa.select(Question.id, Question.fact_id, Fact.topic_id, Question.type, Question.tags)
        .join(Fact, Fact.id == Question.fact_id)
        .where(
            Question.course_id == course_id,
            CAN_BE_ASKED,
            wanted,
        )
        .order_by(Question.id)
    )
    return tuple(
        Askable(row.id, row.fact_id, row.topic_id, row.type, tuple(row.tags)) for row in rows
    )


def supply(pool: Sequence[Askable], draw: Draw) -> Supply:
    """Return how much a draw can choose from."""
    fitting = [one for one in pool if one.fits(draw)]
    return Supply(len(fitting), len({one.fact_id for one in fitting}))


def tags_in_use(pool: Sequence[Askable]) -> tuple[str, ...]:
    """Return the tags of the questions, in the order of the alphabet."""
    return tuple(sorted({tag for one in pool for tag in one.tags}))
