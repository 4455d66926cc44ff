"""What is known of a learner that decides how far a response is believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from quizapp.memory.credit import Credit, Reply, credit_for
from quizapp.memory.days import LearnerClock
from quizapp.memory.latency import Quartiles
from quizapp.memory.recalibration import Recalibration
from quizapp.memory.scheduler import retrievability
from quizapp.memory.settings import MemorySettings
from quizapp.memory.state import MemoryState
from quizapp.models import Course, FitOutcome, MemoryFit, MemoryRules
from quizapp.policy import Actor
from quizapp.queries.memory_fits import correction_of, times_of
from quizapp.queries.memory_rules import in_force, settings_of

#: What `grounds_of` reads.
GROUNDS_COLUMNS = (
    MemoryRules.settings.label("chosen"),
    MemoryFit.is_timed,
    MemoryFit.times,
    MemoryFit.correction,
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a learner's responses in one course are credited by.

    :param quartiles: of their times by kind of question; none where times do not count.
    """

    settings: MemorySettings
    quartiles: Mapping[str, Quartiles]
    correction: Recalibration

    def credit(
        self,
        reply: Reply,
        state: MemoryState,
        *,
        actor: Actor,
        now: datetime,
        kind: str = "",
        duration_ms: int = 0,
    ) -> Credit:
        """Return what a memory takes from a reply, by the recall that is predicted for it now.

        :param kind: of question. :param duration_ms: 0 if nobody measured.
        """
        recall = None
        if state.stability is not None:
            clock = LearnerClock(actor.timezone, actor.day_start_hour)
            weights = self.settings.weights
            predicted = retrievability(state, now=now, clock=clock, weights=weights)
            recall = self.correction.recall(predicted)
        times = self.quartiles.get(kind)
        return credit_for(reply, recall=recall, duration_ms=duration_ms, quartiles=times)


def grounds_of(row: Any) -> Grounds:
    """Return the grounds in a row with `GROUNDS_COLUMNS`."""
    settings = settings_of(row.chosen)
    counts = row.is_timed and settings.use_answer_times
    quartiles = times_of(row.times).quartiles if counts else {}
    return Grounds(settings, quartiles, correction_of(row.correction))


def grounds_for(session: Session, *, learner_id: int, course_id: int) -> Grounds:
    """Return what a learner's responses in a course are credited by."""
    row = session.execute(
        sa.select(*GROUNDS_COLUMNS)
        .select_from(Course)
        .outerjoin(MemoryRules, in_force(learner_id, course_id))
        .outerjoin(MemoryFit, last_learnt(learner_id, course_id))
        .where(Course.id == course_id)
    ).one()
    return grounds_of(row)


def last_learnt(learner_id: int, course_id: int) -> Any:
    """Return the condition that a row of `memory_fit` is the newest that taught anything."""
    newest = sa.alias(MemoryFit.__table__, "newest_fit")
    number = sa.select(sa.func.max(newest.c.number)).where(
        newest.c.learner_id == learner_id,
        newest.c.course_id == course_id,
        newest.c.outcome.not_in([FitOutcome.WAITING, FitOutcome.FAILED]),
    )
    return sa.and_(
        MemoryFit.learner_id == learner_id,
        MemoryFit.course_id == course_id,
        MemoryFit.number == number.scalar_subquery(),
    )
